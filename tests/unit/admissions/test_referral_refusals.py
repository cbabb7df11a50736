"""Files that cannot be a referral get one clear sentence."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from openiop.admissions.engine.referral import MAX_BYTES, read_referral
from openiop.kernel.errors import Refusal
from tests.referral_fixtures import about, active, bundle, coded, patient


def sentence(data: bytes) -> str:
    with pytest.raises(Refusal) as caught:
        read_referral(data)
    return caught.value.message


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"hello", "not valid JSON"),
        (bundle()[:-40], "breaks off"),
        (bundle() + b"\n{}", "more than one JSON document"),
        (b"\xff\x00\xfe", "not readable text"),
        (b"<Bundle xmlns='http://hl7.org/fhir'/>", "XML"),
        (b"PK\x03\x04rest", "zip"),
        (b"%PDF-1.7", "PDF"),
        (b"[1, 2]", "not a FHIR bundle"),
        (b"null", "not a FHIR bundle"),
        (b'{"resourceType": "Patient"}', "a single FHIR Patient"),
        (b'{"a": 1}', "not FHIR"),
        (b'{"a": NaN}', "NaN"),
        (b'{"resourceType": "Bundle"}', "no patient"),
        (b'{"resourceType": "Bundle", "entry": 7}', "no patient"),
        (b'{"a": ' + b"1" * 6000 + b"}", "number that is too long"),
        (b"[" * 100_000, "nested"),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "nested"),
        (b'{"a":' * 80 + b"1" + b"}" * 80, "nested"),
    ],
)
def test_one_sentence_for_each_kind_of_wrong_file(data: bytes, words: str) -> None:
    assert words in sentence(data)


def test_a_file_above_the_limit_is_not_even_parsed() -> None:
    assert "larger than 10 MB" in sentence(b" " * (MAX_BYTES + 1))


def test_two_values_under_one_name_are_refused() -> None:
    doubled = bundle().replace(b'"birthDate"', b'"birthDate": "1970-01-01", "birthDate"')
    assert "“birthDate” twice" in sentence(doubled)


def test_a_byte_order_mark_is_no_obstacle() -> None:
    assert read_referral(b"\xef\xbb\xbf" + bundle()).name.family == "Nowak"
    assert read_referral(bundle().decode().encode("utf-16")).name.family == "Nowak"


def test_two_people_in_one_bundle_are_refused_and_a_repeated_one_is_not() -> None:
    assert "2 patients" in sentence(bundle(patient(id="p2")))
    assert read_referral(bundle(patient())).name.family == "Nowak"


@pytest.mark.parametrize("told", [{"deceasedBoolean": True}, {"deceasedDateTime": "2025-01"}])
def test_a_person_who_has_died_is_not_referred(told: dict[str, Any]) -> None:
    said = "The sender's record says that this person has died. Nothing was kept."
    assert sentence(bundle(who=patient(**told))) == said


def test_a_person_marked_as_living_is_read() -> None:
    assert read_referral(bundle(who=patient(deceasedBoolean=False))).name.family == "Nowak"


@pytest.mark.parametrize(
    ("resource", "version"),
    [
        (about("MedicationOrder"), "DSTU2"),
        (about("ProcedureRequest"), "STU3"),
        (about("Condition", clinicalStatus="active"), "STU3"),
        (about("Condition", context={"reference": "Encounter/1"}), "STU3"),
        (about("Encounter", **{"class": "inpatient"}), "DSTU2"),
        (about("Encounter", **{"class": [coded("inpatient", "IMP")]}), "R5"),
        (about("MedicationRequest", medication={"concept": coded("x")}), "R5"),
        (about("Observation", meta={"profile": ["http://hl7.org/fhir/3.0/StructureDefinition/vitalsigns"]}), "STU3"),
        ({"resourceType": "CapabilityStatement", "fhirVersion": "5.0.0"}, "R5"),
        ({"resourceType": "CapabilityStatement", "fhirVersion": "7.1"}, "version 7.1"),
    ],
)
def test_other_fhir_versions_are_named(resource: dict[str, Any], version: str) -> None:
    assert f"FHIR {version}." in sentence(bundle(resource))


@pytest.mark.parametrize(
    ("told", "version"),
    [
        ({"animal": {"species": coded("dog")}}, "STU3"),
        ({"careProvider": [{"display": "Dr. A"}]}, "DSTU2"),
        ({"name": [{"family": ["Nowak"]}]}, "DSTU2"),
    ],
)
def test_older_shapes_of_a_patient_are_named(told: dict[str, Any], version: str) -> None:
    assert f"FHIR {version}." in sentence(bundle(who=patient(**told)))


@pytest.mark.parametrize("stated", ["4.0.1", "4.0", "4.3.0"])
def test_r4_and_r4b_pass_whatever_their_profile_versions(stated: str) -> None:
    us_core = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient|5.0.1"
    data = bundle(
        about("MedicationStatement", context={"reference": "Encounter/1"}),  # R4 keeps `context` here
        who=patient(meta={"profile": [us_core]}),
        fhirVersion=stated,
    )
    assert read_referral(data).name.family == "Nowak"


def test_a_large_file_is_read_well_within_a_second() -> None:
    visits = [
        about("Encounter", id=f"e{n}", period={"start": f"20{n % 25:02}-01-01"}, type=[coded(f"Visit {n}", str(n))])
        for n in range(8000)
    ]
    data = bundle(*visits, active("Opioid use disorder"))
    assert len(data) > 1_600_000
    started = time.process_time()  # a busy machine must not fail this
    assert len(read_referral(data).substance_history) == 1
    assert time.process_time() - started < 2


def test_thousands_of_different_facts_are_cut_and_the_cut_is_said() -> None:
    referral = read_referral(bundle(*(active(f"Condition {n}") for n in range(400))))
    assert len(referral.conditions) == 300
    assert "cut after 300" in referral.notes[-1]


def test_thousands_of_patients_are_refused_quickly() -> None:
    entries = [{"resource": {"resourceType": "Patient", "id": str(n)}} for n in range(20_000)]
    assert "20000 patients" in sentence(json.dumps({"resourceType": "Bundle", "entry": entries}).encode())
