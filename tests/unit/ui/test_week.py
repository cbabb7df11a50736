"""The week grid: every slot once, in its day and part of the day."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from bs4 import BeautifulSoup

from openiop.ui.components.data import week_grid
from openiop.ui.week import Slot, part_of_day, week

MONDAY = date(2026, 11, 23)
DAYS = [MONDAY + timedelta(days=n) for n in range(5)]


def slot(day: date, start: time, title: str, url: str = "") -> Slot:
    return Slot(day, start, f"{start:%H:%M}", title, url=url)


@pytest.mark.parametrize(
    ("start", "part"),
    [
        (time(0), "Morning"),
        (time(11, 59), "Morning"),
        (time(12), "Afternoon"),
        (time(16, 59), "Afternoon"),
        (time(17), "Evening"),
    ],
)
def test_noon_and_five_divide_the_day(start: time, part: str) -> None:
    assert part_of_day(start) == part


def test_slots_stand_in_their_day_in_order_of_time() -> None:
    slots = [slot(MONDAY, time(10), "Second"), slot(MONDAY, time(9), "First"), slot(DAYS[2], time(18), "Late")]
    grid = week("This week", days=DAYS, today=DAYS[2], slots=slots)
    assert [name for name, _ in grid.rows] == ["Morning", "Evening"]
    assert [one.title for one in grid.rows[0][1][0].slots] == ["First", "Second"]
    assert [one.title for one in grid.rows[1][1][2].slots] == ["Late"]


def test_a_slot_of_another_week_is_left_out() -> None:
    grid = week("This week", days=DAYS, today=MONDAY, slots=[slot(MONDAY - timedelta(days=1), time(9), "Sunday")])
    assert grid.rows == ()
    assert "Nothing is planned this week." in week_grid(grid)


def test_the_grid_is_a_real_table_with_today_marked_and_links() -> None:
    grid = week("This week", days=DAYS, today=MONDAY, slots=[slot(MONDAY, time(9), "DBT <skills>", url="/s/1/")])
    page = BeautifulSoup(week_grid(grid), "html.parser")
    assert [cell["scope"] for cell in page.select("thead th")] == ["col"] * 5
    assert page.select_one('thead [aria-current="date"]').get_text(" ", strip=True) == "Mon Nov 23"
    assert page.select_one('td[data-label="Mon Nov 23"] a')["href"] == "/s/1/"
    assert "DBT <skills>" in page.a.get_text()
