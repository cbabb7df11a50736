"""The plan on the desk and in the portal, for everyone who may and may not see it."""

from __future__ import annotations

from uuid import uuid4

import pytest
from bs4 import BeautifulSoup

from openiop.admissions.models import Episode
from openiop.plans import actions
from openiop.plans.models import Goal, Intervention, Objective, Plan, PlanSignature, PlanStatus, Problem
from tests.world import World

CANARY = "<script>alert('x')</script>"


def plan_url(world: World, rest: str = "") -> str:
    return f"/desk/clients/{world.client.pk}/plan/{rest}"


def read(model: type, world: World, **filters: object) -> list:
    with world.inside():
        return list(model.objects.filter(**filters))


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("counselor", 200),
        ("director", 200),
        ("other_staff", 403),
        ("admissions", 403),
        ("administrator", 403),
        ("foreign_director", 404),
        ("client", 403),
        ("other_client", 403),
        ("family", 403),
    ],
)
def test_who_may_open_a_plan(world: World, plan: Plan, browse, who: str, status: int) -> None:
    assert browse(getattr(world, who).user).get(plan_url(world)).status_code == status


def test_staff_outside_the_caseload_are_shown_the_way_in_an_emergency(world: World, plan: Plan, browse) -> None:
    page = browse(world.other_staff.user).get(plan_url(world))
    assert f"/desk/clients/{world.client.pk}/emergency/" in page.content.decode()


def test_the_plan_page_keeps_to_its_queries(world: World, plan: Plan, browse, query_limit) -> None:
    browser = browse(world.counselor.user)
    browser.get(plan_url(world))
    with query_limit():
        page = browser.get(plan_url(world))
    text = BeautifulSoup(page.content, "html.parser").main.get_text(" ", strip=True)
    for words in ("Evenings at home are hard", "I want my evenings back", "Plan each evening", "3 times a week"):
        assert words in text


def test_a_plan_is_begun_only_after_admission(world: World, browse) -> None:
    browser = browse(world.counselor.user)
    page = browser.get(plan_url(world))
    assert "once the client is admitted" in page.content.decode()
    browser.post(plan_url(world, "start/"))
    assert read(Plan, world) == []


def test_a_plan_is_written_line_by_line_without_script(world: World, episode: Episode, browse) -> None:
    browser = browse(world.counselor.user)
    browser.post(plan_url(world, "start/"))
    browser.post(plan_url(world, "start/"))
    [draft] = read(Plan, world)
    for kind, under, words in (
        ("problem", lambda: draft, {"area": "mental", "text": "Poor sleep"}),
        ("goal", lambda: read(Problem, world)[0], {"client_words": "Sleep through"}),
        ("objective", lambda: read(Goal, world)[0], {"text": "Bed at ten", "target_date": "2099-01-01"}),
        ("intervention", lambda: read(Objective, world)[0], {"kind": "group", "approach": "cbt", "times_a_week": 2}),
    ):
        url = plan_url(world, f"add/{kind}/{under().pk}/")
        form = BeautifulSoup(browser.get(url).content, "html.parser").find("form", action=url)
        key = form.find("input", {"name": "idempotency_key"})["value"]
        for _ in range(2):  # sent twice, kept once
            assert browser.post(url, {**words, "idempotency_key": key}).status_code == 302
    counts = [len(read(model, world)) for model in (Problem, Goal, Objective, Intervention)]
    assert counts == [1, 1, 1, 1]


def test_a_bad_line_comes_back_as_typed_with_its_error(world: World, plan: Plan, browse) -> None:
    [goal] = read(Goal, world)
    page = browse(world.counselor.user).post(
        plan_url(world, f"add/objective/{goal.pk}/"), {"text": "Walk each day", "target_date": "someday"}
    )
    soup = BeautifulSoup(page.content, "html.parser")
    assert page.status_code == 422
    assert "Walk each day" in soup.find("textarea", {"name": "text"}).get_text()
    assert soup.find(id="id_target_date")["aria-invalid"] == "true"


def test_two_people_on_one_line_see_both_texts(world: World, plan: Plan, browse) -> None:
    [goal] = read(Goal, world)
    url = plan_url(world, f"goal/{goal.pk}/")
    browse(world.director.user).post(url, {"client_words": "Their words", "version": "0"})
    mine = browse(world.counselor.user)
    page = mine.post(url, {"client_words": "My words", "version": "0"})
    assert page.status_code == 409
    assert "Their words" in page.content.decode()
    soup = BeautifulSoup(page.content, "html.parser")
    assert "My words" in soup.find("textarea", {"name": "client_words"}).get_text()
    version = soup.find("form", action=url).find("input", {"name": "version"})["value"]
    assert mine.post(url, {"client_words": "Both words", "version": version}).status_code == 302
    assert read(Goal, world)[0].client_words == "Both words"


def test_lines_are_removed_and_put_back(world: World, plan: Plan, browse) -> None:
    browser, [goal] = browse(world.counselor.user), read(Goal, world)
    browser.post(plan_url(world, f"goal/{goal.pk}/remove/"))
    assert "Removed lines" in browser.get(plan_url(world)).content.decode()
    browser.post(plan_url(world, f"goal/{goal.pk}/restore/"))
    assert read(Goal, world)[0].removed_at is None


