"""The review signals (LOC-S1 to LOC-S3, LOC-D1), with each threshold on both sides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from openiop.progress.rules import AttendedWeek, BamScore, DrugTest, History, signals

TODAY = date(2026, 11, 23)  # a Monday
START = History(on=TODAY, admitted_on=TODAY - timedelta(days=35), minimum_hours=Decimal(9))


def ids(history: History) -> list[str]:
    return [signal.id for signal in signals(history)]


def drug_tests(letters: str) -> tuple[DrugTest, ...]:
    """Drug tests a week apart, the last one today: P positive, N negative."""
    count = len(letters)
    return tuple(
        DrugTest(TODAY - timedelta(weeks=count - n), letter == "P") for n, letter in enumerate(letters, start=1)
    )


def bams(*rows: tuple[int | None, int | None, int | None]) -> tuple[BamScore, ...]:
    """BAM-IOPs a week apart, the last one today: use, risk, protective."""
    return tuple(BamScore(TODAY - timedelta(weeks=len(rows) - n), *row) for n, row in enumerate(rows, start=1))


def weeks(*hours: tuple[str, str]) -> tuple[AttendedWeek, ...]:
    """Weeks of scheduled and attended hours, the last of which ended yesterday."""
    return tuple(
        AttendedWeek(TODAY - timedelta(weeks=len(hours) - n + 1), Decimal(planned), Decimal(attended))
        for n, (planned, attended) in enumerate(hours, start=1)
    )


@pytest.mark.parametrize(
    ("letters", "found"),
    [("", []), ("P", []), ("PP", ["LOC-S1"]), ("PNP", ["LOC-S1"]), ("PNN", []), ("PPNN", []), ("NPPN", ["LOC-S1"])],
)
def test_two_of_the_last_three_tests_positive_ask_for_a_step_up_review(letters: str, found: list[str]) -> None:
    assert ids(replace(START, tests=drug_tests(letters))) == found


@pytest.mark.parametrize(
    ("uses", "found"),
    [([1], []), ([1, 1], ["LOC-S1"]), ([1, 0], []), ([1, 0, 1], []), ([0, 2, 1], ["LOC-S1"]), ([1, None], [])],
)
def test_use_in_two_weekly_bams_in_a_row_asks_for_a_step_up_review(uses: list[int | None], found: list[str]) -> None:
    assert ids(replace(START, bams=bams(*[(use, 5, 15) for use in uses]))) == found


def test_two_bams_a_month_apart_are_not_two_weeks_in_a_row() -> None:
    far = (BamScore(TODAY - timedelta(days=30), 1, 5, 15), BamScore(TODAY, 1, 5, 15))
    assert ids(replace(START, bams=far)) == []


@pytest.mark.parametrize(
    ("hours", "found"),
    [
        ([("9", "9"), ("9", "9")], []),
        ([("15", "10.05"), ("15", "10.05")], []),  # exactly 67 %
        ([("15", "10"), ("15", "10")], ["LOC-S2"]),  # below 67 %
        ([("9", "8.9"), ("9", "8.9")], ["LOC-S2"]),  # below 9 hours two weeks running
        ([("9", "8"), ("9", "9")], []),
        ([("9", "6")], []),  # only one week so far
    ],
)
def test_too_few_hours_ask_for_outreach_and_a_review(hours: list[tuple[str, str]], found: list[str]) -> None:
    assert ids(replace(START, weeks=weeks(*hours))) == found


def test_a_week_that_has_not_ended_and_one_from_before_admission_do_not_count() -> None:
    running = (AttendedWeek(TODAY - timedelta(days=3), Decimal(9), Decimal(0)), *weeks(("9", "9"), ("9", "9")))
    assert ids(replace(START, weeks=running)) == []
    new = replace(START, admitted_on=TODAY - timedelta(days=10), weeks=weeks(("9", "0"), ("9", "0")))
    assert ids(new) == []


@pytest.mark.parametrize(
    ("risk", "protective", "found"),
    [(12, 12, ["LOC-S3"]), (11, 12, []), (12, 13, []), (None, 5, []), (20, None, [])],
)
def test_high_risk_and_low_protection_ask_for_a_plan_change_in_seven_days(
    risk: int | None, protective: int | None, found: list[str]
) -> None:
    raised = signals(replace(START, bams=bams((0, risk, protective))))
    assert [signal.id for signal in raised] == found
    assert all(signal.due_on == TODAY + timedelta(days=7) for signal in raised)


def test_four_steady_weeks_ask_for_a_step_down_review() -> None:
    steady = replace(START, bams=bams(*[(0, 11, 13)] * 4), phase_goals_met=True)
    assert ids(steady) == ["LOC-D1"]
    assert ids(replace(steady, phase_goals_met=None)) == []
    assert ids(replace(steady, bams=steady.bams[1:])) == []
    assert ids(replace(steady, admitted_on=TODAY - timedelta(days=27))) == []
    assert ids(replace(steady, bams=bams((1, 5, 15), *[(0, 5, 15)] * 3))) == []
    assert ids(replace(steady, bams=bams(*[(0, 12, 13)] * 4))) == []
    assert ids(replace(steady, bams=bams(*[(0, 11, 12)] * 4))) == []
    assert ids(replace(steady, bams=bams((None, 5, 15), *[(0, 5, 15)] * 3))) == []


def test_no_step_down_is_asked_for_while_a_return_to_use_asks_for_a_step_up() -> None:
    tests = tuple(DrugTest(TODAY - timedelta(days=day), positive=True) for day in (1, 4))
    steady = replace(START, bams=bams(*[(0, 11, 13)] * 4), phase_goals_met=True, tests=tests)
    assert ids(steady) == ["LOC-S1"]


def test_the_order_of_the_records_changes_nothing() -> None:
    history = replace(
        START, tests=drug_tests("NPP"), bams=bams((1, 13, 9), (2, 13, 9)), weeks=weeks(("9", "3"), ("9", "4"))
    )
    turned = replace(history, tests=history.tests[::-1], bams=history.bams[::-1], weeks=history.weeks[::-1])
    assert signals(turned) == signals(history)
    assert ids(history) == ["LOC-S1", "LOC-S2", "LOC-S3"]


def test_every_signal_says_what_it_saw_and_where_the_rule_comes_from() -> None:
    for signal in signals(replace(START, tests=drug_tests("PPP"), bams=bams((2, 13, 9)))):
        assert signal.reason
        assert signal.evidence
        assert signal.source
        assert signal.version
