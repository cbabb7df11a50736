"""How the security tests ask: as which person, for whose object, undone afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client as Browser
from django.urls import reverse

from openiop.accounts.models import User
from tests.integration.security.records import PASSWORD, Cases
from tests.integration.security.routes import QUERY, SIGNED_IN, Route

NOBODY = UUID("00000000-0000-4000-8000-0000000000ff")
OWNERS = ("own", "other", "foreign", "nobody")


@dataclass
class Answer:
    """What came back, with its whole text."""

    status: int
    location: str
    text: str
    response: HttpResponse

    def __str__(self) -> str:
        return f"{self.status} {self.location}".strip()

    @property
    def error(self) -> str:
        """What went wrong in a view, "" if nothing did."""
        info = getattr(self.response, "exc_info", None)
        return repr(info[1]) if info else ""


def user_of(cases: Cases, who: str) -> User:
    """The user behind a persona's name."""
    return getattr(cases.world, who).user


def signed_in(user: User, **options: Any) -> Browser:
    """A browser in which this user has signed in, second factor included."""
    browser = Browser(raise_request_exception=False, **options)
    browser.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return browser


def half_signed_in(cases: Cases) -> Browser:
    """A browser in which the counselor has given a password and owes the second factor."""
    browser = Browser(raise_request_exception=False)
    answer = browser.post(reverse("account_login"), {"login": cases.world.counselor.user.email, "password": PASSWORD})
    assert answer["Location"].startswith(reverse("mfa_authenticate"))
    return browser


def browsers(cases: Cases) -> dict[str, Browser]:
    """One for each persona."""
    found = {who: signed_in(user_of(cases, who)) for who in SIGNED_IN}
    found["anonymous"] = Browser(raise_request_exception=False)
    found["half"] = half_signed_in(cases)
    found["no_factor"] = signed_in(cases.newcomer.user)
    return found


def address(route_name: str, route: Route, cases: Cases, owner: str, below: str = "") -> str:
    """The address of an owner's object; with `below`, the objects below it are that owner's instead."""
    arguments: dict[str, Any] = dict(route.fixed)
    for number, (name, kind) in enumerate(route.objects.items()):
        whose = below if below and number else owner
        arguments[name] = NOBODY if whose == "nobody" else getattr(cases, whose).ids[kind]
    return reverse(route_name, kwargs=arguments) + QUERY.get(route_name, "")


def ask(browser: Browser, method: str, path: str, data: dict[str, Any] | None = None, **extra: Any) -> Answer:
    """One request whose effects are undone."""
    with transaction.atomic():
        send = browser.post if method == "POST" else browser.get
        response = send(path, data or {}, **extra)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        transaction.set_rollback(True)
    return Answer(response.status_code, response.get("Location", ""), body.decode("utf-8", "replace"), response)