def test_a_line_of_another_client_is_not_found(world: World, plan: Plan, browse) -> None:
    [goal] = read(Goal, world)
    browser = browse(world.director.user)
    url = f"/desk/clients/{world.other_client.pk}/plan/goal/{goal.pk}/"
    assert browser.post(url, {"client_words": "Mine", "version": "0"}).status_code == 404
    assert browser.get(plan_url(world, f"nonsense/{goal.pk}/")).status_code == 404
    assert browser.get(plan_url(world, f"add/goal/{uuid4()}/")).status_code == 404


def test_script_in_a_plan_is_shown_as_text(world: World, plan: Plan, browse) -> None:
    [goal] = read(Goal, world)
    browser = browse(world.counselor.user)
    browser.post(plan_url(world, f"goal/{goal.pk}/"), {"client_words": CANARY, "version": "0"})
    page = browser.get(plan_url(world)).content.decode()
    assert "&lt;script&gt;" in page
    assert CANARY not in page


def test_htmx_gets_the_editor_alone(world: World, plan: Plan, browse) -> None:
    page = browse(world.counselor.user).get(plan_url(world), headers={"HX-Request": "true"}).content.decode()
    assert page.lstrip().startswith('<div id="plan"')
    assert "<html" not in page


def test_both_sign_with_their_own_sign_in_and_the_plan_is_in_force(world: World, plan: Plan, browse) -> None:
    client, counselor = browse(world.client.user), browse(world.counselor.user)
    assert "on its way" in client.get("/portal/plan/").content.decode()
    counselor.post(
        plan_url(world, "sign/"),
        {"version": plan.version, "signer": "client", "signed_at": "2001-01-01", "name": "Nobody"},
    )
    [signed] = read(PlanSignature, world)
    assert (signed.signer, signed.name, signed.signed_at.year > 2020) == ("clinician", "Counselor Keller, LCSW", True)
    page = BeautifulSoup(client.get("/portal/plan/").content, "html.parser")
    assert "I want my evenings back" in page.h2.get_text()
    version = page.find("input", {"name": "version"})["value"]
    for _ in range(2):
        assert client.post("/portal/plan/", {"version": version}).status_code == 302
    assert {s.signer for s in read(PlanSignature, world)} == {"clinician", "client"}
    assert read(Plan, world)[0].status == PlanStatus.ACTIVE
    assert "You signed on" in client.get("/portal/plan/").content.decode()


def test_signing_an_old_text_is_refused_in_the_portal(world: World, plan: Plan, browse) -> None:
    with world.inside():
        actions.sign(plan=plan, signer="clinician", by=world.actor(world.counselor), at=world.now)
    browse(world.client.user).post("/portal/plan/", {"version": plan.version - 1})
    assert read(Plan, world)[0].status == PlanStatus.DRAFT


def test_the_portal_page_keeps_to_its_queries_and_shows_only_ones_own(
    world: World, plan: Plan, browse, query_limit
) -> None:
    with world.inside():
        actions.sign(plan=plan, signer="clinician", by=world.actor(world.counselor), at=world.now)
    browser = browse(world.client.user)
    browser.get("/portal/plan/")
    with query_limit():
        mine = browser.get("/portal/plan/").content.decode()
    assert "I want my evenings back" in mine
    assert "evenings" not in browse(world.other_client.user).get("/portal/plan/").content.decode()
    assert browse(world.counselor.user).get("/portal/plan/").status_code == 403


def test_a_plan_in_force_is_revised_and_its_objectives_met(world: World, plan: Plan, browse) -> None:
    with world.inside():
        actions.sign(plan=plan, signer="clinician", by=world.actor(world.counselor), at=world.now)
        actions.sign(plan=plan, signer="client", by=world.actor(world.client), at=world.now)
    browser, [objective] = browse(world.counselor.user), read(Objective, world)
    browser.post(plan_url(world, f"objective/{objective.pk}/status/"), {"status": "met"})
    assert read(Objective, world)[0].status == "met"
    [goal] = read(Goal, world)
    page = browser.post(plan_url(world, f"goal/{goal.pk}/"), {"client_words": "Slipped in", "version": "0"})
    assert "signed and locked" in page.content.decode()
    browser.post(plan_url(world, "start/"))
    assert sorted(p.status for p in read(Plan, world)) == ["active", "draft"]
    assert "In force" in browser.get(plan_url(world, "?show=active")).content.decode()


def test_details_are_kept_and_a_past_review_day_is_refused(world: World, plan: Plan, browse) -> None:
    browser = browse(world.counselor.user)
    url = plan_url(world, "details/")
    bad = browser.post(url, {"strengths": "Loves cooking", "review_due_on": "2020-01-01", "version": plan.version})
    assert bad.status_code == 422
    assert "Loves cooking" in bad.content.decode()
    browser.post(url, {"strengths": "Loves cooking", "review_due_on": "2099-01-01", "version": plan.version})
    assert read(Plan, world)[0].strengths == "Loves cooking"
