"""A week as the week grid shows it. Whoever fills it has made the strings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Literal

PARTS: tuple[tuple[str, time], ...] = (("Morning", time(0)), ("Afternoon", time(12)), ("Evening", time(17)))


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing in the week: `start` places it, `times` and `title` are read."""

    day: date
    start: time
    times: str
    title: str
    note: str = ""
    url: str = ""
    tone: Literal["", "now", "today", "soon", "ok", "neutral"] = ""


@dataclass(frozen=True, slots=True)
class Day:
    """A column of the grid."""

    date: date
    is_today: bool

    @property
    def name(self) -> str:
        """The short name of the weekday: Mon."""
        return f"{self.date:%a}"

    @property
    def number(self) -> str:
        """Month and day: Nov 23."""
        return f"{self.date:%b} {self.date.day}"


@dataclass(frozen=True, slots=True)
class Cell:
    """What one part of one day holds."""

    day: Day
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """Rows of parts of the day, each with one cell per day. Parts without any slot are left out."""

    caption: str
    days: tuple[Day, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


def part_of_day(start: time) -> str:
    """Morning until noon, afternoon until 5 PM, then evening."""
    return [name for name, begin in PARTS if start >= begin][-1]


def week(caption: str, *, days: Sequence[date], today: date, slots: Iterable[Slot]) -> Week:
    """The grid for these days. A slot of another day is left out."""
    columns = tuple(Day(day, is_today=day == today) for day in days)
    ordered = sorted(slots, key=lambda slot: (slot.start, slot.title))
    rows = []
    for name, _ in PARTS:
        mine = [slot for slot in ordered if part_of_day(slot.start) == name and slot.day in days]
        if mine:
            cells = tuple(Cell(day, tuple(slot for slot in mine if slot.day == day.date)) for day in columns)
            rows.append((name, cells))
    return Week(caption, columns, tuple(rows))
