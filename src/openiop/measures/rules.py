"""When each questionnaire is given: rows of a cadence and a small evaluator.

No Django, no clock: the day is an argument.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date, timedelta

VERSION = "2026.11"


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often an instrument is given to a client in treatment. `every_days` None: at admission only."""

    instrument: str
    every_days: int | None
    minutes: int
    """How long it takes a client, as the portal says it."""
    source: str


# clinical.md 3.6 names the battery; PHQ-9 every two weeks (3.1), BAM-IOP weekly as the IOP's main measure (3.2).
CADENCE = (
    Cadence("BAM-IOP", 7, 5, "BAM-IOP covers 7 days and is given weekly (VA CESATE)"),
    Cadence("PHQ-9", 14, 3, "PHQ-9 covers 2 weeks (Kroenke 2001)"),
    Cadence("GAD-7", None, 2, "GAD-7 at intake; repeated by the counselor where it is 10 or more (Spitzer 2006)"),
)
MINUTES = {row.instrument: row.minutes for row in CADENCE}


def instruments_due(*, last: Mapping[str, date], open_now: Set[str], on: date) -> tuple[str, ...]:
    """The instruments of the cadence to assign on that day.

    `last` is the day each was last finished or set aside, `open_now` the ones already waiting for the client.
    """
    return tuple(row.instrument for row in CADENCE if row.instrument not in open_now and _is_due(row, last, on))


def _is_due(row: Cadence, last: Mapping[str, date], on: date) -> bool:
    before = last.get(row.instrument)
    if before is None:
        return True
    return row.every_days is not None and on >= before + timedelta(days=row.every_days)
