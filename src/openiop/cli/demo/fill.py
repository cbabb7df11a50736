"""Fills the demo center: 26 weeks, day by day, through the same actions as the screens, from a fixed seed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from django.utils import timezone

from openiop.attendance import actions as attendance
from openiop.cli.demo import arrival, departure, life
from openiop.cli.demo.courses import Ending
from openiop.cli.demo.desk import people_at_the_door
from openiop.cli.demo.house import ZONE, House, furnish, local, open_house
from openiop.cli.demo.residents import WEEKS, Resident, cast, monday_of

SEED = 20260211


def fill(say: Callable[[str], None]) -> None:
    """Make the whole center. Needs the owner's connection, because it opens one."""
    center = open_house()
    house = House(Random(SEED), timezone.now().astimezone(ZONE))
    first_day = monday_of(house.today) - timedelta(weeks=WEEKS)
    with timezone.override(ZONE):
        with house.opened(center.id):
            furnish(house, local(first_day - timedelta(days=14), 9))
        residents = cast(house.random, WEEKS)
        for week in range(WEEKS + 1):
            # One transaction a week: one for everything would drag its tens of thousands of savepoints along.
            with house.opened(center.id):
                live_week(house, residents, first_day + timedelta(weeks=week), week)
            if week % 4 == 0:
                say(f"Week {week} of {WEEKS}")
        with house.opened(center.id):
            _look_ahead(house, first_day + timedelta(weeks=WEEKS))
            people_at_the_door(house)


def live_week(house: House, residents: list[Resident], monday: date, week: int) -> None:
    """One week of everyone's life at the center, no further than now."""
    attendance.generate_sessions(weeks_from=monday, weeks=1, by=house.scope.actor, at=local(monday, 5))
    for resident in residents:
        if resident.first_week == week:
            arrival.arrive(house, resident, monday)
    here = {r.client.pk: r for r in residents if r.client and r.in_care(week)}
    _plan_talks(house, here.values(), monday, week)
    for offset in range(7):
        day = monday + timedelta(days=offset)
        if day <= house.today:
            live_day(house, here, day, week)
    if monday + timedelta(days=6) <= house.today:
        _end_week(house, residents, monday + timedelta(days=4), week)


def _plan_talks(house: House, here: object, monday: date, week: int) -> None:
    """Everyone talks with their counselor every third week, those who have stepped down every other week."""
    for place, resident in enumerate(here):
        if (place + week) % (3 if resident.in_seat(week) else 2) == 0:
            life.plan_individual(house, resident, monday + timedelta(days=place % 5))


def live_day(house: House, here: dict, day: date, week: int) -> None:
    """One day: tests and measures in the morning, sessions, check-ins in the evening."""
    for place, resident in enumerate(here.values()):
        phase = resident.course.phase(week - resident.first_week)
        if day.weekday() == place % 5 and resident.in_seat(week):
            life.test(house, resident, day, phase)
            life.measure(house, resident, day, week)
        if house.random.random() < 0.5 and (house.today - day).days < 63:
            life.check_in(house, resident, day, phase)
    life.hold_sessions(house, day, here, week)
    life.settle_alerts(house, before=min(local(day, 23), house.now - timedelta(hours=20)))


def _end_week(house: House, residents: list[Resident], friday: date, week: int) -> None:
    for resident in residents:
        if resident.client is None or not resident.in_care(week):
            continue
        if resident.ends == week + 1:
            departure.discharge(house, resident, friday)
        elif resident.seat_until == week + 1 and resident.course.ending is not Ending.LEFT:
            departure.step_down(house, resident, friday)
        elif week - resident.first_week == 3:
            departure.review(house, resident, friday)
        elif (week - resident.first_week) % 4 == 2:
            life.hand_out_prizes(house, resident.client, local(friday, 15))


def _look_ahead(house: House, monday: date) -> None:
    attendance.generate_sessions(weeks_from=monday, weeks=4, by=house.scope.actor, at=house.now)
