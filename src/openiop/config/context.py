"""What every page is given: its center, who is looking, and the navigation of the face it belongs to."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string

from openiop.shared.access import EMERGENCY_OPENS, ROLES, Denied, Permission
from openiop.site.doors import doors_for
from openiop.ui.navigation import NavItem

NAVIGATION = {
    "desk": "openiop.desk.navigation.items",
    "portal": "openiop.portal.navigation.items",
    "family": "openiop.family.navigation.items",
}
PUBLIC_NAVIGATION = "openiop.site.navigation.items"


def page(request: HttpRequest) -> dict[str, Any]:
    """Context of every template; works on error pages too, where nothing may be known."""
    face = request.path.split("/")[1]
    actor = getattr(request, "actor", None)
    items = import_string(NAVIGATION.get(face, PUBLIC_NAVIGATION))
    return {
        "center": getattr(request, "center", None),
        "actor": actor,
        "nav_items": items(request),
        "home_url": f"/{face}/" if face in NAVIGATION else "/",
        "help_url": "/portal/help/" if face == "portal" else "",
        "is_demo": settings.OPENIOP_DEMO,
        "callback_url": reverse("site:callback"),
        "user_label": actor.name if actor else "",
        "may_find_clients": actor is not None and actor.reach(Permission.FIND_CLIENTS) is not None,
        "user_menu": [NavItem("Sign-in and security", reverse("mfa_index"), "lock")],
        "user_role": ROLES[min(actor.roles)].label if actor and actor.roles else "",
        "emergency_url": emergency_url(request),
        "doors": SimpleLazyObject(lambda: doors_for(request)),
        "passkey_attrs": {"form": "mfa_login", "id": "passkey_login"},
    }


def emergency_url(request: HttpRequest) -> str:
    """Where a refused clinician may open this chart in an emergency; empty where there is no such way."""
    denied: Denied | None = getattr(request, "denied", None)
    if denied is None or denied.subject is None or denied.permission not in EMERGENCY_OPENS:
        return ""
    if request.actor.reach(Permission.READ_CHART) is None:  # type: ignore[attr-defined]
        return ""
    return reverse("desk:emergency", args=[denied.subject.client_id])
