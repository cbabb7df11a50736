"""Every core task of clients and staff, in a browser that runs no script."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.journeys.clinic import PASSWORD, Clinic, at_work
from tests.journeys.people import sign_in, sign_in_by_code
from tests.live import Installation, Visitor


@pytest.fixture(scope="module")
def clinic(two_centers: Installation, django_db_blocker: pytest.FixtureRequest) -> Iterator[Clinic]:
    with django_db_blocker.unblock(), at_work(two_centers) as made:
        yield made


@pytest.fixture
def plain(two_centers: Installation, visit: Callable[..., Visitor]) -> Callable[[int], Visitor]:
    """A person whose browser runs no script; a phone unless told."""
    return lambda width=390: visit(two_centers, width=width, java_script_enabled=False)


def pick(person: Visitor, name: str, value: str) -> None:
    """Press the words of a choice, as people do."""
    box = person.page.locator(f"input[name='{name}'][value='{value}']").first
    person.page.locator(f"label[for='{box.get_attribute('id')}']").click()


def test_self_check_and_callback_with_the_answers(
    clinic: Clinic, two_centers: Installation, plain: Callable[..., Visitor]
) -> None:
    sam = plain()
    sam.go("/check/")
    sam.press("For me")
    answered = 0
    while sam.page.locator("[name=answer]").count():
        none = sam.page.locator("form.oi-form label", has_text="None of these")
        (none if none.count() else sam.page.locator("form.oi-form label").nth(1)).first.click()
        sam.press("Next")
        answered += 1
    assert 3 <= answered <= 8
    sam.press("Call me back and share my answers")
    assert sam.page.locator("[name=who][value=self]").is_checked(), "nothing is asked twice"
    sam.fill(first_name="Sam", reach="555-0199-222")
    sam.page.locator("form.oi-form button[type=submit]").first.click()
    expect(sam.page.get_by_role("heading", level=1)).to_contain_text("Thank you, Sam")
    [(shared,)] = two_centers.sql("SELECT self_check FROM admissions_inquiry WHERE first_name = 'Sam'")
    assert shared["who"] == "self"
    assert len(shared["answers"]) == answered


def test_a_clients_day(clinic: Clinic, two_centers: Installation, plain: Callable[..., Visitor]) -> None:
    alex = plain()
    sign_in_by_code(alex, two_centers, "alex@example.org")
    alex.go("/portal/")
    _check_in(alex)
    _answer_the_phq9(alex, two_centers)
    alex.go("/portal/plan/")
    alex.press("I read it and I sign")
    assert two_centers.sql("SELECT status FROM plans_plan") == [("active",)]
    _sign_and_take_back(alex, two_centers)
    alex.go("/portal/schedule/")
    alex.page.get_by_role("link", name=re.compile("^I can't make it")).first.click()
    alex.fill(why="My child is ill.")
    alex.press("Tell my counselor")
    expect(alex.page.locator("main")).to_contain_text("You told us you can't come")
    assert two_centers.sql("SELECT count(*) FROM messaging_alert WHERE kind = 'cannot_come'") == [(1,)]


def _check_in(alex: Visitor) -> None:
    pick(alex, "craving", "4")
    pick(alex, "mood", "4")
    pick(alex, "triggers", "stress")
    alex.press("Save check-in")
    expect(alex.page.locator("main")).to_contain_text("Saved: craving 4 of 10, mood good.")


def _answer_the_phq9(alex: Visitor, center: Installation) -> None:
    [(phq9,)] = center.sql(
        "SELECT a.id FROM measures_administration a JOIN people_client c ON c.id = a.client_id"
        " WHERE a.instrument = 'PHQ-9' AND c.first_name = 'Alex'"
    )
    alex.go(f"/portal/measures/{phq9}/")
    alex.press("Start")
    for _ in range(10):
        alex.page.locator("button[name=value]").first.click()
        alex.page.wait_for_load_state()
        if not alex.page.locator("button[name=value]").count():
            break
    alex.press("Send my answers")
    expect(alex.page.get_by_role("heading", level=1)).to_have_text("Thank you")
    [(scores,)] = center.sql("SELECT scores FROM measures_administration WHERE id = %s", phq9)
    assert scores["total"] == 0


def _sign_and_take_back(alex: Visitor, center: Installation) -> None:
    alex.go("/portal/consents/")
    alex.press("Read and sign")
    alex.fill(name="Alex Moreno")
    alex.press("Sign")
    assert center.sql("SELECT count(*) FROM consents_consent WHERE signed_at IS NOT NULL") == [(1,)]
    alex.go("/portal/consents/")
    alex.press("Take back")
    alex.press("Take it back now")
    assert center.sql("SELECT count(*) FROM consents_consent WHERE revoked_at IS NOT NULL") == [(1,)]


def test_admissions_logs_a_call(clinic: Clinic, two_centers: Installation, plain: Callable[..., Visitor]) -> None:
    nina = plain(1440)
    sign_in(nina, clinic.world.admissions.user.email, PASSWORD, clinic.apps["admissions"])
    nina.go("/desk/inquiries/")
    nina.page.get_by_role("link", name=re.compile("Jordan")).first.click()
    pick(nina, "call-outcome", "reached")
    nina.page.locator("[name=call-note]").fill("Wants an evening group.")
    nina.press("Log this call")
    expect(nina.page.locator("main")).to_contain_text("Wants an evening group.")
    assert two_centers.sql("SELECT count(*) FROM admissions_call") == [(1,)]


def test_a_counselor_keeps_a_group(clinic: Clinic, two_centers: Installation, plain: Callable[..., Visitor]) -> None:
    carl = plain(1440)
    sign_in(carl, clinic.world.counselor.user.email, PASSWORD, clinic.apps["counselor"])
    [(session,)] = two_centers.sql(
        "SELECT id FROM attendance_session WHERE title = 'DBT skills' ORDER BY during LIMIT 1"
    )
    page = carl.go(f"/desk/sessions/{session}/")
    lines = [box.get_attribute("name") or "" for box in page.locator("[name$='-text']").all()]
    assert len(lines) == 4
    pick(carl, lines[0].replace("-text", "-status"), "late")
    carl.press("Mark the rest here")
    page.locator("[name=group-narrative]").fill("Practiced two skills for hard moments.")
    for line in lines:
        page.locator(f"[name='{line}']").fill("Took part.")
    page.locator("#sign").click()
    expect(page.locator("main")).to_contain_text("4 notes signed.")
    came = two_centers.sql(
        "SELECT status, count(*) FROM attendance_attendance WHERE session_id = %s GROUP BY 1 ORDER BY 1", session
    )
    assert came == [("late", 1), ("present", 3)]
    assert two_centers.sql("SELECT count(*) FROM attendance_clientnote WHERE signed_at IS NOT NULL") == [(4,)]
