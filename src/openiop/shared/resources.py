"""A resource that cannot be in two places: rooms, staff, clients, as PostgreSQL sees them.

An exclusion constraint needs a range on each side. A key becomes a range of one number by its hash, which needs no
extension; two keys share a 64-bit hash with a chance that no center will live to see, and then a booking is refused.
"""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField
from django.db.models import F, Func, Q, TextField
from django.db.models.functions import Cast


class KeyRange(Func):
    """`int8range(hash, hash, '[]')` of a key column."""

    template = "int8range(hashtextextended(%(expressions)s, 0), hashtextextended(%(expressions)s, 0), '[]')"
    output_field = BigIntegerRangeField()

    def __init__(self, column: str) -> None:
        super().__init__(Cast(F(column), TextField()))

    def deconstruct(self) -> tuple[str, list[str], dict[str, str]]:
        return "openiop.shared.resources.KeyRange", [self.source_expressions[0].source_expressions[0].name], {}


def never_overlapping(*columns: str, during: str, name: str, unless: Q | None = None) -> ExclusionConstraint:
    """No two rows with the same values in `columns` overlap in the range column `during`."""
    return ExclusionConstraint(
        name=name,
        expressions=[*((KeyRange(column), "&&") for column in columns), (during, "&&")],
        condition=~unless if unless is not None else None,
        violation_error_message="This overlaps with something that is already planned.",
    )
