"""Reads of check-ins."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from openiop.messaging.models import Alert
from openiop.people.models import Client
from openiop.practice.models import CheckIn


def check_in_of(client: Client, pk: UUID) -> CheckIn:
    """One check-in of this client; Http404 for anyone else's."""
    found = CheckIn.objects.filter(client=client, pk=pk).first()
    if found is None:
        raise Http404("No such check-in")
    return found


def on_day(client: Client, day: date) -> CheckIn | None:
    """The newest check-in of that day, if there is one."""
    return CheckIn.objects.filter(client=client, day=day).order_by("-checked_in_at").first()


def between(client: Client, start: date, end: date) -> QuerySet[CheckIn]:
    """The check-ins of the days from `start` to `end`, both included, in order."""
    return CheckIn.objects.filter(client=client, day__gte=start, day__lte=end).order_by("day", "checked_in_at")


def announced_absences(client: Client) -> set[str]:
    """Ids of the roster lines that the client said they cannot come to."""
    sources = Alert.objects.filter(client=client, kind="cannot_come").values_list("source", flat=True)
    return {source.removeprefix("attendance:") for source in sources}


def newest_since(clients: Iterable[UUID], day: date) -> dict[UUID, CheckIn]:
    """The newest check-in of each of these clients on that day or later. One query."""
    found = (
        CheckIn.objects.filter(client__in=list(clients), day__gte=day)
        .order_by("client_id", "-day", "-checked_in_at")
        .distinct("client_id")
    )
    return {one.client_id: one for one in found}
