"""The navigation of the family portal."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from openiop.ui.navigation import NavItem, navigation


def items(request: HttpRequest) -> list[NavItem]:
    """The three pages."""
    pages = [
        NavItem("Home", reverse("family:home"), "home"),
        NavItem("Learn", reverse("family:learn"), "book"),
        NavItem("Contact", reverse("family:contact"), "phone"),
    ]
    return navigation(pages, path=request.path)
