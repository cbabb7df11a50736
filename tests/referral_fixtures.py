"""Small made-up FHIR R4 resources. No real person, nothing taken from a hospital's or a generator's file."""

from __future__ import annotations

import json
from typing import Any

SNOMED = "http://snomed.info/sct"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


def coded(words: str, code: str = "", system: str = SNOMED) -> dict[str, Any]:
    coding = {"system": system, "code": code, "display": words} if code else {}
    return {"text": words, **({"coding": [coding]} if coding else {})}


def patient(**changes: Any) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": "p1",
        "text": {"status": "generated", "div": "<div><script>alert(1)</script>Overdose</div>"},
        "identifier": [
            {"type": coded("MRN", "MR"), "system": "urn:hospital", "value": "A-100"},
            {"type": coded("SSN", "SS"), "system": "http://hl7.org/fhir/sid/us-ssn", "value": "999-00-1234"},
        ],
        "name": [
            {"use": "maiden", "family": "Ortiz", "given": ["Maria"]},
            {"use": "official", "family": "Nowak512", "given": ["María77", "Elena"]},
        ],
        "telecom": [
            {"system": "phone", "value": "617-555-0100", "use": "home"},
            {"system": "phone", "value": "+1 (617) 555-0123", "use": "mobile"},
            {"system": "email", "value": "maria@example.org"},
        ],
        "gender": "female",
        "birthDate": "1988-06-30",
        "address": [{"use": "home", "line": ["1 Elm St"], "city": "Lowell", "state": "MA", "postalCode": "01850"}],
        "maritalStatus": {"coding": [{"code": "D", "display": "D"}], "text": "D"},
        "communication": [
            {"language": coded("English", "en")},
            {"language": coded("Spanish", "es"), "preferred": True},
        ],
        **changes,
    }


def bundle(*resources: dict[str, Any], who: dict[str, Any] | None = None, **changes: Any) -> bytes:
    entries = [{"fullUrl": f"urn:uuid:{one.get('id')}", "resource": one} for one in (who or patient(), *resources)]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries, **changes}).encode()


def about(kind: str, **fields: Any) -> dict[str, Any]:
    """A resource about the patient."""
    return {"resourceType": kind, "subject": {"reference": "urn:uuid:p1"}, **fields}


def active(words: str, code: str = "", system: str = SNOMED, **fields: Any) -> dict[str, Any]:
    """An active condition."""
    return about("Condition", clinicalStatus=coded("Active", "active"), code=coded(words, code, system), **fields)
