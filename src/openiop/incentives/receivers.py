"""What this room does when a room below tells something."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from openiop.attendance.models import Attendance, Session
from openiop.attendance.queries import center_zone
from openiop.incentives import queries
from openiop.incentives.actions import count_attendance
from openiop.incentives.values import Target
from openiop.shared.access import Actor


def on_session_signed(
    sender: object, *, session: Session, lines: Iterable[Attendance], by: Actor, at: datetime, **_: object
) -> None:
    """The day of a signed session counts for everyone on its roster who has an attendance course."""
    courses = queries.running([line.client_id for line in lines], Target.ATTENDANCE)
    if not courses:
        return
    with timezone.override(center_zone()):
        day = timezone.localdate(session.starts_at)
        for course in courses:
            count_attendance(course=course, day=day, by=by, at=at)
