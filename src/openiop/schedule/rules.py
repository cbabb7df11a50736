"""When a week fits."""

from __future__ import annotations

from collections.abc import Iterable

from openiop.schedule.values import Busy, Clash, WeeklyTime


def find_clashes(busy: Iterable[Busy], meetings: Iterable[WeeklyTime]) -> tuple[Clash, ...]:
    """Every pair of a commitment and a meeting that overlap, in the order of the week."""
    times = sorted(meetings)
    found = [Clash(one, meeting) for one in busy for meeting in times if one.time.overlaps(meeting)]
    return tuple(sorted(found, key=lambda clash: (clash.meeting, clash.busy.time)))


def first_overlap(wanted: Iterable[WeeklyTime], taken: Iterable[WeeklyTime]) -> WeeklyTime | None:
    """The first wanted time that something taken stands against, None if all are free."""
    held = list(taken)
    return next((one for one in sorted(wanted) if any(one.overlaps(other) for other in held)), None)
