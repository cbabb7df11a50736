"""What the scoring engine promises whatever the instrument."""

from __future__ import annotations

import pytest

from openiop.kernel.errors import InputError
from openiop.measures import engine
from openiop.measures.values import Severity


def test_a_missing_answer_is_named_and_never_guessed() -> None:
    result = engine.score(engine.load("PHQ-9"), {str(n): 3 for n in range(1, 9)})
    assert result.scores == {"total": None}
    assert result.missing == ("9",)
    assert not result.is_complete
    assert "total" not in result.bands


def test_an_optional_item_is_not_missing() -> None:
    assert engine.score(engine.load("PHQ-9"), {str(n): 0 for n in range(1, 10)}).is_complete


def test_thoughts_of_self_harm_are_flagged_at_the_moment_of_the_answer_with_words_for_the_client() -> None:
    (flag,) = engine.item_flags(engine.load("PHQ-9"), "9", 1)
    assert flag.severity is Severity.NOW
    assert "988" in flag.client_text
    assert "911" in flag.client_text
    assert engine.item_flags(engine.load("PHQ-9"), "9", 0) == ()


def test_a_safety_flag_rises_on_an_unfinished_sheet() -> None:
    result = engine.score(engine.load("PHQ-9"), {"9": 2})
    assert [flag.id for flag in result.flags] == ["thoughts_of_self_harm"]


def test_a_code_is_found_in_small_letters() -> None:
    assert engine.load("bam-iop") is engine.load("BAM-IOP")


def test_an_unknown_code_names_the_known_ones() -> None:
    with pytest.raises(engine.NoSuchInstrument, match="PHQ-9"):
        engine.load("PHQ-99")


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"11": 1}, "items"),
        ({"1": 4}, "items.1"),
        ({"1": -1}, "items.1"),
        ({"1": True}, "items.1"),
        ({"1": 1.0}, "items.1"),
        ({"1": "1"}, "items.1"),
        ({"1": None}, "items.1"),
        ({"1": [1]}, "items.1"),
    ],
)
def test_an_answer_that_is_not_on_the_form_is_refused_by_name(answers: dict[str, int], field: str) -> None:
    with pytest.raises(InputError) as caught:
        engine.score(engine.load("PHQ-9"), answers)
    assert caught.value.field == field


def test_skip_rules_follow_the_form() -> None:
    screen = engine.load("PC-PTSD-5")
    first = screen.by_id["1"]
    assert not engine.applies(first, {})
    assert not engine.applies(first, {"gate": 0})
    assert engine.applies(first, {"gate": 1})


def test_every_instrument_says_where_it_comes_from_and_under_which_terms() -> None:
    for instrument in engine.catalog():
        assert instrument.license
        assert instrument.source
        assert instrument.version
        assert instrument.mark in {"V", "S", "M"}
        assert all(flag.source for flag in instrument.flags)
        assert all(flag.needs_clinical_sign_off == (flag.mark == "M") for flag in instrument.flags)
    assert "Research Foundation for Mental Hygiene" in engine.load("C-SSRS").notice


def test_score_ranges_are_those_that_the_items_can_reach() -> None:
    for instrument in engine.catalog():
        for score in instrument.scores:
            points = [instrument.by_id[item_id].points.values() for item_id in score.items]
            reach = sum if score.method == "sum" else max
            assert (reach(map(min, points)), reach(map(max, points))) == (score.low, score.high)
