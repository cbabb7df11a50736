"""Read a hospital's referral, a FHIR R4 bundle, into values for a person to review.

`read_referral(data)` answers with a frozen `Referral` or raises `Refusal` with one sentence; it never raises anything
else, whatever the bytes. `possible_matches` compares a referral with people already known. Nothing here keeps anything.
"""

from __future__ import annotations

from openiop.admissions.engine.referral.matching import match_score, possible_matches
from openiop.admissions.engine.referral.parsing import MAX_BYTES
from openiop.admissions.engine.referral.reader import read_referral
from openiop.admissions.engine.referral.values import (
    Address,
    Coverage,
    Fact,
    Identifier,
    KnownPerson,
    Language,
    Match,
    PartialDate,
    PersonName,
    Referral,
    Referrer,
)

__all__ = [
    "MAX_BYTES",
    "Address",
    "Coverage",
    "Fact",
    "Identifier",
    "KnownPerson",
    "Language",
    "Match",
    "PartialDate",
    "PersonName",
    "Referral",
    "Referrer",
    "match_score",
    "possible_matches",
    "read_referral",
]
