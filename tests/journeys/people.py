"""What the people of a journey do: read their mail, type codes from their phone, sign in."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import expect

from tests.live import Installation, Visitor

PERIOD = 30


class AuthenticatorApp:
    """The app on someone's phone. It never gives the same code twice, because a code is taken once."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self._last = 0

    def code(self) -> str:
        """The code of now; that of the next half minute, which is taken too, when now's was given already."""
        now = int(time.time()) // PERIOD
        while (counter := max(now, self._last + 1)) > now + 1:
            time.sleep(1)
            now = int(time.time()) // PERIOD
        self._last = counter
        return format_hotp_value(hotp_value(self.secret, counter))


def type_password(visitor: Visitor, email: str, password: str) -> None:
    """The first step of staff."""
    visitor.go("/accounts/login/")
    visitor.fill(login=email, password=password)
    visitor.press("Sign in")


def set_up_app(visitor: Visitor) -> AuthenticatorApp:
    """From the page that asks for a second step to the first page of work."""
    visitor.press("Set up an app")
    visitor.page.get_by_text("I cannot scan it").click()
    app = AuthenticatorApp(visitor.page.locator("#authenticator_secret").inner_text().strip())
    visitor.fill(code=app.code())
    visitor.press("Turn it on")
    expect(visitor.page.get_by_role("heading", name="Keep these recovery codes")).to_be_visible()
    visitor.press("I have kept them, go on")
    return app


def sign_in(visitor: Visitor, email: str, password: str, app: AuthenticatorApp) -> None:
    """Password, then the code of the app."""
    type_password(visitor, email, password)
    visitor.fill(code=app.code())
    visitor.press("Sign in")


def accept_invitation(visitor: Visitor, installation: Installation, email: str, password: str) -> AuthenticatorApp:
    """From the mailed link to the first page of work: password, sign-in, second step."""
    link = re.search(r"http://\S+", installation.wait_for_mail(email))
    assert link
    visitor.go(link.group())
    visitor.fill(password1=password, password2=password)
    visitor.press("Set the password")
    type_password(visitor, email, password)
    return set_up_app(visitor)


def sign_in_by_code(visitor: Visitor, installation: Installation, email: str) -> None:
    """What clients and family do: a code by mail."""
    before = len(installation.mails(email))
    visitor.go("/accounts/login/")
    visitor.press("Mail me a sign-in code")
    visitor.fill(email=email)
    visitor.press("Mail me a code")
    text = installation.wait_for_mail(email, before + 1)
    code = re.search(r"^\s*([A-Z0-9-]{5,12})\s*$", text, re.MULTILINE)
    assert code, text
    visitor.fill(code=code.group(1))
    visitor.press("Sign in")


def add_staff(administrator: Visitor, first: str, last: str, email: str, roles: Sequence[str]) -> None:
    """The administrator adds someone; `roles` as the chips call them ("Counselor")."""
    administrator.go("/desk/center/staff/new/")
    administrator.fill(first_name=first, last_name=last, email=email, credentials="LCSW", title="Staff")
    for role in roles:
        administrator.page.locator(".oi-chips label", has_text=re.compile(f"^{role}$")).click()
    administrator.press("Add and invite")
