"""What the placement engine promises: nothing missing is a no, every reason has a source, bad input is refused."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from openiop.admissions.engine import placement
from openiop.cli.place import command
from openiop.kernel.errors import InputError
from openiop.measures import engine as measures

TODAY = date(2026, 11, 23)


def test_an_empty_case_is_provisional_and_lists_what_is_missing_with_what_it_could_change() -> None:
    found = placement.recommend(placement.parse_case({"age": 34}, today=TODAY))
    assert found.provisional
    asked = {one.path: one for one in found.missing}
    assert {f"domains.{key}" for key in ("withdrawal", "mental_health", "environment")} <= asked.keys()
    assert any("Withdrawal management" in change for change in asked["measures.CIWA-AR.total"].changes)
    assert found.client_words[-2:] == ("We still need some answers, so this may change.",
                                       "You and your clinician decide together.")  # fmt: skip


def test_a_known_no_closes_a_question_and_a_null_does_not() -> None:
    def missing(value: bool | None) -> set[str]:
        case = {"age": 34, "circumstances": {"safe_home": value}}
        return {one.path for one in placement.recommend(placement.parse_case(case, today=TODAY)).missing}

    assert "circumstances.safe_home" in missing(None)
    assert "circumstances.safe_home" not in missing(True)


def test_nobody_is_asked_for_an_opioid_withdrawal_score_when_no_opioids_are_used() -> None:
    case = {"age": 34, "circumstances": {"opioid_use": False}}
    found = placement.recommend(placement.parse_case(case, today=TODAY))
    assert "measures.COWS.total" not in {one.path for one in found.missing}


def test_a_high_opioid_withdrawal_score_counts_whatever_was_said_about_use() -> None:
    case = {"age": 34, "measures": {"COWS": 30}, "circumstances": {"opioid_use": False}}
    assert placement.recommend(placement.parse_case(case, today=TODAY)).recommended == "withdrawal_management"


def recommended_for(code: str, answers: dict[str, int]) -> Any:
    scores = placement.measure_facts(measures.score(measures.load(code), answers), answers)
    return placement.recommend(placement.parse_case({"age": 34, "measures": {code: scores}}, today=TODAY))


@pytest.mark.parametrize("item", ["4", "5", "6_3mo"])
def test_one_yes_of_high_danger_is_enough_while_other_questions_of_the_suicide_screen_are_open(item: str) -> None:
    found = recommended_for("C-SSRS", {item: 1})
    assert found.recommended == "residential"
    assert {"LOC-H4", "LOC-H4-ANY"} <= {rule.id for rule in found.rules}


def test_any_yes_is_enough_for_a_talk_today_and_the_open_questions_are_still_asked() -> None:
    found = recommended_for("C-SSRS", {"1": 1})
    assert "LOC-H4-ANY" in {rule.id for rule in found.rules}
    assert "measures.C-SSRS.risk" in {one.path for one in found.missing}


@pytest.mark.parametrize(
    ("answers", "level", "action"),
    [
        ({"1": 1, "5": 1}, "residential", "safety_evaluation_now"),
        ({"1": 0, "2": 0, "3": 0, "4": 1, "5": 0}, "outpatient", "safety_conversation_today"),
    ],
)
def test_a_positive_asq_counts_where_it_takes_the_place_of_the_c_ssrs(
    answers: dict[str, int], level: str, action: str
) -> None:
    found = recommended_for("ASQ", answers)
    assert found.recommended == level
    assert action in {one.id for one in found.safety}


def test_a_person_who_was_cleared_after_an_acute_asq_is_not_held_back_and_nobody_is_asked_for_both_screens() -> None:
    case = {"age": 34, "measures": {"ASQ": {"screen": 2}}, "circumstances": {"safety_cleared": True}}
    assert placement.recommend(placement.parse_case(case, today=TODAY)).recommended == "outpatient"
    empty = placement.recommend(placement.parse_case({"age": 34}, today=TODAY))
    assert not [one.path for one in empty.missing if "ASQ" in one.path]


def test_withdrawal_points_that_are_already_enough_count_although_an_item_is_open() -> None:
    found = recommended_for("CIWA-AR", {"1": 7, "2": 7, "3": 4})
    assert found.recommended == "withdrawal_management"
    assert "LOC-H1-SEVERE" not in {rule.id for rule in recommended_for("CIWA-AR", {"1": 7, "2": 7}).rules}


def test_a_low_protective_score_is_never_read_out_of_open_answers() -> None:
    found = recommended_for("BAM-IOP", {"1": 4, "2": 4, "3": 4, "8": 4, "9": 0})
    assert "LOC-BAM" not in {rule.id for rule in found.rules}


def test_scored_answer_sheets_flow_into_a_case() -> None:
    phq = measures.load("PHQ-9")
    answers = {str(number): 2 for number in range(1, 10)}
    case = {"age": 34, "measures": {"PHQ-9": placement.measure_facts(measures.score(phq, answers), answers)}}
    rules = {rule.id for rule in placement.recommend(placement.parse_case(case, today=TODAY)).rules}
    assert {"LOC-H4-PHQ", "LOC-PHQ"} <= rules


def test_the_result_carries_the_independence_label_sources_and_versions() -> None:
    case = placement.parse_case({"age": 34, "domains": {"return_to_use": {"rating": 2}}}, today=TODAY)
    printed = placement.as_json(case, placement.recommend(case))
    assert "not affiliated with or endorsed by" in printed["label"]
    assert printed["content_version"]
    assert all(rule["source"] and rule["mark"] for rule in printed["rules"])


def test_every_rule_has_words_for_the_client_a_source_and_a_sign_off_mark() -> None:
    for rule in placement.worksheet().rules:
        assert rule.reason
        assert rule.client
        assert rule.source
        assert rule.needs_clinical_sign_off == (rule.mark in {"M", "own"})


@pytest.mark.parametrize(
    ("case", "field"),
    [
        ({}, "age"),
        ({"age": 34.5}, "age"),
        ({"age": True}, "age"),
        ({"age": 130}, "age"),
        ({"age": 34, "jurisdiction": "XX"}, "jurisdiction"),
        ({"age": 34, "jurisdiction": 5}, "jurisdiction"),
        ({"age": 34, "date": "yesterday"}, "date"),
        ({"age": 34, "date": "20261123"}, "date"),
        ({"age": 34, "more": 1}, "case"),
        ({"age": 34, "domains": []}, "domains"),
        ({"age": 34, "domains": {"spirit": {"rating": 1}}}, "domains"),
        ({"age": 34, "domains": {"withdrawal": 1}}, "domains.withdrawal"),
        ({"age": 34, "domains": {"withdrawal": {"rating": 5}}}, "domains.withdrawal.rating"),
        ({"age": 34, "domains": {"withdrawal": {"rating": True}}}, "domains.withdrawal.rating"),
        ({"age": 34, "domains": {"withdrawal": {"rating": 1, "findings": "x"}}}, "domains.withdrawal.findings"),
        ({"age": 34, "measures": {"GAF": 50}}, "measures"),
        ({"age": 34, "measures": {"CIWA-AR": 68}}, "measures.CIWA-AR.total"),
        ({"age": 34, "measures": {"CIWA-AR": {"sum": 6}}}, "measures.CIWA-AR"),
        ({"age": 34, "measures": {"BAM-IOP": 6}}, "measures.BAM-IOP"),
        ({"age": 34, "measures": {"PHQ-9": {"item_9": 4}}}, "measures.PHQ-9.item_9"),
        ({"age": 34, "measures": {"PHQ-9": 3, "phq-9": 4}}, "measures"),
        ({"age": 34, "circumstances": {"safe_home": "no"}}, "circumstances.safe_home"),
        ({"age": 34, "circumstances": {"hours_since_heavy_use": -1}}, "circumstances.hours_since_heavy_use"),
        ({"age": 34, "circumstances": {"hours_since_heavy_use": True}}, "circumstances.hours_since_heavy_use"),
        ({"age": 34, "circumstances": {"stepping_down_from": "jail"}}, "circumstances.stepping_down_from"),
        ({"age": 34, "circumstances": {"pets": True}}, "circumstances"),
    ],
)
def test_a_case_that_cannot_be_read_is_refused_by_field(case: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as caught:
        placement.parse_case(case, today=TODAY)
    assert caught.value.field == field


def test_the_published_schema_is_valid_and_agrees_with_the_parser(tmp_path: Path) -> None:
    schema = json.loads(CliRunner().invoke(command, ["--schema"]).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    case = {
        "jurisdiction": "US-MD",
        "age": 34,
        "domains": {"withdrawal": {"rating": 1, "findings": ["tremor"], "note": ""}, "environment": {"rating": None}},
        "measures": {"CIWA-AR": 4, "BAM-IOP": {"use": 1, "risk": 9}, "PHQ-9": {"total": 9, "item_9": 0}},
        "circumstances": {"safe_home": None, "stepping_down_from": "none", "hours_since_heavy_use": 40.5},
    }
    jsonschema.validate(case, schema)
    file = tmp_path / "case.json"
    file.write_text(json.dumps(case))
    assert CliRunner().invoke(command, [str(file)]).exit_code == 0


def test_the_command_refuses_in_one_line_with_status_2() -> None:
    for text in ("[]", "{", '{"age": NaN}', '{"age": 1, "age": 2}', '{"age": "x"}'):
        result = CliRunner().invoke(command, ["-"], input=text)
        assert result.exit_code == 2
        assert len(result.stderr.strip().splitlines()) == 1
    assert CliRunner().invoke(command, []).exit_code == 2
