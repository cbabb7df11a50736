"""The navigation of this face."""

from __future__ import annotations

from django.http import HttpRequest

from openiop.ui.navigation import NavItem


def items(request: HttpRequest) -> list[NavItem]:
    """The entries, in order."""
    return []
