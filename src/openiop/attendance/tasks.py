"""Keeps sessions planned ahead."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from openiop.attendance.actions import generate_sessions
from openiop.attendance.queries import center_zone
from openiop.shared.access import Actor
from openiop.shared.jobs import all_center_ids, center_task

WEEKS_AHEAD = 4


@center_task
def plan_ahead(*, by: Actor, at: datetime) -> None:
    """Make the sessions of the weeks ahead in one center; those that exist are left alone."""
    today = timezone.localtime(at, center_zone()).date()
    generate_sessions(weeks_from=today, weeks=WEEKS_AHEAD, by=by, at=at)


@app.periodic(cron="15 2 * * *")
@app.task(name="openiop.attendance.tasks.plan_every_center_ahead", queueing_lock="plan_every_center_ahead")
def plan_every_center_ahead(timestamp: int) -> None:
    """Every night, one job for each center."""
    for center_id in all_center_ids():
        plan_ahead.defer(center_id=str(center_id))
