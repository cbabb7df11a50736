"""Writes of consents: offered, signed by the client alone, revoked at once; and the ledger of disclosures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from openiop.consents.models import Consent, Disclosure, Information
from openiop.consents.rules import NOTICE_VERSION
from openiop.kernel.errors import Refusal
from openiop.people.models import Client, FamilyMember
from openiop.shared import audit
from openiop.shared.access import Actor


@transaction.atomic
def offer(
    *,
    client: Client,
    recipient: FamilyMember,
    information: Iterable[str],
    purpose: str,
    by: Actor,
    at: datetime,
    expires_at: datetime | None = None,
) -> Consent:
    """Write a consent for the client to read and sign. It opens nothing until then."""
    if recipient.client_id != client.pk:
        raise Refusal("Choose someone whom this client named.", field="recipient")
    if expires_at is not None and expires_at <= at:
        raise Refusal("Choose an end date that is still to come.", field="expires_on")
    consent = Consent.objects.create(
        client=client,
        recipient=recipient,
        recipient_name=f"{recipient.name} ({recipient.relation.lower()})",
        information=sorted(set(information)),
        purpose=purpose,
        expires_at=expires_at,
    )
    audit.record("consent.offered", consent)
    return consent


@transaction.atomic
def sign(*, consent: Consent, name: str, by: Actor, at: datetime) -> Consent:
    """The client signs by typing their name. Nobody can sign for them."""
    held = Consent.objects.select_for_update().get(pk=consent.pk)
    if by.client_id != held.client_id or by.user_id is None:
        raise Refusal("Only the client can sign this, after signing in.")
    if held.signed_at is not None:
        raise Refusal("This is already signed.")
    if held.expires_at is not None and held.expires_at <= at:
        raise Refusal("This ended before it was signed. Ask your counselor for a new one.")
    if " ".join(name.split()).casefold() != by.name.casefold():
        raise Refusal(f"Type your name as we have it: {by.name}.", field="name")
    held.signed_at, held.signed_name, held.signed_by_id = at, by.name, by.user_id
    held.save(update_fields=["signed_at", "signed_name", "signed_by"])
    audit.record("consent.signed", held)
    return held


@transaction.atomic
def revoke(*, consent: Consent, by: Actor, at: datetime) -> Consent:
    """Take a consent back. It opens nothing from the next request on; what was told before stays in the list."""
    held = Consent.objects.select_for_update().get(pk=consent.pk)
    if held.signed_at is None:
        raise Refusal("This was never signed, so there is nothing to take back.")
    if held.revoked_at is None:
        held.revoked_at, held.revoked_by_id = at, by.user_id
        held.save(update_fields=["revoked_at", "revoked_by"])
        audit.record("consent.revoked", held)
    return held


@transaction.atomic
def note_disclosure(
    *,
    client: Client,
    consent: Consent | None,
    recipient_name: str,
    information: Iterable[Information],
    purpose: str,
    channel: str,
    by: Actor,
    at: datetime,
) -> Disclosure | None:
    """Record that information left the program. Looking at the same page again the same day is one disclosure."""
    kinds = sorted(str(kind) for kind in information)
    day = timezone.localdate(at)
    known = Disclosure.objects.filter(
        client=client, consent=consent, recipient_name=recipient_name, information=kinds, channel=channel, day=day
    )
    if not kinds or known.exists():
        return known.first()
    made = Disclosure.objects.create(
        client=client,
        consent=consent,
        recipient_name=recipient_name,
        information=kinds,
        purpose=purpose,
        channel=channel,
        notice=NOTICE_VERSION,
        day=day,
        disclosed_at=at,
    )
    audit.record("information.disclosed", made, information=kinds, channel=channel)
    return made
