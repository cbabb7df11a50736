"""Groups, enrollments and seats: what the actions refuse, and what the database refuses by itself."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from openiop.admissions.models import Episode, Wait
from openiop.attendance import actions as attendance
from openiop.attendance.models import Attendance
from openiop.kernel.errors import Refusal
from openiop.people.models import Care
from openiop.schedule import actions
from openiop.schedule.models import Commitment, Enrollment
from openiop.schedule.presenters import clash_sentences, enrolled_during, meeting_times
from openiop.schedule.queries import busy_times, clashes, clashes_by_track, groups_on, in_treatment, members_from
from openiop.schedule.values import Busy, WeeklyTime
from tests.iop import MONDAY, Iop, build_iop
from tests.world import World

FRIDAY = MONDAY + timedelta(days=4)


def enroll(iop: Iop, episode: Episode, since: date, until: date | None = None) -> Enrollment:
    return actions.enroll(group=iop.skills, episode=episode, since=since, until=until, by=iop.by, at=iop.world.now)


def out_of_groups(iop: Iop, client: object) -> Episode:
    """In treatment, with the enrollments of the track ended before they began."""
    episode = iop.begin(client)  # type: ignore[arg-type]
    actions.end_enrollments(episode=episode, on=MONDAY - timedelta(days=1), by=iop.by, at=iop.world.now)
    return episode


def test_admission_takes_a_seat_the_groups_and_the_leaders_care(iop: Iop) -> None:
    attendance.generate_sessions(weeks_from=MONDAY, weeks=1, by=iop.by, at=iop.world.now)
    episode = iop.begin(iop.world.client)
    assert Enrollment.objects.filter(episode=episode, during__contains=MONDAY).count() == 2
    assert Attendance.objects.filter(episode=episode).count() == 6
    assert set(Care.objects.values_list("staff_id", flat=True)) == {iop.world.counselor.pk, iop.world.other_staff.pk}
    assert list(in_treatment()) == [iop.world.client]


def test_a_full_track_refuses_and_leaves_nothing_behind(scope: World) -> None:
    iop = build_iop(scope, seats=1)
    iop.begin(scope.client)
    with pytest.raises(Refusal, match="track is full") as caught:
        iop.begin(scope.other_client)
    assert caught.value.field == "track"
    assert Episode.objects.count() == 1


def test_a_full_group_refuses_the_whole_admission(scope: World) -> None:
    iop = build_iop(scope, capacity=1)
    iop.begin(scope.client)
    with pytest.raises(Refusal, match="is full"):
        iop.begin(scope.other_client)
    assert Episode.objects.count() == 1
    assert not Enrollment.objects.filter(client=scope.other_client).exists()


def test_a_place_is_free_again_the_day_after_someone_leaves(scope: World) -> None:
    iop = build_iop(scope, capacity=1)
    first = out_of_groups(iop, scope.client)
    second = out_of_groups(iop, scope.other_client)
    enroll(iop, first, MONDAY, until=FRIDAY)
    with pytest.raises(Refusal, match="is full"):
        enroll(iop, second, FRIDAY)
    assert enroll(iop, second, FRIDAY + timedelta(days=1)).pk


def test_capacity_counts_the_fullest_day_of_overlapping_enrollments(scope: World) -> None:
    iop = build_iop(scope, capacity=2)
    episodes = [out_of_groups(iop, client) for client in iop.clients(3)]
    enroll(iop, episodes[0], MONDAY, until=MONDAY + timedelta(days=9))
    enroll(iop, episodes[1], MONDAY + timedelta(days=10), until=MONDAY + timedelta(days=19))
    # Two enrollments that never hold at once leave one place on every day.
    assert enroll(iop, episodes[2], MONDAY).pk


def test_the_database_refuses_a_group_over_capacity(scope: World) -> None:
    iop = build_iop(scope, capacity=1)
    first, episode = out_of_groups(iop, scope.client), out_of_groups(iop, scope.other_client)
    enroll(iop, first, MONDAY)
    with pytest.raises(IntegrityError, match="full"), transaction.atomic():
        Enrollment.objects.create(
            group=iop.skills, client=scope.other_client, episode=episode, during=DateRange(MONDAY, None)
        )


def test_the_database_refuses_two_overlapping_enrollments_in_one_group(iop: Iop) -> None:
    episode = out_of_groups(iop, iop.world.client)
    enroll(iop, episode, MONDAY, until=FRIDAY)
    with pytest.raises(Refusal, match="already in this group"):
        enroll(iop, episode, FRIDAY)
    with pytest.raises(IntegrityError, match="schedule_enrollment_once_at_a_time"), transaction.atomic():
        Enrollment.objects.create(
            group=iop.skills, client=iop.world.client, episode=episode, during=DateRange(FRIDAY, None)
        )
    assert enroll(iop, episode, FRIDAY + timedelta(days=1)).pk


def test_someone_may_leave_and_come_back(iop: Iop) -> None:
    episode = iop.begin(iop.world.client)
    first = Enrollment.objects.get(group=iop.skills, during__isempty=False)
    actions.end_enrollment(enrollment=first, on=FRIDAY, by=iop.by, at=iop.world.now)
    enroll(iop, episode, FRIDAY + timedelta(days=10))
    assert [enrolled_during(one) for one in members_from(iop.skills, MONDAY)] == ["Nov 23 to Nov 27", "since Dec 7"]


def test_leaving_ends_the_care_of_leaders_who_have_no_other_group_with_them(iop: Iop) -> None:
    iop.begin(iop.world.client)
    for enrollment in Enrollment.objects.filter(group=iop.process):
        actions.end_enrollment(enrollment=enrollment, on=MONDAY, by=iop.by, at=iop.world.now)
    assert [care.staff_id for care in Care.objects.filter(ended_at=None)] == [iop.world.counselor.pk]


def test_moving_to_another_track_moves_seat_groups_and_roster(iop: Iop) -> None:
    from openiop.programs.actions import add_track
    from openiop.programs.models import Program

    world = iop.world
    evening = add_track(
        program=Program.objects.get(), site=iop.track.site, name="Evening", weekdays=[0, 2], starts=time(18),
        ends=time(20), seats=4, by=iop.by, at=world.now,
    )  # fmt: skip
    actions.add_group(
        track=evening, name="Evening CBT", approach="cbt", facilitator=world.director, room=iop.room, capacity=8,
        meetings=[(0, time(18), time(20)), (2, time(18), time(20))], by=iop.by, at=world.now,
    )  # fmt: skip
    episode = iop.begin(world.client)
    attendance.generate_sessions(weeks_from=MONDAY, weeks=2, by=iop.by, at=world.now)
    next_monday = MONDAY + timedelta(days=7)
    attendance.move_to_track(episode=episode, level="iop", track=evening, on=next_monday, by=iop.by, at=world.now)
    planned = Attendance.objects.filter(client=world.client, status="planned").order_by("during")
    titles = [(line.session.title, line.during.lower.date() < next_monday) for line in planned]
    assert titles[:6] == [("DBT skills", True), ("Process group", True)] * 3
    assert {title for title, this_week in titles[6:]} == {"Evening CBT"}


def test_admission_ends_the_wait(iop: Iop) -> None:
    from openiop.admissions.actions import join_waitlist

    join_waitlist(client=iop.world.client, track=iop.track, by=iop.by, at=iop.world.now)
    iop.begin(iop.world.client)
    assert not Wait.objects.waiting().exists()


def test_a_clash_with_work_is_found_and_said_in_a_sentence(iop: Iop) -> None:
    busy = [Busy(WeeklyTime(day, time(8), time(9, 30)), "work") for day in (0, 1, 4)]
    actions.record_commitments(client=iop.world.client, commitments=busy, by=iop.by, at=iop.world.now)
    found = clashes(iop.world.client, iop.track)
    assert [clash.meeting.weekday for clash in found] == [0, 1]
    assert clashes_by_track(iop.world.client, [iop.track]) == {iop.track.pk: found}
    assert clash_sentences(found) == ["Work on Mon, Tue, 8:00 to 9:30 AM, overlaps with the group at 9:00 to 10:15 AM."]


def test_recording_the_week_again_keeps_what_stands_and_marks_the_rest_removed(iop: Iop) -> None:
    work, school = Busy(WeeklyTime(0, time(8), time(9)), "work"), Busy(WeeklyTime(1, time(13), time(15)), "school")
    record = {"client": iop.world.client, "by": iop.by, "at": iop.world.now}
    actions.record_commitments(commitments=[work, school], **record)
    kept = Commitment.objects.get(reason="work").pk
    actions.record_commitments(commitments=[work], **record)
    assert busy_times(iop.world.client) == [work]
    assert Commitment.objects.get(reason="work").pk == kept
    assert Commitment.objects.get(reason="school").removed_at == iop.world.now


def test_lists_show_times_and_members(iop: Iop) -> None:
    iop.begin(iop.world.client)
    [skills, process] = groups_on(MONDAY)
    assert (meeting_times(skills), skills.members) == ("Mon to Wed, 9:00 to 10:15 AM", 1)
    assert meeting_times(process) == "Mon to Wed, 10:30 AM to 12:00 PM"


@pytest.mark.parametrize("meetings", [[], [(0, time(10), time(9))], [(7, time(9), time(10))],
                                      [(0, time(9), time(10)), (0, time(9, 30), time(11))]])  # fmt: skip
def test_impossible_weekly_times_are_refused(iop: Iop, meetings: list) -> None:
    with pytest.raises(Refusal):
        actions.add_group(
            track=iop.track, name="X", approach="cbt", facilitator=iop.world.director, room=iop.other_room,
            capacity=8, meetings=meetings, by=iop.by, at=iop.world.now,
        )  # fmt: skip


def test_ending_a_group_ends_its_enrollments(iop: Iop) -> None:
    iop.begin(iop.world.client)
    actions.end_group(group=iop.skills, on=FRIDAY, by=iop.by, at=iop.world.now)
    assert [one.group_id for one in Enrollment.objects.on(FRIDAY + timedelta(days=1))] == [iop.process.pk]
