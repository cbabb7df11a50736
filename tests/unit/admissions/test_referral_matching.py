"""A referral against people already known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from openiop.admissions.engine.referral import (
    Identifier,
    KnownPerson,
    PartialDate,
    PersonName,
    Referral,
    match_score,
    possible_matches,
)

REFERRAL = Referral(
    name=PersonName("María Elena", "Núñez"),
    birth_date=PartialDate(1988, 6, 30),
    phone="+1 (617) 555-0123",
    email="Maria@Example.org",
    identifiers=(Identifier("urn:hospital", "A-100"),),
)
BORN = date(1988, 6, 30)


def known(given: str = "Else", family: str = "Where", **fields: Any) -> KnownPerson:
    return KnownPerson(key="k", given=given, family=family, **fields)


@pytest.mark.parametrize(
    ("person", "reason"),
    [
        (known("maria elena", "NUNEZ", birth_date=BORN), "Same birth date, same name"),
        (known("Núñez", "María Elena", birth_date=BORN), "Same birth date, same names in the other order"),
        (known("Maria", "Nunez", birth_date=BORN), "Same birth date, same family name and first given name"),
        (known("Maria Elena", "Nunes", birth_date=BORN), "Same birth date, similar name"),
        (known("Maria Elena", "Nunez"), "Same name; no birth date to compare"),
        (known(phones=("617.555.0123",)), "Same phone number"),
        (known(emails=("maria@example.org",)), "Same email"),
        (known(identifiers=(Identifier("", "a-100"),)), "Same medical record number"),
    ],
)
def test_each_likeness_is_found_and_said_in_words(person: KnownPerson, reason: str) -> None:
    (match,) = possible_matches(REFERRAL, [person])
    assert reason in match.reasons
    assert 30 <= match.score <= 100


@pytest.mark.parametrize(
    "person",
    [
        known("John", "Smith", birth_date=BORN),
        known("Maria Elena", "Nunez", birth_date=date(1990, 1, 1)),
        known("", "", birth_date=BORN),
        known(phones=("",), emails=("",)),
        known(identifiers=(Identifier("urn:other", "A-100"),)),
    ],
)
def test_strangers_are_no_match(person: KnownPerson) -> None:
    assert match_score(REFERRAL, person) == 0
    assert possible_matches(REFERRAL, [person]) == ()


def test_the_surest_match_comes_first_and_different_birth_dates_are_said() -> None:
    sure = replace(known("María Elena", "Núñez", birth_date=BORN, phones=("6175550123",)), key="sure")
    relative = replace(known("Ana", "Núñez", birth_date=date(1960, 1, 1), phones=("6175550123",)), key="relative")
    first, second = possible_matches(REFERRAL, [relative, sure])
    assert (first.person.key, first.score) == ("sure", 100)
    assert "But the birth dates differ." in second.reasons


def test_a_birth_year_alone_counts_for_less() -> None:
    partial = replace(REFERRAL, birth_date=PartialDate(1988))
    person = known("Maria Elena", "Nunez", birth_date=BORN)
    assert 30 <= match_score(partial, person) < match_score(REFERRAL, person)


def test_an_empty_referral_matches_nobody() -> None:
    assert possible_matches(Referral(), [known("", ""), known("Maria", "Nunez", phones=("6175550123",))]) == ()
