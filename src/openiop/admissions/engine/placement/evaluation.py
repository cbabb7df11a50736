"""The one evaluator: every rule is true, false or open; the level is the highest that a true rule asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from openiop.admissions.engine.placement.content import worksheet
from openiop.admissions.engine.placement.values import (
    Action,
    Alternative,
    Case,
    Fact,
    Missing,
    Operator,
    Recommendation,
    Rule,
    Support,
    Verdict,
    Worksheet,
)
from openiop.kernel.levels import LevelOfCare
from openiop.measures import engine as measures
from openiop.programs.rules import hours_for

LEVELS = tuple(LevelOfCare)
RANK = {level: rank for rank, level in enumerate(LEVELS)}
STILL_OPEN = "We still need some answers, so this may change."
NOT_ASKED_FOR = "No answer so far asks for this much care."
DECISION = "You and your clinician decide together."


def recommend(case: Case) -> Recommendation:
    """The level of care that the worksheet recommends for `case`, with reasons, and what could change it."""
    sheet = worksheet()
    fired, still_open = _sort(sheet, case.facts)
    level = LEVELS[max((rule.floor for rule in fired), default=0)]
    provisional = any(rule.floor > RANK[level] for rule in still_open)
    safety = tuple(sheet.actions[key] for key in _in_order(sheet.actions, (r.actions for r in fired)))
    supports = tuple(sheet.supports[key] for key in _in_order(sheet.supports, (r.supports for r in fired)))
    return Recommendation(
        recommended=level,
        provisional=provisional,
        rules=tuple(fired),
        safety=safety,
        supports=supports,
        alternatives=tuple(_alternatives(case.facts, level, fired, still_open)),
        missing=tuple(_missing(sheet, case.facts, fired, still_open, level)),
        client_words=_client_words(sheet, level, fired, safety, supports, provisional=provisional),
        hours=hours_for(level, jurisdiction=case.jurisdiction, age=case.age, on=case.on),
        label=sheet.label,
        content_version=sheet.version,
    )


def _sort(sheet: Worksheet, facts: Mapping[str, Fact]) -> tuple[list[Rule], list[Rule]]:
    """The rules that fire, and those that a missing answer holds open."""
    fired: list[Rule] = []
    still_open: list[Rule] = []
    for rule in sheet.rules:
        truth = rule.decide(facts)
        if truth:
            fired.append(rule)
        elif truth is None and not rule.is_moot(facts):
            still_open.append(rule)
    return fired, still_open


def _in_order(known: Iterable[str], named: Iterable[Sequence[str]]) -> list[str]:
    """The keys that were named at least once, in the order of the worksheet."""
    wanted = {key for keys in named for key in keys}
    return [key for key in known if key in wanted] if wanted else []


def _alternatives(
    facts: Mapping[str, Fact], level: LevelOfCare, fired: Sequence[Rule], still_open: Sequence[Rule]
) -> Iterator[Alternative]:
    """Why each other level was not recommended; for a higher one, with the open questions that could ask for it."""
    for rank, other in enumerate(LEVELS[: RANK[level]]):
        reasons = tuple([rule.reason for rule in fired if rule.floor > rank])
        yield Alternative(other, Verdict.NOT_ENOUGH, reasons)
    for other in LEVELS[RANK[level] + 1 :]:
        possible = tuple([rule.reason for rule in fired if rule.possible and other in rule.possible])
        if possible:
            yield Alternative(other, Verdict.POSSIBLE, possible)
        else:
            waiting = [rule for rule in still_open if rule.at_least is other]
            paths = [path for rule in waiting for path in rule.asks if path not in facts]
            yield _more_than_needed(other, tuple(dict.fromkeys(paths)))


@lru_cache(maxsize=4096)
def _more_than_needed(level: LevelOfCare, open_paths: tuple[str, ...]) -> Alternative:
    """The same few combinations come back in every case, so they are worded once."""
    waiting = (f"Not known yet: {_question(path)}" for path in open_paths)
    return Alternative(level, Verdict.MORE_THAN_NEEDED, (NOT_ASKED_FOR, *waiting))


def _missing(
    sheet: Worksheet,
    facts: Mapping[str, Fact],
    fired: Sequence[Rule],
    still_open: Sequence[Rule],
    level: LevelOfCare,
) -> Iterator[Missing]:
    """What was not answered, in the order of the rules: what could lift a rule, what holds one open, and the domains."""
    lifting: dict[str, list[str]] = {}
    for rule in fired:
        for test in rule.tests:
            if test.op is Operator.UNLESS and test.fact not in facts:
                lifting.setdefault(test.fact, []).append(rule.id)
    opened: dict[str, list[str]] = {}
    for rule in still_open:
        for path in rule.asks:
            if path not in facts:
                opened.setdefault(path, []).append(rule.id)
    for domain in sheet.domains:
        if domain.path not in facts:
            opened.setdefault(domain.path, [])
    for path in dict.fromkeys([*lifting, *opened]):
        yield _missing_answer(path, level, tuple(opened.get(path, ())), tuple(lifting.get(path, ())))


@lru_cache(maxsize=4096)
def _missing_answer(path: str, level: LevelOfCare, opened: tuple[str, ...], lifting: tuple[str, ...]) -> Missing:
    """The same few combinations come back in every case, so they are worded once."""
    sheet = worksheet()
    rules = {rule.id: rule for rule in sheet.rules}
    waiting = [rules[rule_id] for rule_id in opened]
    changes = [f"could raise the level to {r.at_least.label}" for r in waiting if r.at_least and r.floor > RANK[level]]
    changes += [f"could ask for: {sheet.actions[key].staff}" for r in waiting for key in r.actions]
    changes += [f"could add: {sheet.supports[key].label}" for r in waiting for key in r.supports]
    changes += [f"could lift: {rules[rule_id].reason}" for rule_id in lifting]
    return Missing(path, _question(path), rules=opened + lifting, changes=tuple(dict.fromkeys(changes)))


@lru_cache(maxsize=256)
def _question(path: str) -> str:
    inputs = worksheet().inputs
    if path in inputs:
        return inputs[path].question
    _, code, name = path.split(".")
    what = f"question {name.removeprefix('item_')}" if name.startswith("item_") else name
    return f"{measures.load(code).name} ({what})"


def _client_words(
    sheet: Worksheet,
    level: LevelOfCare,
    fired: Sequence[Rule],
    safety: Sequence[Action],
    supports: Sequence[Support],
    *,
    provisional: bool,
) -> tuple[str, ...]:
    words = [action.client for action in safety]
    words += [sheet.client_levels[level]]
    words += [rule.client for rule in fired]
    words += [support.client for support in supports]
    words += [STILL_OPEN] if provisional else []
    return tuple(dict.fromkeys([*words, DECISION]))
