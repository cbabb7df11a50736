"""The person: name, contact, language, numbers. Parts that are marked old or ended are used last or not at all."""

from __future__ import annotations

import re

from openiop.admissions.engine.referral.codes import code_book
from openiop.admissions.engine.referral.elements import Node, concept, nodes, strings, text
from openiop.admissions.engine.referral.values import Address, Identifier, Language, PersonName

GLUED_DIGITS = re.compile(r"(?<=[^\W\d_])\d+\b")  # test systems write "Maria123"; no one is called so
SEXES = {"male", "female", "other", "unknown"}
NAME_ORDER = ("official", "usual", "", "temp", "nickname", "anonymous", "maiden", "old")
PHONE_ORDER = ("mobile", "home", "", "temp", "work")
ADDRESS_ORDER = ("home", "", "temp", "work", "billing")
MRN_CODES = {"MR", "MRN"}
PRIVATE_SYSTEMS = ("us-ssn", "passport", "2.16.840.1.113883.4.1")  # never leave the file
INTERPRETER = "patient-interpreterrequired"


def names(patient: Node) -> tuple[PersonName, ...]:
    """Every name, the one to use first, without repeats."""
    found = [_name(node) for node in _ordered(patient, "name", NAME_ORDER)]
    return tuple(dict.fromkeys(name for name in found if str(name)))


def _name(node: Node) -> PersonName:
    given, family = " ".join(strings(node, "given", 80))[:120], text(node, "family", 80)
    sent = text(node, "text", 200) or f"{given} {family}".strip()
    if not given and not family and sent:
        last, comma, first = sent.partition(",")
        given, family = (first.strip(), last.strip()) if comma else (sent.rpartition(" ")[0], sent.rpartition(" ")[2])
    return PersonName(_without_digits(given), _without_digits(family), sent)


def _without_digits(name: str) -> str:
    return GLUED_DIGITS.sub("", name).strip()


def sex(patient: Node) -> str:
    value = text(patient, "gender", 20).lower()
    return value if value in SEXES else ""


def marital_status(patient: Node) -> str:
    """In words; the file often repeats the one-letter code as its words."""
    status = concept(patient.get("maritalStatus"))
    words = "" if status.words == status.code else status.words
    return code_book().marital.get(status.code.upper(), "") or words


def phones(patient: Node) -> tuple[str, ...]:
    """Phone numbers as sent, mobile first."""
    return _telecom(patient, {"phone", "sms"}, PHONE_ORDER)


def emails(patient: Node) -> tuple[str, ...]:
    found = _telecom(patient, {"email"}, ("home", "", "mobile", "temp", "work"))
    return tuple(one for one in found if "@" in one)


def _telecom(patient: Node, systems: set[str], order: tuple[str, ...]) -> tuple[str, ...]:
    points = [node for node in _ordered(patient, "telecom", order) if text(node, "system") in systems]
    values = (text(node, "value", 120).removeprefix("tel:").removeprefix("mailto:") for node in points)
    return tuple(dict.fromkeys(value for value in values if value))


def address(patient: Node) -> Address:
    found = next(iter(_ordered(patient, "address", ADDRESS_ORDER)), {})
    line = ", ".join(strings(found, "line", 120))[:200] or text(found, "text", 200)
    parts = (text(found, key, 80) for key in ("city", "state", "postalCode", "country"))
    return Address(line, *parts)


def language(patient: Node) -> Language:
    """The preferred language, else the first one named."""
    spoken = nodes(patient, "communication")
    chosen = next((one for one in spoken if one.get("preferred") is True), spoken[0] if spoken else {})
    words = concept(chosen.get("language"))
    asked = any(
        text(one, "url").lower().endswith(INTERPRETER) and one.get("valueBoolean") is True
        for one in nodes(patient, "extension")
    )
    code, name = words.code, words.words or words.code
    english = code.lower().split("-")[0] in {"en", "eng"} if code else name.lower().startswith("english")
    return Language(code, name, needs_interpreter=asked or bool(name and not english))


def identifiers(patient: Node) -> tuple[Identifier, ...]:
    """Medical record numbers; numbers without a type only if there are no typed ones."""
    every = [(node, concept(node.get("type"))) for node in nodes(patient, "identifier")]
    typed = [node for node, kind in every if kind.code.upper() in MRN_CODES]
    untyped = [node for node, kind in every if not kind.code and not kind.words]
    found = (Identifier(text(node, "system", 200), text(node, "value", 80)) for node in typed or untyped)
    return tuple(
        dict.fromkeys(
            one for one in found if one.value and not any(part in one.system.lower() for part in PRIVATE_SYSTEMS)
        )
    )


def _ordered(patient: Node, key: str, order: tuple[str, ...]) -> list[Node]:
    """The parts under `key`, by `use` in the given order; ended ones and unlisted uses such as "old" are left out."""
    current = [node for node in nodes(patient, key) if not any(text(p, "end") for p in nodes(node, "period"))]
    listed = [node for node in current if text(node, "use", 20) in order]
    return sorted(listed, key=lambda node: (order.index(text(node, "use", 20)), _rank(node)))


def _rank(node: Node) -> int:
    rank = node.get("rank")
    return rank if isinstance(rank, int) and not isinstance(rank, bool) else 99
