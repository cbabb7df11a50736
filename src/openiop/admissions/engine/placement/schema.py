"""The JSON Schema of a case, made from the worksheet and the instruments, so that it cannot drift from the parser."""

from __future__ import annotations

from typing import Any

from openiop.admissions.engine.placement.cases import AGE_MAX, ITEM_PREFIX
from openiop.admissions.engine.placement.content import worksheet
from openiop.admissions.engine.placement.values import RATING_MAX, Input, InputKind
from openiop.measures import engine as measures
from openiop.measures.values import Instrument
from openiop.programs.rules import jurisdictions


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the CASE.json that `parse_case` reads."""
    sheet = worksheet()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "OpenIOP level-of-care case",
        "description": sheet.label,
        **_object(
            {
                "jurisdiction": {"enum": list(jurisdictions()), "default": "US"},
                "age": {"type": "integer", "minimum": 0, "maximum": AGE_MAX},
                "date": {"type": ["string", "null"], "format": "date", "description": "Today unless given."},
                "domains": _optional_object({one.key: _domain(one) for one in sheet.domains}),
                "measures": _optional_object({one.code: _measure(one) for one in measures.catalog()}),
                "circumstances": _optional_object({one.key: _circumstance(one) for one in sheet.circumstances}),
            }
        ),
        "required": ["age"],
    }


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _optional_object(properties: dict[str, Any]) -> dict[str, Any]:
    return {**_object(properties), "type": ["object", "null"]}


def _domain(asked: Input) -> dict[str, Any]:
    rating = {
        "type": ["integer", "null"],
        "minimum": 0,
        "maximum": RATING_MAX,
        "description": "; ".join(f"{number} {text}" for number, text in enumerate(worksheet().ratings)),
    }
    properties = {
        "rating": rating,
        "findings": {"type": "array", "items": {"type": "string"}},
        "note": {"type": "string"},
    }
    return {**_optional_object(properties), "title": asked.label, "description": asked.question}


def _measure(instrument: Instrument) -> dict[str, Any]:
    scores: dict[str, Any] = {
        score.name: {"type": ["integer", "null"], "minimum": score.low, "maximum": score.high}
        for score in instrument.scores
    }
    items = {f"{ITEM_PREFIX}{item.id}": {"enum": [*sorted(item.points), None]} for item in instrument.items}
    alternatives = [_optional_object(scores | items)]
    if len(instrument.scores) == 1:
        alternatives.append({**scores[instrument.scores[0].name], "type": "integer"})
    return {"title": instrument.name, "anyOf": alternatives}


def _circumstance(asked: Input) -> dict[str, Any]:
    if asked.kind is InputKind.YES_NO:
        return {"type": ["boolean", "null"], "description": asked.question}
    if asked.kind is InputKind.CHOICE:
        return {"enum": [*asked.choices, None], "description": asked.question}
    return {"type": ["number", "null"], "minimum": asked.low, "maximum": asked.high, "description": asked.question}
