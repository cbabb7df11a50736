"""Questionnaires: every answer is kept, an alarming one is told at once, and a finished one stands."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from openiop.kernel.errors import InputError, Refusal
from openiop.measures import actions, queries
from openiop.measures.models import Administration
from openiop.messaging.actions import acknowledge_alert, close_alert
from openiop.messaging.models import Alert, Urgency
from openiop.shared.models import AuditEntry
from tests.world import World

TODAY = date(2026, 11, 23)


@pytest.fixture
def phq(scope: World) -> Administration:
    return give(scope, "PHQ-9")


def give(world: World, code: str) -> Administration:
    by = world.actor(world.counselor)
    return actions.assign(client=world.client, instrument=code, due_on=TODAY, by=by, at=world.now)


def say(world: World, one: Administration, item: str, value: int) -> Administration:
    return actions.answer(administration=one, item=item, value=value, by=world.actor(world.client), at=world.now)


def test_assigning_twice_is_one_row(scope: World, phq: Administration) -> None:
    assert give(scope, "phq-9").pk == phq.pk
    assert list(queries.due(scope.client, TODAY)) == [phq]
    assert not queries.due(scope.client, TODAY - timedelta(days=1)).exists()


def test_every_answer_is_kept_as_it_is_given(scope: World, phq: Administration) -> None:
    say(scope, phq, "1", 2)
    say(scope, phq, "2", 1)
    phq.refresh_from_db()
    assert phq.answers == {"1": 2, "2": 1}
    assert phq.started_at == scope.now
    assert phq.completed_at is None


def test_item_nine_alerts_the_counselor_with_that_answer_and_only_once(scope: World, phq: Administration) -> None:
    say(scope, phq, "9", 1)
    say(scope, phq, "9", 1)
    say(scope, phq, "9", 2)
    [alert] = Alert.objects.all()
    assert alert.urgency == Urgency.NOW
    assert alert.owner == scope.counselor
    assert alert.client == scope.client
    assert alert.raised_at == scope.now
    actions.complete(administration=phq, by=scope.actor(scope.client), at=scope.now)
    assert Alert.objects.filter(urgency=Urgency.NOW).count() == 1


def test_a_worse_item_nine_after_the_alert_was_closed_alerts_again(scope: World, phq: Administration) -> None:
    say(scope, phq, "9", 1)
    close_alert(alert=Alert.objects.get(), what_was_done="Called.", by=scope.actor(scope.counselor), at=scope.now)
    say(scope, phq, "9", 3)
    assert Alert.objects.open().filter(urgency=Urgency.NOW).count() == 1
    assert len(Administration.objects.get(pk=phq.pk).flags) == 1
    actions.complete(administration=phq, by=scope.actor(scope.client), at=scope.now)
    assert Alert.objects.open().filter(urgency=Urgency.NOW).count() == 1


def test_a_worse_item_nine_asks_whoever_has_the_alert_to_look_again(scope: World, phq: Administration) -> None:
    say(scope, phq, "9", 1)
    acknowledge_alert(alert=Alert.objects.get(), by=scope.actor(scope.counselor), at=scope.now)
    say(scope, phq, "9", 1)
    assert Alert.objects.get().acknowledged_at is not None
    say(scope, phq, "9", 3)
    assert Alert.objects.get().acknowledged_at is None


def test_item_nine_at_zero_alerts_nobody(scope: World, phq: Administration) -> None:
    say(scope, phq, "9", 0)
    assert not Alert.objects.exists()


def test_a_changed_answer_does_not_take_the_alert_back(scope: World, phq: Administration) -> None:
    say(scope, phq, "9", 1)
    held = say(scope, phq, "9", 0)
    assert Alert.objects.open().count() == 1
    assert [row["id"] for row in held.flags] == ["thoughts_of_self_harm"]


@pytest.mark.parametrize(("item", "value"), [("1", 4), ("1", -1), ("11", 0), ("", 0)])
def test_an_answer_the_form_does_not_offer_is_refused(scope: World, phq: Administration, item: str, value: int) -> None:
    with pytest.raises(InputError):
        say(scope, phq, item, value)
    phq.refresh_from_db()
    assert phq.answers == {}


def test_a_finished_form_is_scored_and_stands(scope: World, phq: Administration) -> None:
    for number in range(1, 10):
        say(scope, phq, str(number), 0 if number == 9 else 1)
    done = actions.complete(administration=phq, by=scope.actor(scope.client), at=scope.now)
    assert done.scores == {"total": 8}
    assert done.bands == {"total": "mild"}
    with pytest.raises(Refusal):
        say(scope, phq, "1", 0)
    with pytest.raises(IntegrityError, match="locked"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE measures_administration SET scores = '{\"total\": 0}' WHERE id = %s", [phq.pk])


def test_questions_may_be_left_open_and_no_score_is_guessed(scope: World, phq: Administration) -> None:
    say(scope, phq, "1", 3)
    done = actions.complete(administration=phq, by=scope.actor(scope.client), at=scope.now)
    assert done.scores == {"total": None}
    assert done.bands == {}


def test_nothing_answered_cannot_be_finished(scope: World, phq: Administration) -> None:
    with pytest.raises(Refusal):
        actions.complete(administration=phq, by=scope.actor(scope.client), at=scope.now)


def test_a_follow_up_question_goes_when_its_reason_goes(scope: World) -> None:
    bam = give(scope, "BAM-IOP")
    say(scope, bam, "4", 2)
    say(scope, bam, "5", 1)
    assert say(scope, bam, "4", 0).answers == {"4": 0}


def test_what_can_wait_is_one_open_alert_per_client(scope: World) -> None:
    for _ in range(2):
        bam = give(scope, "BAM-IOP")
        say(scope, bam, "4", 2)
        for item, value in {"5": 2, "6": 0}.items():
            say(scope, bam, item, value)
        actions.complete(administration=bam, by=scope.actor(scope.client), at=scope.now)
    alerts = Alert.objects.filter(kind="measure.use")
    assert [alert.urgency for alert in alerts] == [Urgency.SOON]


def test_a_paper_form_takes_the_place_of_the_one_that_waits(scope: World, phq: Administration) -> None:
    answered_at = scope.now - timedelta(days=2)
    done = actions.record_on_paper(
        client=scope.client,
        instrument="PHQ-9",
        answers={str(n): 2 for n in range(1, 10)},
        answered_at=answered_at,
        by=scope.actor(scope.counselor),
        at=scope.now,
    )
    assert (done.pk, done.entered_by_staff, done.completed_at) == (phq.pk, True, answered_at)
    assert done.scores == {"total": 18}
    assert Alert.objects.filter(urgency=Urgency.NOW).count() == 1
    assert not queries.waiting(scope.client).exists()


def test_a_paper_form_of_tomorrow_is_refused(scope: World) -> None:
    with pytest.raises(Refusal) as refusal:
        actions.record_on_paper(
            client=scope.client,
            instrument="PHQ-9",
            answers={"1": 0},
            answered_at=scope.now + timedelta(days=1),
            by=scope.actor(scope.counselor),
            at=scope.now,
        )
    assert refusal.value.field == "answered_on"


def test_the_cadence_asks_again_when_it_is_time_and_not_before(scope: World) -> None:
    by = scope.actor(scope.counselor)

    def due_after(days: int) -> set[str]:
        at = scope.now + timedelta(days=days)
        made = actions.assign_due(client=scope.client, on=TODAY + timedelta(days=days), by=by, at=at)
        for one in made:
            actions.answer(administration=one, item="1", value=0, by=by, at=at)
            actions.complete(administration=one, by=by, at=at)
        return {one.instrument for one in made}

    assert due_after(0) == {"PHQ-9", "BAM-IOP", "GAD-7"}
    assert due_after(0) == set()
    assert due_after(6) == set()
    assert due_after(7) == {"BAM-IOP"}
    assert due_after(14) == {"PHQ-9", "BAM-IOP"}


def test_what_waits_is_not_asked_for_a_second_time(scope: World) -> None:
    by = scope.actor(scope.counselor)
    for days in (0, 1, 30):
        actions.assign_due(client=scope.client, on=TODAY + timedelta(days=days), by=by, at=scope.now)
    assert queries.waiting(scope.client).count() == 3


def test_the_trail_says_that_but_not_what_was_answered(world: World) -> None:
    with world.inside():
        phq = give(world, "PHQ-9")
        say(world, phq, "9", 3)
        actions.complete(administration=phq, by=world.actor(world.client), at=world.now)
    with world.inside():
        details = [str(e.detail) for e in AuditEntry.objects.filter(verb__startswith="measure.")]
    assert len(details) == 2
    assert all("answers" not in detail and "3" not in detail for detail in details)


def test_withdrawing_takes_it_from_the_client_and_keeps_the_answers(scope: World, phq: Administration) -> None:
    say(scope, phq, "1", 2)
    actions.withdraw(administration=phq, by=scope.actor(scope.counselor), at=scope.now)
    assert not queries.waiting(scope.client).exists()
    assert Administration.objects.get(pk=phq.pk).answers == {"1": 2}
    assert give(scope, "PHQ-9").pk != phq.pk
