"""Call me back: the public way to a person."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from openiop.admissions.actions import receive_inquiry
from openiop.admissions.forms import Callback
from openiop.admissions.models import Inquiry, Source
from openiop.admissions.rules import call_back_words
from openiop.shared import gate
from openiop.shared.idempotency import once
from openiop.shared.middleware import CenterRequest
from openiop.site.self_check_token import unsign

MOST_AN_HOUR = 5
HOUR = 3600


@gate.public
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def callback(request: CenterRequest) -> HttpResponse:
    """The form; with answers of the self-check if the person chose to bring them; then a warm thank-you."""
    brought = request.POST.get("self_check", "")
    if request.method != "POST" or "reach" not in request.POST:
        return _page(request, Callback(initial=_known(brought)), brought)
    form = Callback(request.POST)
    if not form.is_valid():
        return _page(request, form, brought, status=422)
    if _asked_too_often(request):
        return _page(request, form, brought, status=429, too_often=True)
    inquiry = once(
        form.cleaned_data["idempotency_key"],
        "inquiry",
        Inquiry,
        lambda: receive_inquiry(
            source=Source.WEB, self_check=_shared(brought), by=request.actor, at=request.now, **form.inquiry()
        ),
    )
    # The answer to the form itself: nothing about the visitor is kept in a session or an address, and sending the
    # form again by a reload finds the same inquiry.
    context = {
        "name": form.cleaned_data["first_name"],
        "safe": inquiry.safe_contact,
        "when": call_back_words(timezone.localtime(request.now)),
    }
    return render(request, "site/inquiry/thanks.html", context)


def _page(
    request: CenterRequest, form: Callback, brought: str, *, status: int = 200, too_often: bool = False
) -> HttpResponse:
    context = {"form": form, "brings_answers": unsign(brought) is not None, "too_often": too_often}
    return render(request, "site/inquiry/callback.html", context, status=status)


def _known(token: str) -> dict[str, str]:
    """What the self-check has asked already is not asked again."""
    held = unsign(token)
    return {"self_check": token, "who": str(held.who)} if held else {}


def _shared(token: str) -> dict[str, Any]:
    """The self-check answers that the person brought along, as plain data; nothing if there are none."""
    held = unsign(token)
    return (
        {"who": str(held.who), "answers": {key: list(values) for key, values in held.answers.items()}} if held else {}
    )


def _asked_too_often(request: CenterRequest) -> bool:
    """More requests from one address than people make. The address itself is not kept, only a keyed hash of it."""
    ip = get_adapter(request).get_client_ip(request)
    key = f"callback:{sha256(f'{settings.SECRET_KEY}{ip}'.encode()).hexdigest()[:32]}"
    count = cache.get(key, 0) + 1
    cache.set(key, count, HOUR)
    return count > MOST_AN_HOUR
