"""The placement rules, each with its threshold on both sides."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from openiop.admissions.engine import placement
from openiop.admissions.engine.placement.values import Recommendation, Verdict
from openiop.kernel.levels import LevelOfCare

TODAY = date(2026, 11, 23)
DOMAINS = ("withdrawal", "physical_health", "mental_health", "motivation", "return_to_use", "environment")


def recommend(
    measures: dict[str, Any] | None = None, circumstances: dict[str, Any] | None = None, **ratings: int
) -> Recommendation:
    """The recommendation for someone with no concern in any domain but those named."""
    case = {
        "age": 34,
        "domains": {domain: {"rating": ratings.get(domain, 0)} for domain in DOMAINS},
        "measures": measures or {},
        "circumstances": circumstances or {},
    }
    return placement.recommend(placement.parse_case(case, today=TODAY))


def fired(found: Recommendation) -> set[str]:
    return {rule.id for rule in found.rules}


@pytest.mark.parametrize(
    ("measures", "circumstances", "rule", "level"),
    [
        ({"CIWA-AR": 7}, {}, None, "outpatient"),
        ({"CIWA-AR": 8}, {}, "LOC-H1", "outpatient"),
        ({"CIWA-AR": 15}, {}, "LOC-H1-SEVERE", "withdrawal_management"),
        ({"COWS": 12}, {}, None, "outpatient"),
        ({"COWS": 13}, {}, "LOC-H2", "outpatient"),
        ({"COWS": 25}, {}, "LOC-H2-SEVERE", "withdrawal_management"),
        ({}, {"withdrawal_seizure_history": True, "hours_since_heavy_use": 71}, "LOC-H3", "withdrawal_management"),
        ({}, {"withdrawal_seizure_history": True, "hours_since_heavy_use": 72}, None, "outpatient"),
        ({"C-SSRS": 3}, {}, "LOC-H4", "residential"),
        ({"C-SSRS": 3}, {"safety_cleared": False}, "LOC-H4", "residential"),
        ({"C-SSRS": 3}, {"safety_cleared": True}, "LOC-H4-ANY", "outpatient"),
        ({"C-SSRS": 1}, {}, "LOC-H4-ANY", "outpatient"),
        ({"PHQ-9": {"item_9": 1}}, {}, "LOC-H4-PHQ", "outpatient"),
        ({}, {"acute_psychosis_or_mania": True}, "LOC-H5-PSYCHOSIS", "residential"),
        ({}, {"unstable_medical_condition": True}, "LOC-H5-MEDICAL", "residential"),
        ({}, {"can_take_part_in_groups": False}, "LOC-H5-GROUPS", "partial_hospitalization"),
        ({}, {"safe_home": False}, "LOC-H6", "iop"),
        ({}, {"safe_home": False, "recovery_housing_available": False}, "LOC-H6-NO-BED", "residential"),
        ({}, {"stepping_down_from": "residential"}, "LOC-STEP-DOWN", "iop"),
        ({}, {"stepping_down_from": "none"}, None, "outpatient"),
        ({}, {"weekly_care_not_enough": True}, "LOC-WEEKLY", "iop"),
        ({"BAM-IOP": {"risk": 12, "protective": 12}}, {}, "LOC-BAM", "iop"),
        ({"BAM-IOP": {"risk": 11, "protective": 12}}, {}, None, "outpatient"),
        ({"PHQ-9": 20}, {}, "LOC-PHQ-SEVERE", "iop"),
    ],
)
def test_a_rule_fires_at_its_threshold(
    measures: dict[str, Any], circumstances: dict[str, Any], rule: str | None, level: str
) -> None:
    found = recommend(measures, circumstances)
    assert found.recommended == level
    assert rule in fired(found) if rule else not fired(found)


@pytest.mark.parametrize(
    ("ratings", "level"),
    [
        ({}, "outpatient"),
        ({"return_to_use": 1, "environment": 1, "mental_health": 1}, "outpatient"),
        ({"return_to_use": 2}, "iop"),
        ({"environment": 2}, "iop"),
        ({"mental_health": 2}, "iop"),
        ({"physical_health": 2}, "iop"),
        ({"mental_health": 3}, "partial_hospitalization"),
        ({"physical_health": 3}, "partial_hospitalization"),
        ({"return_to_use": 4}, "partial_hospitalization"),
        ({"return_to_use": 4, "environment": 3}, "residential"),
        ({"mental_health": 4}, "residential"),
        ({"physical_health": 4}, "residential"),
        ({"withdrawal": 3}, "withdrawal_management"),
        ({"withdrawal": 3, "mental_health": 4}, "withdrawal_management"),
    ],
)
def test_the_most_intensive_need_sets_the_level(ratings: dict[str, int], level: str) -> None:
    assert recommend(**ratings).recommended == level


@pytest.mark.parametrize("rating", [2, 3, 4])
def test_low_motivation_brings_motivational_work_first_and_never_a_refusal(rating: int) -> None:
    found = recommend(motivation=rating, return_to_use=2)
    assert found.recommended is LevelOfCare.IOP
    assert "motivational_work_first" in {support.id for support in found.supports}


def test_without_a_safe_home_it_is_iop_with_recovery_housing_or_residential() -> None:
    found = recommend(circumstances={"safe_home": False})
    assert found.recommended is LevelOfCare.IOP
    assert [support.id for support in found.supports] == ["recovery_housing"]
    verdicts = {alternative.level: alternative.verdict for alternative in found.alternatives}
    assert verdicts[LevelOfCare.RESIDENTIAL] is Verdict.POSSIBLE
    assert verdicts[LevelOfCare.OUTPATIENT] is Verdict.NOT_ENOUGH


def test_a_high_suicide_screen_asks_for_a_safety_evaluation_now_and_comes_before_everything() -> None:
    found = recommend({"C-SSRS": 3}, {"weekly_care_not_enough": True}, return_to_use=2)
    assert found.safety[0].urgency == "now"
    assert found.rules[0].id == "LOC-H4"
    assert found.client_words[0] == found.safety[0].client


def test_a_high_screen_stays_uncleared_until_a_clinician_says_so() -> None:
    found = recommend({"C-SSRS": 3})
    (clearance,) = [one for one in found.missing if one.path == "circumstances.safety_cleared"]
    assert clearance.rules == ("LOC-H4",)
    assert clearance.changes[0].startswith("could lift")


def test_commitments_ask_for_a_track_that_fits_and_do_not_change_the_level() -> None:
    found = recommend(circumstances={"daily_commitments": True}, return_to_use=2)
    assert found.recommended is LevelOfCare.IOP
    assert "schedule_fit" in {support.id for support in found.supports}
