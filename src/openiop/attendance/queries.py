"""Reads about sessions, attendance and notes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Prefetch, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone

from openiop.attendance.models import Addendum, Attendance, ClientNote, Session, Status
from openiop.attendance.rules import CAME, MARKED, weekly_hours
from openiop.attendance.values import Hours, LineMinutes
from openiop.people.models import Care, Center, Client, Staff
from openiop.shared import audit
from openiop.shared.access import Actor, Permission, Reach, can, check
from openiop.shared.scope import current_center_id

UNSEEN = frozenset({Status.PLANNED, Status.ABSENT})


def center_zone() -> ZoneInfo:
    """The time zone of the center in force. One query."""
    return ZoneInfo(Center.objects.values_list("time_zone", flat=True).get(pk=current_center_id()))


def local_day(day: date, zone: tzinfo, days: int = 1) -> tuple[datetime, datetime]:
    """The half-open span of `days` local days from `day`."""
    begin = datetime.combine(day, time(), tzinfo=zone)
    return begin, datetime.combine(day + timedelta(days=days), time(), tzinfo=zone)


# --- Sessions ----------------------------------------------------------------------------------------------


def with_counts(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """Each session with `expected`, `marked` and `here` (numbers of roster lines), room, clinician, note."""
    return sessions.select_related("room", "facilitator", "group_note", "group").annotate(
        expected=Count("roster", filter=~Q(roster__status=Status.RELEASED)),
        marked=Count("roster", filter=Q(roster__status__in=MARKED)),
        here=Count("roster", filter=Q(roster__status__in=CAME)),
    )


def sessions_of_day(day: date, zone: tzinfo | None = None) -> QuerySet[Session]:
    """The sessions that take place on a local day, in order, with counts. `zone` is the center's, if at hand."""
    return with_counts(Session.objects.standing().between(*local_day(day, zone or center_zone())))


def sessions_of_days(day: date, days: int) -> QuerySet[Session]:
    """The same for several days, canceled sessions left out."""
    return with_counts(Session.objects.standing().between(*local_day(day, center_zone(), days)))


def unsigned(staff: Staff | UUID, at: datetime) -> QuerySet[Session]:
    """Sessions of this clinician that are over and whose notes wait for a signature, oldest first."""
    key = staff.pk if isinstance(staff, Staff) else staff
    return all_unsigned(at).filter(facilitator_id=key)


def all_unsigned(at: datetime) -> QuerySet[Session]:
    """The same for the whole center; sessions that nobody was expected in need no note."""
    over = Session.objects.standing().filter(during__endswith__lte=at, group_note__signed_at=None)
    return with_counts(over).filter(expected__gt=0).order_by("during")


