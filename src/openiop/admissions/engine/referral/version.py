"""Which FHIR version a bundle is, judged by its own statements first and by its shapes second.

R4 (and R4B, which shares every shape used here) passes. A statement is a `fhirVersion`, or a profile address that
belongs to one version. A shape counts only if it cannot occur in R4: a resource type that R4 lacks, a field that was
renamed, or a field whose JSON type changed. `meta.profile` with a `|4.0.1` suffix is a version of
the profile, not of FHIR.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from openiop.admissions.engine.referral.elements import Node, nodes, strings, text

DSTU2: Final = "DSTU2"
STU3: Final = "STU3"
R5: Final = "R5"

# First two numbers of a fhirVersion
NUMBERS: Final = {"0.5": DSTU2, "1.0": DSTU2, "3.0": STU3, "4.0": "", "4.1": "", "4.3": "", "5.0": R5, "6.0": "R6"}

PROFILES: Final = (
    (re.compile(r"/(DSTU2|1\.0(\.\d)?)/|/argo-|/daf-", re.IGNORECASE), DSTU2),
    (re.compile(r"/(STU3|3\.0(\.\d)?)/", re.IGNORECASE), STU3),
    (re.compile(r"hl7\.org/fhir/(R5|5\.0)/", re.IGNORECASE), R5),
)

# Resource types that R4 does not have
TYPES: Final[Mapping[str, str]] = {
    "MedicationOrder": DSTU2,
    "DiagnosticOrder": DSTU2,
    "DeviceUseRequest": DSTU2,
    "Conformance": DSTU2,
    "ProcedureRequest": STU3,
    "ReferralRequest": STU3,
    "EligibilityRequest": STU3,
    "DataElement": STU3,
    "DeviceUsage": R5,
    "EncounterHistory": R5,
    "GenomicStudy": R5,
    "ImagingSelection": R5,
    "Permission": R5,
    "Transport": R5,
}


def _has(key: str) -> Callable[[Node], bool]:
    return lambda node: node.get(key) is not None


def _is(key: str, kind: type) -> Callable[[Node], bool]:
    return lambda node: isinstance(node.get(key), kind)


def _family_is_list(node: Node) -> bool:
    return any(isinstance(name.get("family"), list) for name in nodes(node, "name"))


# (resource type, what cannot be in R4, the version that has it)
SHAPES: Final[tuple[tuple[str, Callable[[Node], bool], str], ...]] = (
    ("Patient", _has("careProvider"), DSTU2),
    ("Patient", _family_is_list, DSTU2),
    ("Patient", _has("animal"), STU3),
    ("Condition", _is("clinicalStatus", str), STU3),
    ("Condition", _has("context"), STU3),
    ("Condition", _has("participant"), R5),
    ("AllergyIntolerance", _has("substance"), DSTU2),
    ("AllergyIntolerance", _is("clinicalStatus", str), STU3),
    ("Encounter", _is("class", str), DSTU2),
    ("Encounter", _has("indication"), DSTU2),
    ("Encounter", _is("class", list), R5),
    ("Encounter", _has("actualPeriod"), R5),
    ("Encounter", _has("admission"), R5),
    ("Observation", _has("context"), STU3),
    ("Observation", _has("related"), STU3),
    ("Procedure", _has("context"), STU3),
    ("Procedure", _has("occurrenceDateTime"), R5),
    ("Procedure", _has("occurrencePeriod"), R5),
    ("DiagnosticReport", _has("context"), STU3),
    ("MedicationRequest", _has("context"), STU3),
    ("MedicationRequest", _has("medication"), R5),
    ("MedicationStatement", _has("wasNotTaken"), DSTU2),
    ("MedicationStatement", _has("taken"), STU3),
    ("MedicationStatement", _has("medication"), R5),
    ("Coverage", _has("issuer"), DSTU2),
    ("Coverage", _has("paymentBy"), R5),
)


def other_version(bundle: Node, resources: Iterable[Node]) -> str:
    """The name of the FHIR version if it is not R4, else ""."""
    every = [bundle, *resources]
    return next((found for node in every if (found := _stated(node))), "") or next(
        (found for node in every if (found := _shaped(node))), ""
    )


def _stated(node: Node) -> str:
    number = text(node, "fhirVersion", 20)
    if number:
        return NUMBERS.get(number[:3], f"version {number}")
    profiles = [profile for meta in nodes(node, "meta") for profile in strings(meta, "profile")]
    return next((name for profile in profiles for pattern, name in PROFILES if pattern.search(profile)), "")


def _shaped(node: Node) -> str:
    kind = text(node, "resourceType", 60)
    return TYPES.get(kind) or next((name for of, test, name in SHAPES if of == kind and test(node)), "")
