"""Reads the instruments shipped as TOML beside this package into typed values, once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from openiop.kernel.errors import InputError
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


class NoSuchInstrument(InputError):
    """The code names no shipped instrument."""


@cache
def _by_code() -> Mapping[str, Instrument]:
    folder = files("openiop.measures") / "content" / "instruments"
    found = [
        _instrument(tomllib.loads(entry.read_text(encoding="utf-8")))
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    ]
    return {instrument.code: instrument for instrument in sorted(found, key=lambda one: one.code)}


def catalog() -> tuple[Instrument, ...]:
    """Every shipped instrument, in the order of the codes."""
    return tuple(_by_code().values())


def load(code: str) -> Instrument:
    """The instrument with this code (`PHQ-9`), in capital or small letters; NoSuchInstrument if there is none."""
    instruments = _by_code()
    found = instruments.get(code.upper())
    if found is None:
        raise NoSuchInstrument("instrument", held=code, allowed="one of " + ", ".join(instruments))
    return found


def _instrument(row: Mapping[str, Any]) -> Instrument:
    scales = {name: _options(options) for name, options in row.get("scales", {}).items()}
    return Instrument(
        code=row["code"],
        name=row["name"],
        title=row["title"],
        version=row["version"],
        respondent=Respondent(row["respondent"]),
        recall=row["recall"],
        instructions=row["instructions"],
        items=tuple(_item(item, scales) for item in row["items"]),
        scores=tuple(_score(score) for score in row["scores"]),
        flags=tuple(_flag(flag) for flag in row.get("flags", ())),
        license=row["license"],
        notice=row.get("notice", ""),
        source=row["source"],
        mark=row["mark"],
        wording_checked=row["wording_checked"],
        needs_clinical_sign_off=row["needs_clinical_sign_off"],
        panel_loinc=row.get("panel_loinc", ""),
        change=Change(**row["change"]) if "change" in row else None,
    )


def _options(rows: Iterable[list[Any]]) -> tuple[Option, ...]:
    """`[value, label]` or `[value, label, points]`; the points are the value unless given."""
    return tuple(Option(value=row[0], label=row[1], points=row[2] if len(row) > 2 else row[0]) for row in rows)


def _item(row: Mapping[str, Any], scales: Mapping[str, tuple[Option, ...]]) -> Item:
    options = _options(row["options"]) if "options" in row else scales[row["scale"]]
    return Item(
        id=row["id"],
        text=row["text"],
        options=options,
        section=row.get("section", ""),
        optional=row.get("optional", False),
        ask_if=Clause(**row["ask_if"]) if "ask_if" in row else None,
        loinc=row.get("loinc", ""),
    )


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
        any=tuple(Clause(**clause) for clause in row["any"]),
        staff_text=row["staff_text"],
        client_text=row["client_text"],
        source=row["source"],
        mark=row["mark"],
        needs_clinical_sign_off=row.get("needs_clinical_sign_off", False),
    )
