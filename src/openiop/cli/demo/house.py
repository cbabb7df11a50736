"""The demo center itself: sites, rooms, staff, tracks, groups."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from openiop.cli.demo.cast import STAFF, Person
from openiop.people import actions as people
from openiop.people.models import Center, Client, Site, Staff
from openiop.plans.models import Approach, Kind
from openiop.programs import actions as programs
from openiop.programs.models import Room, Track
from openiop.schedule import actions as schedule
from openiop.shared.access import Actor
from openiop.shared.models import Installation
from openiop.shared.scope import Scope, center_scope

ZONE = ZoneInfo("America/New_York")

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = range(5)


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """A group of the demo: its facilitator by mailbox, and when it begins and ends."""

    name: str
    kind: Kind
    approach: Approach
    facilitator: str
    starts: time
    ends: time
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrackPlan:
    """A track of the demo. `fill_to` is how many of its twelve seats are taken today."""

    name: str
    site: str
    weekdays: tuple[int, ...]
    fill_to: int
    counselors: tuple[str, ...]
    groups: tuple[GroupPlan, ...]


CBT_TOPICS = (
    "What sets it off: cues outside",
    "What sets it off: cues inside",
    "Riding out a craving",
    "Saying no",
    "Boredom and free time",
    "Work and recovery",
    "Repairing trust",
    "A plan for the weekend",
)
DBT_TOPICS = (
    "Distress tolerance: cold, breath, muscles",
    "Distress tolerance: half-smile and willing hands",
    "Emotions: name it to tame it",
    "Emotions: act the other way",
    "People: asking for what you need",
    "People: keeping a boundary",
)
TRACKS = (
    TrackPlan(
        "Morning",
        "Main Street",
        (MONDAY, WEDNESDAY, FRIDAY),
        11,
        ("counselor", "m.ortiz"),
        (
            GroupPlan("Coping skills", Kind.GROUP, Approach.CBT, "counselor", time(9), time(10, 30), CBT_TOPICS),
            GroupPlan(
                "Distress tolerance",
                Kind.GROUP,
                Approach.DBT_INFORMED,
                "m.ortiz",
                time(10, 45),
                time(12, 15),
                DBT_TOPICS,
            ),
        ),
    ),
    TrackPlan(
        "Afternoon",
        "Mill Creek",
        (MONDAY, TUESDAY, THURSDAY, FRIDAY),
        11,
        ("d.hughes", "n.bell"),
        (
            GroupPlan(
                "Reasons to change",
                Kind.GROUP,
                Approach.MET,
                "d.hughes",
                time(13),
                time(14, 30),
                (
                    "What I want",
                    "What is in the way",
                    "Good things, not so good things",
                    "Looking forward",
                    "My change plan",
                ),
            ),
            GroupPlan(
                "Family evenings at home",
                Kind.FAMILY,
                Approach.FAMILY_EDUCATION,
                "n.bell",
                time(14, 45),
                time(16),
                ("How addiction works", "Talking at home", "Trust", "Looking after yourself", "When things get hard"),
            ),
        ),
    ),
    TrackPlan(
        "Evening",
        "Main Street",
        (MONDAY, TUESDAY, WEDNESDAY, THURSDAY),
        12,
        ("s.reyes", "k.adeyemi"),
        (
            GroupPlan(
                "Mindful evenings",
                Kind.WORKSHOP,
                Approach.MINDFULNESS,
                "k.adeyemi",
                time(17, 30),
                time(18, 45),
                ("Automatic pilot", "Noticing cues", "Daily practice", "In a hard moment", "Thoughts are thoughts"),
            ),
            GroupPlan(
                "Peer support and mutual help",
                Kind.PEER_SUPPORT,
                Approach.TWELVE_STEP,
                "w.tanaka",
                time(19),
                time(20, 30),
                ("Many paths", "Finding a meeting", "A sponsor or a buddy", "Service", "Telling your story"),
            ),
        ),
    ),
)


@dataclass
class House:
    """The center while it is being filled. `at` is the moment the fill lives in."""

    random: Random
    now: datetime
    scope: Scope = field(init=False)
    staff: dict[str, Staff] = field(default_factory=dict)
    tracks: dict[str, Track] = field(default_factory=dict)
    offices: dict[str, Room] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.now.date()

    @contextmanager
    def opened(self, center_id: UUID) -> Iterator[None]:
        """One transaction in the center."""
        with center_scope(center_id, Actor.system("demo", center_id)) as self.scope:
            yield

    def actor(self, mailbox: str) -> Actor:
        """A member of staff as an actor."""
        person = next(person for person in STAFF if person.mailbox == mailbox)
        staff = self.staff[mailbox]
        return Actor(
            name=staff.name,
            center_id=self.scope.center_id,
            user_id=staff.user_id,
            roles=frozenset(person.roles),
            staff_id=staff.pk,
        )

    def client_actor(self, client: Client) -> Actor:
        """A client as an actor."""
        return Actor(name=client.name, center_id=client.center_id, user_id=client.user_id, client_id=client.pk)

    @contextmanager
    def acting(self, actor: Actor) -> Iterator[Actor]:
        """For a while, the scope's actor is this person, so that the audit trail names them."""
        before, self.scope.actor = self.scope.actor, actor
        try:
            yield actor
        finally:
            self.scope.actor = before


