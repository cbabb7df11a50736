"""When groups meet, how minutes count, and what a note says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from openiop.attendance.values import Hours, LineMinutes, Occurrence
from openiop.schedule.values import WeeklyTime

TOPICS_COUNT_FROM = date(2024, 1, 1)
"""A Monday. Topics take turns from here, so that a session has the same topic however often it is generated."""

CAME = frozenset({"present", "late", "left_early"})
STAYED_AWAY = frozenset({"excused", "absent"})
MARKED = CAME | STAYED_AWAY

ASSUMED_MISSED = 15
"""Minutes that count as missed by someone late or leaving early, when nobody wrote how many."""


def monday_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def utc_span(day: date, starts: time, ends: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """A local time of a day as a half-open span in UTC.

    The start is on the wall clock; the length is kept when the clock changes in between.
    """
    begin = datetime.combine(day, starts, tzinfo=zone).astimezone(UTC)
    length = datetime.combine(day, ends) - datetime.combine(day, starts)
    return begin, begin + length


def occurrences(
    meetings: Iterable[WeeklyTime], topics: Sequence[str], *, first: date, days: int, zone: ZoneInfo
) -> list[Occurrence]:
    """Every dated meeting in `days` days from `first`, in order, each with the topic whose turn it is."""
    times = sorted(meetings)
    found = []
    for day in (first + timedelta(days=n) for n in range(days)):
        for place, one in enumerate(times):
            if one.weekday == day.weekday():
                turn = (monday_of(day) - TOPICS_COUNT_FROM).days // 7 * len(times) + place
                topic = topics[turn % len(topics)] if topics else ""
                found.append(Occurrence(day, *utc_span(day, one.starts, one.ends, zone), topic))
    return found


def minutes_present(status: str, planned: int, written: int | None = None) -> int:
    """Minutes that count: all for someone present, those written for late or left early, none for who stayed away."""
    if status not in CAME:
        return 0
    if written is not None:
        return max(0, min(written, planned))
    return planned if status == "present" else max(0, planned - ASSUMED_MISSED)


def weekly_hours(lines: Iterable[LineMinutes], *, start: date, end: date) -> list[Hours]:
    """Minutes by local week for every week that touches the half-open period [start, end), empty weeks included."""
    sums = {}
    week = monday_of(start)
    while week < end:
        sums[week] = [0, 0]
        week += timedelta(days=7)
    for line in lines:
        if start <= line.day < end:
            total = sums[monday_of(line.day)]
            total[0] += line.planned
            total[1] += line.present
    return [Hours(week, planned, present) for week, (planned, present) in sums.items()]


def collides(saved: str, typed: str | None, *, was: str | None) -> bool:
    """Whether writing `typed` would take away words that came since the writer looked.

    `was` is what the writer saw; without it any difference counts.
    """
    return typed is not None and saved not in (typed, was)


def names_in(text: str, names: Iterable[str]) -> list[str]:
    """The names that stand in the text as words of their own, written large as names are, in the order given."""
    words = {word for word in re.findall(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*", text) if word[0].isupper()}
    bare = {word.removesuffix("'s").removesuffix("\u2019s") for word in words}
    large = {word.casefold() for word in words | bare}
    return [name for name in dict.fromkeys(names) if name and name.casefold() in large]


def note_text(*, title: str, topic: str, narrative: str, line: str) -> str:
    """The whole note of one client: what the group did, then this client's own line."""
    head = f"{title}: {topic}" if topic else title
    return "\n\n".join(part.strip() for part in (head, narrative, line) if part.strip())
