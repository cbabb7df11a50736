"""Reads about programs and their tracks."""

from __future__ import annotations

from django.db.models import QuerySet

from openiop.programs.models import Track


def open_tracks() -> QuerySet[Track]:
    """Tracks that take clients, with site and program, by the time they start. One query."""
    return Track.objects.open().select_related("site", "program").order_by("starts", "name")
