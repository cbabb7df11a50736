"""Line charts: right places, text for those who do not see them, and a table with every number."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup

from openiop.ui.charts import Band, LineChart, Point, line_chart, spark_line
from openiop.ui.components.data import chart

START = date(2026, 9, 7)


def weekly(*values: float) -> tuple[Point, ...]:
    return tuple(Point(START + timedelta(weeks=n), value) for n, value in enumerate(values))


def places(svg: str) -> list[tuple[float, float]]:
    line = BeautifulSoup(svg, "html.parser").find("polyline")
    return [(float(x), float(y)) for x, y in (spot.split(",") for spot in line["points"].split())]


def test_days_run_right_and_higher_values_stand_higher() -> None:
    spots = places(line_chart(weekly(0, 10, 5), label="Mood", low=0, high=10))
    assert spots[0][0] < spots[1][0] < spots[2][0]
    assert spots[1][1] < spots[2][1] < spots[0][1]


def test_a_gap_between_days_is_a_gap_in_the_drawing() -> None:
    points = (Point(START, 1), Point(START + timedelta(days=1), 1), Point(START + timedelta(days=10), 1))
    first, second, third = (x for x, _ in places(line_chart(points, label="x", low=0, high=2)))
    assert (third - first) / (second - first) == pytest.approx(10, abs=0.1)


def test_one_point_and_two_points_on_one_day_are_drawn() -> None:
    same_day = (Point(START, 1), Point(START, 2))
    assert len(places(line_chart(same_day, label="x", low=0, high=3))) == 2
    assert "Sep 7" in line_chart(weekly(4), label="x", low=0, high=10)


def test_an_empty_chart_says_so_and_has_no_table() -> None:
    drawn = chart(LineChart("PHQ-9", (), low=0, high=27))
    assert "Nothing recorded yet" in drawn
    assert "<table" not in drawn


def test_the_table_beside_it_has_every_number() -> None:
    data = LineChart("PHQ-9", weekly(17, 9.5), low=0, high=27, bands=(Band("Mild", 5, 10),))
    page = BeautifulSoup(chart(data), "html.parser")
    cells = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in page.select("tbody tr")]
    assert cells == [["Sep 7, 2026", "17"], ["Sep 14, 2026", "9.5"]]
    assert page.svg["aria-label"] == "PHQ-9: 17 on Sep 7, 2026, 9.5 on Sep 14, 2026, 2 in all"
    assert "Mild" in page.svg.get_text()


def test_a_drawing_holds_no_style_and_escapes_words() -> None:
    svg = line_chart(weekly(1, 2), label='"><script>', low=0, high=3, bands=(Band("<b>", 0, 1),))
    assert "style=" not in svg
    assert "<script>" not in svg
    assert "<b>" not in svg


@pytest.mark.parametrize(("value", "low", "high"), [(28, 0, 27), (-1, 0, 27), (1, 3, 3)])
def test_a_value_outside_its_scale_is_refused(value: float, low: float, high: float) -> None:
    with pytest.raises(ValueError, match="must be"):
        LineChart("PHQ-9", weekly(value), low=low, high=high)


def test_a_line_in_a_row_ends_at_the_last_value() -> None:
    svg = spark_line([0, 10], label="Cravings, 0 to 10", low=0, high=10)
    assert places(svg)[-1] == (96.0, 4.0)
    assert spark_line([], label="x", low=0, high=1) == ""
