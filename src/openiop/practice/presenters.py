"""Words about check-ins."""

from __future__ import annotations

from openiop.kernel.timeline import Entry
from openiop.people.models import Client
from openiop.practice.models import CheckIn, Mood, Trigger


def timeline(client: Client) -> list[Entry]:
    """The client's check-ins as lines of the chart's timeline. One query."""
    return [
        Entry(
            at=one.checked_in_at,
            kind="Check-in",
            title=f"Craving {one.craving} of 10, mood {Mood(one.mood).label.lower()}",
            text=described(one),
            icon="pulse",
        )
        for one in CheckIn.objects.filter(client=client).order_by("-checked_in_at")
    ]


def described(one: CheckIn) -> str:
    """Triggers and note in one line: "Stress, Payday. Long day at work"."""
    triggers = ", ".join(Trigger(value).label for value in one.triggers)
    return ". ".join(part for part in (triggers, one.note) if part)
