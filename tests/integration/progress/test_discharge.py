"""Discharge ends everything that ran, and is signed once."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from openiop.admissions.models import Episode
from openiop.attendance.models import Attendance
from openiop.kernel.errors import Refusal
from openiop.people.models import Care
from openiop.progress import actions, presenters, queries
from openiop.progress.models import Discharge
from openiop.schedule.models import Enrollment
from tests.world import World


def end(episode: Episode, world: World, **fields: object) -> Discharge:
    given = {
        "on": world.now.date(),
        "reason": "completed",
        "course_of_treatment": "Three weeks of group treatment.",
        "recovery_plan": "Call Sam on a hard day.",
    }
    return actions.discharge(episode=episode, by=world.actor(world.counselor), at=world.now, **(given | fields))


def test_discharge_ends_groups_roster_and_episode(world: World, episode: Episode) -> None:
    with world.inside():
        end(episode, world)
        episode.refresh_from_db()
        assert (episode.ended_on, episode.end_reason) == (world.now.date(), "completed")
        assert not Enrollment.objects.filter(client=world.client, during__contains=date_after(world)).exists()
        assert not Attendance.objects.filter(client=world.client, status="planned", during__startswith__gt=world.now)
        assert not Care.objects.filter(client=world.client, ended_at=None).exists()


def date_after(world: World) -> object:
    from datetime import timedelta

    return world.now.date() + timedelta(days=1)


@pytest.mark.parametrize("field", ["course_of_treatment", "recovery_plan"])
def test_a_summary_needs_its_words(world: World, episode: Episode, field: str) -> None:
    with world.inside(), pytest.raises(Refusal) as refused:
        end(episode, world, **{field: " "})
    assert refused.value.field == field


def test_a_second_discharge_is_refused(world: World, episode: Episode) -> None:
    with world.inside():
        end(episode, world)
        with pytest.raises(Refusal, match="has ended"):
            end(episode, world)
        assert Discharge.objects.count() == 1


def test_a_last_day_in_the_future_is_refused(world: World, episode: Episode) -> None:
    with world.inside(), pytest.raises(Refusal) as refused:
        end(episode, world, on=date_after(world))
    assert refused.value.field == "on"


def test_the_signed_summary_cannot_be_changed(world: World, episode: Episode) -> None:
    with world.inside():
        end(episode, world)
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            connection.cursor().execute("UPDATE progress_discharge SET recovery_plan = 'other'")


def test_the_first_text_is_written_from_the_facts(world: World, episode: Episode) -> None:
    with world.inside():
        text = presenters.course_of_treatment(queries.facts(episode, world.now))
        assert "In treatment since Nov 2, 2026 (22 days), Intensive outpatient (IOP) in the Morning track." in text
        assert "Attended 24 of" in text
