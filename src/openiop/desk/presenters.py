"""The strings of pages that compose several rooms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format

from openiop.attendance.models import Attendance, Session, Status
from openiop.messaging.presenters import age


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
    state: str
    is_over: bool
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
        state=_state(session, at),
        is_over=is_over,
        late_by=age(session.ends_at, at) if is_over else "",
    )


def _state(session: Session, at: datetime) -> str:
    note = getattr(session, "group_note", None)
    if note is not None and note.signed_at is not None:
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
    """One client in the open session of Today."""

    client_id: UUID
    name: str
    number: str
    status: str
    tone: str
    reason: str


def roster_row(line: Attendance) -> RosterRow:
    """A roster line loaded with its client."""
    status = Status(line.status)
    return RosterRow(
        client_id=line.client_id,
        name=line.client.short_name,
        number=line.client.number,
        status=str(status.label),
        tone=TONES.get(status, "neutral"),
        reason=line.reason,
    )
