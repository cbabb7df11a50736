"""One TOML table to one `Instrument`. KeyError, TypeError or ValueError for a table that is not one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from openiop.measures.values import (
    Band,
    Change,
    Clause,
    Flag,
    Instrument,
    Item,
    Method,
    Option,
    Respondent,
    Score,
    Severity,
)


def instrument_of(row: Mapping[str, Any]) -> Instrument:
    """The instrument that a whole file describes."""
    scales = {name: _options(options) for name, options in row.get("scales", {}).items()}
    return Instrument(
        code=row["code"],
        name=row["name"],
        title=row["title"],
        version=row["version"],
        respondent=Respondent(row["respondent"]),
        recall=row["recall"],
        instructions=row["instructions"],
        items=tuple(_item(item, scales) for item in row.get("items", ())),
        scores=tuple(_score(score) for score in row.get("scores", ())),
        flags=tuple(_flag(flag) for flag in row.get("flags", ())),
        license=row["license"],
        notice=row.get("notice", ""),
        source=row["source"],
        mark=row["mark"],
        wording_checked=row["wording_checked"],
        needs_clinical_sign_off=row["needs_clinical_sign_off"],
        panel_loinc=row.get("panel_loinc", ""),
        change=Change(**row["change"]) if "change" in row else None,
        needs_text=row.get("needs_text", False),
    )


def with_text(slot: Instrument, row: Mapping[str, Any]) -> Instrument:
    """The slot with a site's words: `instructions`, `license`, `[items]` by id, and option words.

    `[options]` holds the words by value for all items, `[item_options.ID]` those of one item that differs.
    """
    unknown = {*row["items"], *row.get("item_options", {})} - slot.by_id.keys()
    if unknown:
        raise ValueError(f"unknown items {sorted(unknown)}")
    common, special = row.get("options", {}), row.get("item_options", {})
    return replace(
        slot,
        instructions=row["instructions"],
        license=row["license"],
        notice=row.get("notice", slot.notice),
        items=tuple(_worded(item, row["items"][item.id], common | special.get(item.id, {})) for item in slot.items),
        needs_text=False,
    )


def _worded(item: Item, text: str, labels: Mapping[str, str]) -> Item:
    options = tuple(replace(option, label=labels[str(option.value)]) for option in item.options)
    return replace(item, text=text, options=options)


def _options(rows: Any) -> tuple[Option, ...]:
    """`[value, label]`, `[value, label, points]` or `[value, label, points, [also, ...]]`, or a count of days.

    The points are the value unless given. A count is `{ up_to = 30, one = "day", many = "days" }`, from 0.
    """
    if isinstance(rows, dict):
        words = {1: rows["one"]}
        return tuple(Option(n, f"{n} {words.get(n, rows['many'])}", n) for n in range(rows["up_to"] + 1))
    return tuple(_option(*row) for row in rows)


def _option(value: int, label: str, points: int | None = None, also: Sequence[int] = ()) -> Option:
    return Option(value=value, label=label, points=value if points is None else points, also=tuple(also))


def _item(row: Mapping[str, Any], scales: Mapping[str, tuple[Option, ...]]) -> Item:
    options = _options(row["options"]) if "options" in row else scales[row["scale"]]
    return Item(
        id=row["id"],
        text=row.get("text", ""),
        options=options,
        section=row.get("section", ""),
        optional=row.get("optional", False),
        ask_if=_clauses(row.get("ask_if", ())),
        loinc=row.get("loinc", ""),
    )


def _clauses(rows: Any) -> tuple[Clause, ...]:
    """One table, or a list of which any may hold."""
    return (Clause(**rows),) if isinstance(rows, dict) else tuple(Clause(**row) for row in rows)


def _score(row: Mapping[str, Any]) -> Score:
    return Score(
        name=row["name"],
        label=row["label"],
        items=tuple(row["items"]),
        low=row["low"],
        high=row["high"],
        method=Method(row.get("method", "sum")),
        bands=tuple(Band(key=key, label=label, low=low, high=high) for key, label, low, high in row.get("bands", ())),
        only_if=Clause(**row["only_if"]) if "only_if" in row else None,
        loinc=row.get("loinc", ""),
    )


def _flag(row: Mapping[str, Any]) -> Flag:
    return Flag(
        id=row["id"],
        severity=Severity(row["severity"]),
        any=_clauses(row["any"]),
        staff_text=row["staff_text"],
        client_text=row["client_text"],
        source=row["source"],
        mark=row["mark"],
        needs_clinical_sign_off=row.get("needs_clinical_sign_off", False),
    )
