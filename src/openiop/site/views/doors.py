"""The demo's doors, and the way from sign-in to the right face."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from openiop.accounts.models import User
from openiop.shared import gate
from openiop.shared.access import Permission
from openiop.shared.middleware import DOOR, CenterRequest
from openiop.site.doors import DOORS, doors_are_open


@gate.public
@require_POST
def enter(request: HttpRequest, role: str) -> HttpResponse:
    """Sign in as the person behind one door."""
    if role not in DOORS or not doors_are_open(request):
        raise Http404
    user = get_object_or_404(User, email=DOORS[role].email)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session[DOOR] = True
    return redirect("site:welcome")


@gate.public
def closed(request: HttpRequest) -> HttpResponse:
    """A page of allauth that a center does not offer: addresses and first passwords go through the center's people."""
    raise Http404


FIRST_PAGES = (
    (Permission.USE_PORTAL, "portal:home"),
    (Permission.USE_FAMILY_PORTAL, "family:home"),
    (Permission.READ_CHART, "desk:today"),
    (Permission.MANAGE_INQUIRIES, "desk:inquiries"),
    (Permission.MANAGE_CENTER, "desk:center"),
    (Permission.MANAGE_SCHEDULE, "desk:schedule"),
    (Permission.USE_DESK, "desk:today"),
)


@gate.public
@require_GET
def welcome(request: CenterRequest) -> HttpResponse:
    """Send someone who has just signed in to the first page of their work."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    if request.needs_second_factor:  # type: ignore[attr-defined]
        return redirect("mfa_index")
    first = next((page for permission, page in FIRST_PAGES if request.actor.reach(permission)), "site:home")
    return redirect(first)
