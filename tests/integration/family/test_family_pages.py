"""The family pages: with no consent they say nothing about anyone; with one, exactly what it opens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone

from openiop.admissions.models import Episode
from openiop.admissions.queries import running_episode
from openiop.consents import actions
from openiop.consents.models import Consent, Disclosure
from openiop.plans import actions as plans
from openiop.plans.models import Signer
from openiop.shared.models import AuditEntry
from tests.iop import Iop, build_iop
from tests.world import World

TOLD = "What Alex shares with you"


@pytest.fixture
def treated(world: World) -> Iop:
    """Alex is in treatment, with sessions to come."""
    with world.inside():
        iop = build_iop(world)
        iop.begin(world.client)
        return iop


def allow(world: World, *kinds: str, **more: object) -> Consent:
    """A consent for Rosa, signed by Alex a moment ago."""
    at = timezone.now() - timedelta(minutes=5)
    with world.inside():
        consent = actions.offer(
            client=world.client,
            recipient=world.family,
            information=kinds,
            purpose="To support me in treatment",
            by=world.actor(world.counselor),
            at=at,
            **more,
        )
        return actions.sign(consent=consent, name=world.client.name, by=world.actor(world.client), at=at)


def signed_plan(world: World, episode: Episode) -> None:
    """The smallest plan in force."""
    counselor, at = world.actor(world.counselor), world.now
    plan = plans.draft_plan(episode=episode, by=counselor, at=at)
    problem = plans.add_problem(plan=plan, area="return_to_use", text="Evenings are hard", by=counselor, at=at)
    goal = plans.add_goal(problem=problem, client_words="I want my evenings back", by=counselor, at=at)
    objective = plans.add_objective(
        goal=goal, text="Plan each evening", target_date=date(2099, 12, 20), by=counselor, at=at
    )
    plans.add_intervention(objective=objective, kind="group", approach="cbt", times_a_week=3, by=counselor, at=at)
    plans.sign(plan=plan, signer=Signer.CLINICIAN, by=counselor, at=at)
    plans.sign(plan=plan, signer=Signer.CLIENT, by=world.actor(world.client), at=at)


def test_without_consent_nobody_is_named(world: World, treated: Iop, browse: Callable, query_limit: Callable) -> None:
    browser = browse(world.family.user)
    for path in ("/family/", "/family/learn/", "/family/contact/"):
        with query_limit():
            page = browser.get(path)
        assert page.status_code == 200
        assert "Alex" not in page.content.decode(), path
    with world.inside():
        assert not Disclosure.objects.exists()


def test_a_consent_opens_its_part_and_no_other(
    world: World, treated: Iop, browse: Callable, query_limit: Callable
) -> None:
    allow(world, "progress")
    browser = browse(world.family.user)
    with query_limit():
        page = browser.get("/family/").content.decode()
    assert TOLD in page
    assert "How it is going" in page
    for closed in ("The next seven days", "The last two weeks", "Goals, in", "The plan for the time after"):
        assert closed not in page


def test_everything_open_keeps_the_budget(world: World, treated: Iop, browse: Callable, query_limit: Callable) -> None:
    allow(world, "schedule", "attendance", "progress", "plan", "discharge")
    with world.inside():
        signed_plan(world, running_episode(world.client))
    browser = browse(world.family.user)
    with query_limit():
        page = browser.get("/family/").content.decode()
    for part in ("The next seven days", "The last two weeks", "How it is going", "I want my evenings back", "0 of 1"):
        assert part in page


def test_each_look_is_written_down_once_a_day(world: World, treated: Iop, browse: Callable) -> None:
    allow(world, "schedule")
    browser = browse(world.family.user)
    for _ in range(3):
        browser.get("/family/")
    with world.inside():
        told = Disclosure.objects.get()
        assert AuditEntry.objects.filter(verb="family.looked").count() == 3
    assert (told.information, told.client_id) == (["schedule"], world.client.pk)


def test_what_is_taken_back_is_gone_with_the_next_click(world: World, treated: Iop, browse: Callable) -> None:
    consent, browser = allow(world, "schedule"), browse(world.family.user)
    assert TOLD in browser.get("/family/").content.decode()
    with world.inside():
        actions.revoke(consent=consent, by=world.actor(world.client), at=timezone.now())
    assert "Alex" not in browser.get("/family/").content.decode()


def test_an_expired_consent_says_nothing(world: World, treated: Iop, browse: Callable) -> None:
    allow(world, "schedule", expires_at=timezone.now() - timedelta(minutes=1))
    assert "Alex" not in browse(world.family.user).get("/family/").content.decode()


@pytest.mark.parametrize("path", ["/desk/", "/desk/clients/", "/portal/", "/portal/consents/"])
def test_family_opens_no_other_face(world: World, browse: Callable, path: str) -> None:
    assert browse(world.family.user).get(path).status_code == 403


@pytest.mark.parametrize("who", ["client", "counselor", "director", "administrator"])
def test_nobody_else_opens_the_family_pages(world: World, browse: Callable, who: str) -> None:
    assert browse(getattr(world, who).user).get("/family/").status_code == 403
