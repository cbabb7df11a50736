"""What happens to every request before a view sees it.

In order: find the center and the person, and open their scope (`CenterMiddleware`); let the route's gate decide
(`GateMiddleware`); end sessions that sat idle (`IdleMiddleware`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.db import OperationalError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.module_loading import import_string

from openiop.shared import audit
from openiop.shared.access import Actor, Denied, check
from openiop.shared.gate import gate_of
from openiop.shared.scope import entered

GetResponse = Callable[[HttpRequest], HttpResponse]


class CenterRequest(HttpRequest):
    """A request as every view of OpenIOP sees it."""

    actor: Actor
    now: datetime
    """The moment of the request: the one reading of the clock that its actions share."""


DOOR = "openiop_door"


def came_through_door(request: HttpRequest) -> bool:
    """Whether this session began at a door of the demo, where a second factor would keep everyone out."""
    return settings.OPENIOP_DEMO and settings.OPENIOP_BOUND_TO_LOOPBACK and bool(request.session.get(DOOR))


class CenterMiddleware:
    """One transaction per request, inside one center, as one actor."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.enter = import_string(settings.OPENIOP_ENTER)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(settings.STATIC_URL):
            return self.get_response(request)
        try:
            return self._inside(request)
        except OperationalError:
            response = render(request, "503.html", status=503)
            response["Retry-After"] = "5"
            return response

    def _inside(self, request: HttpRequest) -> HttpResponse:
        request.now = timezone.now()  # type: ignore[attr-defined]
        with transaction.atomic():
            entry = self.enter(request)
            if entry is None:
                return render(request, "ui/no_center.html", status=503)
            request.actor, request.center = entry.actor, entry.center  # type: ignore[attr-defined]
            request.needs_second_factor = (  # type: ignore[attr-defined]
                entry.actor.is_staff and not entry.has_factor and not came_through_door(request)
            )
            with (
                entered(entry.center.id, entry.actor, tell_database=False),
                timezone.override(ZoneInfo(entry.center.time_zone)),
            ):
                response = self.get_response(request)
        denied = getattr(request, "denied", None)
        if denied is not None:
            self._note_denial(request, denied)
        if entry.actor.user_id is not None:
            add_never_cache_headers(response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """A view that failed leaves nothing behind; one that was refused leaves a row in the audit trail."""
        transaction.set_rollback(True)
        if isinstance(exception, Denied):
            request.denied = exception  # type: ignore[attr-defined]

    def _note_denial(self, request: HttpRequest, denied: Denied) -> None:
        actor: Actor = request.actor  # type: ignore[attr-defined]
        with transaction.atomic(), entered(actor.center_id, actor, tell_database=True):
            about = denied.subject.client_id if denied.subject else None
            audit.record("access.denied", client_id=about, permission=str(denied.permission))


class GateMiddleware:
    """Deny by default: a view without a gate is closed, whoever wrote it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: object, kwargs: object
    ) -> HttpResponse | None:
        """Let the request through, send it to sign in, or refuse it."""
        gate = gate_of(view)
        if gate is None:
            if getattr(view, "__module__", "").startswith(settings.OPENIOP_OPEN_MODULES):
                return None
            raise Http404
        if gate.permission is None:
            return None
        if not request.user.is_authenticated:  # type: ignore[attr-defined]
            return redirect_to_login(request.get_full_path())
        if request.needs_second_factor:  # type: ignore[attr-defined]
            return redirect("mfa_index")
        try:
            check(request.actor, gate.permission)  # type: ignore[attr-defined]
        except Denied as denied:
            request.denied = denied  # type: ignore[attr-defined]  # Django calls process_exception for views alone
            raise
        return None


class IdleMiddleware:
    """Ends a session after idle time, and after a working day at the latest.

    The server keeps the time of the last deliberate act. A route that a page polls by itself is marked passive by its
    gate; no header, cookie or parameter of a request can make it count or make a check be skipped.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and self._is_over(request):  # type: ignore[attr-defined]
            logout(request)
            if request.headers.get("HX-Request"):
                response = HttpResponse(status=401)
                response["HX-Redirect"] = reverse("account_login") + "?ended=1"
                return response
            return redirect(reverse("account_login") + "?ended=1")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        """Remember this moment, unless the page asked by itself. Written at most twice a minute."""
        if not request.user.is_authenticated:  # type: ignore[attr-defined]
            return
        gate = gate_of(view)
        now = datetime.now(UTC).timestamp()
        if not (gate and gate.passive) and now - request.session.get("seen_at", 0) > 30:
            request.session["seen_at"] = now

    def _is_over(self, request: HttpRequest) -> bool:
        now = datetime.now(UTC).timestamp()
        began = request.session.setdefault("began_at", now)
        seen = request.session.setdefault("seen_at", now)
        idle: timedelta = settings.OPENIOP_IDLE_LIMIT
        return now - seen > idle.total_seconds() or now - began > settings.OPENIOP_SESSION_LIMIT.total_seconds()
