"""Contingency management as frozen values: bowls, protocols, events and what each visit earns.

Money is `Decimal` dollars with cents. Points once earned are never taken back; a reset only changes what comes next.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from openiop.kernel.errors import InputError

MOST_VISITS = 1000
MOST_COUNT = 100
MOST_SLIPS = 10_000
MOST_DOLLARS = Decimal(10_000)
CENT = Decimal("0.01")


class Target(StrEnum):
    """What a protocol rewards."""

    TEST = "test"
    ATTENDANCE = "attendance"


class Outcome(StrEnum):
    """How one visit went."""

    NEGATIVE = "negative"
    ATTENDED = "attended"
    POSITIVE = "positive"
    MISSED = "missed"
    REFUSED = "refused"
    INVALID = "invalid"
    EXCUSED = "excused"

    @property
    def earns(self) -> bool:
        return self in (Outcome.NEGATIVE, Outcome.ATTENDED)

    @property
    def resets(self) -> bool:
        """An unexcused miss, a refusal or an invalid sample counts as a positive; an excused miss changes nothing."""
        return not self.earns and self is not Outcome.EXCUSED


OUTCOMES = {
    Target.TEST: tuple(outcome for outcome in Outcome if outcome is not Outcome.ATTENDED),
    Target.ATTENDANCE: (Outcome.ATTENDED, Outcome.MISSED, Outcome.EXCUSED),
}


@dataclass(frozen=True, slots=True)
class Event:
    """One visit: its outcome, and whether the protocol's extra goal was met too."""

    result: Outcome
    bonus: bool = False


@dataclass(frozen=True, slots=True)
class Slip:
    """One kind of slip in a bowl."""

    key: str
    label: str
    count: int
    value: Decimal

    def __post_init__(self) -> None:
        _counts(self, "count", least=1, most=MOST_SLIPS)
        _dollars(self, "value")


@dataclass(frozen=True, slots=True)
class Bowl:
    """A bowl of slips. Each drawn slip goes back, so that every draw is from the full bowl."""

    key: str
    slips: tuple[Slip, ...]
    source: str
    mark: str

    def __post_init__(self) -> None:
        if not self.slips:
            raise InputError("slips", held=[], allowed="one kind of slip or more")
        if len({slip.key for slip in self.slips}) < len(self.slips):
            raise InputError("slips", held=[slip.key for slip in self.slips], allowed="each key once")

    @property
    def size(self) -> int:
        return sum(slip.count for slip in self.slips)

    @property
    def expected_value(self) -> Decimal:
        """Dollars that one draw is worth on average."""
        return sum((slip.value * slip.count for slip in self.slips), Decimal(0)) / self.size

    @property
    def largest(self) -> Decimal:
        """Dollars of the largest prize."""
        return max(slip.value for slip in self.slips)


@dataclass(frozen=True, slots=True)
class Prize:
    """What one draw gave: the number of the slip (1 to the size of the bowl) and its kind."""

    number: int
    key: str
    label: str
    value: Decimal


class Effective(StrEnum):
    """Whether a value that comes back is already paid on the n-th earning visit, or on the one after it."""

    ON_NTH = "on_nth"
    AFTER_NTH = "after_nth"


@dataclass(frozen=True, slots=True)
class WeeklyDraws:
    """Draws that rise by the week: as many as consecutive weeks. `cap` 0 means none."""

    visits: int
    visits_per_week: int
    first: int
    step: int
    cap: int
    bonus_draws: int

    def __post_init__(self) -> None:
        _counts(self, "visits", most=MOST_VISITS)
        _counts(self, "visits_per_week", "first", least=1)
        _counts(self, "step", "cap", "bonus_draws")
        _cap(self)


@dataclass(frozen=True, slots=True)
class VisitDraws:
    """Draws that rise with every earning visit. `cap` 0 means none, `visits` 0 an open end."""

    visits: int
    first: int
    step: int
    cap: int
    bonus_draws: int

    def __post_init__(self) -> None:
        _counts(self, "visits", most=MOST_VISITS)
        _counts(self, "first", least=1)
        _counts(self, "step", "cap", "bonus_draws")
        _cap(self)


class Remember(StrEnum):
    """Which value comes back after several resets in a row."""

    LAST_PAID = "last_paid"  # the value paid just before the latest reset
    UNTIL_RESTORED = "until_restored"  # the highest value lost since the last restoration


