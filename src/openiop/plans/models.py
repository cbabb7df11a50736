"""The treatment plan: problems, goals in the client's words, objectives, interventions, signatures."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from openiop.accounts.models import User
from openiop.admissions.models import Episode
from openiop.people.models import Client, Staff
from openiop.shared.models import CenterManager, CenterModel, CenterQuerySet


class PlanStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    ACTIVE = "active", "Active"
    REPLACED = "replaced", "Replaced"


class PlanQuerySet(CenterQuerySet):
    def current(self) -> Self:
        """Plans in force or being written, newest first."""
        return self.exclude(status=PlanStatus.REPLACED).order_by("-number")


class Plan(CenterModel):
    """One version of a client's plan. Signed by both, it is in force and its text is locked."""

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="plans")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="plans")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=PlanStatus, default=PlanStatus.DRAFT)
    strengths = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=0)
    review_due_on = models.DateField()
    active_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Any]] = CenterManager.from_queryset(PlanQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["center", "episode", "number"], name="plans_plan_number_once"),
            models.UniqueConstraint(
                fields=["center", "episode"], condition=Q(status="active"), name="plans_plan_active_once"
            ),
            models.UniqueConstraint(
                fields=["center", "episode"], condition=Q(status="draft"), name="plans_plan_draft_once"
            ),
        ]

    class Seal:
        locked_when = "OLD.active_at IS NOT NULL"
        but_may_change = ("status", "review_due_on")

    class Privacy:
        operational = ("number", "status", "version", "review_due_on", "active_at")
        part2 = ("episode", "client", "strengths")

    def __str__(self) -> str:
        return str(self.pk)


class Area(models.TextChoices):
    """What a problem is about; the same neutral domains as the assessment."""

    WITHDRAWAL = "withdrawal", "Withdrawal and substance use"
    PHYSICAL = "physical", "Physical health"
    MENTAL = "mental", "Mental health"
    MOTIVATION = "motivation", "Motivation and preferences"
    RETURN_TO_USE = "return_to_use", "Risk of return to use"
    ENVIRONMENT = "environment", "Living and recovery environment"


class PlanPart(CenterModel):
    """A line of a plan. Locked with its plan; removed lines stay in the history."""

    place = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)
    locked_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["place", "created_at"]


class Problem(PlanPart):
    """What stands in the way, in the counselor's and client's agreed words."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="problems")
    area = models.CharField(max_length=16, choices=Area)
    text = models.CharField(max_length=500)

    class Seal:
        locked_when = "OLD.locked_at IS NOT NULL"

    class Privacy:
        operational = ("place", "version", "locked_at", "removed_at")
        part2 = ("plan", "area", "text")

    def __str__(self) -> str:
        return str(self.pk)


class Goal(PlanPart):
    """What the client wants, in their own words."""

    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="goals")
    client_words = models.CharField(max_length=500)

    class Seal:
        locked_when = "OLD.locked_at IS NOT NULL"

    class Privacy:
        operational = ("place", "version", "locked_at", "removed_at")
        part2 = ("problem", "client_words")

    def __str__(self) -> str:
        return str(self.pk)


class ObjectiveStatus(models.TextChoices):
    OPEN = "open", "Working on it"
    MET = "met", "Met"
    CHANGED = "changed", "Changed"


class Objective(PlanPart):
    """A step toward a goal that can be seen to be done, by a date."""

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="objectives")
    text = models.CharField(max_length=500)
    target_date = models.DateField()
    status = models.CharField(max_length=10, choices=ObjectiveStatus, default=ObjectiveStatus.OPEN)

    class Seal:
        locked_when = "OLD.locked_at IS NOT NULL"
        but_may_change = ("status",)

    class Privacy:
        operational = ("place", "version", "locked_at", "removed_at", "target_date", "status")
        part2 = ("goal", "text")

    def __str__(self) -> str:
        return str(self.pk)


class Kind(models.TextChoices):
    INDIVIDUAL = "individual", "Individual therapy"
    GROUP = "group", "Group therapy"
    FAMILY = "family", "Family counseling"
    WORKSHOP = "workshop", "Workshop"
    PEER_SUPPORT = "peer_support", "Peer support"


class Approach(models.TextChoices):
    CBT = "cbt", "Cognitive behavioral therapy (CBT)"
    MET = "met", "Motivational enhancement (MET)"
    CM = "cm", "Contingency management (CM)"
    DBT_INFORMED = "dbt_informed", "DBT-informed skills"
    TRAUMA_INFORMED = "trauma_informed", "Trauma-informed care"
    MINDFULNESS = "mindfulness", "Mindfulness"
    TWELVE_STEP = "twelve_step", "12-step facilitation"
    FAMILY_EDUCATION = "family_education", "Family education"


class Intervention(PlanPart):
    """What the program does toward an objective: how, how often, and who."""

    objective = models.ForeignKey(Objective, on_delete=models.PROTECT, related_name="interventions")
    kind = models.CharField(max_length=16, choices=Kind)
    approach = models.CharField(max_length=20, choices=Approach)
    times_a_week = models.PositiveSmallIntegerField(default=1)
    staff = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Seal:
        locked_when = "OLD.locked_at IS NOT NULL"

    class Privacy:
        operational = ("place", "version", "locked_at", "removed_at", "times_a_week", "staff")
        part2 = ("objective", "kind", "approach")

    def __str__(self) -> str:
        return str(self.pk)


class Signer(models.TextChoices):
    CLIENT = "client", "Client"
    CLINICIAN = "clinician", "Clinician"


class PlanSignature(CenterModel):
    """Someone signed a plan. The signer is always the signed-in person, never a name from a form."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="signatures")
    signer = models.CharField(max_length=10, choices=Signer)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    signed_at = models.DateTimeField()
    plan_version = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["center", "plan", "signer", "plan_version"], name="plans_signature_once")
        ]

    class Seal:
        append_only = True

    class Privacy:
        operational = ("signer", "user", "signed_at", "plan_version")
        identifying = ("name",)
        part2 = ("plan",)

    def __str__(self) -> str:
        return str(self.pk)
