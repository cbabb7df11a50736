"""The navigation of this face."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from openiop.ui.navigation import NavItem, navigation

ITEMS = (
    ("Home", "portal:home", "home"),
    ("Schedule", "portal:schedule", "calendar"),
    ("Check in", "portal:check_in", "check-in"),
    ("Plan", "portal:plan", "plan"),
    ("Rewards", "portal:rewards", "rewards"),
)

MORE = (
    ("How it is going", "portal:progress", "chart"),
    ("Your level of care", "portal:level", "steps"),
    ("Who may know", "portal:consents", "lock"),
)


def items(request: HttpRequest) -> list[NavItem]:
    """The five entries at the bottom of a client's phone; none for anyone else."""
    actor = getattr(request, "actor", None)
    if actor is None or actor.client_id is None:
        return []
    return navigation([NavItem(label, reverse(name), icon) for label, name, icon in ITEMS], path=request.path)


def more() -> list[NavItem]:
    """The pages that the home page leads to and the bar at the bottom has no room for."""
    return [NavItem(label, reverse(name), icon) for label, name, icon in MORE]
