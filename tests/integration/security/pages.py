"""Every page that a person may open, and every form on it, filled in as a person would."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin

from bs4 import BeautifulSoup
from bs4.element import Tag
from django.test import Client as Browser
from django.utils import timezone

from tests.integration.security.browsing import Answer, address, ask, signed_in, user_of
from tests.integration.security.records import Cases
from tests.integration.security.routes import MAY, NOT_FOUND_HERE, ROUTES

READERS = ("director", "counselor", "admissions", "scheduler", "administrator", "client", "family")
"""Between them they may open every page."""

OTHER_STATES = {
    "desk:session": ("signed_session", "coming_session", "canceled_session"),
    "portal:measure": ("done_administration",),
    "portal:consent": ("signed_consent",),
    "desk:chart": ("former", "waiting"),
    "desk:plan": ("former",),
    "desk:admit": ("waiting", "former"),
    "desk:discharge": ("client",),
    "desk:review": ("former",),
    "desk:recommendation": ("waiting",),
}
"""Addresses whose page looks different for an object in another state."""


@dataclass(frozen=True)
class Page:
    """One page as one person sees it."""

    name: str
    who: str
    path: str
    browser: Browser

    def open(self) -> Answer:
        return ask(self.browser, "GET", self.path)


@dataclass(frozen=True)
class Form:
    """A form of a page with values that its fields take."""

    page: Page
    action: str
    data: dict[str, Any]
    typed: frozenset[str]
    """Fields in which a person writes free text."""

    def send(self, **changes: Any) -> Answer:
        return ask(self.page.browser, "POST", self.action, {**self.data, **changes})

    def __str__(self) -> str:
        return f"{self.action} ({self.page.who} on {self.page.name})"


def pages(cases: Cases, readers: tuple[str, ...] = READERS) -> Iterator[Page]:
    """Every page with our own client's objects, for each reader who may open it; public pages once."""
    browsers = {who: signed_in(user_of(cases, who)) for who in readers}
    for name, route in ROUTES.items():
        if "GET" not in route.methods or name in NOT_FOUND_HERE:
            continue
        for who in readers:
            if (route.gate is None and who == readers[0]) or who in MAY.get(route.gate, ()):  # type: ignore[arg-type]
                for path in _paths(name, cases):
                    yield Page(name, who, path, browsers[who])


def _paths(name: str, cases: Cases) -> Iterator[str]:
    route = ROUTES[name]
    yield address(name, route, cases, "own")
    for kind in OTHER_STATES.get(name, ()):
        yield address(name, replace(route, of=f"pk:{kind}"), cases, "own")


def forms(page: Page) -> Iterator[Form]:
    """The POST forms of a page."""
    soup = BeautifulSoup(page.open().text, "html.parser")
    for form in soup.find_all("form"):
        if str(form.get("method", "")).lower() == "post":
            yield _filled(page, form)


def all_forms(cases: Cases) -> list[Form]:
    """Every form of every page, each address once for each person."""
    found: dict[tuple[str, str, tuple[str, ...]], Form] = {}
    for page in pages(cases):
        for form in forms(page):
            if not form.action.startswith("/accounts/"):
                found.setdefault((form.action, page.who, tuple(sorted(form.data))), form)
    return list(found.values())


def _filled(page: Page, form: Tag) -> Form:
    data: dict[str, Any] = {}
    typed = set()
    for field in form.find_all(["input", "select", "textarea", "button"]):
        name = str(field.get("name") or "")
        if not name or field.has_attr("disabled") or name in data:
            continue
        value = _value(field, form)
        if value is not None:
            data[name] = value
            if field.name == "textarea" or field.get("type", "text") in {"text", "email", "tel", "search"}:
                typed.add(name)
    return Form(page, urljoin(page.path, str(form.get("action") or page.path)), data, frozenset(typed))


def _value(field: Tag, form: Tag) -> str | None:
    """A value for the field: what stands in it, else one that a person might give."""
    if field.name == "select":
        options = [str(option.get("value", option.text)) for option in field.find_all("option")]
        chosen = field.find("option", selected=True)
        stands = str(chosen.get("value", "")) if chosen else ""
        return stands or next((value for value in options if value), "")
    if field.name == "textarea":
        return field.text.strip() or "Some words about it"
    kind = str(field.get("type", "submit" if field.name == "button" else "text"))
    if kind in {"radio", "checkbox"}:
        return str(field.get("value", "on"))
    if kind in {"submit", "button", "file"}:
        return str(field.get("value", "")) if kind == "submit" else None
    return str(field.get("value") or "") or _invented(kind, str(field["name"]))


def _invented(kind: str, name: str) -> str:
    tomorrow = timezone.localdate() + timedelta(days=1)
    match kind:
        case "date":
            return (
                tomorrow.isoformat() if re.search("due|target|expires|day", name) else timezone.localdate().isoformat()
            )
        case "time":
            return "15:00"
        case "number":
            return "3"
        case "email":
            return "someone.new@example.org"
        case "tel":
            return "555-0199"
    return "15:00" if re.search("starts|ends|time", name) else "Plain words"
