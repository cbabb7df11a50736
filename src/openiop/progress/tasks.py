"""Once a day: ask for the reviews that are due, of plans and of levels of care."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from procrastinate.contrib.django import app

from openiop.people.models import Center
from openiop.plans.actions import raise_review_alerts as ask_for_plans
from openiop.progress.actions import raise_review_alerts as ask_for_levels
from openiop.shared.access import Actor
from openiop.shared.jobs import all_center_ids, center_task


@center_task
def ask_for_reviews(*, by: Actor, at: datetime) -> None:
    """Raise the alerts of one center. Twice on a day is once."""
    center = Center.objects.get(pk=by.center_id)
    with timezone.override(ZoneInfo(center.time_zone)):
        today = timezone.localdate(at)
        ask_for_plans(on=today, by=by, at=at)
        ask_for_levels(on=today, by=by, at=at)


@app.periodic(cron="30 8 * * *")
@app.task(name="openiop.progress.tasks.ask_everywhere", queueing_lock="ask_for_reviews")
async def ask_everywhere(timestamp: int) -> None:
    """Once a night (08:30 UTC, before dawn in the United States): one job per center."""
    from asgiref.sync import sync_to_async

    await sync_to_async(_queue_all)()


def _queue_all() -> None:
    for center_id in all_center_ids():
        ask_for_reviews.defer(center_id=str(center_id))
