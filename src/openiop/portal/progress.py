"""Lines of the client's own check-ins. Two in a day count as the day's mean; a day without one has no point."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from openiop.practice.models import CheckIn, Mood, Trigger
from openiop.ui.charts import LineChart, Point

DAYS = 28
FEWEST = 2
"""A line needs two days."""


def check_in_charts(check_ins: Sequence[CheckIn]) -> list[LineChart]:
    """Craving and mood by day; nothing while there are fewer than two days."""
    days: dict[date, list[CheckIn]] = {}
    for one in check_ins:
        days.setdefault(one.day, []).append(one)
    if len(days) < FEWEST:
        return []
    craving = tuple(Point(day, _mean([one.craving for one in held])) for day, held in sorted(days.items()))
    mood = tuple(
        Point(day, _mean([one.mood for one in held]), Mood(round(_mean([one.mood for one in held]))).label)
        for day, held in sorted(days.items())
    )
    return [
        LineChart("Craving", craving, 0, 10, summary="0 is none. 10 is very strong.", value_label="Craving"),
        LineChart("Mood", mood, 1, 5, summary="1 is very low. 5 is great.", value_label="Mood"),
    ]


def words(check_ins: Sequence[CheckIn]) -> list[str]:
    """What the check-ins say, in sentences: how many days, and what was around most."""
    if not check_ins:
        return []
    days = len({one.day for one in check_ins})
    said = ["You checked in on 1 day." if days == 1 else f"You checked in on {days} days."]
    around = Counter(trigger for one in check_ins for trigger in one.triggers)
    if around:
        names = [Trigger(key).label.lower() for key, _ in around.most_common(2)]
        said.append(f"Around you most: {' and '.join(names)}.")
    return said


def _mean(values: Sequence[int]) -> float:
    return round(sum(values) / len(values), 1)
