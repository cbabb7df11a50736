"""Answers to scores, bands and flags. No answer is ever guessed."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from openiop.kernel.errors import InputError
from openiop.measures.values import Band, Clause, Flag, Instrument, Item, Method, Result, Score


def score(instrument: Instrument, answers: Mapping[str, int]) -> Result:
    """What `answers` (item id to the number on the form) amount to.

    Any answer may be absent. A score is None while one of its items is missing; flags rise on what was answered.
    An unknown item, a value that is not an option, or a value that is not a whole number is an InputError.
    """
    for item_id, value in answers.items():
        _check(instrument, item_id, value)
    skipped, missing = _unanswered(instrument, answers)
    scores: dict[str, int | None] = {}
    bands: dict[str, Band] = {}
    for definition in instrument.scores:
        points = _points(definition, instrument, answers, skipped)
        scores[definition.name] = points
        band = None if points is None else definition.band_of(points)
        if band is not None:
            bands[definition.name] = band
    known = _known_so_far(instrument, answers, scores)
    flags = tuple(flag for flag in instrument.flags if _raised(flag, answers, scores, known))
    return Result(instrument.code, instrument.version, scores, bands, flags, missing)


def item_flags(instrument: Instrument, item_id: str, value: int) -> tuple[Flag, ...]:
    """The flags that this one answer raises by itself, at the moment it is given."""
    _check(instrument, item_id, value)
    return tuple(f for f in instrument.flags if any(c.item == item_id and c.holds(value) for c in f.any))


def applies(item: Item, answers: Mapping[str, int]) -> bool:
    """Whether the form asks this item after `answers`; an item whose earlier answer is still open is not asked yet."""
    return not item.ask_if or any(clause.holds(answers.get(clause.item)) for clause in item.ask_if)


def is_ruled_out(item: Item, answers: Mapping[str, int]) -> bool:
    """Whether `answers` settle that the form does not ask this item: each earlier answer it hangs on is a no to it."""
    return _is_ruled_out(item, answers, frozenset())


def least(instrument: Instrument, name: str, answers: Mapping[str, int]) -> int:
    """What the score called `name` comes to at the very least, whatever the open answers turn out to be.

    KeyError for a score that the instrument does not have.
    """
    definition = instrument.score_named(name)
    gate = definition.only_if
    if gate is not None and not gate.holds(answers.get(gate.item)):
        return definition.low
    known = [instrument.by_id[item].points[answers[item]] for item in definition.items if item in answers]
    found = sum(known) if definition.method is Method.SUM else max(known, default=definition.low)
    return max(found, definition.low)


def as_json(result: Result) -> dict[str, Any]:
    """The result in the shape that `openiop score` prints."""
    return {
        "instrument": result.instrument,
        "version": result.version,
        "scores": dict(result.scores),
        "bands": {name: band.key for name, band in result.bands.items()},
        "flags": [
            {"id": f.id, "severity": f.severity.value, "reason": f.staff_text, "source": f.source} for f in result.flags
        ],
        "missing": list(result.missing),
    }


def _check(instrument: Instrument, item_id: str, value: object) -> None:
    item = instrument.by_id.get(item_id)
    if item is None:
        raise InputError("items", held=item_id, allowed=_known_items(instrument))
    # `True` equals 1 in Python, and 1.0 too: only a real whole number is an answer.
    if type(value) is not int or value not in item.points:
        raise InputError(f"items.{item_id}", held=value, allowed=item.allowed)


def _known_items(instrument: Instrument) -> str:
    if not instrument.items:
        return f"no item: the questions of {instrument.code} come from the site, under its own license"
    return "one of " + ", ".join(instrument.by_id)


def _is_ruled_out(item: Item, answers: Mapping[str, int], skipped: Set[str]) -> bool:
    """An item whose earlier question was itself skipped is skipped with it."""
    return bool(item.ask_if) and all(
        clause.item in skipped or (clause.item in answers and not clause.holds(answers[clause.item]))
        for clause in item.ask_if
    )


def _unanswered(instrument: Instrument, answers: Mapping[str, int]) -> tuple[set[str], tuple[str, ...]]:
    """The items that the form skips after these answers, and those that are missing."""
    if len(answers) == len(instrument.items):
        return set(), ()
    skipped: set[str] = set()
    missing: list[str] = []
    for item in instrument.items:
        if item.id in answers:
            continue
        if item.ask_if and _is_ruled_out(item, answers, skipped):
            skipped.add(item.id)
        elif not item.optional:
            missing.append(item.id)
    return skipped, tuple(missing)


def _points(definition: Score, instrument: Instrument, answers: Mapping[str, int], skipped: set[str]) -> int | None:
    """The score, or None if an item is missing. An item that the form skips adds nothing, as on paper."""
    gate = definition.only_if
    if gate is not None and gate.item in answers and not gate.holds(answers[gate.item]):
        return definition.low
    points: list[int] = []
    for item_id in definition.items:
        answer = answers.get(item_id)
        if answer is not None:
            points.append(instrument.by_id[item_id].points[answer])
        elif item_id not in skipped:
            return None
    return sum(points) if definition.method is Method.SUM else max(points, default=definition.low)


def _known_so_far(
    instrument: Instrument, answers: Mapping[str, int], scores: Mapping[str, int | None]
) -> dict[str, int]:
    """The least that each score with a missing item comes to."""
    return {name: least(instrument, name, answers) for name, points in scores.items() if points is None}


def _raised(flag: Flag, answers: Mapping[str, int], scores: Mapping[str, int | None], known: Mapping[str, int]) -> bool:
    """Whether a clause holds; a cut-off that the given answers reach by themselves does not wait for the open ones."""
    return any(
        clause.holds(_subject(clause, answers, scores))
        or (clause.at_most is None and clause.score in known and clause.holds(known[clause.score]))
        for clause in flag.any
    )


def _subject(clause: Clause, answers: Mapping[str, int], scores: Mapping[str, int | None]) -> int | None:
    return answers.get(clause.item) if clause.item else scores[clause.score]
