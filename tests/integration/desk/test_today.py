"""Today: who is expected, here and missing, how they are, what is due; for each role what it may see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from openiop.attendance import actions as attendance
from openiop.attendance.models import Attendance, Session, Status
from openiop.attendance.queries import Turnout, lines_in, turnout
from openiop.incentives import actions as incentives
from openiop.measures import actions as measures
from openiop.practice import actions as practice
from tests.iop import MONDAY, Iop, build_iop
from tests.world import World

HEADING = "Today, Monday November 23"


@pytest.fixture(autouse=True)
def this_morning(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Pages live in the moment of the tests: 9:30 on that Monday."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


@pytest.fixture
def day(world: World) -> Iop:
    """Twelve people in the morning track, one of them craving, with a questionnaire and a test due."""
    with world.inside() as scope:
        iop = build_iop(world)
        iop.begin(world.client)
        for client in iop.clients(11):
            iop.begin(client)
        iop.sessions()
        at, by = world.now, world.actor(world.client)
        practice.check_in(client=world.client, day=MONDAY, craving=9, mood=3, triggers=[], note="", by=by, at=at)
        measures.assign(client=world.client, instrument="PHQ-9", due_on=MONDAY, by=scope.actor, at=at)
        incentives.order_test(client=world.client, ordered_on=MONDAY, by=world.actor(world.counselor), at=at)
        return iop


def first_session(world: World) -> Session:
    return Session.objects.order_by("during").first()


@pytest.mark.parametrize("who", ["counselor", "director", "admissions", "scheduler", "administrator"])
def test_it_opens_for_all_staff_within_its_budget(
    world: World, day: Iop, browse: Callable, query_limit: Callable, who: str
) -> None:
    browser = browse(getattr(world, who).user)
    with query_limit():
        page = browser.get("/desk/")
    assert page.status_code == 200
    assert HEADING in page.content.decode()
    for link in {part.split('"')[0] for part in page.content.decode().split('href="/desk/')[1:]}:
        assert browser.get(f"/desk/{link}").status_code == 200, link


@pytest.mark.parametrize("who", ["client", "family"])
def test_it_is_closed_to_everyone_else(world: World, browse: Callable, who: str) -> None:
    assert browse(getattr(world, who).user).get("/desk/").status_code == 403


def test_the_open_session_says_how_people_are(world: World, day: Iop, browse: Callable) -> None:
    page = browse(world.counselor.user).get("/desk/").content.decode()
    for words in ("Alex M.", "9 high", "PHQ-9", "Drug test", "First week", "No check-in", "Craving 9 of 10"):
        assert words in page


@pytest.mark.parametrize("who", ["scheduler", "admissions", "administrator"])
def test_clinical_facts_are_for_those_who_read_charts(world: World, day: Iop, browse: Callable, who: str) -> None:
    page = browse(getattr(world, who).user).get("/desk/").content.decode()
    for words in ("9 high", "PHQ-9", "Drug test", "Craving"):
        assert words not in page
    assert ("Alex M." in page) == (who == "scheduler")


def test_another_counselor_sees_their_own_sessions_only(world: World, day: Iop, browse: Callable) -> None:
    page = browse(world.other_staff.user).get("/desk/").content.decode()
    assert "Process group" in page
    assert "DBT skills" not in page


def test_a_session_of_someone_else_cannot_be_chosen(world: World, day: Iop, browse: Callable) -> None:
    with world.inside():
        skills = first_session(world)
    page = browse(world.other_staff.user).get(f"/desk/?session={skills.pk}").content.decode()
    assert "DBT skills" not in page
    assert browse(world.director.user).get("/desk/?session=nonsense'--").status_code == 200


def test_another_center_s_day_stays_theirs(world: World, day: Iop, browse: Callable) -> None:
    page = browse(world.foreign_director.user).get("/desk/").content.decode()
    assert "Alex M." not in page
    assert "DBT skills" not in page


def test_people_are_counted_once_and_the_excused_are_not_missing(world: World, day: Iop) -> None:
    with world.inside():
        sessions = list(Session.objects.filter(during__startswith__lt=world.now + timedelta(hours=5)))
        assert turnout(lines_in(sessions), world.now) == Turnout(expected=12, here=0, missing=12)
        lines = list(Attendance.objects.filter(session=first_session(world)).order_by("pk"))
        by = world.actor(world.counselor)
        attendance.mark(line=lines[0], status=Status.PRESENT, by=by, at=world.now)
        attendance.mark(line=lines[1], status=Status.EXCUSED, reason="Work shift", by=by, at=world.now)
        attendance.mark(line=lines[2], status=Status.ABSENT, by=by, at=world.now)
        assert turnout(lines_in(sessions), world.now) == Turnout(expected=12, here=1, missing=10)


def test_a_session_that_is_over_waits_for_its_signature(
    world: World, day: Iop, browse: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = world.now + timedelta(hours=3)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    page = browse(world.counselor.user).get("/desk/").content.decode()
    assert "Notes to sign" in page
    assert "waiting 2 h" in page or "waiting 1" in page
