"""The desk's page of questionnaires: who sees it, what it shows, forms from paper."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from openiop.admissions.events import admitted
from openiop.measures import actions, queries
from openiop.measures.models import Administration
from openiop.messaging.models import Alert, Urgency
from openiop.practice.tasks import assign_questionnaires
from tests.iop import build_iop
from tests.world import OUR_CENTER, World


def page(world: World, name: str = "measures") -> str:
    return reverse(f"desk:{name}", args=[world.client.pk])


def answered(world: World, code: str, answers: dict[str, int], days_ago: int = 0) -> None:
    with world.inside() as scope:
        actions.record_on_paper(
            client=world.client,
            instrument=code,
            answers=answers,
            answered_at=world.now - timedelta(days=days_ago),
            by=scope.actor,
            at=world.now,
        )


@pytest.mark.parametrize(
    ("person", "status"),
    [("counselor", 200), ("director", 200), ("other_staff", 403), ("scheduler", 403), ("administrator", 403),
     ("admissions", 403), ("foreign_director", 404), ("client", 403), ("family", 403)],
)  # fmt: skip
def test_who_sees_it(world: World, browse: Callable[..., Browser], person: str, status: int) -> None:
    browser = browse(getattr(world, person).user)
    assert browser.get(page(world)).status_code == status
    assert browser.get(page(world, "measure_paper") + "?instrument=PHQ-9").status_code == status
    assert browser.post(page(world, "measure_assign"), {}).status_code == (422 if status == 200 else status)


def test_scores_answers_and_what_waits_on_one_page(
    world: World, browse: Callable[..., Browser], query_limit: Callable[[], AbstractContextManager[None]]
) -> None:
    answered(world, "PHQ-9", {str(n): 2 for n in range(1, 10)}, days_ago=28)
    answered(world, "PHQ-9", {str(n): 1 for n in range(1, 9)} | {"9": 0}, days_ago=14)
    answered(world, "BAM-IOP", {"1": 1})
    with world.inside() as scope:
        actions.assign(client=world.client, instrument="GAD-7", due_on=date(2026, 11, 23), by=scope.actor, at=world.now)
    browser = browse(world.counselor.user)
    browser.get("/desk/clients/")
    with query_limit():
        response = browser.get(page(world))
    text = response.content.decode()
    assert "18, moderately severe" in text
    assert "8, mild" in text
    assert "From 18 on Oct" in text
    assert "Several days" in text
    assert "Not scored: answers are open" in text
    assert "GAD-7" in text


def test_assigning_and_setting_aside(world: World, browse: Callable[..., Browser]) -> None:
    browser = browse(world.counselor.user)
    sent = {"instrument": "PHQ-9", "due_on": "2026-11-23", "client": str(world.other_client.pk)}
    for _ in range(2):
        assert browser.post(page(world, "measure_assign"), sent).status_code == 302
    with world.inside():
        [one] = queries.waiting(world.client)
        assert not queries.waiting(world.other_client).exists()
    aside = reverse("desk:measure_withdraw", args=[world.client.pk, one.pk])
    wrong = reverse("desk:measure_withdraw", args=[world.other_client.pk, one.pk])
    assert browse(world.director.user).post(wrong).status_code == 404
    assert browser.post(aside).status_code == 302
    with world.inside():
        assert not queries.waiting(world.client).exists()


def test_a_paper_form_is_scored_once_and_alerts(world: World, browse: Callable[..., Browser]) -> None:
    browser = browse(world.counselor.user)
    sent = {f"item_{n}": 1 for n in range(1, 10)} | {
        "answered_on": timezone.localdate().isoformat(),
        "idempotency_key": str(uuid4()),
    }
    for _ in range(2):
        assert browser.post(page(world, "measure_paper") + "?instrument=PHQ-9", sent).status_code == 302
    with world.inside():
        [one] = Administration.objects.all()
        assert (one.scores, one.entered_by_staff) == ({"total": 9}, True)
        assert Alert.objects.filter(urgency=Urgency.NOW).count() == 1


def test_whoever_enters_a_paper_form_reads_its_danger_at_once(world: World, browse: Callable[..., Browser]) -> None:
    sent = {"item_1": 1, "item_9": 1, "answered_on": timezone.localdate().isoformat(), "idempotency_key": str(uuid4())}
    address = page(world, "measure_paper") + "?instrument=PHQ-9"
    read = browse(world.counselor.user).post(address, sent, follow=True).content.decode()
    assert read.index("ask about safety today") < read.index("PHQ-9 is saved.")


@pytest.mark.parametrize(
    "wrong", [{"item_1": "7"}, {"answered_on": ""}, {"answered_on": "2199-01-01"}, {"item_1": "", "item_2": ""}]
)
def test_a_wrong_paper_form_comes_back_as_typed(
    world: World, browse: Callable[..., Browser], wrong: dict[str, str]
) -> None:
    sent = {"item_1": "0", "item_2": "3", "answered_on": timezone.localdate().isoformat(), **wrong}
    response = browse(world.counselor.user).post(page(world, "measure_paper") + "?instrument=PHQ-9", sent)
    assert response.status_code == 422
    assert ('value="3"' in response.content.decode()) or "item_2" in wrong
    with world.inside():
        assert not Administration.objects.exists()


def test_an_unknown_form_is_not_there(world: World, browse: Callable[..., Browser]) -> None:
    assert browse(world.counselor.user).get(page(world, "measure_paper") + "?instrument=ZZZ").status_code == 404


def test_admission_brings_the_first_questionnaires_once(scope: World) -> None:
    episode = build_iop(scope).begin(scope.client)
    admitted.send(type(episode), episode=episode, by=scope.actor(scope.admissions), at=scope.now)
    assert {one.instrument for one in queries.waiting(scope.client)} == {"PHQ-9", "BAM-IOP", "GAD-7"}


def test_the_nightly_job_asks_those_in_treatment_and_nobody_else(world: World) -> None:
    with world.inside():
        build_iop(world).begin(world.client, on=timezone.localdate())
        for one in queries.waiting(world.client):
            actions.withdraw(administration=one, by=world.actor(world.counselor), at=timezone.now() - timedelta(days=8))
    for _ in range(2):
        assign_questionnaires.func(center_id=str(OUR_CENTER))
    with world.inside():
        assert [one.instrument for one in queries.waiting(world.client)] == ["BAM-IOP"]
        assert not queries.waiting(world.other_client).exists()
