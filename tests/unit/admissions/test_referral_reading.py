"""What a reviewer reads from a well-formed referral."""

from __future__ import annotations

import pytest

from openiop.admissions.engine.referral import Identifier, PartialDate, PersonName, read_referral
from openiop.admissions.engine.referral.codes import code_book
from openiop.kernel.content import read_toml
from tests.referral_fixtures import ICD10, LOINC, RXNORM, about, active, bundle, coded, patient


def test_the_person_is_read_with_the_official_name_and_without_glued_digits() -> None:
    referral = read_referral(bundle())
    assert referral.name == PersonName("María Elena", "Nowak", "María77 Elena Nowak512")
    assert [str(name) for name in referral.other_names] == ["Maria Ortiz"]
    assert (referral.birth_date, referral.sex) == (PartialDate(1988, 6, 30), "female")
    assert referral.marital_status == "Divorced"
    assert (referral.phone, referral.email) == ("+1 (617) 555-0123", "maria@example.org")
    assert str(referral.address) == "1 Elm St, Lowell, MA 01850"
    assert referral.missing == ()


def test_a_preferred_language_other_than_english_asks_for_an_interpreter() -> None:
    assert read_referral(bundle()).language.name == "Spanish"
    assert read_referral(bundle()).language.needs_interpreter
    english = patient(communication=[{"language": coded("English", "en-US")}])
    assert not read_referral(bundle(who=english)).language.needs_interpreter


def test_social_security_and_license_numbers_stay_in_the_file() -> None:
    referral = read_referral(bundle())
    assert referral.identifiers == (Identifier("urn:hospital", "A-100"),)
    assert "999-00-1234" not in repr(referral)


def test_narrative_html_is_never_read() -> None:
    assert "alert" not in repr(read_referral(bundle(about("Condition", text={"div": "<p>alert</p>"}))))


def test_text_is_cleaned_of_control_characters_and_capped() -> None:
    named = patient(name=[{"family": "No\u0000w\u202eak\ud800", "given": ["  Ana \n Maria  ", "x" * 5000]}])
    name = read_referral(bundle(who=named)).name
    assert name.family == "Nowak"
    assert name.given.startswith("Ana Maria xxx")
    assert len(name.given) <= 120


@pytest.mark.parametrize(
    ("sent", "held", "missing"),
    [
        ("1988", PartialDate(1988), "not complete"),
        ("1988-06", PartialDate(1988, 6), "not complete"),
        ("1988-13-01", None, "no birth date"),
        ("0000-01-01", None, "no birth date"),
        (19880630, None, "no birth date"),
    ],
)
def test_partial_and_impossible_birth_dates(sent: object, held: PartialDate | None, missing: str) -> None:
    referral = read_referral(bundle(who=patient(birthDate=sent)))
    assert referral.birth_date == held
    assert missing in " ".join(referral.missing)


def test_repeated_statements_become_one_with_first_and_newest_date() -> None:
    visits = [
        about(
            "Encounter",
            status="finished",
            type=[coded("Emergency room admission")],
            period={"start": f"{year}-02-03T10:00:00-05:00"},
            reasonCode=[coded("Opioid overdose", "1")],
        )
        for year in (2021, 2024, 2019)
    ]
    (fact,) = read_referral(bundle(*visits)).substance_history
    assert (fact.category, fact.resource, fact.code, fact.times) == ("overdose", "Encounter", "1", 3)
    assert (str(fact.first), str(fact.date)) == ("Feb 3, 2019", "Feb 3, 2024")


