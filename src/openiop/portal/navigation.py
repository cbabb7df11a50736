"""The navigation of this face."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from openiop.ui.navigation import NavItem, navigation

ITEMS = (
    ("Home", "portal:home", "home"),
    ("Schedule", "portal:schedule", "calendar"),
    ("Check in", "portal:check_in", "check-in"),
    ("Plan", "portal:plan", "plan"),
    ("Rewards", "portal:rewards", "rewards"),
)

MORE = (
    ("Your plan", "portal:plan", "plan"),
    ("How it is going", "portal:progress", "chart"),
    ("Your level of care", "portal:level", "steps"),
    ("Who may know", "portal:consents", "lock"),
)


def items(request: HttpRequest) -> list[NavItem]:
    """The five entries at the bottom of a client's phone; none for anyone else."""
    actor = getattr(request, "actor", None)
    if actor is None or actor.client_id is None:
        return []
    return navigation([item for row in ITEMS if (item := _item(*row))], path=request.path)


def more() -> list[NavItem]:
    """The pages that the home page leads to and the bar at the bottom has no room for."""
    return [item for row in MORE if (item := _item(*row))]


def _item(label: str, name: str, icon: str) -> NavItem | None:
    try:
        return NavItem(label, reverse(name), icon)
    except NoReverseMatch:
        return None
