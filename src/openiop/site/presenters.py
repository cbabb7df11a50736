"""Strings for the public pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time

from openiop.admissions.engine.selfcheck import Danger
from openiop.programs.models import PartOfDay, Track

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class TrackLines:
    """One track as a visitor reads it."""

    title: str
    """Its name; "" when the part of the day says it already."""
    days: str
    hours: str
    weekly: str
    place: str
    address: str


@dataclass(frozen=True, slots=True)
class PartLines:
    """The tracks of one part of the day."""

    label: str
    icon: str
    tracks: tuple[TrackLines, ...]


ICONS = {PartOfDay.MORNING: "sun", PartOfDay.AFTERNOON: "clock", PartOfDay.EVENING: "moon"}


def by_part_of_day(tracks: Iterable[Track]) -> tuple[PartLines, ...]:
    """Morning, afternoon, evening, each with its tracks; parts without a track are left out."""
    every = list(tracks)
    parts = (
        PartLines(part.label, ICONS[part], tuple(_lines(one) for one in every if one.part_of_day == part))
        for part in PartOfDay
    )
    return tuple(part for part in parts if part.tracks)


def times_of_day(tracks: Iterable[Track]) -> str:
    """`in the morning or in the evening`: the parts of the day that the open tracks cover; "" without any."""
    return spoken((f"in the {part.label.lower()}" for part in by_part_of_day(tracks)), "or")


def _lines(track: Track) -> TrackLines:
    return TrackLines(
        title="" if track.name == PartOfDay(track.part_of_day).label else track.name,
        days=spoken(DAYS[day] for day in sorted(track.weekdays)),
        hours=f"{clock(track.starts)} to {clock(track.ends)}",
        weekly=f"{len(track.weekdays)} days and {_hours(track.hours_a_week)} hours a week",
        place=track.site.name,
        address=track.site.address,
    )


def _hours(hours: float) -> str:
    return f"{hours:g}" if float(hours).is_integer() else f"about {round(hours)}"


def spoken(words: Iterable[str], link: str = "and") -> str:
    """`Monday, Wednesday, and Friday`."""
    every = list(words)
    if len(every) < 3:
        return f" {link} ".join(every)
    return ", ".join(every[:-1]) + f", {link} {every[-1]}"


def clock(at: time) -> str:
    """`9 AM`, `5:30 PM`."""
    minutes = f":{at.minute:02}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes} {'AM' if at.hour < 12 else 'PM'}"


@dataclass(frozen=True, slots=True)
class Line:
    """A line that answers now, as a link."""

    label: str
    url: str
    icon: str


LINES = {
    "911": (Line("Call 911", "tel:911", "phone"),),
    "988": (Line("Call 988", "tel:988", "phone"), Line("Text 988", "sms:988", "text")),
    "domestic_violence": (Line("Call 1-800-799-7233", "tel:+18007997233", "phone"),),
}


def lines_of(danger: Danger) -> tuple[Line, ...]:
    """The lines to offer on a danger page, the first one first."""
    return tuple(line for name in danger.call for line in LINES[name])
