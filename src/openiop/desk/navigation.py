"""The navigation of the desk: each person sees the pages that their roles open."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from openiop.shared.access import Actor, Permission
from openiop.ui.navigation import NavItem, navigation

ITEMS = (
    ("Today", "desk:today", "home", Permission.USE_DESK),
    ("Clients", "desk:clients", "people", Permission.FIND_CLIENTS),
    ("Inquiries", "desk:inquiries", "phone", Permission.MANAGE_INQUIRIES),
    ("Schedule", "desk:schedule", "calendar", Permission.USE_DESK),
    ("Census", "desk:census", "clipboard", Permission.FIND_CLIENTS),
    ("Alerts", "desk:alerts", "bell", Permission.HANDLE_ALERTS),
    ("Tracks", "desk:center_tracks", "target", Permission.MANAGE_SCHEDULE),
    ("Center", "desk:center", "settings", Permission.MANAGE_CENTER),
    ("Audit", "desk:audit", "eye", Permission.READ_AUDIT),
)


def items(request: HttpRequest) -> list[NavItem]:
    """The entries that this person may open, in order; none for visitors."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or not actor.is_staff:
        return []
    rows = (row for row in ITEMS if actor.reach(row[3]) is not None)
    return navigation([NavItem(label, reverse(name), icon) for label, name, icon, _ in rows], path=request.path)
