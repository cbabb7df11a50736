"""Values of sessions, roster lines and notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Hours:
    """One local week, from its Monday: minutes planned and minutes present."""

    week: date
    scheduled_minutes: int
    delivered_minutes: int

    @property
    def scheduled(self) -> float:
        """Planned hours."""
        return self.scheduled_minutes / 60

    @property
    def delivered(self) -> float:
        """Hours the client was there."""
        return self.delivered_minutes / 60


@dataclass(frozen=True, slots=True)
class LineMinutes:
    """The minutes of one roster line on its local day."""

    day: date
    planned: int
    present: int


@dataclass(frozen=True, slots=True)
class Mark:
    """How one member attended. `minutes` are those present, `reason` why they were not; None leaves what is known."""

    status: str
    minutes: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One dated meeting of a group: when in UTC, half-open, and its topic."""

    day: date
    starts_at: datetime
    ends_at: datetime
    topic: str


@dataclass(frozen=True, slots=True)
class LineEdit:
    """What someone wrote about one member. None means: this part was not touched.

    `was_…` is what the writer saw before writing, where the page knows it; it settles whether two people wrote at once.
    """

    attendance_id: UUID
    text: str | None = None
    engagement: str | None = None
    version: int | None = None
    was_text: str | None = None
    was_engagement: str | None = None


@dataclass(frozen=True, slots=True)
class GroupEdit:
    """What someone wrote about the group; None and `was_…` as in `LineEdit`."""

    topic: str | None = None
    narrative: str | None = None
    version: int | None = None
    was_topic: str | None = None
    was_narrative: str | None = None


@dataclass(frozen=True, slots=True)
class Collision:
    """Two people wrote different things in one place. `place` is "narrative", "topic" or a roster line's key."""

    place: str
    label: str
    saved: str
    typed: str


@dataclass(frozen=True, slots=True)
class Generated:
    """What a run of the generator did: sessions and roster lines made, and what a booked resource kept out."""

    sessions: int
    lines: int
    left_out: tuple[str, ...] = ()
