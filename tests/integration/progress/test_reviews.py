"""Reviews of the level of care: facts side by side, and what a decision changes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from openiop.admissions.models import Episode
from openiop.attendance.models import Attendance
from openiop.kernel.errors import Refusal
from openiop.kernel.levels import LevelOfCare
from openiop.messaging.models import Alert
from openiop.progress import actions, presenters, queries
from openiop.progress.models import Review
from openiop.schedule.models import Enrollment
from openiop.shared.access import Denied
from tests.integration.progress.conftest import add_track
from tests.world import World


def decide(episode: Episode, world: World, outcome: str, **fields: object) -> Review:
    return actions.decide_review(
        episode=episode,
        outcome=outcome,
        reason=str(fields.pop("reason", "Steady weeks")),
        by=world.actor(world.counselor),
        at=world.now,
        **fields,
    )


def test_facts_count_the_hours_that_were_attended(world: World, episode: Episode) -> None:
    with world.inside():
        facts = queries.facts(episode, world.now)
        assert [(w.week, w.scheduled, w.delivered) for w in facts.weeks[:3]] == [
            (date(2026, 11, 2), 9, 6),
            (date(2026, 11, 9), 9, 9),
            (date(2026, 11, 16), 9, 9),
        ]
        assert facts.days == 22


def test_facts_cost_few_queries(world: World, episode: Episode, query_limit) -> None:
    with world.inside(), query_limit(6):
        presenters.fact_sheet(queries.facts(episode, world.now))


def test_continuing_keeps_level_and_track_and_the_facts_seen(world: World, episode: Episode) -> None:
    with world.inside():
        review = decide(episode, world, "continue")
        episode.refresh_from_db()
        assert (review.level_before, review.level_after, episode.level) == ("iop", "iop", "iop")
        assert review.facts["weeks"][0] == {"week": "2026-11-02", "scheduled": 9.0, "delivered": 6.0}
        assert review.decided_by_id == world.counselor.pk


def test_a_review_without_a_reason_is_refused(world: World, episode: Episode) -> None:
    with world.inside(), pytest.raises(Refusal) as refused:
        decide(episode, world, "continue", reason="  ")
    assert refused.value.field == "reason"


def test_a_step_up_moves_track_groups_and_roster_from_tomorrow(world: World, episode: Episode) -> None:
    with world.inside():
        php = add_track("Day", world, level=LevelOfCare.PARTIAL_HOSPITALIZATION)
        decide(episode, world, "step_up", level="partial_hospitalization", track=php)
        episode.refresh_from_db()
        assert (episode.level, episode.track_id) == ("partial_hospitalization", php.pk)
        tomorrow = world.now.date() + timedelta(days=1)
        groups = Enrollment.objects.filter(client=world.client, during__contains=tomorrow)
        assert [one.group.track_id for one in groups] == [php.pk]
        later = Attendance.objects.filter(client=world.client, during__startswith__gt=world.now + timedelta(days=1))
        assert set(later.values_list("status", flat=True)) == {"released"}


def test_a_step_down_to_weekly_care_needs_no_track(world: World, episode: Episode) -> None:
    with world.inside():
        review = decide(episode, world, "step_down", level="outpatient")
        assert review.level_after == "outpatient"


@pytest.mark.parametrize(
    ("outcome", "level"), [("step_up", "outpatient"), ("step_down", "residential"), ("step_up", ""), ("step_up", "iop")]
)
def test_a_step_in_the_wrong_direction_is_refused(world: World, episode: Episode, outcome: str, level: str) -> None:
    with world.inside(), pytest.raises(Refusal) as refused:
        decide(episode, world, outcome, level=level, track=episode.track)
    assert refused.value.field == "level"


def test_a_full_track_refuses_the_step_and_changes_nothing(world: World, episode: Episode) -> None:
    with world.inside():
        full = add_track("Day", world, level=LevelOfCare.PARTIAL_HOSPITALIZATION, seats=1)
        Episode.objects.create(
            client=world.other_client, level="partial_hospitalization", track=full, admitted_on=world.now.date()
        )
        with pytest.raises(Refusal, match="full"):
            decide(episode, world, "step_up", level="partial_hospitalization", track=full)
        episode.refresh_from_db()
        assert episode.level == "iop"
        assert not Review.objects.exists()


def test_only_those_who_review_care_decide(world: World, episode: Episode) -> None:
    with world.inside(), pytest.raises(Denied):
        actions.decide_review(
            episode=episode, outcome="continue", reason="x", by=world.actor(world.scheduler), at=world.now
        )


def test_a_review_is_asked_for_after_four_weeks_once_and_settled_by_deciding(world: World, episode: Episode) -> None:
    with world.inside():
        by = world.actor(world.director)
        due = episode.admitted_on + timedelta(days=28)
        assert actions.raise_review_alerts(on=due - timedelta(days=1), by=by, at=world.now) == []
        actions.raise_review_alerts(on=due, by=by, at=world.now)
        actions.raise_review_alerts(on=due + timedelta(days=1), by=by, at=world.now)
        [alert] = Alert.objects.open().filter(kind="level_review")
        assert alert.owner_id == world.counselor.pk
        decide(episode, world, "continue")
        assert not Alert.objects.open().filter(kind="level_review").exists()
        assert actions.raise_review_alerts(on=due + timedelta(days=1), by=by, at=world.now) == []
