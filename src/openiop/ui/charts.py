"""Line charts drawn on the server as SVG, without script and without style attributes.

`line_chart` is a pure function from points to markup. The chart component puts a real table beside it, because a
picture has no rows to read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

# Units of the drawing; close to pixels on a phone, so that its words stay readable there.
WIDTH, HEIGHT = 360, 200
LEFT, TOP, BOTTOM = 28, 14, 26  # room for the labels of the axes


@dataclass(frozen=True, slots=True)
class Point:
    """A value on a day. `note` is a word for the table, such as the name of a band."""

    on: date
    value: float
    note: str = ""

    @property
    def day(self) -> str:
        """The day as people here write it: Nov 23, 2026."""
        return f"{self.on:%b} {self.on.day}, {self.on.year}"

    @property
    def shown(self) -> str:
        """The value without a needless `.0`."""
        return f"{self.value:g}"


@dataclass(frozen=True, slots=True)
class Band:
    """A named stretch of the scale, from `low` to `high`, behind the line. No band is red: scores do not scold."""

    label: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class LineChart:
    """Everything a chart needs. `low` and `high` are the ends of the scale, `summary` says in words what it shows."""

    label: str
    points: tuple[Point, ...]
    low: float
    high: float
    bands: tuple[Band, ...] = ()
    summary: str = ""
    value_label: str = "Score"

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(f"low {self.low} must be below high {self.high}")
        if any(not self.low <= point.value <= self.high for point in self.points):
            raise ValueError(f"every value must be from {self.low} to {self.high}")

    @property
    def svg(self) -> SafeString:
        """The drawing."""
        return line_chart(self.points, label=self.description, low=self.low, high=self.high, bands=self.bands)

    @property
    def has_notes(self) -> bool:
        """Whether the table needs its third column."""
        return any(point.note for point in self.points)

    @property
    def description(self) -> str:
        """What a screen reader says instead of the drawing."""
        if not self.points:
            return f"{self.label}: nothing recorded yet"
        first, last = self.points[0], self.points[-1]
        if len(self.points) == 1:
            return f"{self.label}: {last.shown} on {last.day}"
        return f"{self.label}: {first.shown} on {first.day}, {last.shown} on {last.day}, {len(self.points)} in all"


def line_chart(
    points: Sequence[Point], *, label: str, low: float, high: float, bands: Sequence[Band] = ()
) -> SafeString:
    """The SVG of a line through `points` (in order of days) on a scale from `low` to `high`; `label` is its text."""
    # The names of the bands stand right of the drawing, where no line crosses them.
    widest = max((len(band.label) for band in bands), default=0)
    scale = _Scale(points, low, high, right=WIDTH - 10 - 7 * widest)
    return format_html(
        '<svg class="oi-chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}</svg>',
        WIDTH,
        HEIGHT,
        label,
        _bands(bands, scale),
        _axes(points, scale),
        _line(points, scale),
    )


def spark_line(values: Sequence[float], *, label: str, low: float, high: float) -> SafeString:
    """A line as small as a word, for a row of a table. The numbers stand beside it."""
    if not values:
        return SafeString()
    step = 92 / max(len(values) - 1, 1)
    spots = [(4 + i * step, 24 - (value - low) / (high - low) * 20) for i, value in enumerate(values)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    return format_html(
        '<svg class="oi-chart oi-spark" viewBox="0 0 100 28" role="img" aria-label="{}">'
        '<polyline class="oi-chart__line" points="{}"/>'
        '<circle class="oi-chart__dot oi-chart__dot--last" cx="{}" cy="{}" r="3"/></svg>',
        label,
        path,
        f"{spots[-1][0]:.1f}",
        f"{spots[-1][1]:.1f}",
    )


class _Scale:
    """Turns days and values into places of the drawing."""

    def __init__(self, points: Sequence[Point], low: float, high: float, *, right: int) -> None:
        self.low, self.high, self.right = low, high, right
        self.first = points[0].on if points else None
        self.days = (points[-1].on - points[0].on).days if points else 0

    def x(self, on: date) -> float:
        """Days go from left to right; a single day stands in the middle."""
        inner = self.right - LEFT
        if self.first is None or self.days == 0:
            return LEFT + inner / 2
        return LEFT + inner * (on - self.first).days / self.days

    def y(self, value: float) -> float:
        """Higher values stand higher."""
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - self.low) / (self.high - self.low)

    def ticks(self) -> list[float]:
        """Both ends of the scale and its middle, a whole number on long scales."""
        middle = (self.low + self.high) / 2
        return [self.low, float(round(middle)) if self.high - self.low > 4 else middle, self.high]


def _bands(bands: Sequence[Band], scale: _Scale) -> SafeString:
    rows = []
    for number, band in enumerate(bands, start=1):
        top, bottom = scale.y(min(band.high, scale.high)), scale.y(max(band.low, scale.low))
        middle = (top + bottom) / 2 + 4
        box = (LEFT, f"{top:.1f}", scale.right - LEFT, f"{bottom - top:.1f}")
        rows.append((min(number, 4), *box, scale.right + 6, f"{middle:.1f}", band.label))
    return format_html_join(
        "",
        '<rect class="oi-chart__band oi-chart__band--{}" x="{}" y="{}" width="{}" height="{}"/>'
        '<text class="oi-chart__band-label" x="{}" y="{}">{}</text>',
        rows,
    )


def _axes(points: Sequence[Point], scale: _Scale) -> SafeString:
    lines = format_html_join(
        "",
        '<line class="oi-chart__grid" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}" text-anchor="end">{}</text>',
        [
            (LEFT, scale.right, f"{scale.y(t):.1f}", f"{scale.y(t):.1f}", LEFT - 8, f"{scale.y(t) + 4:.1f}", f"{t:g}")
            for t in scale.ticks()
        ],
    )
    ends = {points[0].on: "start", points[-1].on: "end"} if len(points) > 1 else {p.on: "middle" for p in points}
    if len(ends) == 1:
        ends = dict.fromkeys(ends, "middle")
    days = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="{}">{}</text>',
        [(f"{scale.x(on):.1f}", HEIGHT - 8, anchor, f"{on:%b} {on.day}") for on, anchor in ends.items()],
    )
    return lines + days


def _line(points: Sequence[Point], scale: _Scale) -> SafeString:
    if not points:
        return format_html(
            '<text x="{}" y="{}" text-anchor="middle">Nothing recorded yet</text>', WIDTH / 2, HEIGHT / 2
        )
    spots = [(f"{scale.x(point.on):.1f}", f"{scale.y(point.value):.1f}") for point in points]
    dots = format_html_join("", '<circle class="oi-chart__dot" cx="{}" cy="{}" r="4"/>', spots[:-1])
    x, y = spots[-1]
    above = float(y) - 12 if float(y) > TOP + 16 else float(y) + 22
    return format_html(
        '<polyline class="oi-chart__line" points="{}"/>{}'
        '<circle class="oi-chart__dot oi-chart__dot--last" cx="{}" cy="{}" r="5"/>'
        '<text class="oi-chart__value" x="{}" y="{}" text-anchor="{}">{}</text>',
        " ".join(f"{a},{b}" for a, b in spots),
        dots,
        x,
        y,
        x,
        f"{above:.1f}",
        "middle" if len(points) == 1 else "end",
        points[-1].shown,
    )
