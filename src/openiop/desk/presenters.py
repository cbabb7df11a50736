"""The strings of pages that compose several rooms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format

from openiop.attendance.models import Attendance, Session, Status
from openiop.desk.queries import Known
from openiop.messaging.presenters import age
from openiop.practice.models import CheckIn
from openiop.practice.rules import HIGH_CRAVING


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session of the day's list."""

    pk: UUID
    title: str
    starts: str
    times: str
    place: str
    who: str
    came: str
    marked: str
    state: str
    is_over: bool
    is_signed: bool
    late_by: str


def session_row(session: Session, at: datetime) -> SessionRow:
    """A session loaded with its counts, room, clinician and note."""
    starts, ends = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
    is_over = session.ends_at <= at
    return SessionRow(
        pk=session.pk,
        title=session.title,
        starts=date_format(starts, "g:i A"),
        times=f"{date_format(starts, 'D, M j, g:i')} to {date_format(ends, 'g:i A')}",
        place=session.room.name if session.room else "Online",
        who=session.facilitator.name,
        came=f"{session.here} of {session.expected}",
        marked=f"{session.marked} of {session.expected} marked",
        state=_state(session, at),
        is_over=is_over,
        is_signed=_is_signed(session),
        late_by=age(session.ends_at, at) if is_over else "",
    )


def _is_signed(session: Session) -> bool:
    note = getattr(session, "group_note", None)
    return note is not None and note.signed_at is not None


def _state(session: Session, at: datetime) -> str:
    if _is_signed(session):
        return "Signed"
    if session.ends_at <= at:
        return "Note to sign"
    return "In progress" if session.starts_at <= at else "To come"


TONES = {
    Status.PRESENT: "ok",
    Status.LATE: "today",
    Status.LEFT_EARLY: "today",
    Status.EXCUSED: "neutral",
    Status.ABSENT: "today",
    Status.PLANNED: "soon",
}


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One client in the open session of Today. The last three are empty for someone who may not read charts."""

    client_id: UUID
    name: str
    number: str
    status: str
    tone: str
    reason: str
    came: str
    craving: str
    is_high: bool
    due: tuple[str, ...]


def roster_row(line: Attendance, known: Known) -> RosterRow:
    """A roster line loaded with its client, and what is known about them."""
    status = Status(line.status)
    came, held = known.came.get(line.client_id, (0, 0))
    check_in = known.check_ins.get(line.client_id)
    return RosterRow(
        client_id=line.client_id,
        name=line.client.short_name,
        number=line.client.number,
        status=str(status.label),
        tone=TONES.get(status, "neutral"),
        reason=line.reason,
        came=f"{came} of {held}" if held else "",
        craving=_craving(check_in, known.day) if check_in else "",
        is_high=check_in is not None and check_in.craving >= HIGH_CRAVING,
        due=(*known.due.get(line.client_id, ()), *(["Drug test"] if line.client_id in known.tests else [])),
    )


def _craving(check_in: CheckIn, day: date) -> str:
    words = f"{check_in.craving} high" if check_in.craving >= HIGH_CRAVING else str(check_in.craving)
    return words if check_in.day == day else f"{words}, {check_in.day:%a}"
