"""What a client sees and sends: their own record only, with few taps, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from openiop.attendance import actions as attendance
from openiop.attendance.models import Attendance, Status
from openiop.incentives import actions as incentives
from openiop.measures import actions as measures
from openiop.measures.models import Administration
from openiop.messaging.models import Alert, Urgency
from openiop.practice.models import CheckIn
from tests.iop import Iop, build_iop
from tests.world import OTHER_CENTER, World

PAGES = ("home", "schedule", "check_in", "progress", "rewards", "help")
CANARY = '<script>alert("x")</script>'


@pytest.fixture
def iop(world: World) -> Iop:
    """Alex is in treatment, with sessions from now on, questionnaires due, and a course running."""
    world.now = timezone.now()
    with world.inside():
        made = build_iop(world)
        episode = made.begin(world.client, on=timezone.localdate(world.now))
        made.begin(world.other_client, on=timezone.localdate(world.now))
        start = timezone.localdate(world.now)
        attendance.generate_sessions(weeks_from=start - timedelta(days=7), weeks=4, by=made.by, at=world.now)
        attendance.fill_rosters(episode=episode, by=made.by, at=world.now)
        incentives.start_course(episode=episode, protocol="miedar", seed=bytes(32), by=made.by, at=world.now)
    return made


@pytest.fixture
def alex(iop: Iop, browse: Callable[..., Browser]) -> Browser:
    return browse(iop.world.client.user)


def waiting(world: World, code: str = "PHQ-9") -> Administration:
    with world.inside():
        return Administration.objects.get(client=world.client, instrument=code, completed_at=None)


def alerts(world: World) -> list[Alert]:
    with world.inside():
        return list(Alert.objects.open().select_related("owner"))


def check_ins(world: World) -> list[CheckIn]:
    with world.inside():
        return list(CheckIn.objects.all())


def a_line(world: World) -> Attendance:
    with world.inside():
        lines = Attendance.objects.filter(client=world.client, status=Status.PLANNED, during__startswith__gt=world.now)
        return lines.order_by("during").first()


# --- Who may come in ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_a_client_opens_each_page_within_its_budget(
    alex: Browser, page: str, query_limit: Callable[[], AbstractContextManager[None]]
) -> None:
    alex.get("/portal/help/")
    with query_limit():
        response = alex.get(reverse(f"portal:{page}"))
    assert response.status_code == 200
    assert b"988" in response.content


@pytest.mark.parametrize("person", ["counselor", "director", "administrator", "family"])
@pytest.mark.parametrize("page", PAGES)
def test_nobody_else_does(iop: Iop, browse: Callable[..., Browser], person: str, page: str) -> None:
    assert browse(getattr(iop.world, person).user).get(reverse(f"portal:{page}")).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_sent_to_sign_in(iop: Iop, client: Browser, page: str) -> None:
    response = client.get(reverse(f"portal:{page}"))
    assert response.status_code == 302
    assert "login" in response.url


def test_someone_elses_record_is_not_there(iop: Iop, alex: Browser, browse: Callable[..., Browser]) -> None:
    world = iop.world
    brianna = browse(world.other_client.user)
    phq, line = waiting(world), a_line(world)
    addresses = [
        reverse("portal:measure", args=[phq.pk]),
        reverse("portal:measure_help", args=[phq.pk]) + "?item=9",
        reverse("portal:cannot_come", args=[line.pk]),
    ]
    assert [alex.get(address).status_code for address in addresses] == [200, 404, 200]
    assert [brianna.get(address).status_code for address in addresses] == [404, 404, 404]
    assert brianna.post(reverse("portal:finish_measure", args=[phq.pk])).status_code == 404
    assert brianna.post(addresses[0] + "?item=1", {"value": 1}).status_code == 404
    assert brianna.post(addresses[2], {}).status_code == 404
    assert waiting(world).answers == {}


def test_another_centers_record_is_not_there(iop: Iop, alex: Browser) -> None:
    world = iop.world
    with world.inside(center=OTHER_CENTER) as scope:
        foreign = measures.assign(
            client=world.foreign_client,
            instrument="PHQ-9",
            due_on=timezone.localdate(world.now),
            by=scope.actor,
            at=world.now,
        )
    assert alex.get(reverse("portal:measure", args=[foreign.pk])).status_code == 404
    assert alex.get(reverse("portal:measure", args=[uuid4()])).status_code == 404


# --- Home and schedule -------------------------------------------------------------------------------------


def test_home_shows_what_is_next_what_is_due_and_what_is_earned(iop: Iop, alex: Browser) -> None:
    page = alex.get("/portal/").content.decode()
    assert "Alex" in page
    assert "DBT skills" in page or "Process group" in page
    assert "Room 1 with" in page
    assert "1 Main Street" in page
    assert "Your mood" in page
    assert "Your week" in page
    assert "1 draw" in page
    assert "How strong are cravings now?" in page


def test_home_without_treatment_is_quiet_and_still_helps(world: World, browse: Callable[..., Browser]) -> None:
    page = browse(world.client.user).get("/portal/").content.decode()
    assert "How strong are cravings now?" in page
    assert "Questions for you" not in page
    assert "Rewards</h2>" not in page
    assert "988" in page


def test_saying_i_cannot_come_tells_the_counselor_and_marks_nothing(iop: Iop, alex: Browser) -> None:
    line = a_line(iop.world)
    address = reverse("portal:cannot_come", args=[line.pk])
    for _ in range(2):
        response = alex.post(address, {"why": "My car broke down"}, follow=True)
        assert response.status_code == 200
    assert "You told us you can&#x27;t come" in response.content.decode()
    [alert] = alerts(iop.world)
    assert (alert.kind, alert.detail, alert.owner) == ("cannot_come", "My car broke down", iop.world.counselor)
    assert a_line(iop.world).status == Status.PLANNED


def test_a_session_that_is_over_cannot_be_called_off(iop: Iop, alex: Browser) -> None:
    with iop.world.inside():
        line = Attendance.objects.filter(client=iop.world.client).order_by("during").first()
        attendance.mark(line=line, status="present", by=iop.by, at=iop.world.now)
    response = alex.post(reverse("portal:cannot_come", args=[line.pk]), {"why": "Too late?"})
    assert response.status_code == 422
    assert "Too late?" in response.content.decode()
    assert alerts(iop.world) == []


# --- Check-in ----------------------------------------------------------------------------------------------


def send(browser: Browser, **given: object) -> object:
    return browser.post("/portal/check-in/", {"craving": 2, "mood": 4, **given}, follow=True)


def test_three_taps_and_save(iop: Iop, alex: Browser) -> None:
    response = send(alex)
    assert "Enjoy this one" in response.content.decode()
    [made] = check_ins(iop.world)
    assert (made.craving, made.mood, made.client_id) == (2, 4, iop.world.client.pk)
    assert "You checked in today" in alex.get("/portal/").content.decode()


def test_sent_twice_it_is_kept_once(iop: Iop, alex: Browser) -> None:
    key = str(uuid4())
    first, second = send(alex, idempotency_key=key), send(alex, idempotency_key=key)
    assert len(check_ins(iop.world)) == 1
    assert first.redirect_chain == second.redirect_chain


@pytest.mark.parametrize(
    "given", [{"craving": 11}, {"craving": ""}, {"mood": 9}, {"triggers": ["zzz"]}, {"note": "x" * 501}]
)
def test_what_does_not_fit_comes_back_with_what_was_typed(iop: Iop, alex: Browser, given: dict[str, object]) -> None:
    response = send(alex, **{"note": "A long day", "craving": 7, **given})
    assert response.status_code == 422
    page = response.content.decode()
    assert str(given.get("note", "A long day")) in page
    assert 'value="4" id="id_mood_3" checked' in page.replace(" required", "") or "mood" in given
    assert check_ins(iop.world) == []


def test_a_strong_craving_shows_help_and_tells_staff(iop: Iop, alex: Browser) -> None:
    page = send(alex, craving=9).content.decode()
    assert "What can help right now" in page
    assert 'href="tel:988"' in page
    [alert] = alerts(iop.world)
    assert (alert.kind, alert.owner) == ("check_in.craving", iop.world.counselor)


def test_fields_that_the_form_does_not_have_change_nothing(iop: Iop, alex: Browser) -> None:
    send(alex, client=str(iop.world.other_client.pk), day="2020-01-01", checked_in_at="2020-01-01")
    [made] = check_ins(iop.world)
    assert made.client_id == iop.world.client.pk
    assert made.day == timezone.localdate(made.checked_in_at)
    assert made.checked_in_at >= iop.world.now


def test_someone_elses_check_in_is_not_there(iop: Iop, alex: Browser, browse: Callable[..., Browser]) -> None:
    send(alex)
    [made] = check_ins(iop.world)
    assert browse(iop.world.other_client.user).get(f"/portal/check-in/{made.pk}/").status_code == 404


# --- Questionnaires ----------------------------------------------------------------------------------------


def answer(browser: Browser, one: Administration, item: str, value: object) -> object:
    return browser.post(reverse("portal:measure", args=[one.pk]) + f"?item={item}", {"value": value}, follow=True)


def test_one_question_a_page_saved_as_it_is_tapped(
    iop: Iop, alex: Browser, query_limit: Callable[[], AbstractContextManager[None]]
) -> None:
    phq = waiting(iop.world)
    address = reverse("portal:measure", args=[phq.pk])
    start = alex.get(address).content.decode()
    assert "10 questions" in start
    assert "Why we ask" in start
    with query_limit():
        alex.post(address + "?item=1", {"value": 2})
    assert waiting(iop.world).answers == {"1": 2}
    with query_limit():
        page = alex.get(address).content.decode()
    assert "2 of 10" in page
    assert "Feeling down" in page
    assert 'aria-pressed="true"' in alex.get(address + "?item=1").content.decode()


def test_item_nine_alerts_staff_in_the_same_request_and_shows_where_help_is(iop: Iop, alex: Browser) -> None:
    phq = waiting(iop.world)
    response = answer(alex, phq, "9", 1)
    page = response.content.decode()
    assert response.redirect_chain[-1][0].startswith(f"/portal/measures/{phq.pk}/help/")
    assert "Your care team has been told just now" in page
    assert all(f'href="tel:{number}"' in page for number in ("911", "988"))
    assert "555-0100" in page
    assert "?item=10" in page
    [alert] = alerts(iop.world)
    assert (alert.urgency, alert.owner) == (Urgency.NOW, iop.world.counselor)


def test_item_nine_at_zero_goes_on_quietly(iop: Iop, alex: Browser) -> None:
    response = answer(alex, waiting(iop.world), "9", 0)
    assert "10 of 10" in response.content.decode()
    assert alerts(iop.world) == []


def test_the_whole_form_ends_with_thanks_and_a_plain_number(iop: Iop, alex: Browser) -> None:
    phq = waiting(iop.world)
    for item in range(1, 11):
        response = answer(alex, phq, str(item), 0 if item == 9 else 1)
    assert "All your answers are saved" in response.content.decode()
    for _ in range(2):
        response = alex.post(reverse("portal:finish_measure", args=[phq.pk]), follow=True)
        assert response.status_code == 200
    page = response.content.decode()
    assert "<strong>8</strong> of 27" in page
    assert "mild" not in page.lower()
    with iop.world.inside():
        assert Administration.objects.get(pk=phq.pk).scores == {"total": 8}
    assert "8</strong> of 27" in answer(alex, phq, "1", 3).content.decode()


def test_questions_may_be_skipped(iop: Iop, alex: Browser) -> None:
    phq = waiting(iop.world)
    answer(alex, phq, "1", 1)
    page = alex.get(reverse("portal:measure", args=[phq.pk]) + "?item=end").content.decode()
    assert "You left 8 questions open" in page
    response = alex.post(reverse("portal:finish_measure", args=[phq.pk]), follow=True)
    assert "Your answers are with your care team" in response.content.decode()


def test_an_empty_form_is_not_sent(iop: Iop, alex: Browser) -> None:
    response = alex.post(reverse("portal:finish_measure", args=[waiting(iop.world).pk]))
    assert response.status_code == 422


@pytest.mark.parametrize("value", ["", "7", "x", "-1", "1e9"])
def test_an_answer_that_is_not_offered_is_asked_again(iop: Iop, alex: Browser, value: str) -> None:
    response = answer(alex, waiting(iop.world), "1", value)
    assert response.status_code == 422
    assert "Tap one of the answers" in response.content.decode()
    assert waiting(iop.world).answers == {}


def test_a_question_that_is_not_on_the_form_is_not_there(iop: Iop, alex: Browser) -> None:
    assert answer(alex, waiting(iop.world), "99", 0).status_code == 404


def test_a_follow_up_appears_only_when_it_applies(iop: Iop, alex: Browser) -> None:
    bam = waiting(iop.world, "BAM-IOP")
    assert "?item=6" in answer(alex, bam, "4", 0).redirect_chain[-1][0]
    assert "?item=5" in answer(alex, bam, "4", 2).redirect_chain[-1][0]


# --- What people type stays text ---------------------------------------------------------------------------


def test_no_text_of_a_client_becomes_markup(iop: Iop, alex: Browser) -> None:
    alex.post(reverse("portal:cannot_come", args=[a_line(iop.world).pk]), {"why": CANARY})
    send(alex, note=CANARY)
    for page in ("/portal/", "/portal/schedule/", "/portal/check-in/"):
        assert CANARY not in alex.get(page).content.decode()
    assert CANARY not in send(alex, note=CANARY, craving="").content.decode()
    assert alerts(iop.world)[0].detail == CANARY
