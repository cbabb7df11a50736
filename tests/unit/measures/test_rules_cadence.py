"""When each questionnaire is asked again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from openiop.measures import engine, rules

TODAY = date(2026, 11, 23)


def test_everything_is_asked_at_the_start() -> None:
    assert rules.instruments_due(last={}, open_now=set(), on=TODAY) == ("BAM-IOP", "PHQ-9", "GAD-7")


@pytest.mark.parametrize(
    ("days", "asked"), [(6, ()), (7, ("BAM-IOP",)), (13, ("BAM-IOP",)), (14, ("BAM-IOP", "PHQ-9"))]
)
def test_each_has_its_own_rhythm(days: int, asked: tuple[str, ...]) -> None:
    last = dict.fromkeys(("BAM-IOP", "PHQ-9", "GAD-7"), TODAY - timedelta(days=days))
    assert rules.instruments_due(last=last, open_now=set(), on=TODAY) == asked


def test_what_waits_is_not_asked_twice() -> None:
    assert rules.instruments_due(last={}, open_now={"PHQ-9", "GAD-7"}, on=TODAY) == ("BAM-IOP",)


def test_the_cadence_names_shipped_instruments_and_its_sources() -> None:
    for row in rules.CADENCE:
        assert engine.load(row.instrument).code == row.instrument
        assert row.source
