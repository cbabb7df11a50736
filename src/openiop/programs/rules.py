"""How many hours a week make which level of care, by jurisdiction, age group and date.

The rows are data (`content/jurisdictions.toml`), each with its source. A place without a row of its own uses the row of
the United States, and the answer says so by carrying that row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any

from openiop.kernel.content import read_toml
from openiop.kernel.errors import InputError
from openiop.kernel.levels import LevelOfCare

NATIONAL = "US"
ADULT_FROM_YEARS = 18


class AgeGroup(StrEnum):
    ADULT = "adult"
    ADOLESCENT = "adolescent"

    @classmethod
    def of(cls, age: int) -> AgeGroup:
        """The age group of someone `age` years old."""
        return cls.ADULT if age >= ADULT_FROM_YEARS else cls.ADOLESCENT


@dataclass(frozen=True, slots=True)
class HoursRule:
    """The hours a week of one level of care, in one jurisdiction, for one age group, from one date to another."""

    jurisdiction: str
    age_group: AgeGroup
    level: LevelOfCare
    minimum: Decimal
    maximum: Decimal | None
    maximum_included: bool
    effective_from: date | None
    effective_to: date | None
    source: str
    mark: str

    def __post_init__(self) -> None:
        if self.maximum is not None and self.maximum <= self.minimum:
            raise ValueError(f"{self.jurisdiction} {self.level}: the maximum is not above the minimum")

    @property
    def needs_clinical_sign_off(self) -> bool:
        return self.mark == "M"

    def in_force(self, on: date) -> bool:
        """Whether the row holds on that day; both dates belong to the period."""
        return (self.effective_from is None or self.effective_from <= on) and (
            self.effective_to is None or on <= self.effective_to
        )

    def contains(self, hours: Decimal) -> bool:
        """Whether `hours` a week lie within the bounds."""
        if hours < self.minimum:
            return False
        if self.maximum is None or hours < self.maximum:
            return True
        return hours == self.maximum and self.maximum_included


@cache
def hours_rules() -> tuple[HoursRule, ...]:
    """Every row, in the order of the file."""
    return tuple(_row(row) for row in read_toml("openiop.programs", "jurisdictions.toml")["hours"])


@cache
def jurisdictions() -> tuple[str, ...]:
    """The codes that may be given: the nation, its states and territories, and those with rows of their own."""
    own = {rule.jurisdiction for rule in hours_rules()}
    states = read_toml("openiop.programs", "jurisdictions.toml")["states"]
    return tuple(sorted(own | {f"{NATIONAL}-{state}" for state in states}))


def hours_for(level: LevelOfCare, *, jurisdiction: str, age: int, on: date) -> HoursRule | None:
    """The hours of `level` for a person of `age` years on that day; None for levels that are not counted in hours.

    InputError for an unknown jurisdiction.
    """
    check_jurisdiction(jurisdiction)
    return _hours_for(level, jurisdiction, AgeGroup.of(age), on)


@lru_cache(maxsize=1024)
def _hours_for(level: LevelOfCare, jurisdiction: str, group: AgeGroup, on: date) -> HoursRule | None:
    for place in (jurisdiction, NATIONAL):
        found = [
            rule
            for rule in hours_rules()
            if (rule.jurisdiction, rule.age_group, rule.level) == (place, group, level) and rule.in_force(on)
        ]
        if found:
            return max(found, key=lambda rule: rule.effective_from or date.min)
    return None


def levels_for_hours(hours: Decimal, *, jurisdiction: str, age: int, on: date) -> tuple[LevelOfCare, ...]:
    """Every level whose hours contain `hours` a week, from least to most intensive; two where bounds overlap."""
    rows = ((level, hours_for(level, jurisdiction=jurisdiction, age=age, on=on)) for level in LevelOfCare)
    return tuple(level for level, rule in rows if rule is not None and rule.contains(hours))


def level_for_hours(hours: Decimal, *, jurisdiction: str, age: int, on: date) -> LevelOfCare | None:
    """The most intensive level whose definition `hours` a week meet; None when the hours fall into a gap."""
    levels = levels_for_hours(hours, jurisdiction=jurisdiction, age=age, on=on)
    return levels[-1] if levels else None


def check_jurisdiction(code: str) -> None:
    """InputError unless `code` is a known jurisdiction."""
    if code not in jurisdictions():
        raise InputError("jurisdiction", held=code, allowed="US, US- and a state such as US-MD, or US-MEDICARE")


def _row(row: Mapping[str, Any]) -> HoursRule:
    return HoursRule(
        jurisdiction=row["jurisdiction"],
        age_group=AgeGroup(row["age_group"]),
        level=LevelOfCare(row["level"]),
        minimum=Decimal(row["min"]),
        maximum=Decimal(row["max"]) if row["max"] else None,
        maximum_included=row.get("max_included", False),
        effective_from=row.get("effective_from"),
        effective_to=row.get("effective_to"),
        source=row["source"],
        mark=row["mark"],
    )
