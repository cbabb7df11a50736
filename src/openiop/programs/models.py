"""What the center offers: programs, their tracks, and the rooms they meet in."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from openiop.kernel.levels import LEVEL_LABELS, LevelOfCare
from openiop.people.models import Site
from openiop.shared.models import CenterManager, CenterModel, CenterQuerySet

SHORT_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class PartOfDay(models.TextChoices):
    MORNING = "morning", "Morning"
    AFTERNOON = "afternoon", "Afternoon"
    EVENING = "evening", "Evening"


class Program(CenterModel):
    """A kind of treatment the center is licensed for, such as its adult IOP."""

    name = models.CharField(max_length=120)
    level = models.CharField(max_length=24, choices=list(LEVEL_LABELS.items()), default=LevelOfCare.IOP)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["center", "name"], name="programs_program_name_once")]

    class Privacy:
        operational = ("name", "level")

    def __str__(self) -> str:
        return self.name


class TrackQuerySet(CenterQuerySet):
    def open(self) -> Self:
        """Tracks that take clients."""
        return self.filter(closed_at=None)


class Track(CenterModel):
    """A weekly rhythm a client joins: the same days and hours every week, with a number of seats."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="tracks")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="tracks")
    name = models.CharField(max_length=80)
    part_of_day = models.CharField(max_length=10, choices=PartOfDay)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), help_text="0 is Monday")
    starts = models.TimeField()
    ends = models.TimeField()
    seats = models.PositiveSmallIntegerField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Any]] = CenterManager.from_queryset(TrackQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["center", "name"], name="programs_track_name_once"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="programs_track_ends_after_start"),
            models.CheckConstraint(condition=Q(seats__gte=1), name="programs_track_has_seats"),
        ]

    class Privacy:
        operational = ("program", "site", "name", "part_of_day", "weekdays", "starts", "ends", "seats", "closed_at")

    def __str__(self) -> str:
        return self.name

    @property
    def hours_a_week(self) -> float:
        """Scheduled hours in a week, breaks included."""
        day = _hours(self.starts, self.ends)
        return day * len(self.weekdays)


def _hours(starts: time, ends: time) -> float:
    anchor = datetime(2000, 1, 1, tzinfo=UTC)
    span = datetime.combine(anchor, ends) - datetime.combine(anchor, starts)
    return span.total_seconds() / 3600


class Room(CenterModel):
    """Where sessions happen."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=60)
    seats = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["center", "site", "name"], name="programs_room_name_once")]

    class Privacy:
        operational = ("site", "name", "seats")

    def __str__(self) -> str:
        return self.name
