"""The family portal: what consents open, and help for families whether or not anything is open."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from openiop.consents.actions import note_disclosure
from openiop.consents.models import Consent, Information
from openiop.consents.queries import family_member, opened_by, standing_consents
from openiop.consents.rules import NOTICE
from openiop.family.presenters import Shared, shared
from openiop.people.models import FamilyMember
from openiop.shared import audit, gate
from openiop.shared.access import Permission
from openiop.shared.middleware import CenterRequest


@gate.needs(Permission.USE_FAMILY_PORTAL)
@require_GET
def home(request: CenterRequest) -> HttpResponse:
    """The first page. Without a standing consent it says nothing about anyone."""
    member = family_member(request.actor)
    consents = standing_consents(member, request.now)
    context = {"opened": _open(request, member, consents) if consents else None, "notice": NOTICE}
    return render(request, "family/home.html", context)


def _open(request: CenterRequest, member: FamilyMember, consents: list[Consent]) -> Shared:
    """Gather what is open, and write down that it was told."""
    opened = opened_by(consents, request.now)
    for consent in consents:
        note_disclosure(
            client=member.client,
            consent=consent,
            recipient_name=consent.recipient_name,
            information=[Information(kind) for kind in consent.information],
            purpose=consent.purpose,
            channel="Family portal",
            by=request.actor,
            at=request.now,
        )
    audit.record("family.looked", member, information=sorted(opened))
    return shared(member.client, opened, request.now)


@gate.needs(Permission.USE_FAMILY_PORTAL)
@require_GET
def learn(request: CenterRequest) -> HttpResponse:
    """What helps families: open to everyone, whatever is consented to."""
    return render(request, "family/learn.html")


@gate.needs(Permission.USE_FAMILY_PORTAL)
@require_GET
def contact(request: CenterRequest) -> HttpResponse:
    """How to reach the center, and help for oneself."""
    return render(request, "family/contact.html")
