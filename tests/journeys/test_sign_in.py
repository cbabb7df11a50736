"""Signing in as people do it: in a browser, on a center that has just been set up, under our security policy."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import CDPSession, expect

from tests.journeys.conftest import ADMINISTRATOR, PASSWORD
from tests.journeys.people import (
    AuthenticatorApp,
    accept_invitation,
    add_staff,
    set_up_app,
    sign_in,
    sign_in_by_code,
    type_password,
)
from tests.live import Installation, Visitor, refuse_violations

Visit = Callable[..., Visitor]
COUNSELOR, COUNSELOR_PASSWORD = "lena@hillhouse.example", "a quiet river runs here"


def plug_in_authenticator(visitor: Visitor) -> CDPSession:
    """A device with a screen lock that agrees to everything."""
    devices = visitor.context.new_cdp_session(visitor.page)
    devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devices


@pytest.fixture(scope="module")
def apps() -> dict[str, AuthenticatorApp]:
    """The authenticator apps of this module's people, by address."""
    return {}


def test_the_administrator_sets_up_an_app_before_anything_else(
    fresh_center: Installation, visit: Visit, apps: dict[str, AuthenticatorApp]
) -> None:
    ada = visit(fresh_center, 390)
    ada.go("/accounts/login/")
    refuse_violations(ada.page)
    type_password(ada, ADMINISTRATOR, PASSWORD)
    expect(ada.page).to_have_url(re.compile("/accounts/2fa/$"))
    refuse_violations(ada.page)
    ada.go("/desk/center/")
    expect(ada.page).to_have_url(re.compile("/accounts/2fa/$"))
    apps[ADMINISTRATOR] = set_up_app(ada)
    expect(ada.page).to_have_url(re.compile("/desk/center/$"))
    refuse_violations(ada.page)


def test_an_invitation_leads_to_work_and_back_again(
    fresh_center: Installation, visit: Visit, apps: dict[str, AuthenticatorApp]
) -> None:
    ada, lena = visit(fresh_center), visit(fresh_center, 390)
    sign_in(ada, ADMINISTRATOR, PASSWORD, apps[ADMINISTRATOR])
    add_staff(ada, "Lena", "Ortiz", COUNSELOR, ["Counselor"])
    expect(ada.page.get_by_text("Their invitation is on its way")).to_be_visible()
    apps[COUNSELOR] = accept_invitation(lena, fresh_center, COUNSELOR, COUNSELOR_PASSWORD)
    expect(lena.page).to_have_url(re.compile("/desk/$"))
    [mail] = fresh_center.mails(COUNSELOR)
    lena.go(re.search(r"http://\S+", str(mail.get_content())).group())  # type: ignore[union-attr]
    expect(lena.page.get_by_role("heading", name="This link no longer works")).to_be_visible()
    again = visit(fresh_center)
    sign_in(again, COUNSELOR, COUNSELOR_PASSWORD, apps[COUNSELOR])
    expect(again.page).to_have_url(re.compile("/desk/$"))
    again.page.locator("summary[aria-label^='Your account']").click()
    again.press("Sign out")
    again.go("/desk/")
    expect(again.page).to_have_url(re.compile("/accounts/login/"))


def test_a_passkey_signs_in_by_itself(
    fresh_center: Installation, visit: Visit, apps: dict[str, AuthenticatorApp]
) -> None:
    lena = visit(fresh_center)
    plug_in_authenticator(lena)
    sign_in(lena, COUNSELOR, COUNSELOR_PASSWORD, apps[COUNSELOR])
    lena.go("/accounts/2fa/")
    refuse_violations(lena.page)
    lena.press("Add a passkey")
    refuse_violations(lena.page)
    lena.fill(name="My laptop")
    lena.press("Add the passkey")
    expect(lena.page.get_by_role("link", name="Your passkeys")).to_be_visible()
    lena.press("Your passkeys")
    expect(lena.page.get_by_text("My laptop")).to_be_visible()
    refuse_violations(lena.page)
    lena.page.locator("summary[aria-label^='Your account']").click()
    lena.press("Sign out")
    lena.go("/accounts/login/")
    lena.page.get_by_role("button", name="Use a passkey").click()
    expect(lena.page).to_have_url(re.compile("/desk/$"))


