"""The roster: who is expected, and who came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from openiop.admissions.models import Episode
from openiop.attendance.models import Attendance, GroupNote, Session, Status
from openiop.attendance.queries import center_zone
from openiop.attendance.rules import MARKED, minutes_present
from openiop.attendance.values import Mark
from openiop.kernel.errors import Refusal
from openiop.schedule.models import Enrollment, Group
from openiop.shared import audit
from openiop.shared.access import Actor

BATCH = 500


def line_for(session: Session, episode: Episode) -> Attendance:
    """A roster line that is not stored yet."""
    return Attendance(session=session, client_id=episode.client_id, episode=episode, during=session.during)


def rosters_for(sessions: Sequence[Session]) -> list[Attendance]:
    """The lines of everyone who is enrolled, and in treatment, on the day of each session. Not stored yet."""
    enrolled: dict[UUID, list[Enrollment]] = {}
    groups = {session.group_id for session in sessions}
    for one in Enrollment.objects.filter(group__in=groups, during__isempty=False).select_related("episode"):
        enrolled.setdefault(one.group_id, []).append(one)
    zone = center_zone()
    return [
        line_for(session, one.episode)
        for session in sessions
        for one in enrolled.get(session.group_id, ())
        if _holds(one, timezone.localtime(session.starts_at, zone).date())
    ]


def _holds(enrollment: Enrollment, day: date) -> bool:
    ended = enrollment.episode.ended_on
    return day in enrollment.during and (ended is None or day <= ended)


@transaction.atomic
def fill_rosters(*, episode: Episode, by: Actor, at: datetime) -> int:
    """Put the client on the roster of the sessions that are not over and that their enrollments cover.

    A line that was released comes back. Returns how many sessions the client is newly expected in.
    """
    sessions = Session.objects.standing().filter(
        group__enrollments__episode=episode, during__endswith__gt=at, group_note__signed_at=None
    )
    wanted = {line.session_id: line for line in rosters_for(list(sessions.distinct())) if line.episode_id == episode.pk}
    known = Attendance.objects.filter(client_id=episode.client_id, session__in=wanted)
    for line in known:
        del wanted[line.session_id]
    back = known.filter(status=Status.RELEASED).update(status=Status.PLANNED, episode=episode)
    Attendance.objects.bulk_create(wanted.values(), batch_size=BATCH, ignore_conflicts=True)
    audit.record("roster.filled", episode, sessions=len(wanted) + back)
    return len(wanted) + back


@transaction.atomic
def release_from(*, episode: Episode, by: Actor, at: datetime) -> int:
    """From now on the client is expected nowhere. What was marked stays."""
    return _release(Attendance.objects.filter(episode=episode, session__during__startswith__gte=at), episode)


@transaction.atomic
def release_after(*, episode: Episode, group: Group, on: date, by: Actor, at: datetime) -> int:
    """After that day the client is not expected in the group any more."""
    end_of_day = timezone.make_aware(datetime.combine(on, datetime.max.time()), center_zone())
    lines = Attendance.objects.filter(episode=episode, session__group=group, session__during__startswith__gt=end_of_day)
    return _release(lines, episode)


def _release(lines: QuerySet[Attendance], episode: Episode) -> int:
    released = lines.filter(status=Status.PLANNED).update(status=Status.RELEASED)
    if released:
        audit.record("roster.released", episode, sessions=released)
    return released


@transaction.atomic
def mark(
    *, line: Attendance, status: str, by: Actor, at: datetime, minutes: int | None = None, reason: str | None = None
) -> Attendance:
    """Write down whether the client came. `minutes` are those present, where someone was late or left early.

    Refuses a session that is signed or canceled. Marking the same again changes nothing.
    """
    _refuse_closed(line.session_id)
    line.refresh_from_db(fields=["status", "minutes", "reason"])
    if _set(line, Mark(status, minutes, reason), by, at):
        line.save(update_fields=WRITTEN)
    return line


@transaction.atomic
def mark_many(*, session: Session, marks: Mapping[UUID, Mark], by: Actor, at: datetime) -> int:
    """`mark` for many lines of one session, by their keys; returns how many changed."""
    _refuse_closed(session.pk)
    lines = list(session.roster.exclude(status=Status.RELEASED).filter(pk__in=marks))
    if len(lines) < len(marks):
        raise Refusal("This line belongs to another session.")
    changed = [line for line in lines if _set(line, marks[line.pk], by, at)]
    Attendance.objects.bulk_update(changed, WRITTEN)
    return len(changed)


WRITTEN = ["status", "minutes", "reason", "marked_at", "marked_by"]


def _set(line: Attendance, to: Mark, by: Actor, at: datetime) -> bool:
    """Put the mark on the line, unless it is there already. Not stored."""
    status, minutes, reason = to.status, to.minutes, to.reason
    if status not in MARKED:
        raise Refusal("Choose how the person attended.", field="status")
    planned = int((line.during.upper - line.during.lower).total_seconds() // 60)
    if minutes is not None and not 0 <= minutes <= planned:
        raise Refusal(f"Minutes are from 0 to {planned}.", field="minutes")
    wanted = (status, minutes_present(status, planned, minutes), line.reason if reason is None else reason.strip())
    if wanted == (line.status, line.minutes, line.reason):
        return False
    line.status, line.minutes, line.reason = wanted
    line.marked_at, line.marked_by_id = at, by.user_id
    audit.record("attendance.marked", line, status=str(status))
    return True


@transaction.atomic
def mark_rest_present(*, session: Session, by: Actor, at: datetime) -> int:
    """Everyone still expected is here."""
    planned = session.roster.filter(status=Status.PLANNED).values_list("pk", flat=True)
    return mark_many(session=session, marks=dict.fromkeys(planned, Mark(Status.PRESENT)), by=by, at=at)


def _refuse_closed(session_id: UUID) -> None:
    """Also holds the session, so that nobody marks while someone signs."""
    session = Session.objects.select_for_update().get(pk=session_id)
    if session.canceled_at is not None:
        raise Refusal("This session was canceled.")
    if GroupNote.objects.filter(session=session, signed_at__isnull=False).exists():
        raise Refusal("This session is signed. Write an addendum to correct it.")
