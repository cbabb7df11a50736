"""Two at the same moment: one row, one seat, one sentence for the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from openiop.admissions import actions as admissions
from openiop.admissions.actions import TRACK_FULL
from openiop.attendance import actions as attendance
from openiop.kernel.errors import Refusal
from openiop.people import actions as people
from openiop.programs.models import Track
from openiop.schedule import actions as schedule
from openiop.schedule.models import Enrollment
from tests.conftest import copy_database
from tests.integration.security.browsing import signed_in
from tests.integration.security.conftest import CASES, working_in
from tests.integration.security.records import Cases
from tests.settings import SERVER, WORKER

DATABASE = f"races_{WORKER}"
AT_ONCE = 4


@pytest.fixture(scope="module")
def racing(case_database: Cases, django_db_blocker: pytest.FixtureRequest) -> Iterator[Cases]:
    """The records in a database whose changes are committed, as threads must see them."""
    copy_database(DATABASE, CASES)
    with django_db_blocker.unblock(), working_in(DATABASE):
        yield case_database
    SERVER.drop_database(DATABASE)


def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """Do all of it at the same moment, each on a connection of its own; answers or errors, in order."""
    start, answers = Barrier(len(acts)), [None] * len(acts)

    def run(number: int) -> None:
        try:
            start.wait(30)
            answers[number] = acts[number]()
        except Exception as error:
            answers[number] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def rows(query: str, *params: object) -> int:
    with SERVER.connect(database=DATABASE) as connection:
        return int(connection.execute(query, params).fetchone()[0])


def test_a_callback_sent_four_times_is_one_inquiry(racing: Cases) -> None:
    data = {
        "idempotency_key": str(uuid4()),
        "who": "self",
        "reach": "212-555-0143",
        "first_name": "Ravi",
        "safe_contact": "any",
    }
    answers = at_once([lambda: Browser().post(reverse("site:callback"), data) for _ in range(AT_ONCE)])
    assert {answer.status_code for answer in answers} == {200}, answers
    assert rows("SELECT count(*) FROM admissions_inquiry WHERE first_name = 'Ravi'") == 1
    assert rows("SELECT count(*) FROM messaging_alert WHERE kind = 'inquiry' AND headline LIKE '%%Ravi%%'") <= 1


def test_a_check_in_sent_four_times_is_one(racing: Cases) -> None:
    client = racing.own.client
    data = {"idempotency_key": str(uuid4()), "craving": "2", "mood": "4", "note": "sent four times"}
    browsers = [signed_in(client.user) for _ in range(AT_ONCE)]
    answers = at_once([lambda b=b: b.post(reverse("portal:check_in"), data) for b in browsers])
    assert {answer.status_code for answer in answers} == {302}, answers
    assert len({answer["Location"] for answer in answers}) == 1
    assert rows("SELECT count(*) FROM practice_checkin WHERE note = 'sent four times'") == 1


def test_an_enrollment_sent_four_times_is_one(racing: Cases) -> None:
    client, group = racing.other.client, racing.own.ids["group"]
    with racing.world.inside():
        enrolled = Enrollment.objects.filter(client=client, group_id=racing.other.ids["group"]).get()
        schedule.end_enrollment(
            enrollment=enrolled,
            on=timezone.localdate(),
            by=racing.world.actor(racing.world.director),
            at=timezone.now(),
        )
    day = timezone.localdate() + timedelta(days=9)
    data = {"idempotency_key": str(uuid4()), "client": str(client.pk), "since": day.isoformat()}
    browsers = [signed_in(racing.world.director.user) for _ in range(AT_ONCE)]
    answers = at_once([lambda b=b: b.post(reverse("desk:enroll", args=[group]), data) for b in browsers])
    assert {answer.status_code for answer in answers} == {302}, answers
    assert (
        rows("SELECT count(*) FROM schedule_enrollment WHERE client_id = %s AND group_id = %s", client.pk, group) == 1
    )


def test_the_last_seat_goes_to_one_of_two(racing: Cases) -> None:
    world, now = racing.world, timezone.now()
    with world.inside() as scope:
        track = Track.objects.get(pk=racing.own.ids["track"])
        taken = admissions.Episode.objects.running().filter(track=track).count()
        track.seats = taken + 1
        track.save(update_fields=["seats"])
        pair = [
            people.add_client(first_name=name, last_name="Seat", counselor=world.counselor, by=scope.actor, at=now)
            for name in ("First", "Second")
        ]

    def admit(client: Any) -> Any:
        with world.inside() as scope:
            return attendance.begin_treatment(
                client=client, level="iop", track=track, on=timezone.localdate(), by=scope.actor, at=now
            )

    answers = at_once([lambda c=client: admit(c) for client in pair])
    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    assert [refusal.message for refusal in refused] == [TRACK_FULL.message], answers
    running = "SELECT count(*) FROM admissions_episode WHERE track_id = %s AND ended_on IS NULL"
    assert rows(running, track.pk) == taken + 1
