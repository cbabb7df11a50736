"""Sessions made from the groups of the tracks, and sessions planned one by one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from openiop.attendance import actions
from openiop.attendance.models import Attendance, Session, Status
from openiop.attendance.queries import hours, next_session, upcoming
from openiop.kernel.errors import Refusal
from openiop.plans.models import Kind
from openiop.schedule import actions as schedule
from tests.iop import MONDAY, Iop

NINE = datetime(2026, 11, 23, 14, tzinfo=UTC)


def test_a_week_of_a_track_is_made_with_its_topics_and_rosters(iop: Iop) -> None:
    iop.begin(iop.world.client)
    sessions = iop.sessions()
    assert [s.title for s in sessions] == ["DBT skills", "Process group"] * 3
    assert sessions[0].during == DateTimeTZRange(NINE, NINE + timedelta(minutes=75))
    assert {s.topic for s in sessions if s.group_id == iop.skills.pk} == set(iop.skills.topics)
    assert Attendance.objects.filter(client=iop.world.client, status=Status.PLANNED).count() == 6


def test_making_the_same_weeks_again_makes_nothing(iop: Iop) -> None:
    iop.begin(iop.world.client)
    first = [s.pk for s in iop.sessions(2)]
    again = actions.generate_sessions(weeks_from=MONDAY, weeks=2, by=iop.by, at=iop.world.now)
    assert (again.sessions, again.lines, again.left_out) == (0, 0, ())
    assert [s.pk for s in iop.sessions(2)] == first


def test_sessions_keep_their_wall_clock_when_the_clocks_change(iop: Iop) -> None:
    actions.generate_sessions(weeks_from=date(2026, 10, 26), weeks=2, by=iop.by, at=iop.world.now)
    starts = {s.starts_at for s in Session.objects.filter(group=iop.skills)}
    # Daylight saving time ended in New York on November 1, 2026: nine o'clock moved from 13 to 14 UTC.
    assert datetime(2026, 10, 26, 13, tzinfo=UTC) in starts
    assert datetime(2026, 11, 2, 14, tzinfo=UTC) in starts
    assert {s.minutes for s in Session.objects.filter(group=iop.skills)} == {75}


def test_a_canceled_session_is_not_made_again(iop: Iop) -> None:
    session = iop.todays()
    actions.cancel_session(session=session, because="Snow", by=iop.by, at=iop.world.now)
    iop.sessions()
    assert Session.objects.filter(group=iop.skills, during=session.during).count() == 1


def test_a_room_that_is_booked_keeps_one_session_out_and_says_so(iop: Iop) -> None:
    episode = iop.begin(iop.world.other_client)
    schedule.end_enrollments(episode=episode, on=MONDAY - timedelta(days=1), by=iop.by, at=iop.world.now)
    actions.plan_session(
        kind=Kind.INDIVIDUAL,
        clients=[iop.world.other_client],
        facilitator=iop.world.director,
        starts_at=NINE + timedelta(minutes=30),
        minutes=50,
        room=iop.room,
        by=iop.by,
        at=iop.world.now,
    )
    made = actions.generate_sessions(weeks_from=MONDAY, weeks=1, by=iop.by, at=iop.world.now)
    assert made.sessions == 5
    assert made.left_out == ("DBT skills, Mon Nov 23 09:00",)


def test_half_a_year_is_made_in_few_queries(iop: Iop, query_limit) -> None:
    for client in iop.clients(12):
        iop.begin(client)
    with query_limit(15):
        made = actions.generate_sessions(weeks_from=MONDAY, weeks=26, by=iop.by, at=iop.world.now)
    assert (made.sessions, made.lines) == (26 * 6, 26 * 6 * 12)


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("room", "Room 1 is taken then: DBT skills"),
        ("facilitator", "another session then: DBT skills"),
        ("client", "The client has another session then: DBT skills, 9:00 AM to 10:15 AM"),
    ],
)
def test_planning_names_what_is_in_the_way(iop: Iop, field: str, words: str) -> None:
    world = iop.world
    iop.begin(world.client)
    other = iop.begin(world.other_client)
    schedule.end_enrollments(episode=other, on=MONDAY - timedelta(days=1), by=iop.by, at=world.now)
    iop.sessions()
    with pytest.raises(Refusal, match=words) as caught:
        actions.plan_session(
            kind=Kind.INDIVIDUAL,
            clients=[world.client if field == "client" else world.other_client],
            facilitator=world.counselor if field == "facilitator" else world.director,
            starts_at=NINE,
            minutes=50,
            room=iop.room if field == "room" else iop.other_room,
            by=iop.by,
            at=world.now,
        )
    assert caught.value.field == field


def test_someone_not_in_treatment_gets_no_session(iop: Iop) -> None:
    with pytest.raises(Refusal, match="not in treatment"):
        actions.plan_session(
            kind=Kind.INDIVIDUAL,
            clients=[iop.world.client],
            facilitator=iop.world.counselor,
            starts_at=NINE,
            minutes=50,
            by=iop.by,
            at=iop.world.now,
        )


def test_someone_admitted_later_joins_the_sessions_that_exist(iop: Iop) -> None:
    iop.sessions(2)
    iop.begin(iop.world.client, on=date(2026, 11, 30))
    days = {line.during.lower.date() for line in Attendance.objects.filter(client=iop.world.client)}
    assert min(days) == date(2026, 11, 30)
    assert next_session(iop.world.client, iop.world.now).during.lower == datetime(2026, 11, 30, 14, tzinfo=UTC)
    assert upcoming(iop.world.client, iop.world.now, 6).count() == 0
    assert upcoming(iop.world.client, iop.world.now, 14).count() == 6


def test_who_leaves_is_no_longer_expected_but_what_happened_stays(iop: Iop) -> None:
    episode = iop.begin(iop.world.client)
    session = iop.todays()
    actions.mark(line=iop.line(session, iop.world.client), status=Status.PRESENT, by=iop.by, at=iop.world.now)
    schedule.end_enrollments(episode=episode, on=MONDAY, by=iop.by, at=iop.world.now)
    counts = dict.fromkeys(Status, 0)
    for line in Attendance.objects.filter(client=iop.world.client):
        counts[Status(line.status)] += 1
    assert (counts[Status.PRESENT], counts[Status.PLANNED], counts[Status.RELEASED]) == (1, 1, 4)
    [week] = hours(iop.world.client, MONDAY, MONDAY + timedelta(days=7))
    assert (week.scheduled_minutes, week.delivered_minutes) == (75 + 90, 75)


def test_who_comes_back_is_expected_again(iop: Iop) -> None:
    episode = iop.begin(iop.world.client)
    iop.sessions()
    schedule.end_enrollments(episode=episode, on=MONDAY, by=iop.by, at=iop.world.now)
    schedule.enroll(group=iop.skills, episode=episode, since=date(2026, 11, 25), by=iop.by, at=iop.world.now)
    assert actions.fill_rosters(episode=episode, by=iop.by, at=iop.world.now) == 1


# --- The database refuses what cannot be -------------------------------------------------------------------


def _raw(iop: Iop, **columns: object) -> Session:
    base = {
        "kind": Kind.GROUP,
        "title": "Raw",
        "during": DateTimeTZRange(NINE, NINE + timedelta(hours=1)),
        "facilitator": iop.world.director,
        "room": iop.other_room,
    }
    return Session.objects.create(**{**base, **columns})


@pytest.mark.parametrize("taken", ["room", "facilitator"])
def test_the_database_refuses_a_room_or_clinician_in_two_sessions(iop: Iop, taken: str) -> None:
    iop.todays()
    columns = {"room": iop.room} if taken == "room" else {"facilitator": iop.world.counselor}
    with pytest.raises(IntegrityError, match=f"attendance_{taken}_in_one_session"), transaction.atomic():
        _raw(iop, **columns)


def test_the_database_refuses_a_client_in_two_sessions_even_when_one_moves(iop: Iop) -> None:
    episode = iop.begin(iop.world.client)
    iop.todays()
    later = NINE + timedelta(hours=10)
    other = _raw(iop, during=DateTimeTZRange(later, later + timedelta(hours=1)))
    Attendance.objects.create(session=other, client=iop.world.client, episode=episode, during=other.during)
    with pytest.raises(IntegrityError, match="attendance_client_in_one_session"), transaction.atomic():
        Session.objects.filter(pk=other.pk).update(during=DateTimeTZRange(NINE, NINE + timedelta(hours=1)))


def test_back_to_back_is_not_a_conflict(iop: Iop) -> None:
    iop.todays()
    begin = NINE + timedelta(minutes=75)
    assert _raw(iop, during=DateTimeTZRange(begin, begin + timedelta(minutes=15)), room=iop.room).pk


def test_a_roster_line_cannot_claim_another_time(iop: Iop) -> None:
    iop.begin(iop.world.client)
    line = iop.line(iop.todays(), iop.world.client)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE attendance_attendance SET during = tstzrange(now(), now() + interval '1 hour') WHERE id = %s",
            [line.pk],
        )
    line.refresh_from_db()
    assert line.during.lower == NINE


def test_a_group_time_is_refused_where_room_or_leader_has_a_group(iop: Iop) -> None:
    with pytest.raises(Refusal, match="Room 1 is taken on Monday at that time by DBT skills"):
        schedule.add_group(
            track=iop.track,
            name="Yoga",
            approach="mindfulness",
            facilitator=iop.world.director,
            room=iop.room,
            capacity=8,
            meetings=[(0, time(10), time(11))],
            by=iop.by,
            at=iop.world.now,
        )
