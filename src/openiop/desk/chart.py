"""What stands at the top of every page of a client's chart: who this is, and the way to the chart's other pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from openiop.admissions.models import Episode
from openiop.kernel.levels import LevelOfCare
from openiop.people.models import Care, Client, EmergencyAccess, SafeContact
from openiop.shared.access import Actor, Permission, Subject, can
from openiop.shared.scope import current_scope
from openiop.ui.navigation import NavItem


@dataclass(frozen=True, slots=True)
class Tab:
    """One page of the chart. `key` is what a view passes as `current`; `needs` is what opens the page."""

    key: str
    label: str
    url_name: str
    needs: Permission


TABS = (
    Tab("timeline", "Timeline", "desk:chart", Permission.READ_CHART),
    Tab("profile", "Profile", "desk:profile", Permission.FIND_CLIENTS),
    Tab("assessment", "Assessment", "desk:assessment", Permission.ASSESS),
    Tab("plan", "Plan", "desk:plan", Permission.READ_CHART),
    Tab("measures", "Measures", "desk:measures", Permission.READ_CHART),
    Tab("attendance", "Attendance", "desk:client_attendance", Permission.READ_CHART),
    Tab("rewards", "Tests & rewards", "desk:rewards", Permission.READ_CHART),
    Tab("prizes", "Prizes", "desk:prizes", Permission.HAND_OUT_PRIZES),
    Tab("consents", "Consents", "desk:consents", Permission.MANAGE_CONSENTS),
    Tab("review", "Review", "desk:review", Permission.REVIEW_CARE),
)


@dataclass(frozen=True, slots=True)
class Emergency:
    """The actor has this chart open for an emergency until then, and said why."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Header:
    """The client banner of a chart page."""

    client: Client
    age: int | None
    level: str
    track: str
    status: str
    contact_warning: str
    open_alerts: int
    emergency: Emergency | None
    tabs: list[NavItem]


HELD = (
    "level",
    "track",
    "admitted_on",
    "ended_on",
    "open_alerts",
    "treated_by",
    "emergency_until",
    "emergency_reason",
)


def header(client: Client, *, current: str) -> Header:
    """The banner and tabs for a client whom the actor in scope may see; `current` is the key of the open tab.

    One query.
    """
    actor = current_scope().actor
    held = _held(client, actor)
    return Header(
        client=client,
        age=client.age_on(timezone.localdate()),
        level=LevelOfCare(held["level"]).label if held["level"] else "",
        track=held["track"] or "",
        status=_status(held["admitted_on"], held["ended_on"]),
        contact_warning="" if client.safe_contact == SafeContact.ANY else client.get_safe_contact_display(),
        open_alerts=held["open_alerts"],
        emergency=_emergency(held),
        tabs=_tabs(actor, client, client.subject(frozenset(held["treated_by"])), current),
    )


def _held(client: Client, actor: Actor) -> dict[str, Any]:
    """What the banner says beyond the client's own row: the latest episode, open alerts, and who treats them."""
    latest = Episode.objects.filter(client=OuterRef("pk")).order_by(
        F("ended_on").desc(nulls_first=True), "-admitted_on"
    )
    running = EmergencyAccess.objects.filter(
        client=OuterRef("pk"), staff_id=actor.staff_id if client.pk in actor.emergencies else None
    ).order_by("-until")
    treating = Care.objects.filter(client=OuterRef("pk"), ended_at=None).values("staff_id")
    return (
        Client.objects.filter(pk=client.pk)
        .annotate(
            level=Subquery(latest.values("level")[:1]),
            track=Subquery(latest.values("track__name")[:1]),
            admitted_on=Subquery(latest.values("admitted_on")[:1]),
            ended_on=Subquery(latest.values("ended_on")[:1]),
            open_alerts=Count("alerts", filter=Q(alerts__closed_at=None)),
            treated_by=ArraySubquery(treating),
            emergency_until=Subquery(running.values("until")[:1]),
            emergency_reason=Subquery(running.values("reason")[:1]),
        )
        .values(*HELD)
        .get()
    )


def _status(admitted_on: date | None, ended_on: date | None) -> str:
    if admitted_on is None:
        return "Not admitted yet"
    return f"Ended {_day(ended_on)}" if ended_on else f"Since {_day(admitted_on)}"


def _day(day: date) -> str:
    return f"{day:%b} {day.day}, {day.year}"


def _emergency(held: dict[str, Any]) -> Emergency | None:
    return Emergency(held["emergency_until"], held["emergency_reason"]) if held["emergency_until"] else None


def _tabs(actor: Actor, client: Client, subject: Subject, current: str) -> list[NavItem]:
    return [
        NavItem(tab.label, reverse(tab.url_name, args=[client.pk]), is_current=tab.key == current)
        for tab in TABS
        if can(actor, tab.needs, subject)
    ]
