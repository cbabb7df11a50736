"""What a set of consents opens. Deny is the default: nothing is open that no standing consent names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

VERSION = "2026-11"
SOURCE = "42 CFR 2.31 (elements of a written consent), 2.31(c) (expired, deficient or revoked consents), 2.33"

# The short form of the notice that goes with each disclosure made with consent (42 CFR 2.32).
NOTICE = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
NOTICE_VERSION = "2.32-short-2024"


@dataclass(frozen=True, slots=True)
class Grant:
    """One consent as the rule sees it. `information` holds the kinds it opens; times are aware datetimes."""

    information: frozenset[str]
    signed_at: datetime | None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    def stands(self, at: datetime) -> bool:
        """Signed by then, not yet expired, not yet revoked."""
        if self.signed_at is None or self.signed_at > at:
            return False
        if self.expires_at is not None and self.expires_at <= at:
            return False
        return self.revoked_at is None or self.revoked_at > at


def opened(grants: Iterable[Grant], at: datetime) -> frozenset[str]:
    """The kinds of information that at least one standing consent opens at that moment."""
    return frozenset().union(*(grant.information for grant in grants if grant.stands(at)))
