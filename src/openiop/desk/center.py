"""The strings of the center's pages: staff, roles, tracks, the audit trail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.apps import apps
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from openiop.people.models import Staff
from openiop.programs.models import Track
from openiop.programs.presenters import track_times
from openiop.schedule.models import Group
from openiop.schedule.presenters import meeting_times
from openiop.shared.access import ROLES, Actor, Permission, Reach, Role, RoleRow
from openiop.shared.models import AuditEntry
from openiop.ui.navigation import NavItem

TABS = (
    ("Staff", "desk:center", "people", Permission.MANAGE_CENTER),
    ("Tracks and rooms", "desk:center_tracks", "calendar", Permission.MANAGE_SCHEDULE),
    ("Roles", "desk:center_roles", "shield", Permission.MANAGE_CENTER),
    ("Audit trail", "desk:audit", "eye", Permission.READ_AUDIT),
)


def tabs(actor: Actor, current: str) -> list[NavItem]:
    """The pages of the center that this person may open; none where there is only one."""
    items = [
        NavItem(label, reverse(name), icon, is_current=name == current)
        for label, name, icon, permission in TABS
        if actor.reach(permission) is not None
    ]
    return items if len(items) > 1 else []


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One member of the staff, loaded with `people.queries.all_staff`."""

    pk: UUID
    name: str
    title: str
    email: str
    roles: str
    has_factor: bool
    state: str
    tone: str
    is_working: bool
    is_invited: bool
    is_self: bool


def staff_row(staff: Staff, actor: Actor) -> StaffRow:
    """How a member of the staff stands in the list."""
    state, tone = _state(staff)
    return StaffRow(
        pk=staff.pk,
        name=staff.name,
        title=staff.title,
        email=staff.user.email if staff.user else "",
        roles=", ".join(ROLES[Role(role)].label for role in staff.roles) or "None",
        has_factor=staff.has_factor,
        state=state,
        tone=tone,
        is_working=staff.left_at is None,
        is_invited=state == "Invited",
        is_self=staff.pk == actor.staff_id,
    )


def _state(staff: Staff) -> tuple[str, str]:
    if staff.left_at is not None:
        return f"Left {date_format(timezone.localtime(staff.left_at), 'M j, Y')}", "neutral"
    if staff.user is None or staff.user.last_login is None:
        return "Invited", "soon"
    return "Active", "ok"


def role_rows() -> list[RoleRow]:
    """The roles of staff with their descriptions, in the order of the table."""
    return [row for role, row in ROLES.items() if role not in {Role.CLIENT, Role.FAMILY}]


REACHES = {Reach.SELF: "Own record", Reach.CASELOAD: "Own clients", Reach.CENTER: "Everyone"}


@dataclass(frozen=True, slots=True)
class PermissionRow:
    """One permission: for each role, in the order of `ROLES`, its label and how far it reaches."""

    label: str
    cells: tuple[tuple[str, str], ...]


def role_table() -> list[PermissionRow]:
    """The whole table of who may do what."""
    return [
        PermissionRow(
            permission.replace("_", " ").capitalize(),
            tuple((row.label, REACHES.get(row.grants.get(permission), "")) for row in ROLES.values()),  # type: ignore[arg-type]
        )
        for permission in Permission
    ]


@dataclass(frozen=True, slots=True)
class TrackRow:
    """A track with its groups."""

    pk: UUID
    name: str
    program: str
    site: str
    times: str
    seats: int
    hours: str
    add_group_url: str
    groups: tuple[tuple[Group, str], ...]


def track_row(track: Track, groups: Iterable[Group]) -> TrackRow:
    """A track loaded with program and site."""
    return TrackRow(
        pk=track.pk,
        name=track.name,
        program=track.program.name,
        site=track.site.name,
        times=track_times(track),
        seats=track.seats,
        hours=f"{track.hours_a_week:g}",
        add_group_url=f"{reverse('desk:new_group')}?track={track.pk}",
        groups=tuple((group, meeting_times(group)) for group in groups),
    )


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One line of the audit trail."""

    day: str
    time: str
    who: str
    what: str
    client: str
    client_id: UUID | None
    about: str
    detail: str


def trail_row(entry: AuditEntry, numbers: dict[str, str], actors: dict[UUID, str]) -> TrailRow:
    """`numbers` are client numbers by id; `actors` what to call a user in place of the name that was recorded."""
    at: datetime = timezone.localtime(entry.created_at)
    return TrailRow(
        day=date_format(at, "D, M j"),
        time=date_format(at, "g:i:s A"),
        who=actors.get(entry.actor_user_id, entry.actor_name) if entry.actor_user_id else entry.actor_name,
        what=verb_label(entry.verb),
        client=numbers.get(str(entry.client_id), "") if entry.client_id else "",
        client_id=entry.client_id,
        about=_about(entry.object_type),
        detail=", ".join(f"{key.replace('_', ' ')}: {_plain(value)}" for key, value in entry.detail.items()),
    )


def verb_label(verb: str) -> str:
    """`chart.opened` as words: "Chart opened"."""
    return verb.replace(".", " ").replace("_", " ").capitalize()


def _about(object_type: str) -> str:
    """`consents.consent` as its model is called; the recorded text where no such model is left."""
    try:
        return str(apps.get_model(object_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return object_type.rpartition(".")[2].replace("_", " ")


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(_plain, value)) if isinstance(value, list) else str(value).replace("_", " ")
