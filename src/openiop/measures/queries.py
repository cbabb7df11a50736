"""Reads of questionnaires: what waits, what was answered, what it came to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from openiop.measures.models import Administration
from openiop.people.models import Client


def due(client: Client, day: date) -> QuerySet[Administration]:
    """What waits for the client's answers on that day, the longest waiting first."""
    return Administration.objects.due(day).filter(client=client).order_by("due_on", "instrument")


def due_of(clients: Iterable[UUID], day: date) -> dict[UUID, list[str]]:
    """The codes of what waits for the answers of each of these clients on that day. One query."""
    found: dict[UUID, list[str]] = {}
    rows = Administration.objects.due(day).filter(client__in=list(clients)).order_by("due_on", "instrument")
    for client_id, instrument in rows.values_list("client_id", "instrument"):
        found.setdefault(client_id, []).append(instrument)
    return found


def history(client: Client, instrument: str) -> QuerySet[Administration]:
    """Every finished administration of one instrument, oldest first."""
    return Administration.objects.completed().filter(client=client, instrument=instrument)


def by_instrument(client: Client) -> dict[str, list[Administration]]:
    """Every finished administration, oldest first, by instrument code. One query."""
    found: dict[str, list[Administration]] = {}
    for one in Administration.objects.completed().filter(client=client):
        found.setdefault(one.instrument, []).append(one)
    return dict(sorted(found.items()))


def latest(client: Client) -> dict[str, Administration]:
    """The newest finished administration of each instrument. One query."""
    newest = (
        Administration.objects.filter(client=client, completed_at__isnull=False)
        .order_by("instrument", "-completed_at")
        .distinct("instrument")
    )
    return {one.instrument: one for one in newest}


def waiting(client: Client) -> QuerySet[Administration]:
    """Everything assigned and still open, whatever its day."""
    return Administration.objects.open().filter(client=client).order_by("due_on", "instrument")


def administration_of(client: Client, pk: UUID) -> Administration:
    """One administration of this client; Http404 for anyone else's."""
    found = Administration.objects.filter(client=client, pk=pk).first()
    if found is None:
        raise Http404("No such questionnaire")
    return found


def before(administration: Administration) -> Administration | None:
    """The finished administration of the same instrument that came before this one."""
    earlier = Administration.objects.filter(
        client_id=administration.client_id,
        instrument=administration.instrument,
        completed_at__lt=administration.completed_at,
    )
    return earlier.order_by("-completed_at").first()
