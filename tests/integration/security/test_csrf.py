"""No address that changes something takes a form of another site."""

from __future__ import annotations

from django.conf import settings
from django.test import Client as Browser
from django.urls import reverse

from openiop.accounts.models import User
from tests.integration.security.browsing import address, ask
from tests.integration.security.records import Cases
from tests.integration.security.routes import MAY, NOT_FOUND_HERE, ROUTES

CHANGES_NOTHING = {"site:check"}
"""The self-check stores nothing and knows nobody: there is nothing to forge."""


def strict(user: User | None) -> Browser:
    browser = Browser(enforce_csrf_checks=True, raise_request_exception=False)
    if user:
        browser.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return browser


def test_every_form_needs_its_token(cases: Cases) -> None:
    wrong = []
    for name, route in ROUTES.items():
        if "POST" not in route.methods or name in CHANGES_NOTHING | NOT_FOUND_HERE:
            continue
        people = [who for who in ("director", "client", "scheduler", "administrator") if who in MAY.get(route.gate, ())]  # type: ignore[arg-type]
        browser = strict(getattr(cases.world, people[0]).user if people else None)
        for headers in ({}, {"X-CSRFToken": "x" * 32, "HX-Request": "true"}):
            answer = ask(browser, "POST", address(name, route, cases, "own"), {"reach": "1"}, headers=headers)
            if answer.status != 403:
                wrong.append(f"{name}: {answer}")
    assert not wrong, "\n".join(wrong)


def test_sign_in_forms_need_it_too(cases: Cases) -> None:
    browser = strict(None)
    for name in ("account_login", "account_request_login_code", "account_reset_password", "account_signup"):
        assert browser.post(reverse(name), {"email": "a@example.org"}).status_code == 403


def test_a_form_of_another_origin_is_refused(cases: Cases) -> None:
    """A token alone is not enough when the browser says that the form came from elsewhere."""
    browser = strict(cases.world.client.user)
    browser.get(reverse("portal:check_in"))
    token = browser.cookies[settings.CSRF_COOKIE_NAME].value
    given = {"csrfmiddlewaretoken": token, "craving": "1", "mood": "3"}
    foreign = browser.post(reverse("portal:check_in"), given, headers={"Origin": "https://evil.example"})
    own = browser.post(reverse("portal:check_in"), given, headers={"Origin": "http://testserver"})
    assert foreign.status_code == 403
    assert own.status_code in {302, 422}


def test_the_exception_changes_nothing(cases: Cases) -> None:
    from openiop.admissions.models import Inquiry

    with cases.world.inside():
        before = Inquiry.objects.count()
    assert strict(None).post(reverse("site:check"), {"who": "self"}).status_code == 200
    with cases.world.inside():
        assert Inquiry.objects.count() == before


def test_looking_changes_nothing(cases: Cases) -> None:
    """A GET that changes something could be forged by a link or an image: what is asked for twice stays the same."""
    from tests.integration.security.pages import pages
    from tests.integration.security.test_posts import digest

    with cases.world.inside():
        before = digest("center_id = %s", cases.world.client.center_id)
    for page in pages(cases):
        page.browser.get(page.path)
    with cases.world.inside():
        after = digest("center_id = %s", cases.world.client.center_id)
    changed = {table for table in before if before[table] != after[table]}
    # What a family member was shown is written down: that is the record of the looking itself.
    assert changed <= {"consents_disclosure"}
