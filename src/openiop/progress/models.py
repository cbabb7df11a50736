"""Reviews of the level of care, and discharge."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from openiop.admissions.models import LEVELS, Episode
from openiop.people.models import Client, Staff
from openiop.shared.models import CenterModel


class Outcome(models.TextChoices):
    CONTINUE = "continue", "Continue at this level"
    STEP_UP = "step_up", "Step up to more care"
    STEP_DOWN = "step_down", "Step down to less care"
    DISCHARGE = "discharge", "Discharge"


class Review(CenterModel):
    """A look at how treatment goes, and what was decided. `facts` is what the reviewer saw."""

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="reviews")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="reviews")
    outcome = models.CharField(max_length=10, choices=Outcome)
    level_before = models.CharField(max_length=24, choices=LEVELS)
    level_after = models.CharField(max_length=24, choices=LEVELS)
    reason = models.CharField(max_length=1000)
    facts = models.JSONField()
    decided_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="progress_review_has_a_reason")]
        indexes = [models.Index(fields=["center", "episode", "-decided_at"], name="reviews_by_episode")]

    class Seal:
        append_only = True

    class Privacy:
        operational = ("decided_by", "decided_at")
        part2 = ("episode", "client", "outcome", "level_before", "level_after", "reason", "facts")

    def __str__(self) -> str:
        return str(self.pk)


class Discharge(CenterModel):
    """How an episode ended, and the plan for the life after it. Signed, it is locked and becomes a PDF."""

    episode = models.OneToOneField(Episode, on_delete=models.PROTECT, related_name="discharge")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="discharges")
    course_of_treatment = models.TextField()
    what_helped = models.TextField(blank=True)
    recovery_plan = models.TextField()
    warning_signs = models.TextField(blank=True)
    appointments = models.TextField(blank=True)
    facts = models.JSONField()
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")

    class Seal:
        append_only = True

    class Privacy:
        operational = ("signed_at", "signed_by")
        part2 = (
            "episode",
            "client",
            "course_of_treatment",
            "what_helped",
            "recovery_plan",
            "warning_signs",
            "appointments",
            "facts",
        )

    def __str__(self) -> str:
        return str(self.pk)
