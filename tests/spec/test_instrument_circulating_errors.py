"""Errors that circulate in public code and that the shipped content must not repeat."""

from __future__ import annotations

import pytest

from openiop.measures import engine


def loinc_codes() -> list[str]:
    codes = []
    for instrument in engine.catalog():
        codes += [instrument.panel_loinc, *(item.loinc for item in instrument.items)]
        codes += [score.loinc for score in instrument.scores]
    return sorted({code for code in codes if code})


@pytest.mark.parametrize("code", loinc_codes())
def test_loinc_codes_have_a_right_check_digit(code: str) -> None:
    """LOINC uses the mod-10 (Luhn) check digit; invented codes rarely pass it."""
    number, digit = code.split("-")
    total = 0
    for place, char in enumerate(reversed(number)):
        value = int(char) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    assert (10 - total % 10) % 10 == int(digit)


def test_panel_codes_are_not_used_as_totals_and_audit_is_not_taken_for_audit_c() -> None:
    totals = {score.loinc for instrument in engine.catalog() for score in instrument.scores if score.loinc}
    panels = {instrument.panel_loinc for instrument in engine.catalog() if instrument.panel_loinc}
    assert not totals & panels
    assert not {"75624-7", "69737-5", "82666-9"} & totals
    assert engine.load("AUDIT-C").score_named("total").loinc == "75626-2"


def test_zero_of_gad_7_reads_not_at_all() -> None:
    assert {item.label_of(0) for item in engine.load("GAD-7").items} == {"Not at all"}


def test_bam_iop_counts_days_of_one_week_and_nothing_of_the_30_day_forms() -> None:
    bam = engine.load("BAM-IOP")
    assert all(set(item.points) <= {0, 1, 2, 3, 4} for item in bam.items)
    assert [(score.low, score.high) for score in bam.scores] == [(0, 12), (0, 24), (0, 24)]
    assert not any("30 days" in item.text for item in bam.items)
    assert [option.label for option in bam.by_id["4"].options] == [
        "0 days",
        "1 day",
        "2 days",
        "3 days",
        "4 or more days",
    ]


def test_cows_keeps_its_uneven_steps() -> None:
    """VA VistA keys: pulse 0/1/2/4, restlessness 0/1/3/5, pupils 0/1/2/5, gooseflesh 0/3/5."""
    cows = engine.load("COWS")
    steps = {item_id: sorted(cows.by_id[item_id].points) for item_id in ("1", "3", "4", "11")}
    assert steps == {"1": [0, 1, 2, 4], "3": [0, 1, 3, 5], "4": [0, 1, 2, 5], "11": [0, 3, 5]}


def test_only_the_three_month_part_of_columbia_question_6_is_high() -> None:
    columbia = engine.load("C-SSRS")
    assert columbia.by_id["6"].points[1] < columbia.by_id["6_3mo"].points[1]


def test_barc_10_asks_its_own_questions_from_1_to_6() -> None:
    """PhenX Toolkit protocol 590502; invented items and a 0-6 scale circulate."""
    barc = engine.load("BARC-10")
    assert barc.by_id["1"].text == "There are more important things to me in life than using substances."
    assert not any("people who believe in my recovery" in item.text for item in barc.items)
    assert {tuple(sorted(item.points)) for item in barc.items} == {(1, 2, 3, 4, 5, 6)}
    assert (barc.scores[0].low, barc.scores[0].high) == (10, 60)


def test_invented_loinc_codes_are_not_used() -> None:
    assert not {"72109-3", "93038-1", "89708-7"} & set(loinc_codes())


def test_bam_r_takes_neither_the_categories_nor_the_cuts_of_the_other_forms() -> None:
    """Days are counted 0-30 (not 0, 1-3, 4-8, 9-15, 16-30), and Risk above 11 belongs to the 7-day form's 0-24."""
    bam = engine.load("BAM-R")
    assert set(bam.by_id["4"].points) == set(range(31))
    assert not any("7 days" in item.text for item in bam.items)
    assert {flag.id for flag in bam.flags} == {"use"}
    assert not any(score.bands for score in bam.scores)


def test_bam_has_no_total_and_no_reliable_change() -> None:
    for code in ("BAM-IOP", "BAM-R"):
        assert [score.name for score in engine.load(code).scores] == ["use", "risk", "protective"]
        assert engine.load(code).change is None


def test_only_measures_with_a_published_value_call_a_change_reliable() -> None:
    """PHQ-9 5 and GAD-7 4 (secondary source), PCL-5 10 (Blanchard 2023, 9-12). For all others none was found."""
    found = {one.code: one.change.reliable for one in engine.catalog() if one.change}
    assert found == {"PHQ-9": 5, "GAD-7": 4, "PCL-5": 10}
