"""Reads about what the center offers."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from openiop.programs.models import Program, Room, Track


def programs() -> QuerySet[Program]:
    """The center's programs, by name."""
    return Program.objects.order_by("name")


def open_tracks() -> QuerySet[Track]:
    """Tracks that take clients, with program and site, in the order of the day."""
    return Track.objects.open().select_related("program", "site").order_by("starts", "name")


def open_track(pk: UUID) -> Track:
    """One open track of this center, or 404."""
    return get_object_or_404(open_tracks(), pk=pk)


def rooms() -> QuerySet[Room]:
    """Every room with its site."""
    return Room.objects.select_related("site").order_by("site__name", "name")
