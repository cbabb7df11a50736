"""Hours a week per level, jurisdiction and age group."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from openiop.kernel.errors import InputError
from openiop.kernel.levels import LevelOfCare
from openiop.programs import rules

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("place", "age", "hours", "level"),
    [
        ("US", 34, "8.9", "outpatient"),  # SAMHSA Advisory 2021: 9 hours for adults
        ("US", 34, "9", "iop"),
        ("US", 34, "19.9", "iop"),
        ("US", 34, "20", "partial_hospitalization"),  # 42 CFR 410.43
        ("US", 17, "5.9", "outpatient"),  # SAMHSA Advisory 2021: 6 hours for adolescents
        ("US", 17, "6", "iop"),
        ("US-KS", 18, "9", "iop"),  # Kansas R03-704
        ("US-KS", 17, "6", "iop"),
        ("US-CA", 34, "9", "iop"),  # no row of its own: the row of the US
        ("US-NC", 34, "19", "iop"),  # North Carolina SAIOP: at most 19 hours
    ],
)
def test_hours_make_the_level(place: str, age: int, hours: str, level: str) -> None:
    assert rules.level_for_hours(Decimal(hours), jurisdiction=place, age=age, on=TODAY) == level


def test_where_bounds_overlap_both_levels_are_named_and_the_more_intensive_is_taken() -> None:
    """Maryland COMAR 10.63.03.03 says "9 to 20"; partial hospitalization starts at 20."""
    both = rules.levels_for_hours(Decimal(20), jurisdiction="US-MD", age=34, on=TODAY)
    assert both == (LevelOfCare.IOP, LevelOfCare.PARTIAL_HOSPITALIZATION)
    taken = rules.level_for_hours(Decimal(20), jurisdiction="US-MD", age=34, on=TODAY)
    assert taken is LevelOfCare.PARTIAL_HOSPITALIZATION


def test_hours_in_a_gap_make_no_level() -> None:
    assert rules.level_for_hours(Decimal("19.5"), jurisdiction="US-NC", age=34, on=TODAY) is None


def test_a_row_holds_only_in_its_period() -> None:
    """Medicare pays for IOP since 2024-01-01; before that day the row of the US answers."""
    row = rules.hours_for(LevelOfCare.IOP, jurisdiction="US-MEDICARE", age=70, on=date(2024, 1, 1))
    before = rules.hours_for(LevelOfCare.IOP, jurisdiction="US-MEDICARE", age=70, on=date(2023, 12, 31))
    assert row is not None
    assert before is not None
    assert (row.jurisdiction, before.jurisdiction) == ("US-MEDICARE", "US")


def test_levels_that_are_not_counted_in_hours_have_none() -> None:
    assert rules.hours_for(LevelOfCare.RESIDENTIAL, jurisdiction="US", age=34, on=TODAY) is None


def test_an_unknown_place_is_refused() -> None:
    with pytest.raises(InputError, match="jurisdiction"):
        rules.hours_for(LevelOfCare.IOP, jurisdiction="FR", age=34, on=TODAY)


def test_every_row_names_its_source_and_what_rests_on_memory_needs_sign_off() -> None:
    for rule in rules.hours_rules():
        assert rule.source
        assert rule.needs_clinical_sign_off == (rule.mark == "M")
