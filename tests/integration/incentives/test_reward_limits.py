"""Yearly limits, the bonus of a test, and the proof of fair draws, from the action to the page."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.test import Client as Browser
from django.urls import reverse

from openiop.admissions.models import Episode
from openiop.incentives import actions, engine, queries
from openiop.incentives.models import Course, Draw, DrugTest, Earning, LedgerLine
from openiop.kernel.errors import Refusal
from tests.iop import build_iop
from tests.world import World

SEED = bytes(range(32))


def begin(world: World) -> Episode:
    return build_iop(world).begin(world.client)


def start(world: World, episode: Episode, protocol: str, limit: str = "") -> Course:
    by = world.actor(world.counselor)
    return actions.start_course(episode=episode, protocol=protocol, seed=SEED, limit=limit, by=by, at=world.now)


def resulted(world: World, result: str, at: datetime, *, bonus: bool | None = None) -> DrugTest:
    by = world.actor(world.counselor)
    test = actions.order_test(client=world.client, by=by, at=at)
    return actions.record_result(test=test, result=result, bonus=bonus, by=by, at=at)


def days(world: World, count: int, every: int = 1) -> list[datetime]:
    return [world.now + timedelta(days=every * number) for number in range(count)]


def earned_by_year() -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for line in LedgerLine.objects.filter(account="client", amount__gt=0):
        found[line.posted_at.year] = found.get(line.posted_at.year, Decimal(0)) + line.amount
    return found


# --- Limits ------------------------------------------------------------------------------------------------


def test_vouchers_stop_at_the_limit_and_go_on_in_the_new_year(scope: World) -> None:
    """Gifts of nominal value: $75 a year. Nine negative tests would be $97.50 by then."""
    start(scope, begin(scope), "higgins-vouchers", "nominal-value")
    for at in days(scope, 9):
        resulted(scope, "negative", at)
    assert queries.balance(scope.client) == 75
    limited = list(Earning.objects.order_by("earned_on").values_list("is_limited", flat=True))
    assert limited[:6] == [False] * 6
    assert limited[-1] is True
    resulted(scope, "negative", datetime(2027, 1, 4, 15, tzinfo=UTC))
    assert queries.balance(scope.client) == 75 + Decimal("13.75")


def test_no_draw_is_made_that_could_pass_the_limit(scope: World) -> None:
    """SAMHSA grant: $750 a year. After $671 a jumbo of $80 could pass it, so the draw waits for the new year."""
    episode = begin(scope)
    actions._transfer(
        scope.client.pk, "fund", "client", Decimal(671), what="Before", by=scope.actor(scope.counselor), at=scope.now
    )
    course = start(scope, episode, "miedar", "samhsa-grant")
    resulted(scope, "negative", scope.now)
    [earning] = Earning.objects.all()
    assert (earning.draws, earning.is_limited, Draw.objects.count()) == (1, True, 0)
    assert queries.balance(scope.client) == 671
    resulted(scope, "negative", datetime(2027, 1, 4, 15, tzinfo=UTC))
    assert Draw.objects.get(course=course).counter == 1


def test_the_lowest_limit_of_the_running_courses_holds_for_all(scope: World) -> None:
    episode = begin(scope)
    start(scope, episode, "higgins-vouchers", "nominal-value")
    start(scope, episode, "attendance-prizes")
    for at in days(scope, 9):
        resulted(scope, "negative", at)
    attendance = Course.objects.get(protocol="attendance-prizes")
    outcome = engine.parse_events({"visits": [{"result": "attended"}]})[0].result
    given = {"by": scope.actor(scope.counselor), "at": scope.now}
    actions.earn(course=attendance, source="attendance:x", outcome=outcome, on=date(2026, 11, 23), why="Day", **given)
    assert not Draw.objects.exists()
    assert earned_by_year() == {2026: Decimal(75)}


def test_an_ended_limit_no_longer_holds(scope: World) -> None:
    episode = begin(scope)
    course = start(scope, episode, "higgins-vouchers", "nominal-value")
    for at in days(scope, 9):
        resulted(scope, "negative", at)
    actions.end_course(course=course, on=date(2026, 12, 2), by=scope.actor(scope.counselor), at=scope.now)
    start(scope, episode, "california")
    resulted(scope, "negative", scope.now + timedelta(days=12))
    assert queries.balance(scope.client) == 85


@pytest.mark.parametrize(("protocol", "limit"), [("miedar", "bingo"), ("miedar", "nominal-value")])
def test_a_limit_that_cannot_be_kept_is_refused(scope: World, protocol: str, limit: str) -> None:
    """The largest prize of the MIEDAR bowl is $80: under $75 a year nobody could ever draw."""
    with pytest.raises(Refusal) as refusal:
        start(scope, begin(scope), protocol, limit)
    assert refusal.value.field == "limit"


@pytest.mark.parametrize("letters", ["NPNNMNRNNENPN", "PPPP", "NNNNNNNNP"])
@pytest.mark.parametrize("protocol", ["miedar", "va-prize-bowl", "higgins-vouchers", "california"])
def test_the_ledger_never_falls_because_of_a_result(scope: World, protocol: str, letters: str) -> None:
    names = {"N": "negative", "P": "positive", "M": "missed", "R": "refused", "E": "excused"}
    start(scope, begin(scope), protocol)
    before = Decimal(0)
    for letter, at in zip(letters, days(scope, len(letters), every=3), strict=True):
        resulted(scope, names[letter], at)
        now = queries.balance(scope.client)
        assert now >= before
        assert now == before or letter == "N"
        before = now


# --- The bonus ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("bonus", "draws"), [(True, 3), (False, 1), (None, 1)])
def test_the_opioid_bonus_adds_two_draws(scope: World, bonus: bool | None, draws: int) -> None:
    """NIDA CTN-0006/0007: two more draws when the sample is opioid-negative too."""
    start(scope, begin(scope), "miedar")
    test = resulted(scope, "negative", scope.now, bonus=bonus)
    assert DrugTest.objects.get(pk=test.pk).bonus is bonus
    assert Draw.objects.count() == draws


def test_a_bonus_without_a_negative_is_refused(scope: World) -> None:
    with pytest.raises(Refusal) as refusal:
        resulted(scope, "positive", scope.now, bonus=True)
    assert refusal.value.field == "bonus"


def result_page(world: World) -> str:
    with world.inside():
        test = DrugTest.objects.filter(resulted_at=None).first() or actions.order_test(
            client=world.client, by=world.actor(world.counselor), at=world.now
        )
    return reverse("desk:test_result", args=[world.client.pk, test.pk])


def test_the_result_form_asks_for_the_bonus_only_where_one_is_given(
    world: World, browse: Callable[..., Browser]
) -> None:
    browser = browse(world.counselor.user)
    assert "bonus" not in browser.get(result_page(world)).content.decode()
    with world.inside():
        start(world, begin(world), "miedar")
    assert "Negative for opioids too (bonus)" in browser.get(result_page(world)).content.decode()
    assert browser.post(result_page(world), {"result": "positive", "bonus": "yes"}).status_code == 422
    assert browser.post(result_page(world), {"result": "negative", "bonus": "yes"}).status_code == 302
    with world.inside():
        assert Earning.objects.get().draws == 3
    page = browser.get(reverse("desk:rewards", args=[world.client.pk])).content.decode()
    assert "Bonus" in page


# --- On the pages ------------------------------------------------------------------------------------------


@pytest.fixture
def at_the_limit(world: World) -> World:
    with world.inside():
        start(world, begin(world), "higgins-vouchers", "nominal-value")
        for at in days(world, 9):
            resulted(world, "negative", at)
    return world


def text(page: str) -> str:
    return " ".join(BeautifulSoup(page, "html.parser").get_text(" ").split())


def test_client_and_desk_see_the_limit_in_words(at_the_limit: World, browse: Callable[..., Browser]) -> None:
    portal = text(browse(at_the_limit.client.user).get(reverse("portal:rewards")).content.decode())
    assert "This visit still counts" in portal
    desk = browse(at_the_limit.counselor.user).get(reverse("desk:rewards", args=[at_the_limit.client.pk]))
    shown = text(desk.content.decode())
    assert "$75.00 earned this year of at most $75.00" in shown
    assert "Limit: $75 a year. Gifts of nominal value" in shown


def test_a_limit_is_chosen_at_the_start(world: World, browse: Callable[..., Browser]) -> None:
    with world.inside():
        begin(world)
    browser, address = browse(world.counselor.user), reverse("desk:reward_start", args=[world.client.pk])
    assert browser.post(address, {"protocol": "miedar", "limit": "bingo"}).status_code == 422
    refused = browser.post(address, {"protocol": "miedar", "limit": "nominal-value"})
    assert refused.status_code == 422
    assert "the limit is $75 a year" in refused.content.decode()
    assert browser.post(address, {"protocol": "miedar", "limit": "samhsa-grant"}).status_code == 302
    with world.inside():
        assert Course.objects.get().limit == "samhsa-grant"


def test_the_client_sees_the_seal_first_and_every_draw_again_at_the_end(
    world: World, browse: Callable[..., Browser], query_limit: Callable[[], AbstractContextManager[None]]
) -> None:
    with world.inside():
        course = start(world, begin(world), "miedar")
        for at in days(world, 6):
            resulted(world, "negative", at)
    browser = browse(world.client.user)
    before = browser.get(reverse("portal:rewards")).content.decode()
    assert course.commitment in before
    assert SEED.hex() not in before
    with world.inside():
        actions.end_course(course=course, on=date(2026, 12, 1), by=world.actor(world.counselor), at=world.now)
    with query_limit():
        after = browser.get(reverse("portal:rewards")).content.decode()
    assert SEED.hex() in after
    assert "All came out the same" in after
    caption = BeautifulSoup(after, "html.parser").find("caption", string="Your draws, drawn again")
    assert len(caption.find_parent("table").find_all("tr")) == 1 + 12
