"""From a referral to plain data that a person reviews, and from there to what is kept.

A record is JSON-plain: {"person": {…}, "referrer": {…}, "facts": [{"key", "group", "text", …}], "missing": […]}.
Only `kept` decides what is stored; nothing of a referral is kept without its key.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from openiop.admissions.engine.referral.values import Coverage, Fact, PartialDate, PersonName, Referral

GROUPS = {
    "substance_history": "Substance use history",
    "mental_health_history": "Mental health history",
    "conditions": "Current conditions",
    "medicines": "Medicines",
    "allergies": "Allergies",
    "coverage": "Insurance",
    "contact": "Other names and numbers",
}
NO_KEY = ("key", "group")


def as_record(referral: Referral) -> dict[str, Any]:
    """Everything a reviewer sees, as plain data; each fact has a key to keep it by."""
    rows = [(group, _fact(one)) for group in list(GROUPS)[:5] for one in getattr(referral, group)]
    rows += [("coverage", _coverage(one)) for one in referral.coverage]
    rows += [("contact", {"text": text, "resource": "Patient"}) for text in _contact(referral)]
    facts = [{"key": str(number), "group": group, **row} for number, (group, row) in enumerate(rows)]
    return {
        "person": _person(referral),
        "referrer": {
            "organization": referral.referrer.organization,
            "phone": referral.referrer.phone,
            "practitioner": referral.referrer.practitioner,
        },
        "facts": facts,
        "missing": [*referral.missing, *referral.notes],
        "other_names": [[name.given, name.family] for name in referral.other_names],
        "other_phones": list(referral.other_phones),
    }


def kept(record: Mapping[str, Any], keys: Collection[str]) -> dict[str, Any]:
    """What is stored: the facts with these keys by group, and who referred."""
    chosen: dict[str, Any] = {group: [] for group in GROUPS}
    for fact in record["facts"]:
        if fact["key"] in keys:
            row = {name: value for name, value in fact.items() if value and name not in NO_KEY}
            chosen[fact["group"]].append(row)
    referrer = {name: value for name, value in record["referrer"].items() if value}
    return {name: value for name, value in {**chosen, "referrer": referrer}.items() if value}


def as_referral(record: Mapping[str, Any]) -> Referral:
    """Names, birth date and contact of a record, for comparing with people already known."""
    person = record["person"]
    return Referral(
        name=PersonName(given=person["first_name"], family=person["last_name"]),
        other_names=tuple(PersonName(given=given, family=family) for given, family in record["other_names"]),
        birth_date=PartialDate.parse(person["birth_date"]),
        phone=person["phone"],
        other_phones=tuple(record["other_phones"]),
        email=person["email"],
    )


def _person(referral: Referral) -> dict[str, str]:
    born = referral.birth_date
    language = referral.language
    return {
        "first_name": referral.name.given[:60],
        "last_name": referral.name.family[:60],
        "birth_date": born.iso if born and born.whole else "",
        "sex": referral.sex[:10],
        "phone": referral.phone[:30],
        "email": referral.email[:254],
        "address": str(referral.address)[:200],
        "language": (language.name or "English")[:40],
        "interpreter": "yes" if language.needs_interpreter else "",
        "coverage": next((one.payer for one in referral.coverage if one.payer), "")[:200],
    }


def _fact(fact: Fact) -> dict[str, str]:
    return {
        "text": fact.text,
        "label": fact.category_label,
        "code": fact.code,
        "system": fact.system,
        "resource": fact.resource,
        "status": fact.status,
        "date": str(fact.date or ""),
        "first": str(fact.first) if fact.first and fact.first != fact.date else "",
        "ended": str(fact.ended or ""),
        "note": fact.note,
    }


def _coverage(one: Coverage) -> dict[str, str]:
    parts = (one.payer, one.kind, f"member {one.member_id}" if one.member_id else "")
    return {
        "text": ", ".join(part for part in parts if part),
        "status": one.status,
        "resource": one.source,
        "date": str(one.latest or ""),
    }


def _contact(referral: Referral) -> list[str]:
    names = [f"Also known as {name}" for name in referral.other_names if str(name)]
    phones = [f"Phone {phone}" for phone in referral.other_phones]
    numbers = [f"Record number {one.value}" for one in referral.identifiers]
    return names + phones + numbers
