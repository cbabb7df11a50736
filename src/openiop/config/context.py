"""What every page is given: its center, who is looking, and the navigation of the face it belongs to."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

NAVIGATION = {
    "desk": "openiop.desk.navigation.items",
    "portal": "openiop.portal.navigation.items",
    "family": "openiop.family.navigation.items",
}
PUBLIC_NAVIGATION = "openiop.site.navigation.items"


def page(request: HttpRequest) -> dict[str, Any]:
    """Context of every template; works on error pages too, where nothing may be known."""
    face = request.path.split("/")[1]
    items = import_string(NAVIGATION.get(face, PUBLIC_NAVIGATION))
    return {
        "center": getattr(request, "center", None),
        "actor": getattr(request, "actor", None),
        "nav_items": items(request),
        "is_demo": settings.OPENIOP_DEMO,
    }
