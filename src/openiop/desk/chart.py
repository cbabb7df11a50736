"""What stands at the top of every page of a client's chart: who this is, and the way to the chart's other pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from openiop.admissions.models import Episode
from openiop.messaging.models import Alert
from openiop.people.models import Client, EmergencyAccess, SafeContact
from openiop.people.queries import subject_of
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
    Tab("consents", "Consents", "desk:consents", Permission.MANAGE_CONSENTS),
    Tab("review", "Review", "desk:review", Permission.REVIEW_CARE),
)


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
    emergency: EmergencyAccess | None
    tabs: list[NavItem]


def header(client: Client, *, current: str) -> Header:
    """The banner and tabs for a client whom the actor in scope may see; `current` is the key of the open tab.

    At most four queries: care, episode, alerts, and an emergency access that is running.
    """
    actor = current_scope().actor
    episode = Episode.objects.filter(client=client).select_related("track").order_by("-admitted_on").first()
    return Header(
        client=client,
        age=client.age_on(timezone.localdate()),
        level=episode.get_level_display() if episode else "",
        track=episode.track.name if episode and episode.track else "",
        status=_status(episode),
        contact_warning="" if client.safe_contact == SafeContact.ANY else client.get_safe_contact_display(),
        open_alerts=Alert.objects.open().filter(client=client).count(),
        emergency=_emergency(actor, client),
        tabs=_tabs(actor, client, subject_of(client), current),
    )


def _status(episode: Episode | None) -> str:
    if episode is None:
        return "Not admitted yet"
    if episode.ended_on:
        return f"Ended {_day(episode.ended_on)}"
    return f"Since {_day(episode.admitted_on)}"


def _day(day: date) -> str:
    return f"{day:%b} {day.day}, {day.year}"


def _emergency(actor: Actor, client: Client) -> EmergencyAccess | None:
    if client.pk not in actor.emergencies:
        return None
    return EmergencyAccess.objects.filter(client=client, staff_id=actor.staff_id).order_by("-until").first()


def _tabs(actor: Actor, client: Client, subject: Subject, current: str) -> list[NavItem]:
    return [
        NavItem(tab.label, url, is_current=tab.key == current)
        for tab in TABS
        if can(actor, tab.needs, subject) and (url := _address(tab, client))
    ]


def _address(tab: Tab, client: Client) -> str:
    try:
        return reverse(tab.url_name, args=[client.pk])
    except NoReverseMatch:
        return ""
