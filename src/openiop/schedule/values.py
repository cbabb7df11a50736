"""Times of the week."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True, slots=True, order=True)
class WeeklyTime:
    """A time that comes back every week, local to the center; half-open. `weekday` 0 is Monday."""

    weekday: int
    starts: time
    ends: time

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise ValueError(f"weekday is {self.weekday}, it must be 0 (Monday) to 6 (Sunday)")
        if self.ends <= self.starts:
            raise ValueError(f"the time ends at {self.ends}, which is not after its start at {self.starts}")

    def overlaps(self, other: WeeklyTime) -> bool:
        """Whether both hold at some moment of the week. Touching ends do not."""
        return self.weekday == other.weekday and self.starts < other.ends and other.starts < self.ends


@dataclass(frozen=True, slots=True)
class Busy:
    """A weekly time when a client cannot come, and why (`work`, `school`, `care`, `other`)."""

    time: WeeklyTime
    reason: str


@dataclass(frozen=True, slots=True)
class Clash:
    """A commitment of the client stands against a time of the track."""

    busy: Busy
    meeting: WeeklyTime


def merged(times: Iterable[WeeklyTime]) -> tuple[WeeklyTime, ...]:
    """The same moments with touching and overlapping times joined, in order."""
    joined: list[WeeklyTime] = []
    for one in sorted(times):
        last = joined[-1] if joined else None
        if last is not None and last.weekday == one.weekday and one.starts <= last.ends:
            joined[-1] = WeeklyTime(last.weekday, last.starts, max(last.ends, one.ends))
        else:
            joined.append(one)
    return tuple(joined)
