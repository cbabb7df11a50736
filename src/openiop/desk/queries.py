"""What a page of the desk asks several rooms at once; each answer is the room's own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from openiop.attendance.queries import came_of
from openiop.incentives.queries import awaiting_test
from openiop.measures.queries import due_of
from openiop.practice.models import CheckIn
from openiop.practice.queries import newest_since

LOOK_BACK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Known:
    """What helps to greet each client of a session, by client."""

    day: date
    came: dict[UUID, tuple[int, int]] = field(default_factory=dict)
    """Sessions come to, of those held in the past seven days."""
    check_ins: dict[UUID, CheckIn] = field(default_factory=dict)
    """The newest check-in of today or yesterday."""
    due: dict[UUID, list[str]] = field(default_factory=dict)
    tests: set[UUID] = field(default_factory=set)


def known_of(clients: Collection[UUID], *, day: date, at: datetime, reads_charts: bool) -> Known:
    """Four queries; one for someone who takes attendance and may not read charts."""
    came = came_of(clients, at - LOOK_BACK, at)
    if not reads_charts:
        return Known(day, came)
    return Known(
        day,
        came,
        check_ins=newest_since(clients, day - timedelta(days=1)),
        due=due_of(clients, day),
        tests=awaiting_test(clients),
    )
