"""Reads the worksheet from its TOML into typed values, once, and checks that its parts fit together."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from openiop.admissions.engine.placement.values import (
    Action,
    Input,
    InputKind,
    Operator,
    Rule,
    RuleKind,
    Support,
    Test,
    Worksheet,
)
from openiop.kernel.content import read_toml
from openiop.kernel.levels import LevelOfCare


@cache
def worksheet() -> Worksheet:
    """The level-of-care worksheet that ships with OpenIOP."""
    data = read_toml("openiop.admissions", "placement.toml")
    rules = tuple(_rule(row) for row in data["rules"])
    found = Worksheet(
        version=data["version"],
        label=data["label"],
        ratings=tuple(data["ratings"]),
        domains=tuple(_domain(row) for row in data["domains"]),
        circumstances=tuple(_circumstance(row) for row in data["circumstances"]),
        # Safety comes first, whatever the order of the file.
        rules=tuple(sorted(rules, key=lambda rule: rule.kind is not RuleKind.SAFETY)),
        actions={key: Action(id=key, **row) for key, row in data["actions"].items()},
        supports={key: Support(id=key, **row) for key, row in data["supports"].items()},
        client_levels={LevelOfCare(key): text for key, text in data["client_levels"].items()},
    )
    _check(found)
    return found


def _domain(row: Mapping[str, Any]) -> Input:
    return Input(path=f"domains.{row['key']}", kind=InputKind.RATING, question=row["question"], label=row["label"])


def _circumstance(row: Mapping[str, Any]) -> Input:
    return Input(
        path=f"circumstances.{row['key']}",
        kind=InputKind(row["kind"]),
        question=row["question"],
        low=row.get("low", 0),
        high=row.get("high", 0),
        choices=tuple(row.get("choices", ())),
    )


def _rule(row: Mapping[str, Any]) -> Rule:
    return Rule(
        id=row["id"],
        kind=RuleKind(row["kind"]),
        all=tuple(_test(test) for test in row.get("all", ())),
        any=tuple(_test(test) for test in row.get("any", ())),
        at_least=LevelOfCare(row["at_least"]) if "at_least" in row else None,
        actions=tuple(row.get("actions", ())),
        supports=tuple(row.get("supports", ())),
        possible=tuple(LevelOfCare(level) for level in row.get("possible", ())),
        reason=row["reason"],
        client=row["client"],
        source=row["source"],
        mark=row["mark"],
        moot_if=_test(row["moot_if"]) if "moot_if" in row else None,
    )


def _test(row: Mapping[str, Any]) -> Test:
    (op,) = row.keys() - {"fact"}
    return Test(fact=row["fact"], op=Operator(op), value=row[op])


def _check(sheet: Worksheet) -> None:
    ids = [rule.id for rule in sheet.rules]
    if len(set(ids)) != len(ids):
        raise ValueError("two placement rules have the same id")
    for rule in sheet.rules:
        unknown = {t.fact for t in rule.tests if not t.fact.startswith("measures.")} - sheet.inputs.keys()
        unknown |= set(rule.actions) - sheet.actions.keys()
        unknown |= set(rule.supports) - sheet.supports.keys()
        if unknown:
            raise ValueError(f"placement rule {rule.id} names unknown {sorted(unknown)}")
