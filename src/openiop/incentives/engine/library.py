"""Reads protocols, bowls and limits from their TOML, once, and adjusts a protocol's parameters."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from openiop.incentives.values import (
    Bowl,
    Effective,
    Limit,
    Protocol,
    Remember,
    RestoringVouchers,
    Schedule,
    Slip,
    Target,
    VisitDraws,
    WeeklyDraws,
    WeeklyVouchers,
)
from openiop.kernel.content import read_toml
from openiop.kernel.errors import InputError

PACKAGE = "openiop.incentives"


class NoSuchProtocol(InputError):
    """The name belongs to no shipped protocol."""


@cache
def bowls() -> Mapping[str, Bowl]:
    """The shipped prize bowls by key."""
    return {
        key: Bowl(
            key=key,
            slips=tuple(Slip(s["key"], s["label"], s["count"], Decimal(s["value"])) for s in row["slips"]),
            source=row["source"],
            mark=row["mark"],
        )
        for key, row in read_toml(PACKAGE, "bowls.toml").items()
    }


@cache
def limits() -> tuple[Limit, ...]:
    """Every dated limit, in the order of the file."""
    return tuple(
        Limit(
            id=row["id"],
            label=row["label"],
            amount=Decimal(row["amount"]),
            period=row["period"],
            effective_from=row.get("effective_from"),
            effective_to=row.get("effective_to"),
            source=row["source"],
            mark=row["mark"],
        )
        for row in read_toml(PACKAGE, "limits.toml")["limits"]
    )


def limit_in_force(limit_id: str, on: date) -> Limit | None:
    """The row of this limit that holds on that day, if any."""
    return next((limit for limit in limits() if limit.id == limit_id and limit.in_force(on)), None)


@cache
def _by_name() -> Mapping[str, Protocol]:
    folder = files(PACKAGE) / "content" / "protocols"
    found = [
        _protocol(tomllib.loads(entry.read_text(encoding="utf-8")))
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    ]
    return {one.name: one for one in sorted(found, key=lambda one: one.name)}


def protocols() -> tuple[Protocol, ...]:
    """Every shipped protocol, in the order of the names."""
    return tuple(_by_name().values())


def protocol(name: str) -> Protocol:
    """The protocol with this name; NoSuchProtocol if there is none."""
    found = _by_name().get(name)
    if found is None:
        raise NoSuchProtocol("protocol", held=name, allowed="one of " + ", ".join(_by_name()))
    return found


def adjusted(one: Protocol, settings: Mapping[str, str]) -> Protocol:
    """`one` with parameters of its schedule replaced, such as `{"cap": "10"}`; InputError for one it does not take."""
    held = {field.name: getattr(one.schedule, field.name) for field in fields(one.schedule)}
    settable = [name for name, value in held.items() if not isinstance(value, tuple)]
    changes: dict[str, Any] = {}
    for name, text in settings.items():
        if name not in settable:
            raise InputError("set", held=name, allowed="parameters are " + ", ".join(settable))
        changes[name] = _like(name, held[name], text)
    return replace(one, schedule=replace(one.schedule, **changes))


def _like(name: str, example: object, text: str) -> object:
    """`text` as a value of the same type as `example`."""
    try:
        if isinstance(example, StrEnum):
            return type(example)(text)
        return Decimal(text) if isinstance(example, Decimal) else int(text)
    except (ValueError, InvalidOperation):
        if isinstance(example, StrEnum):
            allowed = "one of " + ", ".join(type(example))
        else:
            allowed = "dollars such as 2.50" if isinstance(example, Decimal) else "a whole number"
        raise InputError(f"set.{name}", held=text, allowed=allowed) from None


def _protocol(row: Mapping[str, Any]) -> Protocol:
    return Protocol(
        name=row["name"],
        title=row["title"],
        version=row["version"],
        target=Target(row["target"]),
        schedule=_schedule(row["kind"], row["schedule"]),
        bowl=bowls()[row["bowl"]] if "bowl" in row else None,
        client_text=row["client_text"],
        source=row["source"],
        mark=row["mark"],
    )


def _schedule(kind: str, row: Mapping[str, Any]) -> Schedule:
    match kind:
        case "weekly_draws":
            return WeeklyDraws(**row)
        case "visit_draws":
            return VisitDraws(**row)
        case "restoring_vouchers":
            return RestoringVouchers(
                **_typed(
                    row, first=Decimal, step=Decimal, bonus=Decimal, restore_effective=Effective, remember=Remember
                )
            )
        case "weekly_vouchers":
            typed = _typed(row, first=Decimal, step=Decimal, recover_effective=Effective)
            return WeeklyVouchers(**typed | {"fixed": tuple(map(Decimal, row["fixed"]))})
    raise ValueError(f"unknown kind of schedule {kind}")


def _typed(row: Mapping[str, Any], **types: Callable[[str], object]) -> dict[str, Any]:
    """`row` with the named texts turned into values."""
    return dict(row) | {name: make(row[name]) for name, make in types.items()}
