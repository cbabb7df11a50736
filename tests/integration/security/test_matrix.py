"""Route x person x whose record (after CVE-2026-27943, 2026-24487, 2026-33302, 2022-1177 and 2021-32101).

Every address of the URLconf is asked for by every kind of person with their own object, another caseload's, another
center's and one that does not exist. What must come back is computed from `routes.ROUTES` and `routes.MAY`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.test import Client as Browser
from django.urls import reverse

from openiop.shared.access import Permission
from tests.integration.security.browsing import OWNERS, Answer, address, ask, browsers, signed_in
from tests.integration.security.records import Cases
from tests.integration.security.routes import (
    CASELOAD,
    CENTER,
    CLIENTS,
    FAMILY,
    MAY,
    NOT_FOUND_HERE,
    ROUTES,
    SELF,
    Route,
    named_routes,
)

HOME = {"counselor": "own", "other_staff": "other", "client": "own", "other_client": "other", "family": "own"}
"""Whose record is in each person's care, or is their own. The other center's people have theirs."""
OUTSIDE = ("anonymous", "half", "no_factor")
PASSERS_BY = ("anonymous", "half", "client", "counselor")
WITHIN = {200, 302, 409, 422}
SIGN_IN, PUBLIC = "sign-in", "public"


def center_of(who: str) -> str:
    return "foreign" if who.startswith("foreign") else "ours"


def expected(who: str, name: str, method: str, owner: str, below: str = "") -> object:
    """The class of answer that must come: a status, `SIGN_IN`, or `WITHIN`."""
    route = ROUTES[name]
    if name in NOT_FOUND_HERE:
        return 404
    if route.gate is None:
        return PUBLIC
    if who in OUTSIDE:
        return SIGN_IN
    if who not in MAY[route.gate]:
        return 403
    if method not in route.methods:
        return 405
    found = _record(who, route, method, owner)
    return 404 if found == WITHIN and below and below != owner else found


def _record(who: str, route: Route, method: str, owner: str) -> object:
    """What the object says to someone who has come through the gate."""
    if not route.objects:
        return WITHIN
    asks = route.asks(method)
    if route.asks_first and asks and who not in MAY[asks]:
        return 403
    theirs = "foreign" if owner == "foreign" else "ours"
    if owner == "nobody" or theirs != center_of(who):
        return 404
    reach = CENTER if not route.record else MAY[asks].get(who) if asks else None
    home = HOME.get(who, "foreign" if center_of(who) == "foreign" else "")
    if reach == CENTER or (reach in {CASELOAD, SELF} and home == owner):
        return WITHIN
    return 404 if reach == SELF else 403


def matches(answer: Answer, wanted: object) -> bool:
    """Whether the answer is of that class. A redirect to the sign-in page is no answer from within."""
    outside = answer.location.startswith((reverse("account_login"), reverse("mfa_index")))
    if wanted == SIGN_IN:
        return answer.status == 302 and outside
    if wanted == PUBLIC:
        return answer.status in WITHIN
    if wanted == WITHIN:
        return answer.status in WITHIN and not outside
    return answer.status == wanted


def owners_of(route: Route, who: str) -> Iterator[tuple[str, str]]:
    """Which objects to ask for, each with whose objects stand below it in the address."""
    if not route.objects or route.gate is None or who not in MAY[route.gate]:
        yield "foreign" if who.startswith("foreign") else "own", ""
        return
    for owner in OWNERS:
        yield owner, ""
    if len(route.objects) > 1:
        home = HOME.get(who, "foreign" if center_of(who) == "foreign" else "own")
        yield from ((home, below) for below in OWNERS if below != home)


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    """A new address without a line in the table fails: deny by default also for whoever forgets."""
    found = dict(named_routes())
    assert set(found) - set(ROUTES) == set(), "say in routes.py who may use these"
    assert set(ROUTES) - set(found) == set(), "these are gone"
    wrong = {name for name, arguments in found.items() if not arguments <= {*ROUTES[name].objects, *ROUTES[name].fixed}}
    assert wrong == set(), "say in routes.py which objects these addresses name"


def test_every_permission_says_whom_it_reaches() -> None:
    assert set(MAY) == set(Permission)


def test_a_method_without_a_meaning_is_refused(cases: Cases) -> None:
    director, client = signed_in(cases.world.director.user), signed_in(cases.world.client.user)
    wrong = []
    for name, route in ROUTES.items():
        browser = client if name.startswith("portal") else director
        for method in {"GET", "POST"} - set(route.methods.split()):
            answer = ask(browser, method, address(name, route, cases, "own"))
            if answer.status not in {403, 404, 405}:
                wrong.append(f"{method} {name}: {answer}")
    assert not wrong, "\n".join(wrong)


BODIES: dict[str, Callable[[Cases, str], dict[str, object]]] = {
    "desk:removed": lambda cases, owner: {"client": getattr(cases, owner, cases.own).ids["removed"]},
    "desk:wait": lambda cases, owner: {"track": getattr(cases, owner, cases.own).ids["track"]},
}
"""What must be sent for an answer from within; nothing, everywhere else."""


class Walk:
    """Asks and gathers what is wrong, so that one run shows everything."""

    def __init__(self, cases: Cases) -> None:
        self.cases = cases
        self.browsers = browsers(cases)
        self.wrong: list[str] = []
        self.asked = 0

    def everyone(self, name: str) -> None:
        public = ROUTES[name].gate is None
        for who, browser in self.browsers.items():
            if public and who not in PASSERS_BY:
                continue
            for owner, below in owners_of(ROUTES[name], who):
                for method in ROUTES[name].methods.split():
                    self.one(browser, who, name, method, owner, below)

    def one(self, browser: Browser, who: str, name: str, method: str, owner: str, below: str) -> None:
        path = address(name, ROUTES[name], self.cases, owner, below)
        body = BODIES[name](self.cases, owner) if method == "POST" and name in BODIES else None
        answer = ask(browser, method, path, body)
        self.asked += 1
        wanted = expected(who, name, method, owner, below)
        about = f"{method} {name} of {owner}{f' with {below} below' if below else ''} as {who}"
        if not matches(answer, wanted):
            self.wrong.append(f"{about}: {answer}, not {wanted} {answer.error}")
        self.wrong += [f"{about}: shows {word}" for word in forbidden(self.cases, who, name) if word in answer.text]
        if re.search(r"(?i)moreno|tate|quill|%40|@", answer.location):
            self.wrong.append(f"{about}: leads to {answer.location}")


READS_CHARTS = {"counselor": {"own"}, "other_staff": {"other"}, "director": {"own", "other"}}
READS_INTAKE = {who: {"own", "other"} for who in ("counselor", "other_staff", "director", "admissions")}
KNOWS_NAMES = {who: {"own", "other"} for who in ("counselor", "other_staff", "director", "admissions", "scheduler")}
CONTACT_NOTE = {"desk:profile"}


def forbidden(cases: Cases, who: str, name: str) -> Iterator[str]:
    """What must not stand in anything this person gets: names and words of records that are not theirs to see."""
    home = HOME.get(who)
    for owner in ("own", "other", "foreign"):
        case = getattr(cases, owner)
        if owner == "foreign" if center_of(who) == "foreign" else owner == home and who in (*CLIENTS, *FAMILY):
            continue
        if owner not in KNOWS_NAMES.get(who, ()):
            yield case.client.last_name
        if owner not in READS_CHARTS.get(who, ()):
            yield case.chart_mark
        # How to reach a client safely is for everyone who may look a client up.
        if owner not in READS_INTAKE.get(who, ()) and not (name in CONTACT_NOTE and who == "scheduler"):
            yield case.intake_mark


PARTS = ("site", "portal", "family", "desk:a", "desk:c", "desk:p", "desk:r", "desk:")


@pytest.mark.parametrize("part", PARTS)
def test_each_person_gets_exactly_what_is_theirs(cases: Cases, part: str) -> None:
    walk = Walk(cases)
    names = [name for name in ROUTES if next(p for p in PARTS if name.startswith(p)) == part]
    for name in names:
        walk.everyone(name)
    assert not walk.wrong, f"{len(walk.wrong)} of {walk.asked} answers:\n" + "\n".join(walk.wrong)
