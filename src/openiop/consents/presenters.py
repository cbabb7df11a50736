"""How consents and disclosures are worded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format

from openiop.consents.models import Consent, Disclosure, Information
from openiop.consents.queries import grant_of
from openiop.kernel.timeline import Entry
from openiop.people.models import Client


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """One consent as a page shows it. `tone` is a badge variant."""

    pk: UUID
    who: str
    what: tuple[str, ...]
    why: str
    until: str
    status: str
    tone: str
    is_unsigned: bool
    stands: bool


def words(kinds: Iterable[str]) -> tuple[str, ...]:
    """Kinds of information in plain words, in the order of the form."""
    held = set(kinds)
    return tuple(str(kind.label) for kind in Information if kind in held)


def day(moment: datetime) -> str:
    """A day as people say it: "Nov 23, 2026"."""
    return date_format(timezone.localtime(moment), "M j, Y")


def consent_row(consent: Consent, at: datetime) -> ConsentRow:
    """The strings of one consent."""
    stands = grant_of(consent).stands(at)
    status, tone = _status(consent, stands)
    return ConsentRow(
        pk=consent.pk,
        who=consent.recipient_name,
        what=words(consent.information),
        why=consent.purpose,
        until=day(consent.expires_at) if consent.expires_at else "Treatment ends, or it is taken back",
        status=status,
        tone=tone,
        is_unsigned=consent.signed_at is None,
        stands=stands,
    )


def _status(consent: Consent, stands: bool) -> tuple[str, str]:
    if consent.revoked_at is not None:
        return f"Taken back {day(consent.revoked_at)}", "neutral"
    if consent.signed_at is None:
        return "Waits for a signature", "today"
    if not stands:
        return "Ended", "neutral"
    return f"Signed {day(consent.signed_at)}", "ok"


@dataclass(frozen=True, slots=True)
class DisclosureRow:
    """One line of the list of what went to whom."""

    when: str
    who: str
    what: str
    why: str
    how: str


def disclosure_row(disclosure: Disclosure) -> DisclosureRow:
    """The strings of one disclosure."""
    return DisclosureRow(
        when=day(disclosure.disclosed_at),
        who=disclosure.recipient_name,
        what=", ".join(words(disclosure.information)),
        why=disclosure.purpose,
        how=disclosure.channel,
    )


def timeline(client: Client) -> list[Entry]:
    """Consents signed and taken back. One query."""
    entries = []
    for consent in Consent.objects.filter(client=client, signed_at__isnull=False):
        what = ", ".join(words(consent.information))
        entries.append(Entry(consent.signed_at, "Consent", f"Consent for {consent.recipient_name}", what, icon="lock"))
        if consent.revoked_at:
            title = f"Took back the consent for {consent.recipient_name}"
            entries.append(Entry(consent.revoked_at, "Consent", title, icon="lock"))
    return entries
