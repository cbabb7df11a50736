"""Which entry of a navigation is marked as the current one."""

from __future__ import annotations

import pytest

from openiop.ui.navigation import NavItem, navigation

ITEMS = [NavItem("Today", "/desk/"), NavItem("Clients", "/desk/clients/"), NavItem("Site", "/")]


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/desk/", ["Today"]),
        ("/desk/clients/", ["Clients"]),
        ("/desk/clients/7/plan/", ["Clients"]),
        ("/desk/other/", ["Today"]),
        ("/", ["Site"]),
        ("/elsewhere/", []),
    ],
)
def test_the_longest_matching_address_is_current(path: str, current: list[str]) -> None:
    assert [item.label for item in navigation(ITEMS, path=path) if item.is_current] == current


def test_a_mark_that_a_view_has_set_stays_alone() -> None:
    items = [NavItem("A", "/a/", is_current=True), NavItem("B", "/b/")]
    assert [item.is_current for item in navigation(items, path="/b/")] == [True, False]
