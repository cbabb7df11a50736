"""Today: who is expected, here and missing; what needs a person; which notes wait for a signature."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from openiop.admissions.queries import seats
from openiop.attendance import queries as attendance
from openiop.attendance.models import Attendance, Session
from openiop.desk.presenters import RosterRow, SessionRow, roster_row, session_row
from openiop.desk.queries import known_of
from openiop.messaging.presenters import alert_row
from openiop.messaging.queries import open_alerts
from openiop.shared import gate
from openiop.shared.access import Permission, Reach, can
from openiop.shared.middleware import CenterRequest

SHOWN = 8
"""Alerts and notes that stand on the page; the rest is a link away."""


@gate.needs(Permission.USE_DESK)
@require_GET
def today(request: CenterRequest) -> HttpResponse:
    """The first page of staff. Those who take attendance have one session open: the chosen or the current one."""
    day = timezone.localdate(request.now)
    sessions = _sessions(request)
    lines = attendance.lines_in(sessions)
    rows = [session_row(session, request.now) for session in sessions]
    takes = can(request.actor, Permission.TAKE_ATTENDANCE)
    chosen = _chosen(request.GET.get("session"), rows) if takes else None
    tracks = seats(day)
    context = {
        "day": day,
        "sessions": rows,
        "chosen": chosen,
        "roster": _roster(request, chosen, sessions, lines) if chosen else [],
        "counts": attendance.turnout(lines, request.now),
        "tracks": tracks,
        "census": f"{sum(track.taken for track in tracks)} of {sum(track.seats for track in tracks)}",
        "takes_attendance": takes,
        "opens_census": can(request.actor, Permission.FIND_CLIENTS),
        "reads_charts": can(request.actor, Permission.READ_CHART),
        **_alerts(request),
        **_notes(request),
    }
    return render(request, "desk/today/today.html", context)


@gate.needs(Permission.HANDLE_ALERTS, passive=True)
@require_GET
def needs(request: CenterRequest) -> HttpResponse:
    """The alerts of Today, which the page asks for by itself, so that a new one is seen without a reload."""
    return render(request, "desk/today/_alerts.html", _alerts(request))


def _sessions(request: CenterRequest) -> list[Session]:
    """One's own sessions for those who lead groups, the whole day for everyone else."""
    sessions = attendance.sessions_of_day(timezone.localdate(request.now), timezone.get_current_timezone())
    if request.actor.reach(Permission.TAKE_ATTENDANCE) is Reach.CASELOAD:
        sessions = sessions.filter(facilitator_id=request.actor.staff_id)
    return list(sessions)


def _chosen(asked: str | None, rows: list[SessionRow]) -> SessionRow | None:
    """The session asked for, else the one that runs, else the next, else the last of the day."""
    by_key = {str(row.pk): row for row in rows}
    if asked in by_key:
        return by_key[asked]
    return next((row for row in rows if not row.is_over), rows[-1] if rows else None)


def _roster(
    request: CenterRequest, chosen: SessionRow, sessions: list[Session], expected: list[Attendance]
) -> list[RosterRow]:
    session = next(session for session in sessions if session.pk == chosen.pk)
    lines = attendance.roster_of(request.actor, session, expected)
    known = known_of(
        [line.client_id for line in lines],
        day=timezone.localdate(request.now),
        at=request.now,
        reads_charts=can(request.actor, Permission.READ_CHART),
    )
    return [roster_row(line, known) for line in lines]


def _alerts(request: CenterRequest) -> dict[str, object]:
    if not can(request.actor, Permission.HANDLE_ALERTS):
        return {}
    found = list(open_alerts(request.actor))
    rows = [alert_row(alert, request.now) for alert in found[:SHOWN]]
    # The number takes the color of the most urgent alert; what can wait has none.
    loudest = next((row.tone for row in rows if row.tone != "soon"), "")
    return {"handles_alerts": True, "alerts": rows, "alert_count": len(found), "alert_tone": loudest}


def _notes(request: CenterRequest) -> dict[str, object]:
    """The unsigned notes of one's own sessions, or of the center for who may sign them all."""
    reach, staff_id = request.actor.reach(Permission.SIGN_NOTES), request.actor.staff_id
    if reach is None or staff_id is None:
        return {}
    found = list(_unsigned(request, reach, staff_id))
    return {
        "signs_notes": True,
        "unsigned": [session_row(session, request.now) for session in found[:SHOWN]],
        "unsigned_count": len(found),
        "unsigned_more": len(found) - SHOWN,
    }


def _unsigned(request: CenterRequest, reach: Reach, staff_id: UUID) -> list[Session]:
    if reach is Reach.CENTER:
        return list(attendance.all_unsigned(request.now))
    return list(attendance.unsigned(staff_id, request.now))
