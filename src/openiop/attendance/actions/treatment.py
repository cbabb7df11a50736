"""How treatment begins and moves: seat, groups and roster in one act."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from openiop.admissions import actions as admissions
from openiop.admissions.models import Episode
from openiop.attendance.actions.roster import fill_rosters
from openiop.people.models import Client
from openiop.programs.models import Track
from openiop.schedule import actions as schedule
from openiop.schedule.models import Enrollment, Group
from openiop.shared.access import Actor


@transaction.atomic
def begin_treatment(*, client: Client, level: str, track: Track | None, on: date, by: Actor, at: datetime) -> Episode:
    """Admit the client on that day with a seat in the track, enroll them in its groups, expect them in its sessions.

    All or nothing: a full track or group refuses the whole.
    """
    episode = admissions.admit(client=client, level=level, track=track, on=on, by=by, at=at)
    schedule.enroll_in_track(episode=episode, since=on, by=by, at=at)
    fill_rosters(episode=episode, by=by, at=at)
    return episode


@transaction.atomic
def move_to_track(*, episode: Episode, level: str, track: Track | None, on: date, by: Actor, at: datetime) -> Episode:
    """Go on at another level or in another track from that day: former groups end the day before."""
    schedule.end_enrollments(episode=episode, on=on - timedelta(days=1), by=by, at=at)
    episode = admissions.change_level(episode=episode, level=level, track=track, by=by, at=at)
    schedule.enroll_in_track(episode=episode, since=on, by=by, at=at)
    fill_rosters(episode=episode, by=by, at=at)
    return episode


@transaction.atomic
def join_group(*, group: Group, episode: Episode, since: date, by: Actor, at: datetime) -> Enrollment:
    """Enroll the client in one more group, and expect them in its sessions."""
    enrollment = schedule.enroll(group=group, episode=episode, since=since, by=by, at=at)
    fill_rosters(episode=episode, by=by, at=at)
    return enrollment
