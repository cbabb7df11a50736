"""Writes about what the center offers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from django.db import transaction

from openiop.kernel.errors import Refusal
from openiop.kernel.levels import LevelOfCare
from openiop.people.models import Site
from openiop.programs.models import PartOfDay, Program, Room, Track
from openiop.shared import audit
from openiop.shared.access import Actor
from openiop.shared.constraints import refused_by


def _taken(what: str) -> Refusal:
    return Refusal(f"There is already a {what} with this name. Choose another.", field="name")


@transaction.atomic
def add_program(*, name: str, by: Actor, at: datetime, level: str = LevelOfCare.IOP) -> Program:
    """A kind of treatment the center is licensed for."""
    with refused_by({"programs_program_name_once": _taken("program")}):
        program = Program.objects.create(name=name, level=level)
    audit.record("program.added", program)
    return program


@transaction.atomic
def add_track(
    *,
    program: Program,
    site: Site,
    name: str,
    weekdays: Sequence[int],
    starts: time,
    ends: time,
    seats: int,
    by: Actor,
    at: datetime,
    part_of_day: str = "",
) -> Track:
    """A weekly rhythm with seats. `weekdays` count from 0, Monday; the times are the center's local time."""
    refusals = {
        "programs_track_name_once": _taken("track"),
        "programs_track_ends_after_start": Refusal("The end must be after the start.", field="ends"),
        "programs_track_has_seats": Refusal("A track needs at least one seat.", field="seats"),
    }
    if not weekdays or not all(0 <= day <= 6 for day in weekdays):
        raise Refusal("Choose at least one day of the week.", field="weekdays")
    with refused_by(refusals):
        track = Track.objects.create(
            program=program,
            site=site,
            name=name,
            part_of_day=part_of_day or _part_of_day(starts),
            weekdays=sorted(set(weekdays)),
            starts=starts,
            ends=ends,
            seats=seats,
        )
    audit.record("track.added", track, seats=seats)
    return track


def _part_of_day(starts: time) -> PartOfDay:
    if starts < time(12):
        return PartOfDay.MORNING
    return PartOfDay.AFTERNOON if starts < time(17) else PartOfDay.EVENING


@transaction.atomic
def close_track(*, track: Track, by: Actor, at: datetime) -> None:
    """The track takes no more clients and no more sessions are made for it; those planned stay."""
    track.closed_at = at
    track.save(update_fields=["closed_at"])
    audit.record("track.closed", track)


@transaction.atomic
def add_room(*, site: Site, name: str, seats: int, by: Actor, at: datetime) -> Room:
    """A place where sessions happen."""
    with refused_by({"programs_room_name_once": _taken("room")}):
        room = Room.objects.create(site=site, name=name, seats=seats)
    audit.record("room.added", room)
    return room
