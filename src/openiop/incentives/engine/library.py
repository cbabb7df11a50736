"""Reads protocols, bowls and limits from their TOML, once, and adjusts a protocol's parameters."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from openiop.incentives.engine.written import OWN, read_protocol, read_slips
from openiop.incentives.values import Bowl, Limit, Protocol
from openiop.kernel.content import read_toml
from openiop.kernel.errors import InputError

PACKAGE = "openiop.incentives"


class NoSuchProtocol(InputError):
    """The name belongs to no shipped protocol."""


@cache
def bowls() -> Mapping[str, Bowl]:
    """The shipped prize bowls by key."""
    return {
        key: Bowl(key, read_slips("slips", row["slips"]), source=row["source"], mark=row["mark"])
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


def limits_on(day: date) -> tuple[Limit, ...]:
    """The limits that hold on that day, one row each."""
    return tuple(limit for limit in limits() if limit.in_force(day))


@cache
def _by_name() -> Mapping[str, Protocol]:
    folder = files(PACKAGE) / "content" / "protocols"
    found = [
        read_protocol(tomllib.loads(entry.read_text(encoding="utf-8")), bowls())
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


def parse_protocol(data: object) -> Protocol:
    """A site's own protocol from JSON or TOML; InputError names the field, what it holds and what it may hold.

    It has a name of its own and is marked as its own: nobody but the site vouches for it.
    """
    found = read_protocol(data, bowls())
    if found.name in _by_name():
        raise InputError("name", held=found.name, allowed="a name that no shipped protocol has")
    if found.mark != OWN:
        raise InputError("mark", held=found.mark, allowed=f"{OWN}, or leave it out")
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
