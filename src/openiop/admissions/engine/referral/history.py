"""What happened: every statement about substances or mental health, current conditions, medicines and allergies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from openiop.admissions.engine.referral.bundle import Bundle
from openiop.admissions.engine.referral.codes import Category, code_book
from openiop.admissions.engine.referral.elements import (
    Concept,
    Node,
    concept,
    concepts,
    first_date,
    nodes,
    status_code,
    text,
    tidy,
)
from openiop.admissions.engine.referral.values import Fact, PartialDate

REFUTED = {"refuted", "entered-in-error"}
CURRENT = {"active", "recurrence", "relapse"}
CURRENT_MEDICINE = {"active", "on-hold", "unknown", "intended", "draft", ""}
EARLIEST = PartialDate(1)
CODE_ONLY = "Code "
SEMANTIC_TAG = re.compile(r" \((disorder|finding|procedure|situation|regime/therapy|morphologic abnormality|event)\)$")


@dataclass(frozen=True, slots=True)
class Kind:
    """Where one resource type keeps its concepts and its dates."""

    resource: str
    concepts: tuple[tuple[str, ...], ...]
    dates: tuple[str, ...]
    ends: tuple[str, ...] = ()
    references: tuple[str, ...] = ()


KINDS = (
    Kind(
        "Condition",
        (("code",),),
        ("onsetDateTime", "onsetPeriod.start", "recordedDate"),
        ("abatementDateTime", "abatementPeriod.end", "onsetPeriod.end"),
    ),
    Kind(
        "Procedure",
        (("code",), ("reasonCode",)),
        ("performedDateTime", "performedPeriod.start"),
        ("performedPeriod.end",),
        ("reasonReference",),
    ),
    Kind("Encounter", (("type",), ("reasonCode",)), ("period.start",), ("period.end",), ("reasonReference",)),
    Kind("CarePlan", (("category",), ("activity", "detail", "code")), ("period.start", "created"), ("period.end",)),
    Kind("ServiceRequest", (("code",), ("reasonCode",)), ("authoredOn",), (), ("reasonReference",)),
)
OBSERVED = ("effectiveDateTime", "effectivePeriod.start", "effectiveInstant", "issued")
MEDICINES = {
    "MedicationRequest": ("authoredOn",),
    "MedicationStatement": ("effectiveDateTime", "effectivePeriod.start", "dateAsserted"),
    "MedicationAdministration": ("effectiveDateTime", "effectivePeriod.start"),
    "MedicationDispense": ("whenHandedOver", "whenPrepared"),
}


def histories(bundle: Bundle) -> dict[str, tuple[Fact, ...]]:
    """Statements by group ("substance", "mental_health"), repeats joined, by category and then newest first."""
    categories = code_book().categories
    groups: dict[str, list[Fact]] = {"substance": [], "mental_health": []}
    for fact in (*_coded(bundle), *_observed(bundle), *_all_medicines(bundle)):
        if fact.category and (group := categories[fact.category].group) in groups:
            groups[group].append(fact)
    return {
        group: tuple(sorted(_joined(facts), key=lambda fact: categories[fact.category].order))
        for group, facts in groups.items()
    }


def conditions(bundle: Bundle) -> tuple[Fact, ...]:
    """Conditions that are active, or whose state the file leaves open, newest first."""
    kind = KINDS[0]
    return _joined(
        _fact(node, kind, one)
        for node in bundle.all("Condition")
        if _stands(node) and _is_current(node, kind)
        for one in concepts(node, "code")[:1]
    )


def medicines(bundle: Bundle) -> tuple[Fact, ...]:
    """Medicines that the person takes now as far as the file says, newest first."""
    current = ("MedicationRequest", "MedicationStatement")
    return _joined(
        fact for fact in _all_medicines(bundle) if fact.resource in current and fact.status in CURRENT_MEDICINE
    )


def allergies(bundle: Bundle) -> tuple[Fact, ...]:
    found = []
    for node in bundle.all("AllergyIntolerance"):
        if not _stands(node) or status_code(node, "clinicalStatus") not in {"active", ""}:
            continue
        reactions = [one.words for one in concepts(node, "reaction", "manifestation") if one.words]
        note = ", ".join([text(node, "criticality", 40).replace("unable-to-assess", ""), *reactions]).strip(", ")
        dates = ("onsetDateTime", "recordedDate")
        found += [
            replace(_plain("AllergyIntolerance", one), note=note[:200], date=first_date(node, dates))
            for one in concepts(node, "code")[:1]
        ]
    return _joined(found)


def unsorted_codes(bundle: Bundle) -> int:
    """How many current conditions carry a code without words, which no row could sort."""
    return sum(1 for fact in conditions(bundle) if fact.text.startswith(CODE_ONLY))


def _coded(bundle: Bundle) -> Iterator[Fact]:
    """What a row of the content file sorts; the rest of a hospital's record is not history for this purpose."""
    for kind in KINDS:
        for node in bundle.all(kind.resource):
            if _stands(node):
                for one in _concepts_of(bundle, node, kind):
                    if code_book().category_of(one):
                        yield _fact(node, kind, one)


