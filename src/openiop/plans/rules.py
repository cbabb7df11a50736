"""What a plan must hold before anyone signs it, and when it is due again. Pure: no Django, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

REVIEW_AFTER = timedelta(days=30)
"""Time until the next review of a plan, unless the clinician sets another day.

States differ, from monthly (WAC 388-877B-0350, Washington) to every 90 days (COMAR 10.47.02, Maryland, level I); the
default satisfies the strictest of those. A clinician may set another day on each plan.
"""

RECENTLY = timedelta(days=3)
"""How long before its day a review is announced."""


@dataclass(frozen=True, slots=True)
class Outline:
    """How much of a plan exists: a count of the lines below each standing line, level by level.

    `goals` holds the number of goals of each problem, `objectives` the number of objectives of each goal,
    `interventions` the number of interventions of each objective.
    """

    goals: Sequence[int] = ()
    objectives: Sequence[int] = ()
    interventions: Sequence[int] = ()


def gaps(outline: Outline) -> tuple[str, ...]:
    """What is still missing before the plan can be signed, in plain sentences; empty when it is complete."""
    if not outline.goals:
        return ("Add at least one problem.",)
    found = (
        (0 in outline.goals, "Every problem needs a goal in the client's words."),
        (0 in outline.objectives, "Every goal needs an objective with a target date."),
        (0 in outline.interventions, "Every objective needs something the program does for it."),
    )
    return tuple(sentence for is_missing, sentence in found if is_missing)


def first_review(on: date) -> date:
    """The day on which a plan begun on `on` is due for review."""
    return on + REVIEW_AFTER
