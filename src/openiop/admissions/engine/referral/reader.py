"""`read_referral`: the one way in."""

from __future__ import annotations

import re
from dataclasses import replace

from openiop.admissions.engine.referral import patient as person
from openiop.admissions.engine.referral.bundle import Bundle
from openiop.admissions.engine.referral.codes import code_book
from openiop.admissions.engine.referral.coverage import coverages
from openiop.admissions.engine.referral.elements import Node, first_date, nodes, strings, text
from openiop.admissions.engine.referral.history import allergies, conditions, histories, medicines, unsorted_codes
from openiop.admissions.engine.referral.parsing import read_object
from openiop.admissions.engine.referral.values import PartialDate, PersonName, Referral, Referrer

MAX_ROWS = 300
LISTS = ("coverage", "substance_history", "mental_health_history", "conditions", "medicines", "allergies")
LOOSE_END = re.compile(r"[\s\-\u2013\u2014,;:]+$")  # "NORTH SHORE MEDICAL CENTER -"


def read_referral(data: bytes) -> Referral:
    """The referral in a FHIR R4 bundle (JSON, at most `MAX_BYTES`); raises `Refusal` with one sentence otherwise."""
    bundle = Bundle(read_object(data))
    named = person.names(bundle.patient)
    birth_date = PartialDate.parse(bundle.patient.get("birthDate"))
    phones, emails = person.phones(bundle.patient), person.emails(bundle.patient)
    newest = _newest(bundle.all("Encounter"), "period.start")
    history = histories(bundle)
    referral = Referral(
        name=named[0] if named else PersonName(),
        other_names=named[1:10],
        birth_date=birth_date,
        sex=person.sex(bundle.patient),
        marital_status=person.marital_status(bundle.patient),
        phone=next(iter(phones), ""),
        other_phones=phones[1:10],
        email=next(iter(emails), ""),
        address=person.address(bundle.patient),
        language=person.language(bundle.patient),
        identifiers=person.identifiers(bundle.patient),
        coverage=coverages(bundle),
        substance_history=history["substance"],
        mental_health_history=history["mental_health"],
        conditions=conditions(bundle),
        medicines=medicines(bundle),
        allergies=allergies(bundle),
        referrer=_referrer(bundle, newest),
        latest_encounter=first_date(newest, ("period.start",)),
        missing=_missing(bool(named), birth_date, bool(phones or emails)),
        notes=_notes(bundle),
        content_version=code_book().version,
    )
    return _capped(referral)


def _capped(referral: Referral) -> Referral:
    """No file may flood the reviewer's page; what is left out is said."""
    short = {name: getattr(referral, name)[:MAX_ROWS] for name in LISTS if len(getattr(referral, name)) > MAX_ROWS}
    if not short:
        return referral
    return replace(referral, **short, notes=(*referral.notes, f"Very long lists are cut after {MAX_ROWS} lines."))


def _missing(named: bool, birth_date: PartialDate | None, reachable: bool) -> tuple[str, ...]:
    gaps = (
        (not named, "The file gives no name."),
        (birth_date is None, "The file gives no birth date that can be read."),
        (birth_date is not None and birth_date.whole is None, "The birth date is not complete."),
        (not reachable, "The file gives no phone number or email."),
    )
    return tuple(sentence for is_gap, sentence in gaps if is_gap)


def _notes(bundle: Bundle) -> tuple[str, ...]:
    notes = []
    if others := bundle.about_others:
        notes.append(f"Left out, because they name another person: {others} entries of the file.")
    if bare := unsorted_codes(bundle):
        notes.append(f"Conditions that the file gives as a code without words: {bare}. Please look them up.")
    return tuple(notes)


def _newest(found: list[Node], *paths: str) -> Node:
    dated = [(date, node) for node in found if (date := first_date(node, paths))]
    return max(dated, key=lambda pair: pair[0])[1] if dated else {}


def _referrer(bundle: Bundle, visit: Node) -> Referrer:
    """The newest active service request says who refers; else the newest visit; else the person's own practice."""
    requests = [node for node in bundle.all("ServiceRequest") if text(node, "status") in {"active", "on-hold"}]
    asking = _newest(requests, "authoredOn")
    asked = bundle.resolve(asking.get("requester"), asking)
    role = asked if text(asked, "resourceType") == "PractitionerRole" else {}
    organization, phone = _organization(bundle, (role, "organization"), (visit, "serviceProvider"))
    if text(asked, "resourceType") == "Organization":
        organization, phone = _name_and_phone(asked)
    if not organization:
        organization, phone = _organization(bundle, (bundle.patient, "managingOrganization"))
    people = (
        _practitioner(bundle, role, "practitioner")
        or _practitioner(bundle, asking, "requester")
        or _practitioner(bundle, visit, "participant", "individual")
        or _practitioner(bundle, bundle.patient, "generalPractitioner")
    )
    return Referrer(organization, phone, people)


def _organization(bundle: Bundle, *steps: tuple[Node, str]) -> tuple[str, str]:
    for owner, key in steps:
        for reference in nodes(owner, key):
            name, phone = _name_and_phone(bundle.resolve(reference, owner))
            if name or text(reference, "display"):
                return name or LOOSE_END.sub("", text(reference, "display", 120)), phone
    return "", ""


def _name_and_phone(node: Node) -> tuple[str, str]:
    numbers = [text(one, "value", 60) for one in nodes(node, "telecom") if text(one, "system") == "phone"]
    return LOOSE_END.sub("", text(node, "name", 120)), next(iter(numbers), "")


def _practitioner(bundle: Bundle, owner: Node, *path: str) -> str:
    for reference in nodes(owner, *path):
        held = bundle.resolve(reference, owner)
        if text(held, "resourceType") == "Organization":
            continue
        named = person.names(held)
        prefix = next((one for node in nodes(held, "name") for one in strings(node, "prefix", 20)), "")
        if name := (f"{prefix} {named[0]}".strip() if named else text(reference, "display", 120)):
            return name
    return ""
