"""The way in: inquiry, calls, assessment, recommendation, decision, waitlist, episode of care."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q

from openiop.accounts.models import User
from openiop.kernel.levels import LEVEL_LABELS
from openiop.people.models import Client, SafeContact, Staff
from openiop.programs.models import Track
from openiop.shared.models import CenterManager, CenterModel, CenterQuerySet

LEVELS = list(LEVEL_LABELS.items())


class Source(models.TextChoices):
    WEB = "web", "Website"
    PHONE = "phone", "Phone"
    REFERRAL = "referral", "Hospital referral"


class InquiryQuerySet(CenterQuerySet):
    def open(self) -> Self:
        """Inquiries that still wait for us, oldest first."""
        return self.filter(closed_at=None).order_by("received_at")


class Inquiry(CenterModel):
    """Someone asked for help, for themselves or for a loved one, or a hospital did."""

    source = models.CharField(max_length=10, choices=Source)
    for_loved_one = models.BooleanField(default=False)
    caller_name = models.CharField(max_length=120, blank=True)
    """Who to ask for when calling, when that is not the person in need."""
    first_name = models.CharField(max_length=60)
    last_name = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    safe_contact = models.CharField(max_length=16, choices=SafeContact, default=SafeContact.ANY)
    best_time = models.CharField(max_length=80, blank=True)
    message = models.CharField(max_length=1000, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    language = models.CharField(max_length=40, default="English")
    coverage = models.CharField(max_length=200, blank=True)
    self_check = models.JSONField(default=dict, blank=True)
    referral = models.JSONField(default=dict, blank=True)
    received_at = models.DateTimeField()
    client = models.ForeignKey(Client, null=True, blank=True, on_delete=models.PROTECT, related_name="inquiries")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=200, blank=True)

    objects: ClassVar[models.Manager[Any]] = CenterManager.from_queryset(InquiryQuerySet)()

    class Meta:
        verbose_name_plural = "inquiries"
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None) | ~Q(outcome=""), name="admissions_inquiry_closed_with_outcome"
            ),
        ]

    class Privacy:
        operational = ("source", "for_loved_one", "received_at", "closed_at", "closed_by")
        identifying = (
            "caller_name",
            "first_name",
            "last_name",
            "phone",
            "email",
            "safe_contact",
            "best_time",
            "birth_date",
            "language",
            "coverage",
        )
        part2 = ("message", "self_check", "referral", "client", "outcome")

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def name(self) -> str:
        """The person in need, as far as known."""
        return f"{self.first_name} {self.last_name}".strip()


class CallOutcome(models.TextChoices):
    REACHED = "reached", "Reached"
    NO_ANSWER = "no_answer", "No answer"
    LEFT_MESSAGE = "left_message", "Left a message"
    WRONG_NUMBER = "wrong_number", "Wrong number"
    ASKED_LATER = "asked_later", "Asked us to call later"


class Call(CenterModel):
    """One attempt to reach the person behind an inquiry."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="calls")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    called_at = models.DateTimeField()
    outcome = models.CharField(max_length=16, choices=CallOutcome)
    note = models.CharField(max_length=1000, blank=True)

    class Seal:
        append_only = True

    class Privacy:
        operational = ("staff", "called_at", "outcome")
        part2 = ("inquiry", "note")

    def __str__(self) -> str:
        return str(self.pk)


