"""Signing in as people do it: in a browser, on a center that has just been set up."""

from __future__ import annotations

from collections.abc import Callable

from tests.journeys.conftest import ADMINISTRATOR, PASSWORD
from tests.live import Installation, Visitor, refuse_violations


def test_the_first_administrator_sets_up_a_second_factor(
    fresh_center: Installation, visit: Callable[..., Visitor]
) -> None:
    ada = visit(fresh_center)
    ada.go("/accounts/login/")
    refuse_violations(ada.page)
    ada.fill(login=ADMINISTRATOR, password=PASSWORD)
    ada.press("Sign in")
    print(ada.page.url)
