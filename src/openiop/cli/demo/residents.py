"""Who comes when: 34 people in the tracks today, 14 who have stepped down, and 70 who have left.

Made backward from today and fitted into the seats, so that no track ever holds more than twelve.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from openiop.admissions.models import EndReason, Episode
from openiop.cli.demo import courses
from openiop.cli.demo.cast import names
from openiop.cli.demo.courses import Course, Ending
from openiop.cli.demo.house import TRACKS
from openiop.people.models import Client

WEEKS = 26
SEATS = 12
LEFT = (
    (courses.STEADY, 20),
    (courses.SLOW, 13),
    (courses.WOBBLE, 9),
    (courses.LEAVES_EARLY, 20),
    (courses.NEEDS_MORE, 8),
)
RUNNING = (*(courses.STEADY, courses.SLOW, courses.WOBBLE) * 2, courses.NEEDS_MORE)
STEPPED_DOWN = 14
END_REASONS = {
    Ending.STEP_DOWN: EndReason.COMPLETED,
    Ending.COMPLETED: EndReason.COMPLETED,
    Ending.LEFT: EndReason.LEFT,
    Ending.TRANSFERRED: EndReason.TRANSFERRED,
}


@dataclass
class Resident:
    """One made-up client: course, track, the week of admission, and when the seat and the episode end.

    Weeks are counted from the Monday on which the demo's history begins; None is still running today.
    """

    first_name: str
    last_name: str
    course: Course
    track: str
    first_week: int
    seat_until: int | None
    ends: int | None
    is_door: bool = False
    client: Client | None = None
    episode: Episode | None = None

    def in_seat(self, week: int) -> bool:
        """Whether they hold a seat in the track in that week."""
        return self.first_week <= week and (self.seat_until is None or week < self.seat_until)

    def in_care(self, week: int) -> bool:
        """Whether their episode runs in that week."""
        return self.first_week <= week and (self.ends is None or week < self.ends)


def cast(random: Random, last_week: int) -> list[Resident]:
    """Everyone, in the order of their admission. `last_week` is the week of today."""
    taken: Counter[tuple[str, int]] = Counter()
    people = [*_in_seats(random, last_week), *_stepped_down(random, last_week), *_gone(random, last_week)]
    everyone = [resident for resident in (_seat(one, taken, random) for one in people) if resident]
    for resident, (first, last) in zip(everyone, names(random, len(everyone)), strict=True):
        resident.first_name, resident.last_name = first, last
    door = next(r for r in everyone if r.seat_until is None and r.track == "Morning" and r.course is courses.STEADY)
    door.first_name, door.last_name, door.is_door = "Alex", "Moreno", True
    return sorted(everyone, key=lambda one: one.first_week)


def _in_seats(random: Random, last_week: int) -> Iterator[Resident]:
    """Today's seats: most people somewhere in the middle of a course."""
    for plan in TRACKS:
        for place in range(plan.fill_to):
            course = courses.STEADY if place == 0 else random.choice(RUNNING)
            since = 4 if place == 0 else random.randint(0, course.weeks - 1)
            yield Resident("", "", course, plan.name, last_week - since, None, None)


def _stepped_down(random: Random, last_week: int) -> Iterator[Resident]:
    """People who finished the track and still come once a week."""
    for _ in range(STEPPED_DOWN):
        course = random.choice((courses.STEADY, courses.SLOW))
        seat_until = last_week - random.randint(0, 7)
        yield Resident("", "", course, "", seat_until - course.weeks, seat_until, None)


def _gone(random: Random, last_week: int) -> Iterator[Resident]:
    """People whose episode has ended, spread over the whole history."""
    for course, count in LEFT:
        for _ in range(count):
            after = random.randint(2, 5) if course.ending is Ending.STEP_DOWN else 0
            ends = random.randint(course.weeks + after, last_week - 1)
            yield Resident("", "", course, "", ends - after - course.weeks, ends - after, ends)


def _seat(resident: Resident, taken: Counter[tuple[str, int]], random: Random) -> Resident | None:
    """Find a track with a seat in every week, moving the course in time where none has."""
    tracks = [resident.track] if resident.track else random.sample([plan.name for plan in TRACKS], len(TRACKS))
    for shift in sorted(range(-WEEKS, WEEKS), key=abs):
        for track in tracks:
            moved = resident if shift == 0 else _moved(resident, shift)
            if moved and _fits(moved, track, taken):
                moved.track = track
                taken.update((track, week) for week in _weeks(moved))
                return moved
    raise ValueError("The demo's seats cannot hold everyone; lower the numbers in LEFT.")


def _moved(resident: Resident, shift: int) -> Resident | None:
    """The same course some weeks earlier or later; only a course that has ended can move, and not past today."""
    if resident.ends is None or resident.seat_until is None:
        return None
    first, ends = resident.first_week + shift, resident.ends + shift
    if first < 0 or ends > WEEKS - 1:
        return None
    return Resident("", "", resident.course, "", first, resident.seat_until + shift, ends)


def _weeks(resident: Resident) -> range:
    return range(max(resident.first_week, 0), resident.seat_until if resident.seat_until is not None else WEEKS + 1)


def _fits(resident: Resident, track: str, taken: Counter[tuple[str, int]]) -> bool:
    return resident.first_week >= 0 and all(taken[track, week] < SEATS for week in _weeks(resident))


def monday_of(day: date) -> date:
    """The Monday of that day's week."""
    return day - timedelta(days=day.weekday())