class Assessment(CenterModel):
    """The intake assessment: six domains rated 0 to 4 with findings, and circumstances. Saved as it is written."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="assessments")
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    domains = models.JSONField(default=dict, blank=True)
    """{"withdrawal": {"rating": 1, "findings": "…"}, …}: names as in the placement engine."""
    circumstances = models.JSONField(default=dict, blank=True)
    measures = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=0)
    completed_at = models.DateTimeField(null=True, blank=True)
    completed_by = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["center", "client"], condition=Q(completed_at=None), name="admissions_assessment_open_once"
            )
        ]

    class Seal:
        locked_when = "OLD.completed_at IS NOT NULL"

    class Privacy:
        operational = ("started_at", "started_by", "version", "completed_at", "completed_by")
        part2 = ("client", "domains", "circumstances", "measures")

    def __str__(self) -> str:
        return str(self.pk)


class Recommendation(CenterModel):
    """What the placement engine said to one assessment, with everything needed to replay it."""

    assessment = models.OneToOneField(Assessment, on_delete=models.PROTECT, related_name="recommendation")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="recommendations")
    level = models.CharField(max_length=24, choices=LEVELS)
    case = models.JSONField()
    result = models.JSONField()
    content_version = models.CharField(max_length=24)
    made_at = models.DateTimeField()

    class Seal:
        append_only = True

    class Privacy:
        operational = ("content_version", "made_at")
        part2 = ("assessment", "client", "level", "case", "result")

    def __str__(self) -> str:
        return str(self.pk)


class LevelDecision(CenterModel):
    """A clinician accepted a recommendation, or chose otherwise and said why."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="level_decisions")
    recommendation = models.OneToOneField(Recommendation, on_delete=models.PROTECT, related_name="decision")
    level = models.CharField(max_length=24, choices=LEVELS)
    is_override = models.BooleanField()
    reason = models.CharField(max_length=1000, blank=True)
    client_words = models.TextField()
    decided_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_override=False) | ~Q(reason=""), name="admissions_override_has_a_reason"
            )
        ]

    class Seal:
        append_only = True

    class Privacy:
        operational = ("is_override", "decided_by", "decided_at")
        part2 = ("client", "recommendation", "level", "reason", "client_words")

    def __str__(self) -> str:
        return str(self.pk)


class EndReason(models.TextChoices):
    COMPLETED = "completed", "Completed treatment"
    TRANSFERRED = "transferred", "Moved to another level or place of care"
    LEFT = "left", "Left before the end"
    ENDED_BY_CENTER = "ended_by_center", "Ended by the center"
    OTHER = "other", "Another reason"


class EpisodeQuerySet(CenterQuerySet):
    def running(self) -> Self:
        """Episodes that have not ended."""
        return self.filter(ended_on=None)


class Episode(CenterModel):
    """One course of treatment from admission to discharge."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="episodes")
    track = models.ForeignKey(Track, null=True, blank=True, on_delete=models.PROTECT, related_name="episodes")
    """The seat the client holds; none at a level that needs no seat here, such as weekly outpatient care."""
    level = models.CharField(max_length=24, choices=LEVELS)
    admitted_on = models.DateField()
    admitted_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=16, choices=EndReason, blank=True)

    objects: ClassVar[models.Manager[Any]] = CenterManager.from_queryset(EpisodeQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["center", "client"], condition=Q(ended_on=None), name="admissions_episode_running_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("admitted_on")),
                name="admissions_episode_ends_after_admission",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None, end_reason="") | (Q(ended_on__isnull=False) & ~Q(end_reason="")),
                name="admissions_episode_ended_with_reason",
            ),
        ]

    class Seal:
        locked_when = "OLD.ended_on IS NOT NULL"

    class Privacy:
        operational = ("admitted_on", "admitted_by", "ended_on")
        part2 = ("client", "track", "level", "end_reason")

    def __str__(self) -> str:
        return str(self.pk)


class WaitQuerySet(CenterQuerySet):
    def waiting(self) -> Self:
        """Who waits now, longest first."""
        return self.filter(left_at=None).order_by("since")


class Wait(CenterModel):
    """A client waits for a seat in a track."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="waits")
    track = models.ForeignKey(Track, on_delete=models.PROTECT, related_name="waits")
    since = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    left_because = models.CharField(max_length=200, blank=True)

    objects: ClassVar[models.Manager[Any]] = CenterManager.from_queryset(WaitQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["center", "client", "track"], condition=Q(left_at=None), name="admissions_wait_once"
            )
        ]

    class Privacy:
        operational = ("since", "left_at")
        part2 = ("client", "track", "note", "left_because")

    def __str__(self) -> str:
        return str(self.pk)