def in_the_way(session: Session, clients: Sequence[Client], *, field: str) -> Session | None:
    """The session that holds the room, clinician or client (`field`) at that time."""
    others = Session.objects.standing().filter(during__overlap=session.during).exclude(pk=session.pk)
    match field:
        case "room":
            return others.filter(room=session.room).first()
        case "facilitator":
            return others.filter(facilitator=session.facilitator).first()
        case "client":
            lines = Attendance.objects.filter(client__in=clients, status__in=[Status.PLANNED, *CAME])
            return others.filter(roster__in=lines).first()
    return None


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session someone may work on: its lines by name, with client, note and addenda, and what is allowed."""

    session: Session
    lines: tuple[Attendance, ...]
    may_write: bool
    may_sign: bool

    @property
    def is_signed(self) -> bool:
        note = getattr(self.session, "group_note", None)
        return note is not None and note.signed_at is not None


def session_for(actor: Actor, pk: UUID, to: Permission = Permission.TAKE_ATTENDANCE) -> OpenSession:
    """The session and its roster, if this actor may do that with every member's record; each is in the audit trail.

    Whoever leads the session treats those in it. Raises Http404 for another center's session, `Denied` otherwise.
    """
    session = get_object_or_404(
        Session.objects.select_related("group", "room__site", "facilitator", "group_note__signed_by"), pk=pk
    )
    lines = tuple(_lines_with_notes(session))
    treating = _treating([line.client_id for line in lines])
    subjects = [
        line.client.subject(treating.get(line.client_id, frozenset()) | {session.facilitator_id}) for line in lines
    ]
    check(actor, to)
    for subject in subjects:
        check(actor, to, subject)
    for line in lines:
        audit.record("session.opened", session, client_id=line.client_id, permission=str(to))

    leads = session.facilitator_id == actor.staff_id

    def may(permission: Permission) -> bool:
        # With nobody on the roster there is no record to ask about: then the session is its leader's.
        if not subjects and not leads and not actor.is_system and actor.reach(permission) is not Reach.CENTER:
            return False
        return can(actor, permission) and all(can(actor, permission, subject) for subject in subjects)

    writes = may(Permission.READ_CHART) and may(Permission.WRITE_CHART)
    return OpenSession(session, lines, may_write=writes, may_sign=writes and may(Permission.SIGN_NOTES))


def _lines_with_notes(session: Session) -> QuerySet[Attendance]:
    addenda = Addendum.objects.select_related("signed_by").order_by("signed_at")
    return (
        session.roster.exclude(status=Status.RELEASED)
        .select_related("client", "note__signed_by")
        .prefetch_related(Prefetch("note__addenda", queryset=addenda))
        .order_by("client__last_name", "client__first_name", "pk")
    )


def _treating(clients: Iterable[UUID]) -> dict[UUID, frozenset[UUID]]:
    found: dict[UUID, set[UUID]] = {}
    for client_id, staff_id in Care.objects.filter(client__in=list(clients), ended_at=None).values_list(
        "client_id", "staff_id"
    ):
        found.setdefault(client_id, set()).add(staff_id)
    return {client_id: frozenset(staff) for client_id, staff in found.items()}


def roster_of(actor: Actor, session: Session, lines: Iterable[Attendance]) -> list[Attendance]:
    """Of `lines`, those of the session; none for an actor who may not take attendance there."""
    reach = actor.reach(Permission.TAKE_ATTENDANCE)
    if reach is None or (reach < Reach.CENTER and session.facilitator_id != actor.staff_id):
        return []
    audit.record("roster.seen", session)
    return [line for line in lines if line.session_id == session.pk]


@dataclass(frozen=True, slots=True)
class Turnout:
    """People, each counted once, however many sessions of theirs were looked at."""

    expected: int
    here: int
    missing: int
    """Expected in a session that has begun, and neither seen there, nor excused."""


def lines_in(sessions: Iterable[Session]) -> list[Attendance]:
    """Everyone expected in these sessions, by name. One query. The caller minds who may see whom."""
    lines = Attendance.objects.filter(session__in=list(sessions)).expected().select_related("client")
    return list(lines.order_by("client__last_name", "client__first_name", "pk"))


def turnout(lines: Iterable[Attendance], at: datetime) -> Turnout:
    """How many people these roster lines expect, have seen, and miss."""
    held = list(lines)
    return Turnout(
        expected=len({line.client_id for line in held}),
        here=len({line.client_id for line in held if line.status in CAME}),
        missing=len({line.client_id for line in held if line.during.lower <= at and line.status in UNSEEN}),
    )


def came_of(clients: Iterable[UUID], since: datetime, until: datetime) -> dict[UUID, tuple[int, int]]:
    """Of each client's sessions that ended in the period: how many they came to, and how many there were. One query."""
    lines = Attendance.objects.filter(
        client__in=list(clients), session__canceled_at=None, during__endswith__gt=since, during__endswith__lte=until
    ).expected()
    rows = lines.values_list("client_id").annotate(came=Count("pk", filter=Q(status__in=CAME)), held=Count("pk"))
    return {client: (came, held) for client, came, held in rows}


def note(pk: UUID) -> ClientNote:
    """One signed or unsigned note of this center with its line, or 404. The caller checks the client."""
    return get_object_or_404(ClientNote.objects.select_related("attendance__session"), pk=pk)


# --- One client --------------------------------------------------------------------------------------------


def expected_lines(client: Client) -> QuerySet[Attendance]:
    """The client's roster lines that count, with session, room and clinician, in order."""
    return (
        Attendance.objects.filter(client=client, session__canceled_at=None)
        .expected()
        .select_related("session__room__site", "session__facilitator", "note")
        .order_by("during")
    )


def next_session(client: Client, at: datetime) -> Attendance | None:
    """The session the client is in, or the next one: its roster line, with `.session`."""
    return expected_lines(client).filter(during__endswith__gt=at, status=Status.PLANNED).first()


def upcoming(client: Client, at: datetime, days: int = 7) -> QuerySet[Attendance]:
    """Roster lines of the client's sessions that are not over and begin within `days` days."""
    return expected_lines(client).filter(during__endswith__gt=at, during__startswith__lt=at + timedelta(days=days))


def attended(client: Client, start: date, end: date) -> QuerySet[Attendance]:
    """Roster lines in the half-open period of local days, newest first, each with its note."""
    zone = center_zone()
    first, last = local_day(start, zone)[0], local_day(end, zone)[0]
    lines = expected_lines(client).filter(during__startswith__gte=first, during__startswith__lt=last)
    return lines.order_by("-during")


def hours(client: Client, start: date, end: date, zone: tzinfo | None = None) -> list[Hours]:
    """Scheduled and delivered hours of each local week in the half-open period, oldest first.

    Two queries, one if the caller gives the center's zone.
    """
    zone = zone or center_zone()
    first, last = local_day(start, zone)[0], local_day(end, zone)[0]
    lines = Attendance.objects.filter(
        client=client, session__canceled_at=None, during__startswith__gte=first, during__startswith__lt=last
    ).expected()
    rows = (
        LineMinutes(
            timezone.localtime(during.lower, zone).date(),
            int((during.upper - during.lower).total_seconds() // 60),
            minutes,
        )
        for during, minutes in lines.values_list("during", "minutes")
    )
    return weekly_hours(rows, start=start, end=end)
