"""Reads about groups and who is in them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404

from openiop.admissions.models import Episode
from openiop.people.models import Client
from openiop.programs.models import Track
from openiop.schedule.models import Commitment, Enrollment, Group, Meeting
from openiop.schedule.rules import find_clashes
from openiop.schedule.values import Busy, Clash, WeeklyTime


def standing_groups() -> QuerySet[Group]:
    """Groups that still meet, with what a list shows."""
    return (
        Group.objects.filter(ended_on=None)
        .select_related("track", "room", "facilitator")
        .prefetch_related("meetings")
        .order_by("track__starts", "track__name", "name")
    )


def groups_of(track: Track) -> QuerySet[Group]:
    """The groups of a track that still meet."""
    return standing_groups().filter(track=track)


def groups_on(day: date) -> QuerySet[Group]:
    """Groups that still meet, each with `members`, the number enrolled on that day."""
    return standing_groups().annotate(members=Count("enrollments", filter=Q(enrollments__during__contains=day)))


def group(pk: UUID) -> Group:
    """One group of this center, or 404."""
    return get_object_or_404(
        Group.objects.select_related("track", "room", "facilitator").prefetch_related("meetings"), pk=pk
    )


def members_from(group: Group, day: date) -> QuerySet[Enrollment]:
    """Enrollments that hold on that day or will begin later, by name."""
    return (
        group.enrollments.filter(Q(during__contains=day) | Q(during__startswith__gt=day))
        .select_related("client", "episode")
        .order_by("client__last_name", "client__first_name")
    )


def enrollment(pk: UUID) -> Enrollment:
    """One enrollment of this center, or 404."""
    return get_object_or_404(Enrollment.objects.select_related("group", "client", "episode"), pk=pk)


def commitments_of(client: Client) -> QuerySet[Commitment]:
    """When the client cannot come, in the order of the week."""
    return Commitment.objects.filter(client=client, removed_at=None).order_by("weekday", "starts")


def busy_times(client: Client) -> list[Busy]:
    """The client's commitments as values."""
    return [Busy(WeeklyTime(c.weekday, c.starts, c.ends), c.reason) for c in commitments_of(client)]


def track_times(track: Track, meetings: Iterable[Meeting] | None = None) -> list[WeeklyTime]:
    """When the track's groups meet; its whole hours while it has no group yet."""
    if meetings is None:
        meetings = Meeting.objects.filter(group__track=track, group__ended_on=None)
    times = [WeeklyTime(m.weekday, m.starts, m.ends) for m in meetings]
    return times or [WeeklyTime(day, track.starts, track.ends) for day in track.weekdays]


def clashes(client: Client, track: Track) -> tuple[Clash, ...]:
    """Where the client's week stands against the track."""
    return find_clashes(busy_times(client), track_times(track))


def clashes_by_track(client: Client, tracks: Iterable[Track]) -> dict[UUID, tuple[Clash, ...]]:
    """`clashes` for many tracks in two queries."""
    busy = busy_times(client)
    meetings: dict[UUID, list[Meeting]] = {}
    for meeting in Meeting.objects.filter(group__ended_on=None).select_related("group"):
        meetings.setdefault(meeting.group.track_id, []).append(meeting)
    return {track.pk: find_clashes(busy, track_times(track, meetings.get(track.pk, ()))) for track in tracks}


def in_treatment() -> QuerySet[Client]:
    """Clients with a running episode, by name."""
    running = Episode.objects.running().values("client")
    return Client.objects.standing().filter(pk__in=running).order_by("last_name", "first_name")
