"""Writes about groups, enrollments, and when a client cannot come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q, QuerySet

from openiop.admissions.models import Episode
from openiop.kernel.errors import Refusal
from openiop.people.actions import begin_care, end_care
from openiop.people.models import Client, Staff
from openiop.plans.models import Kind
from openiop.programs.models import Room, Track
from openiop.schedule.events import enrollment_ended
from openiop.schedule.models import WEEKDAYS, Commitment, Enrollment, Group, Meeting
from openiop.schedule.queries import groups_of
from openiop.schedule.rules import first_overlap
from openiop.schedule.values import Busy, WeeklyTime
from openiop.shared import audit
from openiop.shared.access import Actor
from openiop.shared.constraints import refused_by
from openiop.shared.locks import hold

ONE_DAY = timedelta(days=1)


@transaction.atomic
def add_group(
    *,
    track: Track,
    name: str,
    approach: str,
    facilitator: Staff,
    room: Room,
    capacity: int,
    meetings: Sequence[tuple[int, time, time]],
    by: Actor,
    at: datetime,
    kind: str = Kind.GROUP,
    topics: Sequence[str] = (),
) -> Group:
    """A group with its weekly meetings: (weekday from 0, Monday; start; end), local to the center.

    Refuses a time at which its room or its facilitator already has a group.
    """
    times = _weekly_times(meetings)
    hold(room.pk, facilitator.pk)
    _refuse_taken(times, room, facilitator)
    with refused_by({"schedule_group_name_once": Refusal("This track has a group of this name.", field="name")}):
        group = Group.objects.create(
            track=track,
            name=name,
            kind=kind,
            approach=approach,
            facilitator=facilitator,
            room=room,
            capacity=capacity,
            topics=list(topics),
        )
    Meeting.objects.bulk_create(
        Meeting(group=group, weekday=one.weekday, starts=one.starts, ends=one.ends) for one in times
    )
    audit.record("group.added", group, capacity=capacity)
    return group


def _weekly_times(meetings: Sequence[tuple[int, time, time]]) -> list[WeeklyTime]:
    if not meetings:
        raise Refusal("Give the group at least one weekly time.", field="weekdays")
    try:
        times = [WeeklyTime(*meeting) for meeting in meetings]
    except ValueError as error:
        raise Refusal("Each weekly time must end after it starts.", field="ends") from error
    if any(one.overlaps(other) for place, one in enumerate(times) for other in times[:place]):
        raise Refusal("Two of the weekly times overlap.", field="weekdays")
    return times


def _refuse_taken(times: list[WeeklyTime], room: Room, facilitator: Staff) -> None:
    held = Meeting.objects.filter(Q(group__room=room) | Q(group__facilitator=facilitator), group__ended_on=None)
    for meeting in held.select_related("group").order_by("weekday", "starts"):
        taken = first_overlap(times, [WeeklyTime(meeting.weekday, meeting.starts, meeting.ends)])
        if taken is None:
            continue
        in_room = meeting.group.room_id == room.pk
        who = room.name if in_room else facilitator.name
        raise Refusal(
            f"{who} is taken on {WEEKDAYS[taken.weekday]} at that time by {meeting.group.name}. Choose another.",
            field="room" if in_room else "facilitator",
        )


@transaction.atomic
def end_group(*, group: Group, on: date, by: Actor, at: datetime) -> None:
    """The group meets for the last time on that day, and its enrollments end with it."""
    group.ended_on = on
    group.save(update_fields=["ended_on"])
    for enrollment in _not_over(group.enrollments.all(), on):
        end_enrollment(enrollment=enrollment, on=on, by=by, at=at)
    audit.record("group.ended", group, on=on.isoformat())


@transaction.atomic
def enroll(
    *, group: Group, episode: Episode, since: date, by: Actor, at: datetime, until: date | None = None
) -> Enrollment:
    """The client belongs to the group from `since`, to and with `until` if given.

    The facilitator treats them from now on. Refuses a full group, and a second enrollment at the same time.
    """
    if until is not None and until < since:
        raise Refusal("The last day is before the first.", field="until")
    refusals = {
        "schedule_group_has_room": Refusal(
            f"{group.name} is full. Choose another group or a later day.", field="group"
        ),
        "schedule_enrollment_once_at_a_time": Refusal("They are already in this group then.", field="since"),
    }
    with refused_by(refusals):
        enrollment = Enrollment.objects.create(
            group=group, client=episode.client, episode=episode, during=_days(since, until)
        )
    begin_care(client=episode.client, staff=group.facilitator, by=by, at=at)
    audit.record("enrollment.added", enrollment, since=since.isoformat())
    return enrollment


def _days(since: date, until: date | None) -> DateRange:
    """Half-open, as PostgreSQL keeps ranges of days: the day after the last one is the bound."""
    return DateRange(since, until + ONE_DAY if until else None, "[)")


@transaction.atomic
def enroll_in_track(*, episode: Episode, since: date, by: Actor, at: datetime) -> list[Enrollment]:
    """The client joins every group of the episode's track. All or none: a full one refuses the whole."""
    if episode.track is None:
        return []
    groups = sorted(groups_of(episode.track), key=lambda group: group.pk)
    return [enroll(group=group, episode=episode, since=since, by=by, at=at) for group in groups]