def test_a_passkey_that_is_not_there_is_told_in_words(fresh_center: Installation, visit: Visit) -> None:
    stranger = visit(fresh_center, 390)
    devices = plug_in_authenticator(stranger)
    stranger.go("/accounts/login/")
    stranger.page.get_by_role("button", name="Use a passkey").click()
    expect(stranger.page.get_by_text("The passkey was not used")).to_be_visible()
    devices.detach()


def test_a_client_comes_in_with_a_mailed_code(fresh_center: Installation, visit: Visit) -> None:
    client_with_portal(fresh_center, "sam@example.org")
    sam = visit(fresh_center, 390)
    sign_in_by_code(sam, fresh_center, "sam@example.org")
    expect(sam.page).to_have_url(re.compile("/portal/$"))
    [mail] = fresh_center.mails("sam@example.org")
    assert "Hill House" not in mail.as_string()


def client_with_portal(installation: Installation, email: str) -> None:
    script = f"""
from datetime import UTC, datetime
from openiop.people import actions
from openiop.people.models import Center
from openiop.shared.access import Actor
from openiop.shared.jobs import all_center_ids
from openiop.shared.scope import center_scope
[center] = all_center_ids()
with center_scope(center, Actor.system("journey", center)) as scope:
    given = {{"by": scope.actor, "at": datetime.now(UTC)}}
    client = actions.add_client(first_name="Sam", last_name="Reed", email="{email}", **given)
    actions.give_portal(client=client, **given)
"""
    installation.python(script)


def test_guessing_is_locked_out_and_told(fresh_center: Installation, visit: Visit) -> None:
    add = "nobody@hillhouse.example"
    guesser = visit(fresh_center, 390)
    for number in range(6):
        type_password(guesser, add, f"not the right password {number}")
    expect(guesser.page.get_by_text("Too many failed login attempts")).to_be_visible()
    refuse_violations(guesser.page)


def test_a_quiet_session_ends_with_kind_words(
    fresh_center: Installation, visit: Visit, apps: dict[str, AuthenticatorApp]
) -> None:
    ada = visit(fresh_center, 390)
    sign_in(ada, ADMINISTRATOR, PASSWORD, apps[ADMINISTRATOR])
    fresh_center.age_sessions(timedelta(minutes=16))
    ada.go("/desk/center/roles/")
    expect(ada.page.get_by_text("this page was quiet for a while")).to_be_visible()


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/login/code/",
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        "/accounts/password/reset/key/1-2/",
        "/accounts/password/reset/key/done/",
        "/accounts/signup/",
    ],
)
def test_every_page_before_sign_in_is_ours(fresh_center: Installation, visit: Visit, path: str) -> None:
    visitor = visit(fresh_center, 390)
    visitor.go(path)
    refuse_violations(visitor.page)


def test_every_page_about_ones_sign_in_is_ours(
    fresh_center: Installation, visit: Visit, apps: dict[str, AuthenticatorApp]
) -> None:
    lena = visit(fresh_center, 390)
    sign_in(lena, COUNSELOR, COUNSELOR_PASSWORD, apps[COUNSELOR])
    for path in ("recovery-codes/", "recovery-codes/generate/", "totp/deactivate/", "webauthn/"):
        lena.go(f"/accounts/2fa/{path}")
        refuse_violations(lena.page)
    for path in ("password/change/", "sessions/", "logout/", "reauthenticate/", "2fa/reauthenticate/"):
        lena.go(f"/accounts/{path}")
        refuse_violations(lena.page)