def _concepts_of(bundle: Bundle, node: Node, kind: Kind) -> Iterator[Concept]:
    for path in kind.concepts:
        yield from concepts(node, *path)
    for key in kind.references:
        for reference in nodes(node, key):
            yield concept(bundle.resolve(reference, node).get("code"))


def _fact(node: Node, kind: Kind, one: Concept) -> Fact:
    date = first_date(node, kind.dates)
    status = status_code(node, "clinicalStatus") or text(node, "status", 40)
    fact = _plain(kind.resource, one, code_book().category_of(one))
    return replace(fact, status=status, date=date, first=date, ended=first_date(node, kind.ends))


def _plain(resource: str, one: Concept, category: Category | None = None) -> Fact:
    system = code_book().system_name(one.system)
    return Fact(
        text=SEMANTIC_TAG.sub("", one.words) or f"{CODE_ONLY}{one.code}" + (f" ({system})" if system else ""),
        category=category.id if category else "",
        category_label=category.label if category else "",
        resource=resource,
        system=system,
        code=one.code,
    )


def _observed(bundle: Bundle) -> Iterator[Fact]:
    """Only the newest answer to each question counts: a smoking status of ten years ago is not today's."""
    newest: dict[tuple[str, str], Fact] = {}
    for node in bundle.all("Observation"):
        for part in (node, *nodes(node, "component")):
            fact = _observation(part, first_date(node, OBSERVED))
            if fact is None:
                continue
            key = (fact.code, fact.text.partition(":")[0])
            seen = newest.get(key, fact)
            best = fact if (fact.date or EARLIEST) >= (seen.date or EARLIEST) else seen
            newest[key] = replace(best, times=seen.times + (seen is not fact))
    yield from newest.values()


def _observation(part: Node, date: PartialDate | None) -> Fact | None:
    asked, answered = concept(part.get("code")), concept(part.get("valueCodeableConcept"))
    book = code_book()
    category = book.category_of(asked) or book.category_of(answered)
    if category is None or not (asked.words or asked.code):
        return None
    value = answered.words or _value(part)
    fact = _plain("Observation", asked, category)
    return replace(fact, text=f"{fact.text}: {value}"[:300] if value else fact.text, date=date, first=date)


def _value(part: Node) -> str:
    for quantity in nodes(part, "valueQuantity"):
        number = quantity.get("value")
        if isinstance(number, (int, float)) and not isinstance(number, bool):
            unit = text(quantity, "unit", 40)
            return f"{number:.10g}" + ("" if unit.startswith("{") or not unit else f" {unit}")
    for key in ("valueInteger", "valueBoolean"):
        if isinstance(held := part.get(key), bool):
            return "yes" if held else "no"
        if isinstance(held, int):
            return str(held)[:20]
    return tidy(part.get("valueString"), 200)


def _all_medicines(bundle: Bundle) -> Iterator[Fact]:
    for resource, dates in MEDICINES.items():
        for node in bundle.all(resource):
            if node.get("doNotPerform") is True or text(node, "intent") == "proposal":
                continue
            one = _medicine(bundle, node)
            if not (one.words or one.code):
                continue
            date = first_date(node, dates)
            fact = _plain(resource, one, code_book().category_of(one, "medicine"))
            note = next((dose for part in _doses(node) if (dose := text(part, "text", 200))), "")
            yield replace(fact, status=text(node, "status", 40), date=date, first=date, note=note)


def _medicine(bundle: Bundle, node: Node) -> Concept:
    direct = concept(node.get("medicationCodeableConcept"))
    if direct.words or direct.code:
        return direct
    reference = node.get("medicationReference")
    held = concept(bundle.resolve(reference, node).get("code"))
    return held if held.words or held.code else Concept(words=text(reference, "display"))


def _doses(node: Node) -> list[Node]:
    return nodes(node, "dosageInstruction") or nodes(node, "dosage")


def _stands(node: Node) -> bool:
    return status_code(node, "verificationStatus") not in REFUTED and node.get("doNotPerform") is not True


def _is_current(node: Node, kind: Kind) -> bool:
    state = status_code(node, "clinicalStatus")
    return state in CURRENT if state else first_date(node, kind.ends) is None


def _joined(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """One fact for each resource type, code and words, with first and newest date; newest first."""
    joined: dict[tuple[str, str, str], Fact] = {}
    for fact in facts:
        key = (fact.resource, fact.code, fact.text.casefold())
        joined[key] = _join(joined[key], fact) if key in joined else fact
    return tuple(sorted(joined.values(), key=lambda fact: fact.date or EARLIEST, reverse=True))


def _join(one: Fact, two: Fact) -> Fact:
    newest = max(one, two, key=lambda fact: fact.date or EARLIEST)
    firsts = [fact.first for fact in (one, two) if fact.first]
    return replace(newest, first=min(firsts) if firsts else None, times=one.times + two.times)
