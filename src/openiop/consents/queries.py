"""Reads of consents and of what was disclosed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from openiop.consents.models import Consent, Disclosure, Information
from openiop.consents.rules import Grant, opened
from openiop.people.models import Client, FamilyMember
from openiop.shared.access import Actor


def consents_of(client: Client) -> list[Consent]:
    """The client's consents, newest first."""
    return list(Consent.objects.filter(client=client).select_related("recipient").order_by("-created_at"))


def consent_of(client: Client, pk: UUID) -> Consent:
    """One consent of this client."""
    consent = Consent.objects.filter(client=client, pk=pk).first()
    if consent is None:
        raise Http404("No such consent")
    return consent


def disclosures_of(client: Client) -> QuerySet[Disclosure]:
    """What left the program, newest first."""
    return Disclosure.objects.filter(client=client).order_by("-disclosed_at")


def family_member(actor: Actor) -> FamilyMember:
    """The signed-in family member."""
    if actor.family_id is None:
        raise Http404("Not a family member")
    return FamilyMember.objects.select_related("client").get(pk=actor.family_id)


def grant_of(consent: Consent) -> Grant:
    """A stored consent as the rule sees it."""
    return Grant(frozenset(consent.information), consent.signed_at, consent.expires_at, consent.revoked_at)


def standing_consents(member: FamilyMember, at: datetime) -> list[Consent]:
    """The consents that open something to this family member now; none of a record that was removed."""
    consents = Consent.objects.filter(client_id=member.client_id, recipient=member, client__removed_at=None)
    return [consent for consent in consents if grant_of(consent).stands(at)]


def opened_to(member: FamilyMember, at: datetime) -> frozenset[Information]:
    """The kinds of information this family member may be told now."""
    return opened_by(standing_consents(member, at), at)


def opened_by(consents: Iterable[Consent], at: datetime) -> frozenset[Information]:
    """The same from consents at hand."""
    return frozenset(Information(kind) for kind in opened([grant_of(consent) for consent in consents], at))
