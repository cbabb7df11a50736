"""What the security tests know of a record, and who makes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from openiop.people.models import Client, FamilyMember, Staff
from openiop.shared.access import Actor
from tests.world import World

PASSWORD = "a long enough pass phrase"
DAY = timedelta(days=1)


@dataclass
class Case:
    """One client's record and what surrounds it. `ids` are the keys of its objects by the kind that addresses name."""

    client: Client
    family: FamilyMember
    label: str
    ids: dict[str, UUID] = field(default_factory=dict)

    @property
    def chart_mark(self) -> str:
        """Stands in every clinical text below this client's chart."""
        return f"CHART-{self.client.last_name.upper()}"

    @property
    def intake_mark(self) -> str:
        """Stands in what was told and assessed before admission."""
        return f"INTAKE-{self.client.last_name.upper()}"


@dataclass
class Cases:
    """The people of both centers, with the three records."""

    world: World
    own: Case
    other: Case
    foreign: Case
    newcomer: Staff
    """A director who has a password and no second factor yet."""


@dataclass
class Desk:
    """Who makes a case: the clinician, the person at the desk, and the clock."""

    world: World
    clinician: Staff
    desk: Staff
    now: datetime

    @property
    def by(self) -> Actor:
        return self.world.actor(self.clinician)

    @property
    def front(self) -> Actor:
        return self.world.actor(self.desk)

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)
