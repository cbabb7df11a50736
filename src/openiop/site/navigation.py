"""The navigation of this face."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from openiop.ui.navigation import NavItem, navigation

ITEMS = (
    ("About IOPs", "site:what-is-iop", "question"),
    ("Levels", "site:levels-of-care", "steps"),
    ("Treatment", "site:treatment", "people"),
    ("Times", "site:times", "clock"),
    ("Questions", "site:questions", "chat"),
    ("Families", "site:families", "heart"),
)


def items(request: HttpRequest) -> list[NavItem]:
    """The entries, in order."""
    return navigation([NavItem(label, reverse(name), icon) for label, name, icon in ITEMS], path=request.path)
