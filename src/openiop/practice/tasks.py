"""The rhythm of questionnaires for everyone in treatment.

It stands here and not in `measures`, because it must know who is in treatment, which a room above `measures` knows.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from procrastinate.contrib.django import app

from openiop.admissions.models import Episode
from openiop.measures.actions import assign_due
from openiop.people.models import Center
from openiop.shared.access import Actor
from openiop.shared.jobs import all_center_ids, center_task


@center_task
def assign_questionnaires(*, by: Actor, at: datetime) -> None:
    """Assign what is due today to everyone in treatment. Twice on a day is once."""
    center = Center.objects.get(pk=by.center_id)
    with timezone.override(ZoneInfo(center.time_zone)):
        today = timezone.localdate(at)
        for episode in Episode.objects.running().filter(admitted_on__lte=today).select_related("client"):
            assign_due(client=episode.client, on=today, by=by, at=at)


@app.periodic(cron="15 8 * * *")
@app.task(name="openiop.practice.tasks.assign_everywhere", queueing_lock="assign_everywhere")
async def assign_everywhere(timestamp: int) -> None:
    """Once a night (08:15 UTC, before dawn in the United States): one job per center."""
    from asgiref.sync import sync_to_async

    await sync_to_async(_queue_all)()


def _queue_all() -> None:
    for center_id in all_center_ids():
        assign_questionnaires.defer(center_id=str(center_id))
