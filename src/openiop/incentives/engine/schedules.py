"""What each visit earns, one function for each kind of schedule, from the events so far."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import singledispatch

from openiop.incentives.values import (
    Effective,
    Event,
    Remember,
    RestoringVouchers,
    Visit,
    VisitDraws,
    WeeklyDraws,
    WeeklyVouchers,
)

NOTHING = Decimal(0)


@singledispatch
def visits_of(schedule: object, events: Sequence[Event]) -> Iterator[Visit]:
    """The visits that `events` make under `schedule`, in order."""
    raise NotImplementedError(f"Unexpected schedule: {schedule}")


@visits_of.register
def _(schedule: WeeklyDraws, events: Sequence[Event]) -> Iterator[Visit]:
    """The count rises when the first visit of a week earns; later visits of the week pay the same.

    After a reset, a week whose first visit earned nothing can still start the count at one.
    """
    weeks = 0
    for number, event in enumerate(events, start=1):
        opens_week = (number - 1) % schedule.visits_per_week == 0
        draws = 0
        if event.result.earns:
            weeks += 1 if opens_week or weeks == 0 else 0
            draws = _escalated(schedule, weeks) + (schedule.bonus_draws if event.bonus else 0)
        elif event.result.resets:
            weeks = 0
        yield Visit(number, event.result, draws=draws)


@visits_of.register
def _(schedule: VisitDraws, events: Sequence[Event]) -> Iterator[Visit]:
    """Every earning visit in a row adds to the draws; an excused one leaves the row as it is."""
    streak = 0
    for number, event in enumerate(events, start=1):
        draws = 0
        if event.result.earns:
            streak += 1
            draws = _escalated(schedule, streak) + (schedule.bonus_draws if event.bonus else 0)
        elif event.result.resets:
            streak = 0
        yield Visit(number, event.result, draws=draws)


def _escalated(schedule: WeeklyDraws | VisitDraws, place: int) -> int:
    """Draws at this place in the row, never above the cap."""
    draws = schedule.first + schedule.step * (place - 1)
    return min(draws, schedule.cap) if schedule.cap else draws


@visits_of.register
def _(schedule: RestoringVouchers, events: Sequence[Event]) -> Iterator[Visit]:
    """The value rises by a step with each negative in a row; a reset starts it over until it is restored."""
    streak, value, lost = 0, NOTHING, NOTHING
    restored_at = schedule.restore_after + (schedule.restore_effective is Effective.AFTER_NTH)
    for number, event in enumerate(events, start=1):
        if event.result.earns:
            streak += 1
            value = schedule.first if streak == 1 else value + schedule.step
            if streak == restored_at and lost:
                value, lost = max(value, lost), NOTHING
            bonus = schedule.bonus if streak % schedule.bonus_every == 0 else NOTHING
            yield Visit(number, event.result, amount=value, bonus=bonus)
            continue
        if event.result.resets:
            if streak:
                keeps = schedule.remember is Remember.UNTIL_RESTORED
                lost = max(value, lost) if keeps else value
            streak = 0
        yield Visit(number, event.result)


@visits_of.register
def _(schedule: WeeklyVouchers, events: Sequence[Event]) -> Iterator[Visit]:
    """The amount rises after a week of negatives unless a lost amount is still to come back when the week ends.

    With `after_nth` the lost amount comes back for the visit after the n-th negative, so it is still to come back
    when a week ends on that n-th one.
    """
    value, lost = schedule.first, NOTHING
    streak = negatives = 0
    for number, event in enumerate(events, start=1):
        if number > schedule.rising_visits:
            fixed = schedule.fixed[number - schedule.rising_visits - 1]
            yield Visit(number, event.result, amount=fixed if event.result.earns else NOTHING)
            continue
        if lost and schedule.recover_effective is Effective.AFTER_NTH and streak >= schedule.recover_after:
            value, lost = lost, NOTHING
        amount = NOTHING
        if event.result.earns:
            streak, negatives = streak + 1, negatives + 1
            if lost and schedule.recover_effective is Effective.ON_NTH and streak >= schedule.recover_after:
                value, lost = lost, NOTHING
            amount = value
        elif event.result.resets:
            value, lost, streak = schedule.first, lost or value, 0
        if number % schedule.visits_per_week == 0:
            value += schedule.step if negatives == schedule.visits_per_week and not lost else NOTHING
            negatives = 0
        yield Visit(number, event.result, amount=amount)
