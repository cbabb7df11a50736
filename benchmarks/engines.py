"""How long the engines take: `make bench`, after the pages. Prints one line an engine; needs a quiet machine.

Each engine works through the same input that a baseline in the same run only reads and writes as JSON, so that the ratio
says what the engine costs on any machine. The goals: 100,000 answer sheets in 2 s, 100,000 placement cases in 5 s (read,
recommended and turned into plain data).
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from openiop.admissions.engine import placement
from openiop.admissions.engine.placement.values import Input, InputKind
from openiop.measures import engine as measures
from openiop.measures.values import Instrument

COUNT, ROUNDS, SEED = 100_000, 3, 20261123
TODAY = date(2026, 11, 23)
PLACES = ("US", "US-MD", "US-KS", "US-CA")


def answer_sheets(dice: random.Random) -> list[tuple[Instrument, dict[str, int]]]:
    """Complete sheets of every instrument that has scores, in turn."""
    scored = [one for one in measures.catalog() if one.scores]
    options = {one.code: [(item.id, tuple(item.points)) for item in one.items] for one in scored}
    chosen = (scored[number % len(scored)] for number in range(COUNT))
    return [(one, {item: dice.choice(values) for item, values in options[one.code]}) for one in chosen]


def cases(dice: random.Random) -> list[dict[str, Any]]:
    """Cases with every kind of input, a third of the circumstances not known."""
    sheet = placement.worksheet()
    return [
        {
            "jurisdiction": dice.choice(PLACES),
            "age": dice.randint(13, 80),
            "domains": {one.key: {"rating": dice.choice((None, 0, 1, 2, 3, 4))} for one in sheet.domains},
            "measures": _scores(dice),
            "circumstances": {one.key: _answer(one, dice) for one in sheet.circumstances},
        }
        for _ in range(COUNT)
    ]


def _scores(dice: random.Random) -> dict[str, Any]:
    return {
        "CIWA-AR": dice.randint(0, 30),
        "BAM-IOP": {"use": dice.randint(0, 12), "risk": dice.randint(0, 24), "protective": dice.randint(0, 24)},
        "PHQ-9": {"total": dice.randint(0, 27), "item_9": dice.randint(0, 3)},
    }


def _answer(asked: Input, dice: random.Random) -> Any:
    if asked.kind is InputKind.YES_NO:
        return dice.choice((None, True, False))
    if asked.kind is InputKind.CHOICE:
        return dice.choice((None, *asked.choices))
    return dice.choice((None, dice.randint(asked.low, asked.high), dice.randint(asked.low, asked.high)))


def place(data: dict[str, Any]) -> None:
    """One case from plain data to plain data."""
    case = placement.parse_case(data, today=TODAY)
    placement.as_json(case, placement.recommend(case))


def score(sheet: tuple[Instrument, dict[str, int]]) -> None:
    """One answer sheet."""
    measures.score(*sheet)


def seconds(work: Callable[[Any], object], rows: Sequence[Any]) -> float:
    """How long one pass over all rows takes."""
    start = time.perf_counter()
    for row in rows:
        work(row)
    return time.perf_counter() - start


def compare(name: str, goal: float, work: Callable[[Any], object], rows: Sequence[Any], plain: Sequence[Any]) -> None:
    """Time the work and its baseline in turn, and print the medians and whether the goal is met."""
    taken, baseline = [], []
    for _ in range(ROUNDS):
        baseline.append(seconds(lambda row: json.loads(json.dumps(row)), plain))
        taken.append(seconds(work, rows))
    median, base = statistics.median(taken), statistics.median(baseline)
    verdict = "met" if median <= goal else "NOT MET"
    sys.stdout.write(
        f"{name:<12} {len(rows):>7,}  {median:5.2f} s (best {min(taken):.2f})  goal {goal:.0f} s {verdict}"
        f"  JSON baseline {base:5.2f} s  ratio {median / base:4.1f}\n"
    )


def main() -> None:
    """Measure and print."""
    dice = random.Random(SEED)
    sheets = answer_sheets(dice)
    people = cases(dice)
    compare("measures", 2, score, sheets, [answers for _, answers in sheets])
    compare("placement", 5, place, people, people)


if __name__ == "__main__":
    main()
