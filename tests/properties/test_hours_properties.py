"""Weekly hours are sums of roster lines: no order, no repetition of an edit and no clock change may alter them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from openiop.attendance.rules import MARKED, minutes_present, monday_of, occurrences, weekly_hours
from openiop.attendance.values import LineMinutes
from openiop.schedule.rules import find_clashes, first_overlap
from openiop.schedule.values import Busy, WeeklyTime, merged

DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
STATUSES = st.sampled_from(sorted(MARKED))
START, END = date(2026, 1, 1), date(2027, 1, 1)


@st.composite
def lines(draw: st.DrawFn) -> LineMinutes:
    planned = draw(st.integers(5, 240))
    written = draw(st.none() | st.integers(0, 300))
    return LineMinutes(draw(DAYS), planned, minutes_present(draw(STATUSES), planned, written))


@st.composite
def weekly_times(draw: st.DrawFn) -> WeeklyTime:
    begin = draw(st.integers(0, 23 * 60))
    end = draw(st.integers(begin + 1, 23 * 60 + 59))
    return WeeklyTime(draw(st.integers(0, 6)), time(*divmod(begin, 60)), time(*divmod(end, 60)))


@given(st.lists(lines(), max_size=30).flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_hours_do_not_depend_on_the_order_of_lines(both: tuple[list[LineMinutes], list[LineMinutes]]) -> None:
    one, other = (weekly_hours(rows, start=START, end=END) for rows in both)
    assert one == other
    assert sum(week.delivered_minutes for week in one) == sum(line.present for line in both[0])
    assert sum(week.scheduled_minutes for week in one) == sum(line.planned for line in both[0])


@given(STATUSES, st.integers(1, 480), st.none() | st.integers(-100, 1000))
def test_nobody_is_present_longer_than_the_session_or_less_than_nothing(
    status: str, planned: int, written: int | None
) -> None:
    assert 0 <= minutes_present(status, planned, written) <= planned


@given(st.lists(st.tuples(STATUSES, st.none() | st.integers(0, 90)), min_size=1, max_size=8))
def test_only_the_last_mark_of_a_line_counts(edits: list[tuple[str, int | None]]) -> None:
    held = 0
    for status, written in edits:
        held = minutes_present(status, 90, written)
    assert held == minutes_present(edits[-1][0], 90, edits[-1][1])


@given(st.lists(weekly_times(), min_size=1, max_size=4), DAYS, st.integers(1, 21))
def test_every_meeting_keeps_its_wall_clock_and_its_length(meetings: list[WeeklyTime], first: date, days: int) -> None:
    zone = ZoneInfo("America/New_York")
    lengths = {
        (m.weekday, m.starts): datetime.combine(first, m.ends) - datetime.combine(first, m.starts) for m in meetings
    }
    for one in occurrences(set(meetings), ["A", "B"], first=first, days=days, zone=zone):
        local = one.starts_at.astimezone(zone)
        assert first <= one.day < first + timedelta(days=days)
        assert one.ends_at - one.starts_at in {
            datetime.combine(first, m.ends) - datetime.combine(first, m.starts) for m in meetings
        }
        # Two o'clock does not exist on the day the clocks go forward.
        assert (one.day.weekday(), local.time()) in lengths or local.hour == 3


@given(st.lists(weekly_times(), min_size=1, max_size=4, unique=True), DAYS, st.integers(1, 14))
def test_generating_in_two_parts_is_generating_at_once(meetings: list[WeeklyTime], first: date, days: int) -> None:
    zone, topics = ZoneInfo("America/Denver"), ["A", "B", "C"]
    whole = occurrences(meetings, topics, first=first, days=days * 2, zone=zone)
    half = occurrences(meetings, topics, first=first, days=days, zone=zone)
    rest = occurrences(meetings, topics, first=first + timedelta(days=days), days=days, zone=zone)
    assert half + rest == whole


@given(st.lists(weekly_times(), max_size=8))
def test_joined_times_hold_the_same_moments_and_never_overlap(times: list[WeeklyTime]) -> None:
    joined = merged(times)
    assert all(any(one.overlaps(part) for part in joined) for one in times)
    assert not any(one.overlaps(other) for n, one in enumerate(joined) for other in joined[:n])


@given(st.lists(weekly_times(), max_size=5), st.lists(weekly_times(), max_size=5))
def test_a_clash_is_found_exactly_where_two_times_overlap(busy: list[WeeklyTime], meetings: list[WeeklyTime]) -> None:
    found = find_clashes([Busy(one, "work") for one in busy], meetings)
    assert len(found) == sum(one.overlaps(other) for one in busy for other in meetings)
    assert (first_overlap(meetings, busy) is None) == (not found)


@given(DAYS)
def test_the_monday_of_a_day_is_at_most_six_days_before(day: date) -> None:
    assert monday_of(day).weekday() == 0
    assert timedelta(0) <= day - monday_of(day) <= timedelta(days=6)
