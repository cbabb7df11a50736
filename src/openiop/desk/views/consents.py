"""A client's consents: who may be told what, offered here and signed by the client; and what was told."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from openiop.consents import actions, queries
from openiop.consents.forms import NameFamily, OfferConsent
from openiop.consents.models import Consent
from openiop.consents.presenters import consent_row, disclosure_row
from openiop.desk import chart
from openiop.kernel.errors import Refusal
from openiop.people import actions as people
from openiop.people.models import Client, FamilyMember
from openiop.people.queries import client_for
from openiop.shared import gate
from openiop.shared.access import Permission
from openiop.shared.idempotency import once
from openiop.shared.middleware import CenterRequest

MANAGE = Permission.MANAGE_CONSENTS


@gate.needs(Permission.USE_DESK)
@require_http_methods(["GET", "POST"])
def consents(request: CenterRequest, pk: UUID) -> HttpResponse:
    """List, and offer a new consent."""
    client = client_for(request.actor, pk, to=MANAGE)
    family = list(client.family.order_by("first_name"))
    form = OfferConsent(request.POST or None, family=family)
    if request.method == "POST" and form.is_valid():
        try:
            _offer(request, client, family, form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal.message, field=refusal.field)
        else:
            messages.success(request, f"{client.called} can now read and sign it in the portal.")
            return redirect("desk:consents", pk)
    return _page(request, client, family, form, NameFamily())


def _offer(request: CenterRequest, client: Client, family: list[FamilyMember], data: dict) -> Consent:
    recipient = next(member for member in family if str(member.pk) == data["recipient"])
    return once(
        data["idempotency_key"],
        "consent.offer",
        Consent,
        lambda: actions.offer(
            client=client,
            recipient=recipient,
            information=data["information"],
            purpose=data["purpose"],
            expires_at=data["expires_on"],
            by=request.actor,
            at=request.now,
        ),
    )


def _page(
    request: CenterRequest, client: Client, family: list[FamilyMember], form: OfferConsent, name_form: NameFamily
) -> HttpResponse:
    context = {
        "chart": chart.header(client, current="consents"),
        "client": client,
        "family": family,
        "form": form,
        "name_form": name_form,
        "consents": [consent_row(consent, request.now) for consent in queries.consents_of(client)],
        "disclosures": [disclosure_row(row) for row in queries.disclosures_of(client)[:50]],
    }
    status = 422 if form.errors or name_form.errors else 200
    return render(request, "desk/consents/consents.html", context, status=status)


@gate.needs(Permission.USE_DESK)
@require_POST
def name_family(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Add someone the client names. It opens nothing by itself."""
    client = client_for(request.actor, pk, to=MANAGE)
    form = NameFamily(request.POST)
    if form.is_valid():
        details = dict(form.cleaned_data)
        key = details.pop("idempotency_key")
        try:
            once(
                key,
                "family.add",
                FamilyMember,
                lambda: people.add_family_member(client=client, by=request.actor, at=request.now, **details),
            )
        except Refusal as refusal:
            form.refuse(refusal.message, field=refusal.field)
        else:
            return redirect("desk:consents", pk)
    family = list(client.family.order_by("first_name"))
    return _page(request, client, family, OfferConsent(family=family), form)


@gate.needs(Permission.USE_DESK)
@require_POST
def revoke(request: CenterRequest, pk: UUID, consent_pk: UUID) -> HttpResponse:
    """Take a consent back on the client's word, at once."""
    client = client_for(request.actor, pk, to=MANAGE)
    try:
        actions.revoke(consent=queries.consent_of(client, consent_pk), by=request.actor, at=request.now)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "Taken back. It opens nothing from now on.")
    return redirect("desk:consents", pk)
