"""Work that happens later: procrastinate on the same PostgreSQL.

A job is queued inside the transaction that needs it and runs at least once, so every handler must make its effect
happen once by itself. A job carries keys only, never words about a person: the queue's tables belong to no center.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from openiop.shared.access import Actor
from openiop.shared.scope import center_scope

STALLED_AFTER = timedelta(seconds=60)
RETRY = RetryStrategy(max_attempts=8, exponential_wait=4)


def center_task(run: Callable[..., None]) -> Any:
    """A job inside one center: `run(by, at, **keys)` is called in the center's scope as the job's own actor."""

    @app.task(name=f"{run.__module__}.{run.__name__}", retry=RETRY)
    @functools.wraps(run)
    def in_center(*, center_id: str, **keys: str) -> None:
        actor = Actor.system(run.__name__, UUID(center_id))
        with center_scope(actor.center_id, actor):
            run(by=actor, at=timezone.now(), **keys)

    return in_center


def enqueue(name: str, *, center_id: UUID, **keys: UUID) -> None:
    """Queue a `center_task` by its dotted name, as part of the transaction that is running."""
    app.configure_task(name).defer(center_id=str(center_id), **{key: str(value) for key, value in keys.items()})


def all_center_ids() -> list[UUID]:
    """Every center of this installation, for jobs that visit each."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT openiop_center_ids()")
        return [row[0] for row in cursor.fetchall()]


@app.periodic(cron="* * * * *")
@app.task(name="openiop.shared.jobs.sweep_stalled", queueing_lock="sweep_stalled", pass_context=True)
async def sweep_stalled(context: Any, timestamp: int) -> None:
    """Give jobs of a worker that died to another one."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER.total_seconds()):
        await manager.retry_job(job, retry_at=datetime.now(tz=timezone.get_current_timezone()))
