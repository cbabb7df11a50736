"""Words of the portal: plain, kind, and without a verdict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from openiop.attendance.models import Attendance, Status
from openiop.incentives.queries import NextReward
from openiop.measures import presenters as measures
from openiop.measures.models import Administration

# What the client reads about a session that is over.
CAME_WORDS = {
    Status.PRESENT: "You were there",
    Status.LATE: "You were there",
    Status.LEFT_EARLY: "You were there for part of it",
    Status.EXCUSED: "You let us know. That is fine",
    Status.ABSENT: "We missed you",
    Status.PLANNED: "Not noted yet",
}


def greeting(now: datetime) -> str:
    """Good morning, good afternoon or good evening, by the center's time."""
    hour = timezone.localtime(now).hour
    if 4 <= hour < 12:
        return "Good morning"
    return "Good afternoon" if 12 <= hour < 18 else "Good evening"


def day_name(day: date, today: date) -> str:
    """Today, Tomorrow, Yesterday, or Wednesday, Nov 25."""
    near = {0: "Today", 1: "Tomorrow", -1: "Yesterday"}
    return near.get((day - today).days) or f"{day:%A}, {day:%b} {day.day}"


def times(start: datetime, end: datetime) -> str:
    """10:15 to 11:15 AM, in the zone in force; both halves named when they differ."""
    first, last = timezone.localtime(start), timezone.localtime(end)
    suffix = "" if f"{first:%p}" == f"{last:%p}" else f" {first:%p}"
    return f"{_clock(first)}{suffix} to {_clock(last)} {last:%p}"


def _clock(moment: datetime) -> str:
    return f"{moment.hour % 12 or 12}:{moment:%M}"


@dataclass(frozen=True, slots=True)
class Visit:
    """One session as the client sees it."""

    pk: UUID
    title: str
    topic: str
    day: str
    times: str
    room: str
    address: str
    who: str
    words: str
    is_now: bool
    is_announced: bool
    can_announce: bool

    @property
    def place(self) -> str:
        """Room and clinician in a line: "Room 2 with Jamie Park"."""
        return f"{self.room} with {self.who}" if self.room else f"With {self.who}"


def visit(line: Attendance, *, now: datetime, announced: Iterable[str] = ()) -> Visit:
    """The roster line in the client's words; expects session, room, site and clinician loaded."""
    session, room = line.session, line.session.room
    start, end = line.during.lower, line.during.upper
    is_announced = str(line.pk) in announced
    is_ahead = end > now
    return Visit(
        pk=line.pk,
        title=session.title,
        topic=session.topic,
        day=day_name(timezone.localdate(start), timezone.localdate(now)),
        times=times(start, end),
        room=room.name if room else "",
        address=room.site.address if room else "",
        who=f"{session.facilitator.first_name} {session.facilitator.last_name}",
        words=_words(line, is_ahead=is_ahead, is_announced=is_announced),
        is_now=start <= now < end,
        is_announced=is_announced and is_ahead,
        can_announce=is_ahead and line.status == Status.PLANNED and not is_announced,
    )


def _words(line: Attendance, *, is_ahead: bool, is_announced: bool) -> str:
    if not is_ahead:
        return CAME_WORDS[Status(line.status)]
    if line.status == Status.EXCUSED:
        return "You are excused"
    return "You told us you can't come" if is_announced else ""


@dataclass(frozen=True, slots=True)
class Day:
    """A day with its sessions."""

    name: str
    visits: tuple[Visit, ...]


def days(lines: Iterable[Attendance], *, now: datetime, announced: Iterable[str] = ()) -> list[Day]:
    """The sessions by day, in the order given."""
    found: dict[str, list[Visit]] = {}
    for line in lines:
        one = visit(line, now=now, announced=announced)
        found.setdefault(one.day, []).append(one)
    return [Day(name, tuple(visits)) for name, visits in found.items()]


@dataclass(frozen=True, slots=True)
class Due:
    """A questionnaire that waits."""

    pk: UUID
    about: str
    name: str
    minutes: int
    is_begun: bool


def due(waiting: Iterable[Administration]) -> list[Due]:
    """The questionnaires that wait, in plain words."""
    return [
        Due(
            one.pk,
            measures.about(one.instrument),
            one.instrument,
            measures.minutes(one.instrument),
            is_begun=bool(one.answers),
        )
        for one in waiting
    ]


@dataclass(frozen=True, slots=True)
class Ahead:
    """The next step of a reward course."""

    goal: str
    earns: str
    is_after_reset: bool
    text: str


def ahead(one: NextReward) -> Ahead:
    """What the next good visit earns: "Your next day here" - "2 draws"."""
    goal = "Your next day here" if one.protocol.target == "attendance" else "Your next negative test"
    if one.protocol.gives_draws:
        number = one.visit.draws
        earns = "1 draw" if number == 1 else f"{number} draws"
    else:
        earns = dollars(one.amount)
    return Ahead(goal, earns, one.is_after_reset, one.protocol.client_text)


def dollars(amount: object) -> str:
    """$12.50, and $12 without needless cents."""
    text = f"{amount:.2f}"
    return "$" + text.removesuffix(".00")


def past_week(now: datetime) -> tuple[date, date]:
    """The seven local days before tomorrow, half-open: today's sessions that are over belong to it."""
    today = timezone.localdate(now)
    return today - timedelta(days=6), today + timedelta(days=1)