@transaction.atomic
def end_enrollment(*, enrollment: Enrollment, on: date, by: Actor, at: datetime) -> None:
    """The client belongs to the group until the end of that day. One that never began becomes empty."""
    since = enrollment.during.lower
    enrollment.during = DateRange(since, on + ONE_DAY) if on >= since else DateRange(empty=True)
    enrollment.save(update_fields=["during"])
    _end_care_without_group(enrollment, on, by, at)
    audit.record("enrollment.ended", enrollment, on=on.isoformat())
    enrollment_ended.send(Enrollment, enrollment=enrollment, on=on, by=by, at=at)


def _end_care_without_group(enrollment: Enrollment, on: date, by: Actor, at: datetime) -> None:
    facilitator = enrollment.group.facilitator
    others = _not_over(Enrollment.objects.filter(client_id=enrollment.client_id), on)
    if not others.filter(group__facilitator=facilitator).exclude(pk=enrollment.pk).exists():
        end_care(client=enrollment.client, staff=facilitator, by=by, at=at)


@transaction.atomic
def end_enrollments(*, episode: Episode, on: date, by: Actor, at: datetime) -> None:
    """The client leaves every group at the end of that day: discharge, or a change of track."""
    for enrollment in _not_over(Enrollment.objects.filter(episode=episode), on):
        end_enrollment(enrollment=enrollment, on=on, by=by, at=at)


def _not_over(enrollments: QuerySet[Enrollment], on: date) -> QuerySet[Enrollment]:
    """Those that would still hold, or begin, after that day."""
    later = Q(during__endswith__gt=on + ONE_DAY) | Q(during__upper_inf=True)
    return (
        enrollments.filter(later, during__isempty=False)
        .select_related("group__facilitator", "client", "episode")
        .order_by("pk")
    )


@transaction.atomic
def record_commitments(*, client: Client, commitments: Iterable[Busy], by: Actor, at: datetime) -> None:
    """When the client cannot come, replacing what was recorded before; what stands unchanged is left alone."""
    wanted = set(commitments)
    for known in Commitment.objects.filter(client=client, removed_at=None):
        busy = Busy(WeeklyTime(known.weekday, known.starts, known.ends), known.reason)
        if busy in wanted:
            wanted.remove(busy)
        else:
            known.removed_at = at
            known.save(update_fields=["removed_at"])
    Commitment.objects.bulk_create(
        Commitment(client=client, weekday=b.time.weekday, starts=b.time.starts, ends=b.time.ends, reason=b.reason)
        for b in sorted(wanted, key=lambda b: b.time)
    )
    audit.record("commitments.recorded", client)