@pytest.mark.parametrize(
    ("words", "code", "system", "category"),
    [
        ("x", "F10.20", ICD10, "alcohol"),
        ("x", "F10.231", ICD10, "withdrawal"),
        ("x", "F11.20", ICD10, "opioids"),
        ("x", "T40.1X1A", ICD10, "overdose"),
        ("x", "F33.1", ICD10, "depression"),
        ("x", "R45.851", ICD10, "suicide"),
        ("Opioid use disorder, severe", "", "", "opioids"),
        ("Alcoholism", "", "", "alcohol"),
        ("Harmful pattern of use of alcohol", "", "", ""),
        ("Misuses drugs", "", "", "other_substance"),
        ("Dependent drug abuse", "", "", "other_substance"),
        ("Methamphetamine use disorder", "", "", "stimulants"),
        ("Drug rehabilitation and detoxification", "", "", "treatment"),
        ("Posttraumatic stress disorder", "", "", "trauma"),
        ("Attempted suicide", "", "", "suicide"),
        ("Fracture of wrist", "", "", ""),
        ("No history of alcohol use", "", "", ""),
        ("Family history of alcoholism", "", "", ""),
        ("Fetal alcohol syndrome", "", "", ""),
        ("Child abuse", "", "", ""),
        ("Manic depressive illness", "", "", "bipolar"),
    ],
)
def test_conditions_are_sorted_by_code_or_words(words: str, code: str, system: str, category: str) -> None:
    referral = read_referral(bundle(active(words, code, system)))
    sorted_facts = referral.substance_history + referral.mental_health_history
    assert [fact.category for fact in sorted_facts] == ([category] if category else [])
    assert len(referral.conditions) == 1


def test_only_current_conditions_are_listed_and_refuted_ones_nowhere() -> None:
    resolved = about("Condition", clinicalStatus=coded("Resolved", "resolved"), code=coded("Alcohol dependence"))
    refuted = active("Opioid dependence", verificationStatus=coded("Refuted", "refuted"))
    mistaken = active("Anxiety", verificationStatus=coded("", "entered-in-error"))
    unstated = about("Condition", code=coded("Asthma"))
    referral = read_referral(bundle(resolved, refuted, mistaken, unstated))
    assert [fact.text for fact in referral.conditions] == ["Asthma"]
    assert [fact.text for fact in referral.substance_history] == ["Alcohol dependence"]
    assert referral.mental_health_history == ()


def test_a_code_without_words_is_listed_and_pointed_out() -> None:
    bare = active("", "66590003")
    bare["code"] = {"coding": [{"system": "http://snomed.info/sct", "code": "66590003"}]}
    referral = read_referral(bundle(bare))
    assert referral.conditions[0].text == "Code 66590003 (SNOMED CT)"
    assert "look them up" in referral.notes[0]


def test_medicines_inline_contained_and_referenced() -> None:
    inline = about("MedicationRequest", status="active", medicationCodeableConcept=coded("Sertraline 50 MG"))
    contained = about(
        "MedicationStatement",
        status="active",
        contained=[{"resourceType": "Medication", "id": "m", "code": coded("Lisinopril 10 MG", "314076", RXNORM)}],
        medicationReference={"reference": "#m"},
    )
    separate = {"resourceType": "Medication", "id": "m9", "code": coded("Buprenorphine 8 MG / Naloxone 2 MG film")}
    referenced = about(
        "MedicationRequest",
        status="active",
        authoredOn="2026-03",
        medicationReference={"reference": "https://h.example/fhir/Medication/m9"},
        dosageInstruction=[{"text": "one film a day"}],
    )
    stopped = about("MedicationRequest", status="stopped", medicationCodeableConcept=coded("Naltrexone 50 MG tablet"))
    referral = read_referral(bundle(inline, contained, separate, referenced, stopped))
    texts = {fact.text: fact for fact in referral.medicines}
    assert set(texts) == {"Sertraline 50 MG", "Lisinopril 10 MG", "Buprenorphine 8 MG / Naloxone 2 MG film"}
    film = texts["Buprenorphine 8 MG / Naloxone 2 MG film"]
    assert (film.category, film.note, str(film.date)) == ("addiction_medicine", "one film a day", "Mar 2026")
    assert {fact.text for fact in referral.substance_history} == {film.text, "Naltrexone 50 MG tablet"}


def test_the_newest_smoking_status_counts() -> None:
    def status(year: int, words: str) -> dict[str, object]:
        return about(
            "Observation",
            status="final",
            code=coded("Tobacco smoking status", "72166-2", LOINC),
            effectiveDateTime=f"{year}-01-01",
            valueCodeableConcept=coded(words),
        )

    referral = read_referral(bundle(status(2020, "Smokes daily"), status(2025, "Former smoker"), status(2015, "Never")))
    (fact,) = referral.substance_history
    assert (fact.text, fact.times) == ("Tobacco smoking status: Former smoker", 3)


