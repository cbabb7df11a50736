"""Sessions, the roster line of each client in each session, and the notes written about it.

The roster line is the heart of OpenIOP: weekly hours, incentive draws, the family's view and reviews are all derived
from it, and nothing is typed again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Q

from openiop.accounts.models import User
from openiop.admissions.models import Episode
from openiop.people.models import Client, Staff
from openiop.plans.models import Kind
from openiop.programs.models import Room
from openiop.schedule.models import Group
from openiop.shared.models import CenterManager, CenterModel, CenterQuerySet
from openiop.shared.resources import never_overlapping


class SessionQuerySet(CenterQuerySet):
    def standing(self) -> Self:
        """Sessions that have not been canceled."""
        return self.filter(canceled_at=None)

    def between(self, start: datetime, end: datetime) -> Self:
        """Sessions that begin in the half-open period, in order."""
        return self.filter(during__startswith__gte=start, during__startswith__lt=end).order_by("during")


class Session(CenterModel):
    """One meeting of a group, or of one client with one clinician. `during` is half-open, in UTC."""

    kind = models.CharField(max_length=16, choices=Kind)
    group = models.ForeignKey(Group, null=True, blank=True, on_delete=models.PROTECT, related_name="sessions")
    title = models.CharField(max_length=120)
    topic = models.CharField(max_length=120, blank=True)
    during = DateTimeRangeField()
    room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.PROTECT, related_name="sessions")
    facilitator = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="sessions")
    canceled_at = models.DateTimeField(null=True, blank=True)
    canceled_because = models.CharField(max_length=200, blank=True)

    objects: ClassVar[models.Manager[Any]] = CenterManager.from_queryset(SessionQuerySet)()

    class Meta:
        constraints = [
            never_overlapping(
                "room_id",
                during="during",
                name="attendance_room_in_one_session",
                unless=Q(canceled_at__isnull=False) | Q(room=None),
            ),
            never_overlapping(
                "facilitator_id",
                during="during",
                name="attendance_facilitator_in_one_session",
                unless=Q(canceled_at__isnull=False),
            ),
            models.UniqueConstraint(fields=["center", "group", "during"], name="attendance_group_session_once"),
        ]

    class Privacy:
        operational = (
            "kind",
            "group",
            "title",
            "topic",
            "during",
            "room",
            "facilitator",
            "canceled_at",
            "canceled_because",
        )

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def starts_at(self) -> datetime:
        return self.during.lower

    @property
    def ends_at(self) -> datetime:
        return self.during.upper

    @property
    def minutes(self) -> int:
        """Planned length in minutes."""
        return int((self.during.upper - self.during.lower).total_seconds() // 60)


class Status(models.TextChoices):
    PLANNED = "planned", "Expected"
    PRESENT = "present", "Present"
    LATE = "late", "Late"
    LEFT_EARLY = "left_early", "Left early"
    EXCUSED = "excused", "Excused"
    ABSENT = "absent", "Absent"
    RELEASED = "released", "No longer expected"


CAME = frozenset({Status.PRESENT, Status.LATE, Status.LEFT_EARLY})


class AttendanceQuerySet(CenterQuerySet):
    def came(self) -> Self:
        """Lines of clients who were there."""
        return self.filter(status__in=CAME)

    def expected(self) -> Self:
        """Lines that count: everything but released ones."""
        return self.exclude(status=Status.RELEASED)


class Attendance(CenterModel):
    """The roster line: one client in one session. `during` is the session's, kept equal by the database."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="roster")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="attendance")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="attendance")
    during = DateTimeRangeField(editable=False)
    status = models.CharField(max_length=12, choices=Status, default=Status.PLANNED)
    minutes = models.PositiveSmallIntegerField(default=0)
    """Minutes present; zero for someone who did not come."""
    reason = models.CharField(max_length=500, blank=True)
    marked_at = models.DateTimeField(null=True, blank=True)
    marked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[models.Manager[Any]] = CenterManager.from_queryset(AttendanceQuerySet)()

    class Meta:
        verbose_name = "roster line"
        verbose_name_plural = "attendance"
        constraints = [
            models.UniqueConstraint(fields=["center", "session", "client"], name="attendance_client_once_in_session"),
            never_overlapping(
                "client_id",
                during="during",
                name="attendance_client_in_one_session",
                unless=Q(status__in=["released", "excused", "absent"]),
            ),
            models.CheckConstraint(
                condition=Q(minutes=0) | Q(status__in=["present", "late", "left_early"]),
                name="attendance_minutes_only_of_those_who_came",
            ),
        ]
        indexes = [models.Index(fields=["center", "client", "during"], name="attendance_by_client")]

    class Privacy:
        operational = ("marked_at", "marked_by")
        part2 = ("session", "client", "episode", "during", "status", "minutes", "reason")

    def __str__(self) -> str:
        return str(self.pk)


class Engagement(models.TextChoices):
    ACTIVE = "active", "Active"
    SOME = "some", "Some"
    QUIET = "quiet", "Quiet"
    STRUGGLED = "struggled", "Struggled"


class GroupNote(CenterModel):
    """What a group did: goes into every member's note, so it names nobody."""

    session = models.OneToOneField(Session, on_delete=models.PROTECT, related_name="group_note")
    topic = models.CharField(max_length=120, blank=True)
    narrative = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=0)
    saved_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """Who wrote last, so that nobody is warned of their own words."""
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Seal:
        locked_when = "OLD.signed_at IS NOT NULL"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by=None) | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="attendance_group_note_signed_by_someone",
            )
        ]

    class Privacy:
        operational = ("version", "saved_by", "signed_at", "signed_by")
        part2 = ("session", "topic", "narrative")

    def __str__(self) -> str:
        return str(self.pk)


class ClientNote(CenterModel):
    """What one client's chart holds about one session. Locked by the database once signed."""

    attendance = models.OneToOneField(Attendance, on_delete=models.PROTECT, related_name="note")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="notes")
    engagement = models.CharField(max_length=10, choices=Engagement, default=Engagement.ACTIVE)
    line = models.TextField(blank=True)
    text = models.TextField(blank=True)
    """The whole note as signed: the group's part and this client's own."""
    version = models.PositiveIntegerField(default=0)
    saved_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Seal:
        locked_when = "OLD.signed_at IS NOT NULL"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by=None) | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="attendance_client_note_signed_by_someone",
            )
        ]
        indexes = [models.Index(fields=["center", "client", "-created_at"], name="notes_by_client")]

    class Privacy:
        operational = ("version", "saved_by", "signed_at", "signed_by")
        part2 = ("attendance", "client", "engagement", "line", "text")

    def __str__(self) -> str:
        return str(self.pk)


class Addendum(CenterModel):
    """A later correction or addition to a signed note."""

    note = models.ForeignKey(ClientNote, on_delete=models.PROTECT, related_name="addenda")
    text = models.TextField()
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "addenda"

    class Seal:
        append_only = True

    class Privacy:
        operational = ("signed_at", "signed_by")
        part2 = ("note", "text")

    def __str__(self) -> str:
        return str(self.pk)
