"""Is the person referred someone the center already knows? Scores and reasons; a person decides.

Evidence adds up to at most 100 points. Names are compared without accents, case, spaces and punctuation; no table of
nicknames is used, because it would favor the names of one culture.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache

from openiop.admissions.engine.referral.values import KnownPerson, Match, PersonName, Referral

SHOWN_FROM = 30  # points below which a likeness is not worth a person's time
SIMILAR = 0.8  # ratio of equal letters: Núñez and Nunes are alike, Kathryn and Katharine (0.75) are not

Evidence = tuple[int, str]


def possible_matches(referral: Referral, known: Iterable[KnownPerson]) -> tuple[Match, ...]:
    """Known people who may be the one referred, most likely first; each with its reasons in words."""
    found = (_compare(referral, one) for one in known)
    return tuple(sorted((m for m in found if m.score >= SHOWN_FROM), key=lambda m: (-m.score, m.person.key)))


def match_score(referral: Referral, person: KnownPerson) -> int:
    """0 (nothing in common) to 100 (surely the same)."""
    return _compare(referral, person).score


def _compare(referral: Referral, person: KnownPerson) -> Match:
    evidence = [*_record_number(referral, person), *_name_and_birth(referral, person), *_contact(referral, person)]
    score = min(100, sum(points for points, _ in evidence))
    reasons = tuple(reason for _, reason in evidence)
    sent = referral.birth_date
    if evidence and sent and sent.whole and person.birth_date and sent.whole != person.birth_date:
        reasons += ("But the birth dates differ.",)
        score = min(score, 60)
    return Match(person, score, reasons)


def _record_number(referral: Referral, person: KnownPerson) -> list[Evidence]:
    same = any(
        mine.value.casefold() == theirs.value.casefold()
        and (mine.system == theirs.system or not mine.system or not theirs.system)
        for mine in referral.identifiers
        for theirs in person.identifiers
    )
    return [(95, "Same medical record number")] if same else []


def _name_and_birth(referral: Referral, person: KnownPerson) -> list[Evidence]:
    born = referral.birth_date
    same_day = bool(born and born.whole and born.whole == person.birth_date)
    points, words = _best_name(referral, person)
    if not points:
        return []
    if same_day:
        return [(points, f"Same birth date, {words}")]
    partly = bool(born and not born.day and person.birth_date and _fits(born.year, born.month, person))
    if partly:
        return [(points // 2, f"Birth date fits as far as it is given, {words}")]
    unknown = born is None or person.birth_date is None
    return [(35, f"{words.capitalize()}; no birth date to compare")] if unknown and points >= 90 else []


def _fits(year: int, month: int, person: KnownPerson) -> bool:
    held = person.birth_date
    return held is not None and held.year == year and month in (0, held.month)


def _best_name(referral: Referral, person: KnownPerson) -> Evidence:
    theirs = (PersonName(person.given, person.family), *person.other_names)
    pairs = [(mine, other) for mine in (referral.name, *referral.other_names) for other in theirs]
    return max((_names(mine, other) for mine, other in pairs), default=(0, ""))


def _names(one: PersonName, two: PersonName) -> Evidence:
    """The first likeness that holds, the strongest first."""
    (g1, f1), (g2, f2) = (_letters(one.given), _letters(one.family)), (_letters(two.given), _letters(two.family))
    if not (g1 or f1) or not (g2 or f2):
        return 0, ""
    likenesses = (
        ((g1, f1) == (g2, f2), 95, "same name"),
        ((g1, f1) == (f2, g2), 90, "same names in the other order"),
        (f1 == f2 and _starts_alike(one.given, two.given), 85, "same family name and first given name"),
        (_alike(f1, f2) and _alike(g1, g2), 75, "similar name"),
        (g1 == g2, 45, "same given name"),
        (f1 == f2, 45, "same family name"),
    )
    return next(((points, words) for holds, points, words in likenesses if holds), (0, ""))


def _starts_alike(one: str, two: str) -> bool:
    """ "Maria" and "Maria Elena"."""
    firsts = [_letters(name.split()[0]) if name.split() else "" for name in (one, two)]
    return bool(firsts[0]) and firsts[0] == firsts[1]


@lru_cache(maxsize=8192)
def _letters(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(char for char in plain if char.isalnum())


def _alike(one: str, two: str) -> bool:
    return bool(one and two) and SequenceMatcher(None, one, two, autojunk=False).ratio() >= SIMILAR


def _contact(referral: Referral, person: KnownPerson) -> list[Evidence]:
    numbers = {_digits(phone) for phone in (referral.phone, *referral.other_phones)} - {""}
    found = [(50, "Same phone number")] if numbers & {_digits(phone) for phone in person.phones} else []
    mail = referral.email.casefold()
    if mail and mail in {email.strip().casefold() for email in person.emails}:
        found.append((55, "Same email"))
    return found


def _digits(phone: str) -> str:
    """The last ten digits, so that +1 and punctuation make no difference; "" if fewer than seven."""
    digits = "".join(char for char in phone if char in "0123456789")
    return digits[-10:] if len(digits) >= 7 else ""
