"""Alerts: seen by those who may act, taken by one, closed once with what was done."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from openiop.admissions import actions as admissions
from openiop.kernel.errors import Refusal
from openiop.messaging import actions
from openiop.messaging.models import Alert, Urgency
from tests.world import World

CANARY = "<script>alert(1)</script>"


@pytest.fixture
def alert(world: World) -> Alert:
    """Something in Alex's care that needs a person today."""
    with world.inside() as scope:
        return actions.raise_alert(
            kind="check_in.craving",
            urgency=Urgency.TODAY,
            headline="Craving 9 of 10 at check-in",
            next_step="Reach out today.",
            source="test",
            client=world.client,
            by=scope.actor,
            at=world.now,
        )


def again(world: World, alert: Alert) -> Alert:
    with world.inside():
        return Alert.objects.get(pk=alert.pk)


@pytest.mark.parametrize(
    ("who", "page", "one"),
    [
        ("counselor", 200, 200),
        ("director", 200, 200),
        ("other_staff", 200, 403),
        ("admissions", 200, 403),
        ("scheduler", 403, 403),
        ("administrator", 403, 403),
        ("client", 403, 403),
        ("family", 403, 403),
        ("foreign_director", 200, 404),
    ],
)
def test_who_sees_it(
    world: World, alert: Alert, browse: Callable, query_limit: Callable, who: str, page: int, one: int
) -> None:
    browser = browse(getattr(world, who).user)
    with query_limit():
        listed = browser.get("/desk/alerts/")
    assert listed.status_code == page
    with query_limit():
        assert browser.get(f"/desk/alerts/{alert.pk}/").status_code == one
    assert (alert.headline in listed.content.decode()) == (one == 200)
    for sent in ({"take": "1"}, {"what_was_done": "Called."}):
        if one != 200:
            assert browser.post(f"/desk/alerts/{alert.pk}/", sent).status_code == one
    if one != 200:
        assert again(world, alert).closed_at is None


def test_who_takes_it_has_it(world: World, alert: Alert, browse: Callable) -> None:
    browser = browse(world.director.user)
    browser.post(f"/desk/alerts/{alert.pk}/", {"take": "1"})
    browse(world.counselor.user).post(f"/desk/alerts/{alert.pk}/", {"take": "1"})
    taken = again(world, alert)
    assert taken.owner_id == world.director.pk
    assert "has it" in browser.get(f"/desk/alerts/{alert.pk}/").content.decode()


def test_closing_needs_words_and_happens_once(world: World, alert: Alert, browse: Callable) -> None:
    browser, path = browse(world.counselor.user), f"/desk/alerts/{alert.pk}/"
    assert browser.post(path, {"what_was_done": "  "}).status_code == 422
    assert browser.post(path, {"what_was_done": "Called, safe."}).status_code == 302
    second = browser.post(path, {"what_was_done": "Something else"})
    assert second.status_code == 422
    page = second.content.decode()
    assert "already closed" in page
    assert "Something else" in page
    assert again(world, alert).what_was_done == "Called, safe."
    assert alert.headline not in browser.get("/desk/alerts/").content.decode()


def test_a_closed_one_cannot_be_taken(scope: World, alert: Alert) -> None:
    by = scope.actor(scope.counselor)
    actions.close_alert(alert=alert, what_was_done="Called.", by=by, at=scope.now)
    actions.acknowledge_alert(alert=alert, by=scope.actor(scope.director), at=scope.now)
    assert Alert.objects.get(pk=alert.pk).acknowledged_at is None
    with pytest.raises(Refusal, match="already closed"):
        actions.close_alert(alert=alert, what_was_done="Again.", by=by, at=scope.now)


def test_nothing_but_the_words_can_be_posted(world: World, alert: Alert, browse: Callable) -> None:
    sent = {"what_was_done": CANARY, "headline": "Changed", "urgency": "soon", "client": str(world.other_client.pk)}
    browser = browse(world.counselor.user)
    browser.post(f"/desk/alerts/{alert.pk}/", sent)
    closed = again(world, alert)
    assert (closed.headline, closed.urgency, closed.client_id) == (alert.headline, Urgency.TODAY, world.client.pk)
    page = browser.get(f"/desk/alerts/{alert.pk}/").content.decode()
    assert CANARY not in page


def test_an_inquiry_s_alert_leads_to_the_inquiry(world: World, browse: Callable) -> None:
    with world.inside() as scope:
        inquiry = admissions.receive_inquiry(source="web", first_name="Dana", by=scope.actor, at=world.now)
        made = Alert.objects.get(kind="inquiry")
    path = f"/desk/alerts/{made.pk}/"
    assert f"/desk/inquiries/{inquiry.pk}/" in browse(world.admissions.user).get(path).content.decode()


@pytest.mark.parametrize("urgency", list(Urgency))
def test_today_shows_alerts_of_every_urgency(world: World, browse: Callable, urgency: Urgency) -> None:
    with world.inside() as scope:
        actions.raise_alert(
            kind="measure",
            urgency=urgency,
            headline="BAM-IOP Risk is above 11",
            source="test",
            client=world.client,
            by=scope.actor,
            at=world.now,
        )
    page = browse(world.counselor.user).get("/desk/")
    assert page.status_code == 200
    assert "BAM-IOP Risk is above 11" in page.content.decode()
