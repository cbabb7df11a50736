"""Today: who is expected, here and missing; what needs a person; which notes wait for a signature."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from openiop.attendance import queries as attendance
from openiop.attendance.models import Session
from openiop.desk.presenters import SessionRow, roster_row, session_row
from openiop.messaging.presenters import alert_row
from openiop.messaging.queries import open_alerts
from openiop.shared import gate
from openiop.shared.access import Permission, Reach
from openiop.shared.middleware import CenterRequest


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers at the top."""

    expected: int
    here: int
    missing: int


@gate.needs(Permission.USE_DESK)
@require_GET
def today(request: CenterRequest) -> HttpResponse:
    """The first page of everyone who treats people. One session is open in the middle: the chosen or current one."""
    sessions = _own_sessions(request)
    rows = [session_row(session, request.now) for session in sessions]
    chosen = _chosen(request.GET.get("session"), rows)
    context = {
        "day": timezone.localdate(request.now),
        "sessions": rows,
        "chosen": chosen,
        "roster": _roster(request, chosen, sessions) if chosen else [],
        "counts": _counts(sessions, request),
        "alerts": [alert_row(alert, request.now) for alert in open_alerts(request.actor)[:12]],
        "unsigned": [session_row(session, request.now) for session in _unsigned(request)],
    }
    return render(request, "desk/today/today.html", context)


def _own_sessions(request: CenterRequest) -> list[Session]:
    """The whole day for those who see the center; one's own sessions for others."""
    sessions = attendance.sessions_of_day(timezone.localdate(request.now))
    if request.actor.reach(Permission.TAKE_ATTENDANCE) is not Reach.CENTER:
        sessions = sessions.filter(facilitator_id=request.actor.staff_id)
    return list(sessions)


def _chosen(asked: str | None, rows: list[SessionRow]) -> SessionRow | None:
    """The session asked for, else the one that runs, else the next, else the last of the day."""
    by_key = {str(row.pk): row for row in rows}
    if asked in by_key:
        return by_key[asked]
    return next((row for row in rows if not row.is_over), rows[-1] if rows else None)


def _roster(request: CenterRequest, chosen: SessionRow, sessions: list[Session]) -> list:
    session = next(session for session in sessions if session.pk == chosen.pk)
    return [roster_row(line) for line in attendance.roster_of(request.actor, session)]


def _counts(sessions: list[Session], request: CenterRequest) -> Counts:
    begun = [session for session in sessions if session.starts_at <= request.now]
    return Counts(
        expected=sum(session.expected for session in sessions),
        here=sum(session.here for session in sessions),
        missing=sum(session.expected - session.here for session in begun),
    )


def _unsigned(request: CenterRequest) -> list[Session]:
    if request.actor.reach(Permission.SIGN_NOTES) is Reach.CENTER:
        return list(attendance.all_unsigned(request.now)[:12])
    staff_id: UUID | None = request.actor.staff_id
    return list(attendance.unsigned(staff_id, request.now)[:12]) if staff_id else []
