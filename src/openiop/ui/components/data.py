"""Facts and figures: tables, summary lists, stat tiles, progress, steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal
from uuid import uuid4

from django.utils.safestring import SafeString

from openiop.ui.charts import LineChart
from openiop.ui.components.drawing import drawn, one_of
from openiop.ui.week import Week


def table(content: str, caption: str, *, stacked: bool = True, hide_caption: bool = False, id: str = "") -> SafeString:
    """A table whose region scrolls sideways by itself and takes the keyboard.

    The content is `<thead>` and `<tbody>`. When `stacked`, rows become blocks on a phone: give each `<td>` a
    `data-label` and let the first cell be `<th scope="row">`.
    """
    return drawn(
        "table",
        content=content,
        caption=caption,
        stacked=stacked,
        hide_caption=hide_caption,
        id=id or f"table-{uuid4().hex[:8]}",
    )


def summary_list(content: str) -> SafeString:
    """A list of terms and their values; holds summary rows."""
    return drawn("summary_list", content=content)


def summary_row(content: str, term: str, *, action: str = "", action_url: str = "") -> SafeString:
    """One term with its value and, if it can be changed, the link for it."""
    return drawn("summary_row", content=content, term=term, action=action, action_url=action_url)


def stat(
    value: object,
    label: str,
    *,
    hint: str = "",
    url: str = "",
    tone: Literal["", "now", "today", "ok"] = "",
) -> SafeString:
    """One number with its name; a link when `url` is given."""
    return drawn("stat", value=value, label=label, hint=hint, url=url, tone=one_of(tone, ("", "now", "today", "ok")))


def progress(value: float, max: float, label: str, *, note: str = "") -> SafeString:
    """How far something is, in words and as a bar."""
    return drawn("progress", value=value, max=max, label=label, note=note)


def steps(labels: Sequence[str], current: int) -> SafeString:
    """Where a person is in a form of several pages. `current` counts from 1."""
    states = ["done" if n < current else "current" if n == current else "" for n in range(1, len(labels) + 1)]
    return drawn("steps", states=states, current=current, total=len(labels), label=labels[current - 1])


def chart(chart: LineChart) -> SafeString:
    """A line chart with its table beside it."""
    return drawn("chart", chart=chart)


def week_grid(week: Week) -> SafeString:
    """A week as a table of parts of the day by days; one day after the other on a phone."""
    return drawn("week_grid", week=week)


def pagination(context: dict[str, Any], page: Any) -> SafeString:
    """Previous and next of a `django.core.paginator.Page`; keeps the filters of the address."""
    request = context.get("request")
    query = request.GET.copy() if request else None
    if query is not None:
        query.pop("page", None)
    return drawn("pagination", page=page, query=query.urlencode() if query else "")
