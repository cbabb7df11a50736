"""Jobs run at least once, and their effect happens once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import copy_database
from tests.live import Installation
from tests.settings import SERVER, WORKER
from tests.world import OUR_CENTER

QUEUE_TWICE = f"""
from uuid import UUID
from django.utils import timezone
from openiop.messaging.actions import queue_mail
from openiop.shared.access import Actor
from openiop.shared.scope import center_scope
center = UUID("{OUR_CENTER}")
with center_scope(center, Actor.system("test", center)) as scope:
    for _ in range(2):
        queue_mail(key="one", to="rosa@example.org", subject="Hello", text="Come by.", by=scope.actor, at=timezone.now())
"""
SWEEP = """
import asyncio
from types import SimpleNamespace
from procrastinate.contrib.django import app
from openiop.shared.jobs import sweep_stalled

async def main():
    working = app.with_connector(app.connector.get_worker_connector())
    async with working.open_async():
        await sweep_stalled.func(SimpleNamespace(app=working), 0)

asyncio.run(main())
"""
WORK = """
from procrastinate.contrib.django import app
app.with_connector(app.connector.get_worker_connector()).run_worker(wait=False, install_signal_handlers=False)
"""


@pytest.fixture
def installation(django_db_setup: None, tmp_path: Path) -> Iterator[Installation]:
    name = f"jobs_{WORKER}"
    copy_database(name)
    made = Installation(name, tmp_path)
    made.mail.mkdir()
    yield made
    SERVER.drop_database(name)


def status(installation: Installation) -> list[tuple]:
    return installation.sql("SELECT status::text FROM procrastinate_jobs WHERE task_name LIKE '%%deliver'")


def test_a_job_of_a_dead_worker_is_done_by_another_and_its_mail_goes_out_once(installation: Installation) -> None:
    installation.python(QUEUE_TWICE)
    assert status(installation) == [("todo",)], "asking twice queues once"

    [(dead,)] = installation.sql(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '10 minutes') RETURNING id"
    )
    installation.sql("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", dead)
    installation.python(SWEEP)
    assert status(installation) == [("todo",)]

    installation.python(WORK)
    assert status(installation) == [("succeeded",)]
    assert len(installation.mails("rosa@example.org")) == 1

    installation.sql("UPDATE procrastinate_jobs SET status = 'todo' WHERE task_name LIKE '%%deliver'")
    installation.python(WORK)
    assert len(installation.mails("rosa@example.org")) == 1, "a second run of the same job sends nothing"


def test_the_queue_holds_keys_and_no_words_about_a_person(installation: Installation) -> None:
    installation.python(QUEUE_TWICE)
    [(arguments,)] = installation.sql("SELECT args FROM procrastinate_jobs WHERE task_name LIKE '%%deliver'")
    assert set(arguments) == {"center_id", "mail_id"}
