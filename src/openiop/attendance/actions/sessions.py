"""Making, planning and canceling sessions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from openiop.admissions.models import Episode
from openiop.attendance.actions.roster import line_for, rosters_for
from openiop.attendance.models import Attendance, GroupNote, Session, Status
from openiop.attendance.queries import center_zone, in_the_way
from openiop.attendance.rules import occurrences
from openiop.attendance.values import Generated
from openiop.kernel.errors import Refusal
from openiop.people.models import Client, Staff
from openiop.plans.models import Kind
from openiop.programs.models import Room
from openiop.schedule.actions import add_group
from openiop.schedule.models import Group
from openiop.schedule.queries import standing_groups
from openiop.schedule.values import WeeklyTime
from openiop.shared import audit
from openiop.shared.access import Actor
from openiop.shared.constraints import refused_by
from openiop.shared.locks import hold

BATCH = 500
WEEKS_AHEAD = 4


@transaction.atomic
def generate_sessions(*, weeks_from: date, weeks: int, by: Actor, at: datetime) -> Generated:
    """Make the sessions of every group of an open track for `weeks` weeks from a day, with their roster lines.

    Running it again adds only what is missing. A meeting whose room or facilitator is booked by then is left out and
    named in the answer; the members of the group who are enrolled and in treatment on a session's day are expected.
    """
    groups = list(standing_groups().filter(track__closed_at=None))
    hold(*(group.room_id for group in groups), *(group.facilitator_id for group in groups))
    wanted = list(_wanted(groups, weeks_from, weeks * 7))
    missing = _missing(wanted)
    Session.objects.bulk_create(missing, batch_size=BATCH, ignore_conflicts=True)
    stored = {session.pk for session in _stored(wanted)}
    made = [session for session in missing if session.pk in stored]
    lines = rosters_for(made)
    Attendance.objects.bulk_create(lines, batch_size=BATCH, ignore_conflicts=True)
    zone = center_zone()
    left_out = tuple(_name(session, zone) for session in missing if session.pk not in stored)
    audit.record("sessions.generated", since=weeks_from.isoformat(), made=len(made), left_out=len(left_out))
    return Generated(len(made), len(lines), left_out)


@transaction.atomic
def start_group(*, by: Actor, at: datetime, **fields: Any) -> Group:
    """Add a group (`fields` are those of `schedule.actions.add_group`), with its sessions of the coming weeks."""
    group = add_group(by=by, at=at, **fields)
    generate_sessions(weeks_from=timezone.localdate(at, center_zone()), weeks=WEEKS_AHEAD, by=by, at=at)
    return group


def _wanted(groups: Iterable[Group], first: date, days: int) -> Iterable[Session]:
    zone = center_zone()
    for group in groups:
        times = [WeeklyTime(m.weekday, m.starts, m.ends) for m in group.meetings.all()]
        for one in occurrences(times, group.topics, first=first, days=days, zone=zone):
            yield Session(
                kind=group.kind,
                group=group,
                title=group.name,
                topic=one.topic,
                during=DateTimeTZRange(one.starts_at, one.ends_at),
                room_id=group.room_id,
                facilitator_id=group.facilitator_id,
            )


def _stored(wanted: Sequence[Session]) -> list[Session]:
    """Sessions of these groups in the period, canceled ones too: what was canceled is not made again."""
    if not wanted:
        return []
    first, last = min(s.starts_at for s in wanted), max(s.starts_at for s in wanted)
    groups = {s.group_id for s in wanted}
    return list(Session.objects.filter(group__in=groups).between(first, last + timedelta(seconds=1)))


def _missing(wanted: Sequence[Session]) -> list[Session]:
    known = {(s.group_id, s.starts_at) for s in _stored(wanted)}
    return [s for s in wanted if (s.group_id, s.starts_at) not in known]


def _name(session: Session, zone: ZoneInfo) -> str:
    return f"{session.title}, {timezone.localtime(session.starts_at, zone):%a %b %d %H:%M}"


@transaction.atomic
def plan_session(
    *,
    kind: str,
    clients: Sequence[Client],
    facilitator: Staff,
    starts_at: datetime,
    minutes: int,
    by: Actor,
    at: datetime,
    room: Room | None = None,
    title: str = "",
) -> Session:
    """A session outside the weekly groups: one client (or a family) with one clinician.

    Refuses, in a sentence that names what is in the way, a room, clinician or client who is taken at that time.
    """
    if not clients:
        raise Refusal("Choose a client.", field="client")
    if not 5 <= minutes <= 8 * 60:
        raise Refusal("A session lasts from 5 minutes to 8 hours.", field="minutes")
    hold(facilitator.pk, room.pk if room else None, *(client.pk for client in clients))
    session = Session(
        kind=kind,
        title=title.strip() or Kind(kind).label,
        during=DateTimeTZRange(starts_at, starts_at + timedelta(minutes=minutes)),
        room=room,
        facilitator=facilitator,
    )
    episodes = _running(clients)
    try:
        with refused_by(_bookings(session)):
            session.save(force_insert=True)
            Attendance.objects.bulk_create(line_for(session, episode) for episode in episodes)
    except Refusal as refusal:
        raise _explained(refusal, session, clients) from refusal
    audit.record("session.planned", session, client_id=clients[0].pk, kind=str(kind))
    return session


def _running(clients: Sequence[Client]) -> list[Episode]:
    episodes = {e.client_id: e for e in Episode.objects.running().filter(client__in=clients)}
    for client in clients:
        if client.pk not in episodes:
            raise Refusal(f"{client.name} is not in treatment now. Admit them first.", field="client")
    return [episodes[client.pk] for client in clients]


def _bookings(session: Session) -> dict[str, Refusal]:
    room = session.room.name if session.room else "The room"
    return {
        "attendance_room_in_one_session": Refusal(f"{room} is taken then", field="room"),
        "attendance_facilitator_in_one_session": Refusal(
            f"{session.facilitator.name} has another session then", field="facilitator"
        ),
        "attendance_client_in_one_session": Refusal("The client has another session then", field="client"),
    }


def _explained(refusal: Refusal, session: Session, clients: Sequence[Client]) -> Refusal:
    """The refusal with the session that is in the way: its name and its time."""
    other = in_the_way(session, clients, field=refusal.field or "")
    if other is None:
        return refusal
    zone = center_zone()
    begin, end = (f"{timezone.localtime(t, zone):%I:%M %p}".lstrip("0") for t in (other.starts_at, other.ends_at))
    return Refusal(f"{refusal.message}: {other.title}, {begin} to {end}. Choose another time.", field=refusal.field)


@transaction.atomic
def cancel_session(*, session: Session, because: str, by: Actor, at: datetime) -> None:
    """The session will not take place; nobody is expected any more. Refuses one whose notes are signed."""
    if not because.strip():
        raise Refusal("Say why, in a few words: it stays with the session.", field="because")
    held = Session.objects.select_for_update().get(pk=session.pk)
    if GroupNote.objects.filter(session=held, signed_at__isnull=False).exists():
        raise Refusal("The notes of this session are signed, so it took place.")
    held.canceled_at, held.canceled_because = at, because.strip()
    held.save(update_fields=["canceled_at", "canceled_because"])
    for line in held.roster.exclude(status=Status.RELEASED):
        line.status, line.minutes = Status.RELEASED, 0
        line.save(update_fields=["status", "minutes"])
    audit.record("session.canceled", held)
