"""Signals for a review of the level of care, from what the program already records.

A signal never changes care and never ends it: it asks a person to look, says why, and names its rule. Thresholds and
sources are those of the published worksheet (rules LOC-S1 to LOC-S3 and LOC-D1). Nothing here reads a clock: the day is
part of the history.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

VERSION = "2026.11"
WEEK = timedelta(days=7)
LAST_TESTS = 3
POSITIVE_TESTS = 2
CONSECUTIVE_BAMS_WITHIN = timedelta(days=14)
ATTENDED_SHARE = Decimal("0.67")
WEEKS_LOOKED_AT = 2
HIGH_RISK = 12
LOW_PROTECTIVE = 12
PLAN_CHANGE_WITHIN = timedelta(days=7)
STABLE_WEEKS = 4
STABLE_BAMS = 4


@dataclass(frozen=True, slots=True)
class DrugTest:
    """A drug test with a result. Tests that wait for one, or are not valid, are left out by the caller."""

    collected_on: date
    positive: bool


@dataclass(frozen=True, slots=True)
class BamScore:
    """The scores of one BAM-IOP; None where an answer was missing."""

    taken_on: date
    use: int | None
    risk: int | None
    protective: int | None


@dataclass(frozen=True, slots=True)
class AttendedWeek:
    """Hours of one week: planned for the client, and attended."""

    starts_on: date
    scheduled: Decimal
    attended: Decimal

    def __post_init__(self) -> None:
        if self.scheduled < 0 or self.attended < 0:
            raise ValueError("hours cannot be below zero")


@dataclass(frozen=True, slots=True)
class History:
    """What is known about an episode on a day. The order of tests, scores and weeks does not matter.

    `minimum_hours` is the least a week at the present level (`programs.rules.hours_for`); None for levels without one.
    `phase_goals_met` is None while nobody has said.
    """

    on: date
    admitted_on: date
    minimum_hours: Decimal | None
    tests: tuple[DrugTest, ...] = ()
    bams: tuple[BamScore, ...] = ()
    weeks: tuple[AttendedWeek, ...] = ()
    phase_goals_met: bool | None = None

    def latest_tests(self, count: int) -> list[DrugTest]:
        """The last `count` tests up to the day, newest first."""
        known = [test for test in self.tests if test.collected_on <= self.on]
        return sorted(known, key=lambda test: test.collected_on, reverse=True)[:count]

    def latest_bams(self, count: int) -> list[BamScore]:
        """The last `count` BAM-IOPs up to the day, newest first."""
        known = [bam for bam in self.bams if bam.taken_on <= self.on]
        return sorted(known, key=lambda bam: bam.taken_on, reverse=True)[:count]

    def latest_weeks(self) -> list[AttendedWeek]:
        """The last two whole weeks of the episode that have ended, newest first; none if they are not in a row."""
        whole = [w for w in self.weeks if w.starts_on >= self.admitted_on and w.starts_on + WEEK <= self.on]
        latest = sorted(whole, key=lambda week: week.starts_on, reverse=True)[:WEEKS_LOOKED_AT]
        in_a_row = len(latest) == WEEKS_LOOKED_AT and latest[1].starts_on + WEEK == latest[0].starts_on
        return latest if in_a_row else []


class Ask(StrEnum):
    """What a signal asks a person to do."""

    STEP_UP_REVIEW = "step_up_review"
    OUTREACH_AND_REVIEW = "outreach_and_review"
    PLAN_CHANGE = "plan_change"
    STEP_DOWN_REVIEW = "step_down_review"


@dataclass(frozen=True, slots=True)
class Signal:
    """A rule that holds today, with what it saw."""

    id: str
    ask: Ask
    reason: str
    evidence: tuple[str, ...]
    due_on: date | None
    source: str
    mark: str
    version: str = VERSION


@dataclass(frozen=True, slots=True)
class SignalRule:
    """A row: what it sees in a history (nothing: it does not hold), and what it then asks for."""

    id: str
    ask: Ask
    evidence: Callable[[History], tuple[str, ...]]
    reason: str
    source: str
    mark: str
    within: timedelta | None = None

    @property
    def needs_clinical_sign_off(self) -> bool:
        return self.mark != "V"


def _return_to_use(history: History) -> tuple[str, ...]:
    found: list[str] = []
    tests = history.latest_tests(LAST_TESTS)
    positive = sum(test.positive for test in tests)
    if positive >= POSITIVE_TESTS:
        found.append(f"{positive} of the last {len(tests)} drug tests were positive")
    bams = history.latest_bams(2)
    used = [bam for bam in bams if bam.use]
    if len(used) == 2 and bams[0].taken_on - bams[1].taken_on <= CONSECUTIVE_BAMS_WITHIN:
        found.append("BAM-IOP Use was above 0 two weeks in a row")
    return tuple(found)


def _too_few_hours(history: History) -> tuple[str, ...]:
    weeks = history.latest_weeks()
    if not weeks:
        return ()
    found: list[str] = []
    scheduled = sum((week.scheduled for week in weeks), Decimal(0))
    attended = sum((week.attended for week in weeks), Decimal(0))
    if scheduled and attended < ATTENDED_SHARE * scheduled:
        found.append(f"{attended.normalize():f} of {scheduled.normalize():f} planned hours attended in 14 days")
    least = history.minimum_hours
    if least is not None and all(week.attended < least for week in weeks):
        found.append(f"fewer than {least.normalize():f} hours attended in each of the last 2 weeks")
    return tuple(found)


def _risk_over_protection(history: History) -> tuple[str, ...]:
    for bam in history.latest_bams(1):
        if bam.risk is None or bam.protective is None:
            continue
        if bam.risk >= HIGH_RISK and bam.protective <= LOW_PROTECTIVE:
            return (f"BAM-IOP Risk {bam.risk}, Protective {bam.protective}",)
    return ()


def _steady(history: History) -> tuple[str, ...]:
    """Missing scores and an unanswered question about the goals are not good news: they give no signal.

    Nor does anything while a return to use asks for more support (LOC-S1), such as positive tests.
    """
    if _return_to_use(history):
        return ()
    bams = history.latest_bams(STABLE_BAMS)
    if history.on - history.admitted_on < STABLE_WEEKS * WEEK or len(bams) < STABLE_BAMS:
        return ()
    latest = bams[0]
    if latest.risk is None or latest.protective is None or any(bam.use != 0 for bam in bams):
        return ()
    if latest.risk >= HIGH_RISK or latest.protective <= LOW_PROTECTIVE or history.phase_goals_met is not True:
        return ()
    return (
        f"BAM-IOP Use was 0 in the last {STABLE_BAMS}",
        f"BAM-IOP Risk {latest.risk}, Protective {latest.protective}",
        "the goals of this phase are met",
    )


RULES: Sequence[SignalRule] = (
    SignalRule(
        id="LOC-S1",
        ask=Ask.STEP_UP_REVIEW,
        evidence=_return_to_use,
        reason="A return to use asks for a review with more support, not for a discharge.",
        source="OpenIOP rule; BAM-IOP Use above 0: VA VistA report",
        mark="own",
    ),
    SignalRule(
        id="LOC-S2",
        ask=Ask.OUTREACH_AND_REVIEW,
        evidence=_too_few_hours,
        reason="Too few hours reach the client: reach out and review the level of care.",
        source="OpenIOP rule; hours a week from the row of the jurisdiction",
        mark="own",
    ),
    SignalRule(
        id="LOC-S3",
        ask=Ask.PLAN_CHANGE,
        evidence=_risk_over_protection,
        reason="Risk is high and protection low: change the treatment plan within 7 days.",
        source="VA VistA BAM-IOP report: Risk above 11, Protective below 13; the 7 days are an OpenIOP rule",
        mark="own",
        within=PLAN_CHANGE_WITHIN,
    ),
    SignalRule(
        id="LOC-D1",
        ask=Ask.STEP_DOWN_REVIEW,
        evidence=_steady,
        reason="Four steady weeks: review whether less care is enough now.",
        source="OpenIOP rule; SAMHSA Advisory 2021: IOP is a step-down and step-up service",
        mark="own",
    ),
)


def signals(history: History) -> tuple[Signal, ...]:
    """The signals that hold on the history's day, in the order of the rules."""
    return tuple(
        Signal(
            id=rule.id,
            ask=rule.ask,
            reason=rule.reason,
            evidence=evidence,
            due_on=history.on + rule.within if rule.within else None,
            source=rule.source,
            mark=rule.mark,
        )
        for rule in RULES
        if (evidence := rule.evidence(history))
    )
