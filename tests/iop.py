"""A small program for tests of the schedule and of what lies above it: a morning track with two groups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from openiop.admissions.models import Episode
from openiop.attendance import actions as attendance
from openiop.attendance.models import Attendance, Session
from openiop.people import actions as people
from openiop.people.models import Client
from openiop.plans.models import Approach
from openiop.programs import actions as programs
from openiop.programs.models import Room, Track
from openiop.schedule import actions as schedule
from openiop.schedule.models import Group
from openiop.shared.access import Actor
from tests.world import World

MONDAY = date(2026, 11, 23)
"""The day on which tests live; their moment is 9:30 in the morning at the center."""


@dataclass
class Iop:
    """`skills` (led by the counselor, 9:00) and `process` (by the other counselor, 10:15), Monday to Wednesday."""

    world: World
    by: Actor
    track: Track
    room: Room
    other_room: Room
    skills: Group
    process: Group

    def begin(self, client: Client, on: date = MONDAY, track: Track | None = None) -> Episode:
        """The client is in treatment."""
        return attendance.begin_treatment(
            client=client, level="iop", track=track or self.track, on=on, by=self.by, at=self.world.now
        )

    def clients(self, number: int) -> list[Client]:
        """More people, on the counselor's caseload."""
        names = (
            "Carlos",
            "Dana",
            "Elena",
            "Frank",
            "Grace",
            "Hector",
            "Imani",
            "Jordan",
            "Kayla",
            "Luis",
            "Mara",
            "Noor",
        )
        return [
            people.add_client(
                first_name=name, last_name="Reyes", counselor=self.world.counselor, by=self.by, at=self.world.now
            )
            for name in names[:number]
        ]

    def sessions(self, weeks: int = 1) -> list[Session]:
        """The sessions of the weeks from Monday, in order."""
        attendance.generate_sessions(weeks_from=MONDAY, weeks=weeks, by=self.by, at=self.world.now)
        return list(Session.objects.order_by("during"))

    def todays(self) -> Session:
        """This morning's skills group."""
        return self.sessions()[0]

    def line(self, session: Session, client: Client) -> Attendance:
        """The client's roster line."""
        return Attendance.objects.get(session=session, client=client)


def build_iop(world: World, *, seats: int = 12, capacity: int = 12) -> Iop:
    """The program, inside the scope in force."""
    by, at = Actor.system("test", world.client.center_id), world.now
    site = people.add_site(name="Main Street", address="1 Main Street", by=by, at=at)
    program = programs.add_program(name="Adult IOP", by=by, at=at)
    track = programs.add_track(
        program=program,
        site=site,
        name="Morning",
        weekdays=[0, 1, 2],
        starts=time(9),
        ends=time(12),
        seats=seats,
        by=by,
        at=at,
    )
    room = programs.add_room(site=site, name="Room 1", seats=14, by=by, at=at)
    other_room = programs.add_room(site=site, name="Room 2", seats=4, by=by, at=at)
    common = {"track": track, "room": room, "capacity": capacity, "by": by, "at": at}
    skills = schedule.add_group(
        name="DBT skills",
        approach=Approach.DBT_INFORMED,
        facilitator=world.counselor,
        meetings=[(day, time(9), time(10, 15)) for day in (0, 1, 2)],
        topics=["Distress tolerance", "Mindfulness", "Emotion regulation"],
        **common,
    )
    process = schedule.add_group(
        name="Process group",
        approach=Approach.CBT,
        facilitator=world.other_staff,
        meetings=[(day, time(10, 30), time(12)) for day in (0, 1, 2)],
        **common,
    )
    return Iop(world, by, track, room, other_room, skills, process)
