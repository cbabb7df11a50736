"""The public site, the portal and the family portal in a real browser: no violation, light, quick, nobody else told."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Request, expect

from tests.journeys.clinic import Clinic, at_work
from tests.live import Installation, Visitor, refuse_violations

# What the journey from the first call to the discharge summary does not look at.
PUBLIC = (
    "/what-is-iop/",
    "/levels-of-care/",
    "/treatment/",
    "/times/",
    "/questions/",
    "/families/",
    "/help/",
    "/accounts/login/",
)
PORTAL = ("schedule/", "level/", "progress/", "help/", "rewards/", "consents/")
FAMILY = ("learn/", "contact/")
MOST_BYTES, MOST_REQUESTS = 60_000, 6


@pytest.fixture(scope="module")
def clinic(two_centers: Installation, django_db_blocker: pytest.FixtureRequest) -> Iterator[Clinic]:
    with django_db_blocker.unblock(), at_work(two_centers) as made:
        yield made


@pytest.fixture
def phone(two_centers: Installation, visit: Callable[..., Visitor]) -> Visitor:
    return visit(two_centers, width=390)


@pytest.fixture
def alex(clinic: Clinic, phone: Visitor) -> Visitor:
    clinic.enter(phone, clinic.world.client.user)
    return phone


def test_public_pages(clinic: Clinic, phone: Visitor) -> None:
    for path in PUBLIC:
        refuse_violations(phone.go(path))


def test_the_self_check_from_start_to_end(clinic: Clinic, phone: Visitor) -> None:
    page = phone.go("/check/")
    refuse_violations(page)
    step(phone, "For me")
    refuse_violations(page)
    page.get_by_label("I think about ending my life").check()
    step(phone, "Next")
    expect(page.get_by_role("link", name="Call 988").first).to_be_visible()
    refuse_violations(page)
    step(phone, "Go back to the question")
    page.get_by_label("I think about ending my life").uncheck()
    while page.locator("[name=answer]").count():
        page.get_by_label("I would rather not say").check()
        step(phone, "Next")
    refuse_violations(page)


def step(person: Visitor, button: str) -> None:
    """Press, and wait for the next heading: the script puts it into the page that is open."""
    heading = person.page.get_by_role("heading", level=1)
    before = heading.inner_text()
    person.page.get_by_role("button", name=button).click()
    expect(heading).not_to_have_text(before)


def test_portal_pages(alex: Visitor) -> None:
    for path in PORTAL:
        refuse_violations(alex.go(f"/portal/{path}"))
    alex.go("/portal/schedule/")
    alex.page.get_by_role("link", name="I can't make it").first.click()
    refuse_violations(alex.page)


def test_family_pages(clinic: Clinic, phone: Visitor) -> None:
    clinic.enter(phone, clinic.world.family.user)
    for path in FAMILY:
        refuse_violations(phone.go(f"/family/{path}"))


def test_a_clients_first_screen_holds_what_matters(alex: Visitor) -> None:
    page = alex.go("/portal/")
    bar = page.get_by_role("navigation", name="Main").bounding_box()
    assert bar
    for name in ("I can't make it", "How strong are cravings now?", "Get help now"):
        box = page.locator("main, header").get_by_text(name).first.bounding_box()
        assert box, name
        assert box["y"] + box["height"] <= bar["y"], f"{name} is below the fold"


def test_a_check_in_takes_four_taps(alex: Visitor, two_centers: Installation) -> None:
    page = alex.go("/portal/")
    before = two_centers.sql("SELECT count(*) FROM practice_checkin")[0][0]
    taps = [
        page.locator("label[for^='id_craving']", has_text="3").first,
        page.locator("label", has_text="Good").first,
        page.locator("label", has_text="Stress").first,
        page.get_by_role("button", name="Save check-in"),
    ]
    for tap in taps:
        tap.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert len(taps) <= 4
    assert two_centers.sql("SELECT count(*) FROM practice_checkin") == [(before + 1,)]
    refuse_violations(page)


@pytest.mark.parametrize("path", ["/", "/portal/"])
def test_the_first_load_is_light(clinic: Clinic, phone: Visitor, path: str) -> None:
    if path.startswith("/portal/"):
        clinic.enter(phone, clinic.world.client.user)
    done: list[Request] = []
    phone.page.on("requestfinished", lambda request: done.append(request))
    phone.go(path)
    phone.page.wait_for_load_state("networkidle")
    fetched = [request for request in done if not request.url.startswith("data:")]
    sizes = {request.url: sum(_sizes(request)) for request in fetched}
    assert len(sizes) <= MOST_REQUESTS, sizes
    assert sum(sizes.values()) <= MOST_BYTES, sizes


def _sizes(request: Request) -> tuple[int, int]:
    found = request.sizes()
    return found["responseBodySize"], found["responseHeadersSize"]