@dataclass(frozen=True, slots=True)
class RestoringVouchers:
    """Vouchers that rise with every negative sample, with a bonus for runs, a reset, and a way back up."""

    visits: int
    first: Decimal
    step: Decimal
    bonus: Decimal
    bonus_every: int
    restore_after: int
    restore_effective: Effective
    remember: Remember

    def __post_init__(self) -> None:
        _counts(self, "visits", most=MOST_VISITS)
        _counts(self, "bonus_every", "restore_after", least=1)
        _dollars(self, "first", "step", "bonus")


@dataclass(frozen=True, slots=True)
class WeeklyVouchers:
    """Amounts that rise after a week of negatives, then fixed amounts, one visit a week."""

    rising_weeks: int
    visits_per_week: int
    first: Decimal
    step: Decimal
    fixed: tuple[Decimal, ...]
    recover_after: int
    recover_effective: Effective

    def __post_init__(self) -> None:
        _counts(self, "rising_weeks", "visits_per_week", "recover_after", least=1)
        _dollars(self, "first", "step")
        for place, value in enumerate(self.fixed, start=1):
            _amount(f"fixed.{place}", value)
        if self.visits > MOST_VISITS:
            raise InputError("rising_weeks", held=self.rising_weeks, allowed=f"at most {MOST_VISITS} visits in all")

    @property
    def rising_visits(self) -> int:
        return self.rising_weeks * self.visits_per_week

    @property
    def visits(self) -> int:
        return self.rising_visits + len(self.fixed)


Schedule = WeeklyDraws | VisitDraws | RestoringVouchers | WeeklyVouchers


@dataclass(frozen=True, slots=True)
class Protocol:
    """A written incentive protocol: what it rewards, how the reward moves, and where it comes from."""

    name: str
    title: str
    version: str
    target: Target
    schedule: Schedule
    bowl: Bowl | None
    client_text: str
    source: str
    mark: str
    bonus_goal: str = ""
    """What earns the bonus draws beside a negative test, such as "Negative for opioids too"; empty when nothing does."""
    license: str = ""
    """Under which terms the protocol's words may be used; empty for a site's own."""

    @property
    def needs_clinical_sign_off(self) -> bool:
        """Whether a clinician must look at it first: it rests on memory or is this project's own."""
        return self.mark != "V"

    @property
    def gives_draws(self) -> bool:
        return self.bowl is not None


@dataclass(frozen=True, slots=True)
class Visit:
    """What one visit earned: draws, or dollars as a voucher and a bonus."""

    number: int
    result: Outcome
    draws: int = 0
    amount: Decimal = Decimal(0)
    bonus: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Run:
    """All visits of a course with their totals; `amount` is None for draws, whose worth only the draw decides."""

    protocol: str
    version: str
    visits: tuple[Visit, ...]
    draws: int
    expected_value: Decimal
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Limit:
    """A dated legal or funding limit on what one person may receive in a period."""

    id: str
    label: str
    amount: Decimal
    period: str
    effective_from: date | None
    effective_to: date | None
    source: str
    mark: str

    def in_force(self, on: date) -> bool:
        """Whether the limit holds on that day; both dates belong to the period."""
        return (self.effective_from is None or self.effective_from <= on) and (
            self.effective_to is None or on <= self.effective_to
        )


def _counts(schedule: object, *names: str, least: int = 0, most: int = MOST_COUNT) -> None:
    for name in names:
        value = getattr(schedule, name)
        if type(value) is not int or not least <= value <= most:
            raise InputError(name, held=value, allowed=f"a whole number from {least} to {most}")


def _cap(schedule: WeeklyDraws | VisitDraws) -> None:
    if 0 < schedule.cap < schedule.first:
        raise InputError("cap", held=schedule.cap, allowed=f"0 for none, or at least the first {schedule.first}")


def _dollars(schedule: object, *names: str) -> None:
    for name in names:
        _amount(name, getattr(schedule, name))


def _amount(field: str, value: object) -> None:
    amount = value if isinstance(value, Decimal) and value.is_finite() else Decimal(-1)
    if not 0 <= amount <= MOST_DOLLARS or amount != amount.quantize(CENT):
        raise InputError(field, held=str(value), allowed=f"dollars and cents from 0 to {MOST_DOLLARS}")
