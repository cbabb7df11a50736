"""Writes of practice: the daily check-in, and a client's word that they cannot come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from openiop.attendance.models import Attendance, Status
from openiop.kernel.errors import Refusal
from openiop.messaging.actions import raise_alert
from openiop.messaging.models import Alert, Urgency
from openiop.people.models import Client
from openiop.practice import rules
from openiop.practice.models import CheckIn, Mood, Trigger
from openiop.shared import audit
from openiop.shared.access import Actor


@transaction.atomic
def check_in(
    *,
    client: Client,
    day: date,
    craving: int,
    mood: int,
    by: Actor,
    at: datetime,
    triggers: Sequence[str] = (),
    note: str = "",
) -> CheckIn:
    """Keep a client's check-in: craving 0 to 10, mood 1 to 5. What staff must notice is an alert at once."""
    if not 0 <= craving <= 10:
        raise Refusal("Pick a number from 0 to 10.", field="craving")
    if mood not in Mood.values:
        raise Refusal("Pick one of the five moods.", field="mood")
    if set(triggers) - set(Trigger.values):
        raise Refusal("Pick from the list.", field="triggers")
    mood_before = _mood_before(client, day)
    made = CheckIn.objects.create(
        client=client,
        day=day,
        craving=craving,
        mood=mood,
        triggers=list(dict.fromkeys(triggers)),
        note=note.strip()[:500],
        checked_in_at=at,
    )
    audit.record("check_in.made", made)
    _tell_staff(made, mood_before, by=by, at=at)
    return made


def _mood_before(client: Client, day: date) -> int | None:
    earlier = CheckIn.objects.filter(client=client, day__lt=day).order_by("-day", "-checked_in_at")
    return earlier.values_list("mood", flat=True).first()


def _tell_staff(made: CheckIn, mood_before: int | None, *, by: Actor, at: datetime) -> None:
    for concern in rules.concerns(craving=made.craving, mood=made.mood, mood_before=mood_before):
        raise_alert(
            kind=concern.kind,
            urgency=Urgency.TODAY,
            headline=concern.headline,
            next_step=concern.next_step,
            source=f"{made.client_id}:{made.day}",
            client=made.client,
            by=by,
            at=at,
            again=True,
        )


@transaction.atomic
def say_cannot_come(*, line: Attendance, why: str, by: Actor, at: datetime) -> Alert:
    """A client says they cannot come to a session ahead. Their counselor is told; the roster stays as it is."""
    if line.during.upper <= at:
        raise Refusal("This session is over. Call us if something is wrong with it.")
    if line.status != Status.PLANNED:
        raise Refusal("Your team already knows about this session.")
    when = timezone.localtime(line.during.lower)
    alert = raise_alert(
        kind="cannot_come",
        urgency=Urgency.TODAY,
        headline=f"Cannot come: {line.session.title}, {when:%b} {when.day}"[:120],
        detail=why.strip()[:300],
        next_step="Call to plan another time, then mark the roster.",
        source=f"attendance:{line.pk}",
        client=line.client,
        by=by,
        at=at,
    )
    audit.record("absence.announced", line)
    return alert
