"""Groups, who is enrolled in them when, and when a client cannot come."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q

from openiop.admissions.models import Episode
from openiop.people.models import Client, Staff
from openiop.plans.models import Approach, Kind
from openiop.programs.models import Room, Track
from openiop.shared.models import CenterManager, CenterModel, CenterQuerySet
from openiop.shared.resources import never_overlapping

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Group(CenterModel):
    """A group of a track that meets every week."""

    track = models.ForeignKey(Track, on_delete=models.PROTECT, related_name="groups")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.GROUP)
    approach = models.CharField(max_length=20, choices=Approach)
    facilitator = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="groups")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="groups")
    capacity = models.PositiveSmallIntegerField()
    topics = models.JSONField(default=list, blank=True)
    """Topics of the curriculum in their order: ["Boredom", …]; the sessions take them in turn."""
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["center", "track", "name"], name="schedule_group_name_once")]

    class Privacy:
        operational = (
            "track",
            "name",
            "kind",
            "approach",
            "facilitator",
            "room",
            "capacity",
            "topics",
            "ended_on",
        )

    def __str__(self) -> str:
        return self.name


class Meeting(CenterModel):
    """A weekly time of a group, in the center's local time."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="meetings")
    weekday = models.PositiveSmallIntegerField(choices=list(enumerate(WEEKDAYS)))
    starts = models.TimeField()
    ends = models.TimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["center", "group", "weekday", "starts"], name="schedule_meeting_once"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="schedule_meeting_ends_after_start"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="schedule_meeting_weekday"),
        ]

    class Privacy:
        operational = ("group", "weekday", "starts", "ends")

    def __str__(self) -> str:
        return f"{WEEKDAYS[self.weekday]} {self.starts:%H:%M}"


class EnrollmentQuerySet(CenterQuerySet):
    def on(self, day: date) -> Self:
        """Enrollments that hold on that day."""
        return self.filter(during__contains=day)


class Enrollment(CenterModel):
    """A client belongs to a group for a while, and may come back later."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="enrollments")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="enrollments")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="enrollments")
    during = DateRangeField()
    """Half-open; empty when it was ended before it began."""

    objects: ClassVar[models.Manager[Any]] = CenterManager.from_queryset(EnrollmentQuerySet)()

    class Meta:
        constraints = [
            never_overlapping("group_id", "client_id", during="during", name="schedule_enrollment_once_at_a_time"),
        ]

    class Privacy:
        part2 = ("group", "client", "episode", "during")

    def __str__(self) -> str:
        return str(self.pk)


class Commitment(CenterModel):
    """A time of the week when a client cannot come: work, school, caring for someone."""

    class Reason(models.TextChoices):
        WORK = "work", "Work"
        SCHOOL = "school", "School"
        CARE = "care", "Caring for someone"
        OTHER = "other", "Something else"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="commitments")
    weekday = models.PositiveSmallIntegerField(choices=list(enumerate(WEEKDAYS)))
    starts = models.TimeField()
    ends = models.TimeField()
    reason = models.CharField(max_length=8, choices=Reason)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="schedule_commitment_ends_after_start"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="schedule_commitment_weekday"),
        ]

    class Privacy:
        operational = ("removed_at",)
        identifying = ("client", "weekday", "starts", "ends", "reason")

    def __str__(self) -> str:
        return str(self.pk)
