"""Reads a protocol as it is written down, ours or a site's own, and says field by field what cannot be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from openiop.incentives.values import (
    Bowl,
    Effective,
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
from openiop.kernel.errors import InputError

OWN = "own"
MARKS = ("V", "S", "M", OWN)
NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
KEY = re.compile(r"[a-z0-9_]{1,20}")
MOST_SLIP_KINDS = 50
MOST_FIXED = 1000
KINDS: dict[str, type[Schedule]] = {
    "weekly_draws": WeeklyDraws,
    "visit_draws": VisitDraws,
    "restoring_vouchers": RestoringVouchers,
    "weekly_vouchers": WeeklyVouchers,
}
TEXTS = {"title": 120, "version": 24, "client_text": 1000, "source": 1000}
PARTS = ("name", *TEXTS, "license", "target", "kind", "bowl", "bonus_goal", "mark", "schedule")


def read_protocol(data: object, bowls: Mapping[str, Bowl]) -> Protocol:
    """The protocol in `data`; `bowls` are those it may name. InputError for the first field that cannot be used."""
    row = _table("protocol", data, PARTS)
    kind = _one_of("kind", row.get("kind"), list(KINDS))
    schedule = _schedule(KINDS[kind], row.get("schedule"))
    bonus_goal = _text("bonus_goal", row["bonus_goal"], 120) if "bonus_goal" in row else ""
    if bonus_goal and not getattr(schedule, "bonus_draws", 0):
        raise InputError("bonus_goal", held=bonus_goal, allowed="only where schedule.bonus_draws is above 0")
    return Protocol(
        name=_matching("name", row.get("name"), NAME, "small letters, digits and dashes, at most 40"),
        target=Target(_one_of("target", row.get("target"), list(Target))),
        schedule=schedule,
        bowl=_bowl(row, bowls, draws=isinstance(schedule, WeeklyDraws | VisitDraws)),
        mark=_one_of("mark", row.get("mark", OWN), MARKS),
        bonus_goal=bonus_goal,
        license=_text("license", row["license"], 200) if "license" in row else "",
        **{name: _text(name, row.get(name), most) for name, most in TEXTS.items()},
    )


def read_slips(field: str, value: object) -> tuple[Slip, ...]:
    """The slips of a bowl, from a list of tables with key, label, count and value."""
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_SLIP_KINDS:
        raise InputError(field, held=value, allowed=f"a list of 1 to {MOST_SLIP_KINDS} kinds of slips")
    return tuple(_slip(f"{field}.{place}", row) for place, row in enumerate(value, start=1))


def _slip(field: str, value: object) -> Slip:
    row = _table(field, value, ("key", "label", "count", "value"))
    key = _matching(f"{field}.key", row.get("key"), KEY, "small letters, digits and _, at most 20")
    label = _text(f"{field}.label", row.get("label"), 60)
    worth = _dollars(f"{field}.value", row.get("value"))
    with _inside(field):
        return Slip(key, label, _whole("count", row.get("count")), worth)


def _bowl(row: Mapping[str, Any], bowls: Mapping[str, Bowl], *, draws: bool) -> Bowl | None:
    held = row.get("bowl")
    if not draws:
        if held is not None:
            raise InputError("bowl", held=held, allowed="nothing: vouchers are not drawn")
        return None
    if isinstance(held, str) and held in bowls:
        return bowls[held]
    if not isinstance(held, dict):
        raise InputError("bowl", held=held, allowed=f"one of {', '.join(bowls)}, or a table with slips")
    slips = read_slips("bowl.slips", _table("bowl", held, ("slips",)).get("slips"))
    with _inside("bowl"):
        return Bowl(OWN, slips, source=f"bowl of {row.get('name')}", mark=OWN)


def _schedule(kind: type[Schedule], value: object) -> Schedule:
    names = [field.name for field in fields(kind)]
    row = _table("schedule", value, names)
    given: dict[str, Any] = {name: _parameter(f"schedule.{name}", kind, name, row.get(name)) for name in names}
    with _inside("schedule"):
        return kind(**given)


def _parameter(field: str, kind: type[Schedule], name: str, value: object) -> object:
    """One parameter as its annotation wants it."""
    wanted = str(kind.__annotations__[name])
    if wanted in _CHOICES:
        return _CHOICES[wanted](_one_of(field, value, list(_CHOICES[wanted])))
    if wanted == "Decimal":
        return _dollars(field, value)
    if wanted == "int":
        return _whole(field, value)
    if not isinstance(value, list) or len(value) > MOST_FIXED:
        raise InputError(field, held=value, allowed=f"a list of at most {MOST_FIXED} amounts in dollars")
    return tuple(_dollars(f"{field}.{place}", one) for place, one in enumerate(value, start=1))


_CHOICES: dict[str, type[StrEnum]] = {"Effective": Effective, "Remember": Remember}


def _table(field: str, value: object, known: tuple[str, ...] | list[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InputError(field, held=value, allowed="a table with " + ", ".join(known))
    for key in value:
        if key not in known:
            raise InputError(field, held=key, allowed="known keys are " + ", ".join(known))
    return value


def _text(field: str, value: object, most: int) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > most or not value.isprintable():
        raise InputError(field, held=value, allowed=f"a text of one line, at most {most} characters")
    return value.strip()


def _matching(field: str, value: object, pattern: re.Pattern[str], allowed: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise InputError(field, held=value, allowed=allowed)
    return value


def _one_of(field: str, value: object, allowed: tuple[str, ...] | list[str] | list[Any]) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise InputError(field, held=value, allowed="one of " + ", ".join(allowed))
    return value


def _whole(field: str, value: object) -> int:
    if type(value) is not int:
        raise InputError(field, held=value, allowed="a whole number")
    return value


def _dollars(field: str, value: object) -> Decimal:
    """Dollars from a text or a number; whether they are dollars and cents, the value itself says."""
    try:
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return Decimal(str(value))
    except (InvalidOperation, ValueError):  # a whole number of thousands of digits has no text
        pass
    raise InputError(field, held=value, allowed='dollars and cents such as "2.50"')


@contextmanager
def _inside(table: str) -> Iterator[None]:
    """Names the table in front of the field of an InputError from within."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{table}.{error.field}", held=error.held, allowed=error.allowed) from None
