"""Reads a case from JSON-like data. Whatever the worksheet does not know is refused by name."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from openiop.admissions.engine.placement.content import worksheet
from openiop.admissions.engine.placement.values import RATING_MAX, SO_FAR, Case, Fact, Input, InputKind
from openiop.kernel.errors import InputError
from openiop.measures import engine as measures
from openiop.measures.values import Instrument, Result
from openiop.programs.rules import NATIONAL, check_jurisdiction

CASE_KEYS = ("jurisdiction", "age", "date", "domains", "measures", "circumstances")
DOMAIN_KEYS = ("rating", "findings", "note")
AGE_MAX = 120
ITEM_PREFIX = "item_"


def parse_case(data: Mapping[str, Any], *, today: date) -> Case:
    """The case in `data`, in the shape that `schema()` describes; `today` is used when it carries no date.

    An absent answer and null both mean "not known". InputError for anything else that is not allowed.
    """
    _known_keys("case", data, CASE_KEYS)
    jurisdiction = data.get("jurisdiction", NATIONAL)
    if not isinstance(jurisdiction, str):
        raise InputError("jurisdiction", held=jurisdiction, allowed="a text such as US or US-MD")
    check_jurisdiction(jurisdiction)
    facts: dict[str, Fact] = {}
    facts.update(_domains(_object(data, "domains")))
    facts.update(_measures(_object(data, "measures")))
    facts.update(_circumstances(_object(data, "circumstances")))
    return Case(
        jurisdiction=jurisdiction,
        age=_whole("age", data.get("age"), 0, AGE_MAX),
        on=_day(data.get("date"), today),
        facts=facts,
    )


def measure_facts(result: Result, answers: Mapping[str, int]) -> dict[str, int]:
    """What a scored answer sheet brings to a case: its scores that are complete, and its items as `item_9`."""
    facts = {name: value for name, value in result.scores.items() if value is not None}
    return facts | {f"{ITEM_PREFIX}{item_id}": value for item_id, value in answers.items()}


def _domains(given: Mapping[str, Any]) -> dict[str, Fact]:
    keys = worksheet().domain_keys
    _known_keys("domains", given, keys)
    facts: dict[str, Fact] = {}
    for key, domain in given.items():
        field = keys[key].path
        if domain is None:
            continue
        if not isinstance(domain, dict):
            raise InputError(field, held=domain, allowed='an object such as {"rating": 2}')
        _known_keys(field, domain, DOMAIN_KEYS)
        if len(domain) > 1:
            _check_notes(field, domain)
        rating = domain.get("rating")
        if rating is not None:
            facts[field] = _whole(f"{field}.rating", rating, 0, RATING_MAX)
    return facts


def _check_notes(field: str, domain: Mapping[str, Any]) -> None:
    """Findings and a note travel with the case for the reader; no rule looks at them."""
    findings = domain.get("findings", [])
    if not isinstance(findings, list) or not all(isinstance(finding, str) for finding in findings):
        raise InputError(f"{field}.findings", held=findings, allowed="a list of texts")
    if not isinstance(domain.get("note", ""), str):
        raise InputError(f"{field}.note", held=domain["note"], allowed="a text")


def _measures(given: Mapping[str, Any]) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    for code, scores in given.items():
        if scores is None:
            continue
        try:
            instrument = measures.load(code)
        except measures.NoSuchInstrument as error:
            raise InputError("measures", held=code, allowed=error.allowed) from None
        field = f"measures.{instrument.code}"
        for name, value in _by_score(instrument, field, scores).items():
            path = f"{field}.{name}"
            if path in facts:
                raise InputError("measures", held=code, allowed="each instrument may stand only once")
            facts[path] = _measure_value(instrument, name, value, path)
        facts.update(_so_far(instrument, field, facts))
    return facts


def _so_far(instrument: Instrument, field: str, facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """The least of each score that is not known although some of its items are: danger does not wait for the rest."""
    given = {item: facts.get(f"{field}.{ITEM_PREFIX}{item}") for item in instrument.by_id}
    answers = {item: value for item, value in given.items() if isinstance(value, int)}
    open_scores = [score.name for score in instrument.scores if f"{field}.{score.name}" not in facts]
    return {f"{field}.{name}{SO_FAR}": measures.least(instrument, name, answers) for name in open_scores if answers}


def _by_score(instrument: Instrument, field: str, scores: object) -> dict[str, Any]:
    """A plain number stands for the only score of the instrument."""
    if isinstance(scores, dict):
        return {name: value for name, value in scores.items() if value is not None}
    if len(instrument.scores) != 1:
        names = ", ".join(score.name for score in instrument.scores) or "answers such as item_1"
        raise InputError(field, held=scores, allowed=f"an object with {names}")
    return {instrument.scores[0].name: scores}


def _measure_value(instrument: Instrument, name: str, value: object, path: str) -> int:
    item = instrument.by_id.get(name.removeprefix(ITEM_PREFIX)) if name.startswith(ITEM_PREFIX) else None
    if item is not None:
        if type(value) is not int or value not in item.points:
            raise InputError(path, held=value, allowed=item.allowed)
        return value
    try:
        score = instrument.score_named(name)
    except KeyError:
        names = ", ".join(score.name for score in instrument.scores)
        raise InputError(f"measures.{instrument.code}", held=name, allowed=f"{names}, or item_ and an id") from None
    return _whole(path, value, score.low, score.high)


def _circumstances(given: Mapping[str, Any]) -> dict[str, Fact]:
    inputs = worksheet().circumstance_keys
    _known_keys("circumstances", given, inputs)
    return {inputs[key].path: _circumstance(inputs[key], value) for key, value in given.items() if value is not None}


def _circumstance(asked: Input, value: object) -> Fact:
    if asked.kind is InputKind.YES_NO:
        if not isinstance(value, bool):
            raise InputError(asked.path, held=value, allowed="true, false, or null when not known")
        return value
    if asked.kind is InputKind.CHOICE:
        if not isinstance(value, str) or value not in asked.choices:
            raise InputError(asked.path, held=value, allowed="one of " + ", ".join(asked.choices))
        return value
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not math.isfinite(value)
        or not asked.low <= value <= asked.high
    ):
        raise InputError(asked.path, held=value, allowed=f"a number from {asked.low} to {asked.high}")
    return value


def _object(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = data.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InputError(key, held=value, allowed="an object")
    return value


def _known_keys(field: str, given: Mapping[str, Any], allowed: Collection[str]) -> None:
    for key in given:
        if key not in allowed:
            raise InputError(field, held=key, allowed="known keys are " + ", ".join(allowed))


def _whole(field: str, value: object, low: int, high: int) -> int:
    if type(value) is not int or not low <= value <= high:
        raise InputError(field, held=value, allowed=f"a whole number from {low} to {high}")
    return value


def _day(value: object, today: date) -> date:
    if value is None:
        return today
    try:
        if isinstance(value, str) and len(value) == len("2026-01-31"):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise InputError("date", held=value, allowed="a day such as 2026-01-31")
