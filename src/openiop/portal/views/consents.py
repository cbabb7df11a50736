"""The client decides who may know: read, sign, take back, and see what was told."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from openiop.consents import actions, queries
from openiop.consents.forms import SignConsent
from openiop.consents.models import Consent
from openiop.consents.presenters import consent_row, disclosure_row
from openiop.kernel.errors import Refusal
from openiop.people.queries import own_record
from openiop.shared import gate
from openiop.shared.access import Permission
from openiop.shared.middleware import CenterRequest


@gate.needs(Permission.USE_PORTAL)
@require_GET
def consents(request: CenterRequest) -> HttpResponse:
    """All consents, and the list of what was told."""
    client = own_record(request.actor)
    context = {
        "consents": [consent_row(consent, request.now) for consent in queries.consents_of(client)],
        "disclosures": [disclosure_row(row) for row in queries.disclosures_of(client)[:50]],
    }
    return render(request, "portal/consents.html", context)


@gate.needs(Permission.USE_PORTAL)
@require_http_methods(["GET", "POST"])
def consent(request: CenterRequest, pk: UUID) -> HttpResponse:
    """One consent: what it would open, sign it, or take it back."""
    found = queries.consent_of(own_record(request.actor), pk)
    if "revoke" in request.POST:
        return _revoke(request, found)
    form = SignConsent(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.sign(consent=found, name=form.cleaned_data["name"], by=request.actor, at=request.now)
        except Refusal as refusal:
            form.refuse(refusal.message, field=refusal.field)
        else:
            messages.success(request, "Signed. You can take it back at any time.")
            return redirect("portal:consents")
    context = {"row": consent_row(found, request.now), "form": form}
    return render(request, "portal/consent.html", context, status=422 if form.errors else 200)


def _revoke(request: CenterRequest, found: Consent) -> HttpResponse:
    try:
        actions.revoke(consent=found, by=request.actor, at=request.now)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "Taken back. They see nothing from now on.")
    return redirect("portal:consents")
