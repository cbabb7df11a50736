"""Tests and rewards at the desk: who may do what, each form once, and nothing beyond the balance."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.urls import reverse

from openiop.incentives import actions, queries
from openiop.incentives.models import Course, DrugTest, LedgerLine
from openiop.people.models import Care
from tests.iop import build_iop
from tests.world import World

CANARY = '<script>alert("x")</script>'


@pytest.fixture
def treated(world: World) -> World:
    """Alex is in treatment, with vouchers earned for three negative tests ($21.25) and one test waiting."""
    with world.inside() as scope:
        episode = build_iop(world).begin(world.client)
        actions.start_course(episode=episode, protocol="higgins-vouchers", seed=bytes(32), by=scope.actor, at=world.now)
        for day in range(3):
            at = world.now + timedelta(days=day)
            test = actions.order_test(client=world.client, by=scope.actor, at=at)
            actions.record_result(test=test, result="negative", by=scope.actor, at=at)
        actions.order_test(client=world.client, by=scope.actor, at=world.now + timedelta(days=3))
    return world


def page(world: World, name: str, *more: object) -> str:
    return reverse(f"desk:{name}", args=[world.client.pk, *more])


def a_test(world: World) -> DrugTest:
    with world.inside():
        return DrugTest.objects.get(resulted_at=None)


@pytest.mark.parametrize(
    ("person", "reads", "tests", "prizes"),
    [
        ("counselor", 200, 200, 403),
        ("director", 200, 200, 403),
        ("other_staff", 403, 403, 403),
        ("scheduler", 403, 403, 200),
        ("administrator", 403, 403, 403),
        ("foreign_director", 404, 404, 403),
        ("client", 403, 403, 403),
        ("family", 403, 403, 403),
    ],
)
def test_who_does_what(
    treated: World, browse: Callable[..., Browser], person: str, reads: int, tests: int, prizes: int
) -> None:
    if person == "other_staff":
        with treated.inside():
            Care.objects.filter(staff=treated.other_staff).update(ended_at=treated.now)
    browser = browse(getattr(treated, person).user)
    assert browser.get(page(treated, "rewards")).status_code == reads
    assert browser.get(page(treated, "test_result", a_test(treated).pk)).status_code == tests
    assert browser.get(page(treated, "prizes")).status_code == prizes
    if tests != 200:
        assert browser.post(page(treated, "reward_start"), {"protocol": "miedar"}).status_code == tests
        assert browser.post(page(treated, "test_order"), {}).status_code == tests
    if prizes != 200:
        assert browser.post(page(treated, "prizes"), {"amount": "1", "what": "x"}).status_code == prizes
    with treated.inside():
        assert queries.balance(treated.client) == Decimal("21.25")


def test_the_counter_shows_no_test(treated: World, browse: Callable[..., Browser]) -> None:
    text = browse(treated.scheduler.user).get(page(treated, "prizes")).content.decode()
    assert "$21.25" in text
    assert "negative" not in text.lower()
    assert "Test of" not in text


def test_both_pages_keep_their_budget(
    treated: World, browse: Callable[..., Browser], query_limit: Callable[[], AbstractContextManager[None]]
) -> None:
    for person, name in ((treated.counselor, "rewards"), (treated.scheduler, "prizes")):
        browser = browse(person.user)
        browser.get("/desk/clients/")
        with query_limit():
            response = browser.get(page(treated, name))
        assert response.status_code == 200


def test_starting_is_explicit_sealed_and_once(world: World, browse: Callable[..., Browser]) -> None:
    with world.inside():
        build_iop(world).begin(world.client)
        assert not Course.objects.exists()
    browser, key = browse(world.counselor.user), str(uuid4())
    for _ in range(2):
        response = browser.post(
            page(world, "reward_start"), {"protocol": "miedar", "idempotency_key": key}, follow=True
        )
    with world.inside():
        [course] = Course.objects.all()
    assert len(bytes(course.seed)) == 32
    assert course.commitment in response.content.decode()
    assert bytes(course.seed).hex() not in response.content.decode()
    again = browser.post(page(world, "reward_start"), {"protocol": "miedar"})
    assert again.status_code == 422
    assert "already running" in again.content.decode()
    assert browser.post(page(world, "reward_end", course.pk)).status_code == 302


def test_starting_before_treatment_is_refused_in_a_sentence(world: World, browse: Callable[..., Browser]) -> None:
    response = browse(world.counselor.user).post(page(world, "reward_start"), {"protocol": "miedar"})
    assert response.status_code == 422
    assert "Admit the client first" in response.content.decode()


def test_a_test_is_ordered_and_resulted_once(treated: World, browse: Callable[..., Browser]) -> None:
    browser, key = browse(treated.counselor.user), str(uuid4())
    test = a_test(treated)
    for _ in range(2):
        sent = {"result": "negative", "idempotency_key": key, "resulted_by": str(treated.director.pk)}
        assert browser.post(page(treated, "test_result", test.pk), sent).status_code == 302
    with treated.inside():
        held = DrugTest.objects.select_related("resulted_by").get(pk=test.pk)
        assert held.resulted_by == treated.counselor
        assert queries.balance(treated.client) == Decimal("21.25") + Decimal("6.25")
    late = browser.post(page(treated, "test_result", test.pk), {"result": "positive"})
    assert late.status_code == 422
    key = str(uuid4())
    for _ in range(2):
        sent = {"ordered_on": "2026-12-01", "idempotency_key": key}
        assert browser.post(page(treated, "test_order"), sent).status_code == 302
    with treated.inside():
        assert DrugTest.objects.filter(resulted_at=None).count() == 1


def test_another_clients_test_is_not_there(treated: World, browse: Callable[..., Browser]) -> None:
    address = reverse("desk:test_result", args=[treated.other_client.pk, a_test(treated).pk])
    assert browse(treated.director.user).get(address).status_code == 404


def test_a_contradiction_comes_back_beside_its_field(treated: World, browse: Callable[..., Browser]) -> None:
    sent = {"result": "negative", "substances": ["Cocaine"], "other": CANARY}
    response = browse(treated.counselor.user).post(page(treated, "test_result", a_test(treated).pk), sent)
    text = response.content.decode()
    assert response.status_code == 422
    assert "positive result only" in text
    assert CANARY not in text
    assert "&lt;script&gt;" in text


def test_a_prize_is_handed_out_once_and_never_beyond_the_balance(
    treated: World, browse: Callable[..., Browser]
) -> None:
    browser, key = browse(treated.scheduler.user), str(uuid4())
    for _ in range(2):
        sent = {"amount": "20.00", "what": CANARY, "idempotency_key": key, "client": str(treated.other_client.pk)}
        response = browser.post(page(treated, "prizes"), sent, follow=True)
        assert response.status_code == 200
        assert CANARY not in response.content.decode()
    with treated.inside():
        assert queries.balance(treated.client) == Decimal("1.25")
        assert LedgerLine.objects.filter(account="handed_out").count() == 1
    response = browser.post(page(treated, "prizes"), {"amount": "1.26", "what": "A pen"})
    assert response.status_code == 422
    assert "The balance is $1.25" in response.content.decode()
    assert "A pen" in response.content.decode()


@pytest.mark.parametrize("amount", ["", "abc", "0", "-3", "1.234", "NaN", "1e30"])
def test_an_amount_that_is_none_is_asked_again(treated: World, browse: Callable[..., Browser], amount: str) -> None:
    response = browse(treated.scheduler.user).post(page(treated, "prizes"), {"amount": amount, "what": "A pen"})
    assert response.status_code == 422
    with treated.inside():
        assert queries.balance(treated.client) == Decimal("21.25")
