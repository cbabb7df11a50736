"""How the made-up clients fare. Each course says, phase by phase, what a week looks like on average.

A course is a table, not a story: the fill draws each day from it with the demo's fixed seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Ending(StrEnum):
    """How a course ends when its weeks are over."""

    STEP_DOWN = "step_down"
    COMPLETED = "completed"
    LEFT = "left"
    TRANSFERRED = "transferred"


@dataclass(frozen=True, slots=True)
class Phase:
    """A few weeks of a course, in averages.

    `attends` and `tests_negative` are chances, `craving` 0 to 10, `mood` 1 to 5, `phq9` 0 to 27, `use_days` of the week.
    """

    weeks: int
    attends: float
    tests_negative: float
    craving: float
    mood: float
    phq9: int
    use_days: int


@dataclass(frozen=True, slots=True)
class Course:
    """A way through treatment."""

    name: str
    phases: tuple[Phase, ...]
    ending: Ending

    @property
    def weeks(self) -> int:
        """Weeks in the intensive track."""
        return sum(phase.weeks for phase in self.phases)

    def phase(self, week: int) -> Phase:
        """The phase of a week, counted from 0; the last one goes on."""
        left = week
        for phase in self.phases:
            if left < phase.weeks:
                return phase
            left -= phase.weeks
        return self.phases[-1]


STEADY = Course(
    "steady",
    (
        Phase(3, 0.92, 0.75, 5.0, 2.6, 13, 1),
        Phase(3, 0.94, 0.92, 3.2, 3.3, 9, 0),
        Phase(2, 0.96, 0.98, 1.8, 3.9, 5, 0),
    ),
    Ending.STEP_DOWN,
)
SLOW = Course(
    "slow",
    (
        Phase(3, 0.80, 0.55, 6.2, 2.2, 16, 2),
        Phase(3, 0.86, 0.75, 4.8, 2.8, 12, 1),
        Phase(3, 0.90, 0.90, 3.2, 3.4, 8, 0),
    ),
    Ending.COMPLETED,
)
WOBBLE = Course(
    "wobble",
    (
        Phase(3, 0.92, 0.85, 4.0, 3.1, 10, 0),
        Phase(2, 0.62, 0.30, 7.2, 2.0, 17, 3),
        Phase(3, 0.90, 0.88, 3.6, 3.2, 9, 0),
    ),
    Ending.COMPLETED,
)
LEAVES_EARLY = Course(
    "leaves early",
    (Phase(2, 0.70, 0.50, 6.0, 2.4, 14, 2), Phase(1, 0.35, 0.30, 6.8, 2.1, 16, 3)),
    Ending.LEFT,
)
NEEDS_MORE = Course(
    "needs more",
    (Phase(2, 0.85, 0.50, 6.5, 2.1, 18, 3), Phase(2, 0.70, 0.20, 7.6, 1.8, 20, 4)),
    Ending.TRANSFERRED,
)

# How often each course occurs. A little over a third completes, about a quarter leaves early, as in the national
# discharge data of 2004 (TEDS-D: completed 37.7 %, transferred 17.9 %, dropped out 23.2 %).
MIX = ((STEADY, 34), (SLOW, 22), (WOBBLE, 16), (LEAVES_EARLY, 18), (NEEDS_MORE, 10))
