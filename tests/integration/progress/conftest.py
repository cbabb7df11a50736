"""A client in treatment with a few weeks behind them."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from openiop.admissions.models import Episode
from openiop.attendance import actions as attendance
from openiop.attendance.models import Attendance
from openiop.kernel.levels import LevelOfCare
from openiop.people.models import Site
from openiop.programs.models import Program, Room, Track
from openiop.schedule import actions as schedule
from tests.world import World

MONDAY = date(2026, 11, 2)


def add_track(name: str, world: World, *, level: str = LevelOfCare.IOP, seats: int = 12) -> Track:
    """A track that meets on Monday, Wednesday and Friday mornings, with one group."""
    actor = world.actor(world.director)
    site, _ = Site.objects.get_or_create(name="Main", defaults={"address": "1 Main Street"})
    program, _ = Program.objects.get_or_create(name=f"Adult {level}", defaults={"level": level})
    track = Track.objects.create(
        program=program,
        site=site,
        name=name,
        part_of_day="morning",
        weekdays=[0, 2, 4],
        starts=time(9),
        ends=time(12),
        seats=seats,
    )
    schedule.add_group(
        track=track,
        name=f"{name} skills",
        kind="group",
        approach="cbt",
        facilitator=world.counselor if name == "Morning" else world.other_staff,
        room=Room.objects.create(site=site, name=f"{name} room", seats=12),
        capacity=12,
        meetings=[(weekday, time(9), time(12)) for weekday in (0, 2, 4)],
        topics=[],
        by=actor,
        at=world.now,
    )
    return track


@pytest.fixture
def track(world: World) -> Track:
    """The track that the client is in."""
    with world.inside():
        return add_track("Morning", world)


@pytest.fixture
def episode(world: World, track: Track) -> Episode:
    """Three weeks of treatment: every session until now attended but the first."""
    with world.inside():
        actor = world.actor(world.director)
        began = attendance.begin_treatment(
            client=world.client,
            level=LevelOfCare.IOP,
            track=track,
            on=MONDAY,
            by=actor,
            at=world.now - timedelta(days=30),
        )
        attendance.generate_sessions(weeks_from=MONDAY, weeks=6, by=actor, at=world.now - timedelta(days=30))
        lines = Attendance.objects.filter(client=world.client, during__endswith__lte=world.now).order_by("during")
        for number, line in enumerate(lines):
            attendance.mark(line=line, status="present" if number else "absent", by=actor, at=world.now)
        return began
