"""What each visit earns, one small machine for each kind of schedule: where a course stands, and the step of a visit.

A standing holds only what later visits depend on, so that courses which lead to the same place can be counted together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import singledispatch
from typing import Any, NamedTuple

from openiop.incentives.values import (
    Effective,
    Event,
    Remember,
    RestoringVouchers,
    Schedule,
    Visit,
    VisitDraws,
    WeeklyDraws,
    WeeklyVouchers,
)

NOTHING = Decimal(0)
Standing = Any  # an int or one of the tuples below; each kind of schedule has its own


class Restoring(NamedTuple):
    """Negatives in a row, the value of the last one, and the value that may come back."""

    streak: int
    value: Decimal
    lost: Decimal


class Weekly(NamedTuple):
    """The value of this week, the value that may come back, negatives in a row, and negatives in this week."""

    value: Decimal
    lost: Decimal
    streak: int
    negatives: int


def visits_of(schedule: Schedule, events: Sequence[Event]) -> Iterator[Visit]:
    """The visits that `events` make under `schedule`, in order."""
    standing = start(schedule)
    for number, event in enumerate(events, start=1):
        standing, visit = step(schedule, standing, number, event)
        yield visit


@singledispatch
def start(schedule: object) -> Standing:
    """Where a course stands before its first visit."""
    return 0


@start.register
def _(schedule: RestoringVouchers) -> Standing:
    return Restoring(0, NOTHING, NOTHING)


@start.register
def _(schedule: WeeklyVouchers) -> Standing:
    return Weekly(schedule.first, NOTHING, 0, 0)


@singledispatch
def step(schedule: object, standing: Standing, number: int, event: Event) -> tuple[Standing, Visit]:
    """Where visit `number` (from 1) leads from `standing`, and what it earns."""
    raise NotImplementedError(f"Unexpected schedule: {schedule}")


@step.register
def _(schedule: WeeklyDraws, standing: int, number: int, event: Event) -> tuple[Standing, Visit]:
    """The count rises when the first visit of a week earns; later visits of the week pay the same.

    After a reset, a week whose first visit earned nothing can still start the count at one.
    """
    opens_week = (number - 1) % schedule.visits_per_week == 0
    return _drawn(schedule, standing, number, event, rises=opens_week or standing == 0)


@step.register
def _(schedule: VisitDraws, standing: int, number: int, event: Event) -> tuple[Standing, Visit]:
    """Every earning visit in a row adds to the draws; an excused one leaves the row as it is."""
    return _drawn(schedule, standing, number, event, rises=True)


def _drawn(
    schedule: WeeklyDraws | VisitDraws, count: int, number: int, event: Event, *, rises: bool
) -> tuple[Standing, Visit]:
    if event.result.earns:
        count += rises
        draws = schedule.first + schedule.step * (count - 1)
        draws = min(draws, schedule.cap) if schedule.cap else draws
        return count, Visit(number, event.result, draws=draws + (schedule.bonus_draws if event.bonus else 0))
    return 0 if event.result.resets else count, Visit(number, event.result)


@step.register
def _(schedule: RestoringVouchers, standing: Restoring, number: int, event: Event) -> tuple[Standing, Visit]:
    """The value rises by a step with each negative in a row; a reset starts it over until it is restored."""
    streak, value, lost = standing
    if event.result.earns:
        streak += 1
        value = schedule.first if streak == 1 else value + schedule.step
        if streak == schedule.restore_after + (schedule.restore_effective is Effective.AFTER_NTH):
            value, lost = max(value, lost), NOTHING
        bonus = schedule.bonus if streak % schedule.bonus_every == 0 else NOTHING
        return Restoring(streak, value, lost), Visit(number, event.result, amount=value, bonus=bonus)
    if event.result.resets:
        if streak:
            lost = max(value, lost) if schedule.remember is Remember.UNTIL_RESTORED else value
        standing = Restoring(0, NOTHING, lost)
    return standing, Visit(number, event.result)


@step.register
def _(schedule: WeeklyVouchers, standing: Weekly, number: int, event: Event) -> tuple[Standing, Visit]:
    """The amount rises after a week of negatives unless a lost amount is still to come back when the week ends.

    With `after_nth` the lost amount comes back for the visit after the n-th negative, so it is still to come back
    when a week ends on that n-th one.
    """
    if number > schedule.rising_visits:
        fixed = schedule.fixed[number - schedule.rising_visits - 1]
        return None, Visit(number, event.result, amount=fixed if event.result.earns else NOTHING)
    value, lost, streak, negatives = standing
    if lost and schedule.recover_effective is Effective.AFTER_NTH and streak >= schedule.recover_after:
        value, lost = lost, NOTHING
    amount = NOTHING
    if event.result.earns:
        # Beyond the recovery it no longer matters how long the row is.
        streak, negatives = min(streak + 1, schedule.recover_after), negatives + 1
        if lost and schedule.recover_effective is Effective.ON_NTH and streak >= schedule.recover_after:
            value, lost = lost, NOTHING
        amount = value
    elif event.result.resets:
        value, lost, streak = schedule.first, lost or value, 0
    if number % schedule.visits_per_week == 0:
        value += schedule.step if negatives == schedule.visits_per_week and not lost else NOTHING
        negatives = 0
    return Weekly(value, lost, streak, negatives), Visit(number, event.result, amount=amount)
