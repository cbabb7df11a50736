"""Strings about tracks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time

from openiop.programs.models import SHORT_DAYS, Track


def days_text(weekdays: Sequence[int]) -> str:
    """Days of the week in few words.

    >>> days_text([0, 1, 2, 3])
    'Mon to Thu'
    >>> days_text([0, 2, 4])
    'Mon, Wed, Fri'
    """
    days = sorted(set(weekdays))
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return f"{SHORT_DAYS[days[0]]} to {SHORT_DAYS[days[-1]]}"
    return ", ".join(SHORT_DAYS[day] for day in days)


def clock(moment: time) -> str:
    """A time of day as people in the US read it.

    >>> clock(time(9, 0)), clock(time(17, 30))
    ('9:00 AM', '5:30 PM')
    """
    return f"{moment:%I:%M %p}".lstrip("0")


def clock_span(starts: time, ends: time) -> str:
    """Start and end, naming morning or afternoon once where both agree.

    >>> clock_span(time(9, 0), time(10, 15)), clock_span(time(11, 0), time(12, 15))
    ('9:00 to 10:15 AM', '11:00 AM to 12:15 PM')
    """
    begin, end = clock(starts), clock(ends)
    return f"{begin[:-3]} to {end}" if begin[-2:] == end[-2:] else f"{begin} to {end}"


def track_times(track: Track) -> str:
    """When a track meets: "Mon to Thu, 9:00 AM to 12:00 PM"."""
    return f"{days_text(track.weekdays)}, {clock_span(track.starts, track.ends)}"