def test_screening_scores_keep_their_number() -> None:
    score = about(
        "Observation",
        status="final",
        code=coded("Patient Health Questionnaire 9 item total score", "44261-6", LOINC),
        valueQuantity={"value": 14, "unit": "{score}"},
    )
    assert read_referral(bundle(score)).mental_health_history[0].text.endswith("total score: 14")


def test_coverage_from_every_place_without_repeats_newest_first() -> None:
    insurer = {"resourceType": "Organization", "id": "o", "name": "Bay Health Plan"}
    coverage = {
        "resourceType": "Coverage",
        "status": "active",
        "subscriberId": "M123",
        "beneficiary": {"reference": "Patient/p1"},
        "period": {"start": "2020-01-01"},
        "payor": [{"reference": "urn:uuid:o"}],
    }
    benefit = {
        "resourceType": "ExplanationOfBenefit",
        "patient": {"reference": "Patient/p1"},
        "billablePeriod": {"start": "2024-05-01"},
        "contained": [{"resourceType": "Coverage", "id": "c", "payor": [{"display": "bay health plan"}]}],
        "insurance": [{"coverage": {"reference": "#c", "display": "bay health plan"}}],
    }
    claim = {"resourceType": "Claim", "created": "2022", "insurance": [{"coverage": {"display": "NO_INSURANCE"}}]}
    first, second = read_referral(bundle(insurer, coverage, benefit, claim)).coverage
    assert (first.payer, first.member_id, str(first.latest)) == ("Bay Health Plan", "M123", "May 1, 2024")
    assert (second.payer, second.source) == ("No insurance", "Claim")


def test_allergies_with_reactions() -> None:
    allergy = {
        "resourceType": "AllergyIntolerance",
        "patient": {"reference": "Patient/p1"},
        "clinicalStatus": coded("Active", "active"),
        "code": coded("Penicillin"),
        "criticality": "high",
        "reaction": [{"manifestation": [coded("Hives")]}],
    }
    (fact,) = read_referral(bundle(allergy)).allergies
    assert (fact.text, fact.note) == ("Penicillin", "high, Hives")


def test_the_newest_visit_names_who_refers_and_an_active_request_comes_first() -> None:
    hospital = {
        "resourceType": "Organization",
        "id": "h",
        "name": "Elm Hospital -",
        "telecom": [{"system": "phone", "value": "555-0111"}],
    }
    named = {"family": "Reyes", "given": ["Ann"], "prefix": ["Dr."]}
    doctor = {"resourceType": "Practitioner", "id": "d", "name": [named]}
    old = about("Encounter", status="finished", period={"start": "2019"}, serviceProvider={"display": "Old Clinic"})
    new = about(
        "Encounter",
        status="finished",
        period={"start": "2026-01-05"},
        serviceProvider={"reference": "Organization/h"},
        participant=[{"individual": {"reference": "urn:uuid:d"}}],
    )
    referral = read_referral(bundle(hospital, doctor, old, new))
    assert str(referral.latest_encounter) == "Jan 5, 2026"
    assert (referral.referrer.organization, referral.referrer.phone) == ("Elm Hospital", "555-0111")
    assert referral.referrer.practitioner == "Dr. Ann Reyes"
    asking = about("ServiceRequest", status="active", authoredOn="2026-01-06", requester={"display": "B. Lane, LCSW"})
    assert read_referral(bundle(hospital, doctor, new, asking)).referrer.practitioner == "B. Lane, LCSW"


def test_entries_about_another_person_are_left_out_and_counted() -> None:
    mother = active("Opioid dependence") | {"subject": {"reference": "Patient/someone-else"}}
    referral = read_referral(bundle(mother, active("Asthma")))
    assert [fact.text for fact in referral.conditions] == ["Asthma"]
    assert referral.substance_history == ()
    assert "another person: 1" in referral.notes[0]


def test_every_content_row_names_its_source_and_a_known_category() -> None:
    raw = read_toml("openiop.admissions", "referral_codes.toml")
    rows = raw["codes"] + raw["words"]
    assert all(row["source"] for row in rows)
    assert {row["category"] for row in rows} == set(code_book().categories)
    assert "SNOMED CT" not in {row["system"] for row in raw["codes"]}, "SNOMED CT tables may not be shipped"
