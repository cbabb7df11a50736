"""The chart's timeline, the list of clients, and opening a chart in an emergency."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from openiop.admissions.models import Episode
from openiop.messaging.actions import raise_alert
from openiop.messaging.models import Alert, Urgency
from openiop.people.actions import update_client
from openiop.people.models import EmergencyAccess
from openiop.plans import actions as plans
from openiop.practice import actions as practice
from openiop.progress import actions as progress
from openiop.shared.models import AuditEntry
from tests.world import World

REASON = "The client called in crisis and their counselor is away."


@pytest.fixture
def full(world: World, episode: Episode) -> Episode:
    """Something in every room that a timeline shows."""
    with world.inside():
        counselor = world.actor(world.counselor)
        plans.draft_plan(episode=episode, by=counselor, at=world.now)
        practice.check_in(
            client=world.client,
            day=world.now.date(),
            craving=3,
            mood=4,
            triggers=["stress"],
            note="Long day",
            by=world.actor(world.client),
            at=world.now,
        )
        progress.decide_review(
            episode=episode, outcome="continue", reason="Steady", by=counselor, at=world.now + timedelta(minutes=5)
        )
        raise_alert(
            kind="test",
            urgency=Urgency.TODAY,
            headline="Call about a missed day",
            source="test:1",
            client=world.client,
            by=counselor,
            at=world.now,
        )
    return episode


def chart_url(world: World) -> str:
    return f"/desk/clients/{world.client.pk}/"


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("counselor", 200),
        ("director", 200),
        ("other_staff", 403),
        ("admissions", 403),
        ("scheduler", 403),
        ("foreign_director", 404),
        ("client", 403),
        ("family", 403),
    ],
)
def test_who_may_open_a_chart(world: World, browse, who: str, status: int) -> None:
    assert browse(getattr(world, who).user).get(chart_url(world)).status_code == status


def test_a_stranger_is_asked_to_sign_in(world: World, client) -> None:
    assert "/accounts/login/" in client.get(chart_url(world))["Location"]


def test_the_timeline_holds_every_room_newest_first_within_its_queries(
    world: World, full: Episode, browse, query_limit
) -> None:
    browser = browse(world.counselor.user)
    browser.get(chart_url(world))
    with query_limit():
        page = browser.get(chart_url(world))
    soup = BeautifulSoup(page.content, "html.parser")
    titles = [title.get_text(strip=True) for title in soup.select(".oi-event__title")]
    assert titles[0] == "Continue at this level (Counselor Keller)"
    assert any("Craving 3 of 10" in title for title in titles)
    assert any("Call about a missed day" in title for title in titles)
    [banner] = soup.select('section[aria-label="Client"]')
    for words in (
        "Alex Moreno",
        "HH-",
        "36 years",
        "Counselor Keller",
        "Intensive outpatient",
        "Morning",
        "1 open alert",
    ):
        assert words in banner.get_text(" ", strip=True)


def test_a_chip_shows_one_kind(world: World, full: Episode, browse) -> None:
    page = browse(world.counselor.user).get(chart_url(world) + "?kind=Review").content.decode()
    assert "Continue at this level" in page
    assert "Craving 3" not in page
    assert browse(world.counselor.user).get(chart_url(world) + "?kind=<script>&page=999").status_code == 200


def test_opening_a_chart_leaves_a_row_in_the_trail(world: World, browse) -> None:
    browse(world.counselor.user).get(chart_url(world))
    with world.inside():
        [row] = AuditEntry.objects.filter(verb="chart.opened", client_id=world.client.pk)
        assert row.actor_user_id == world.counselor.user_id


def test_a_contact_wish_stands_on_every_page_of_the_chart(world: World, browse) -> None:
    with world.inside():
        by = world.actor(world.director)
        update_client(client=world.client, safe_contact="no_voicemail", by=by, at=world.now)
    page = browse(world.counselor.user).get(chart_url(world)).content.decode()
    assert "leave no voicemail" in page


def test_tabs_show_only_what_this_person_may_open(world: World, browse) -> None:
    page = browse(world.admissions.user).get(chart_url(world) + "profile/").content.decode()
    assert "/assessment/" in page
    assert f'{chart_url(world)}plan/"' not in page


# --- The list ----------------------------------------------------------------------------------------------


def test_the_list_puts_ones_own_caseload_first(world: World, episode: Episode, browse, query_limit) -> None:
    with world.inside():
        Episode.objects.create(client=world.other_client, level="iop", admitted_on=world.now.date())
    browser = browse(world.other_staff.user)
    browser.get("/desk/clients/")
    with query_limit():
        page = browser.get("/desk/clients/")
    names = [a.get_text() for a in BeautifulSoup(page.content, "html.parser").select("tbody th a")]
    assert names == ["Brianna Tate", "Alex Moreno"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("moreno", ["Alex Moreno"]),
        ("HH-1001", ["Alex Moreno"]),
        ("al mor", ["Alex Moreno"]),
        ("zoe", []),
        ("%", []),
        ("a\x00b", []),
        ("<script>", []),
    ],
)
def test_search_finds_by_name_and_number_in_this_center_alone(
    world: World, episode: Episode, browse, asked: str, found: list[str]
) -> None:
    page = browse(world.director.user).get("/desk/clients/", {"q": asked})
    assert page.status_code == 200
    assert [a.get_text() for a in BeautifulSoup(page.content, "html.parser").select("tbody th a")] == found
    assert "<script>" not in page.content.decode().split("<main")[1]


def test_the_tabs_part_waiting_active_and_discharged(world: World, episode: Episode, browse) -> None:
    browser = browse(world.director.user)

    def names(state: str) -> list[str]:
        page = browser.get("/desk/clients/", {"state": state}).content
        return [a.get_text() for a in BeautifulSoup(page, "html.parser").select("tbody th a")]

    assert (names("active"), names("waiting"), names("discharged")) == (["Alex Moreno"], ["Brianna Tate"], [])
    with world.inside():
        Episode.objects.filter(pk=episode.pk).update(ended_on=world.now.date(), end_reason="completed")
    assert (names("active"), names("discharged")) == ([], ["Alex Moreno"])


def test_clients_cannot_list_clients(world: World, browse) -> None:
    assert browse(world.client.user).get("/desk/clients/").status_code == 403


# --- Emergency ---------------------------------------------------------------------------------------------


def test_an_emergency_opens_the_chart_for_an_hour_and_tells_the_directors(world: World, browse) -> None:
    browser = browse(world.other_staff.user)
    url = chart_url(world) + "emergency/"
    form = BeautifulSoup(browser.get(url).content, "html.parser")
    key = form.find("input", {"name": "idempotency_key"})["value"]
    for _ in range(2):
        assert browser.post(url, {"reason": REASON, "idempotency_key": key}).status_code == 302
    page = browser.get(chart_url(world))
    assert page.status_code == 200
    assert "Emergency access" in page.content.decode()
    with world.inside():
        [access] = EmergencyAccess.objects.all()
        assert timedelta(minutes=55) < access.until - timezone.now() <= timedelta(hours=1)
        [alert] = Alert.objects.open().filter(kind="emergency_access")
        assert (alert.owner_id, alert.client_id) == (world.director.pk, world.client.pk)
        assert AuditEntry.objects.filter(verb="chart.opened", detail__emergency=True).exists()


def test_an_emergency_signs_nothing(world: World, browse) -> None:
    browser = browse(world.other_staff.user)
    browser.post(chart_url(world) + "emergency/", {"reason": REASON})
    assert browser.post(chart_url(world) + "plan/sign/", {"version": 0}).status_code == 403


def test_an_emergency_without_a_sentence_is_refused(world: World, browse) -> None:
    browser = browse(world.other_staff.user)
    page = browser.post(chart_url(world) + "emergency/", {"reason": "urgent"})
    assert page.status_code == 422
    assert "urgent" in BeautifulSoup(page.content, "html.parser").find("textarea").get_text()
    assert browser.get(chart_url(world)).status_code == 403


@pytest.mark.parametrize(
    ("who", "status"),
    [("administrator", 403), ("scheduler", 403), ("foreign_director", 404), ("client", 403), ("counselor", 302)],
)
def test_who_may_ask_for_emergency_access(world: World, browse, who: str, status: int) -> None:
    page = browse(getattr(world, who).user).get(chart_url(world) + "emergency/")
    assert page.status_code == status