def local(day: date, hour: int, minute: int = 0) -> datetime:
    """That wall-clock time at the center."""
    return datetime.combine(day, time(hour, minute), tzinfo=ZONE)


def open_house() -> Center:
    """The center's own row, marked as a demo."""
    return people.open_center(
        name="Riverbend Recovery Center",
        phone="(555) 014-2300",
        time_zone=str(ZONE),
        kind=Installation.Kind.DEMO,
        client_prefix="RB",
        jurisdiction="US",
    )


def furnish(house: House, opened_at: datetime) -> None:
    """Sites, rooms, staff, tracks and groups."""
    by = house.scope.actor
    for person in STAFF:
        house.staff[person.mailbox] = _hire(person, by, opened_at)
    sites = {
        name: people.add_site(name=name, address=address, phone="(555) 014-2300", by=by, at=opened_at)
        for name, address in (
            ("Main Street", "120 Main Street, Riverbend"),
            ("Mill Creek", "8 Mill Creek Road, Riverbend"),
        )
    }
    for person in STAFF:
        site = sites["Mill Creek" if person.mailbox in {"d.hughes", "n.bell"} else "Main Street"]
        house.offices[person.mailbox] = programs.add_room(
            site=site, name=f"Office {person.last_name}", seats=4, by=by, at=opened_at
        )
    program = programs.add_program(name="Adult intensive outpatient program", by=by, at=opened_at)
    for plan in TRACKS:
        house.tracks[plan.name] = _open_track(house, plan, sites[plan.site], program, opened_at)


def _hire(person: Person, by: Actor, at: datetime) -> Staff:
    return people.add_staff(
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        credentials=person.credentials,
        title=person.title,
        roles=person.roles,
        by=by,
        at=at,
    )


def _open_track(house: House, plan: TrackPlan, site: Site, program: object, at: datetime) -> Track:
    by = house.scope.actor
    track = programs.add_track(
        program=program,
        site=site,
        name=plan.name,
        weekdays=plan.weekdays,
        starts=plan.groups[0].starts,
        ends=plan.groups[-1].ends,
        seats=12,
        by=by,
        at=at,
    )
    room = programs.add_room(site=site, name=f"{plan.name} room", seats=16, by=by, at=at)
    for group in plan.groups:
        schedule.add_group(
            track=track,
            name=group.name,
            kind=group.kind,
            approach=group.approach,
            facilitator=house.staff[group.facilitator],
            room=room,
            capacity=12,
            meetings=[(weekday, group.starts, group.ends) for weekday in plan.weekdays],
            topics=group.topics,
            by=by,
            at=at,
        )
    return track
