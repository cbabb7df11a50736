"""Contingency management: courses of a protocol, drug tests, draws, and the ledger."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from openiop.admissions.models import Episode
from openiop.people.models import Client, Staff
from openiop.shared.models import CenterManager, CenterModel, CenterQuerySet


class CourseQuerySet(CenterQuerySet):
    def running(self) -> Self:
        """Courses that have not ended."""
        return self.filter(ended_on=None)


class Course(CenterModel):
    """One client's way through one protocol. The commitment (a hash of the secret seed) is public from the start."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="incentive_courses")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="incentive_courses")
    protocol = models.CharField(max_length=40)
    version = models.CharField(max_length=24)
    seed = models.BinaryField()
    commitment = models.CharField(max_length=64)
    limit = models.CharField(max_length=40, blank=True, default="")
    """The yearly limit that the funding asks for, by its id; empty when there is none."""
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    objects: ClassVar[models.Manager[Any]] = CenterManager.from_queryset(CourseQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["center", "client", "protocol"], condition=Q(ended_on=None), name="incentives_course_once"
            )
        ]

    class Seal:
        locked_when = "TRUE"
        but_may_change = ("ended_on",)

    class Privacy:
        operational = ("protocol", "version", "seed", "commitment", "limit", "started_on", "ended_on")
        part2 = ("client", "episode")

    def __str__(self) -> str:
        return str(self.pk)


class Result(models.TextChoices):
    PENDING = "pending", "Waiting for the result"
    NEGATIVE = "negative", "Negative"
    POSITIVE = "positive", "Positive"
    INVALID = "invalid", "Not valid"
    REFUSED = "refused", "Declined"
    MISSED = "missed", "Missed"
    EXCUSED = "excused", "Excused"


class DrugTest(CenterModel):
    """A drug test: ordered, collected, resulted."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="drug_tests")
    ordered_on = models.DateField()
    ordered_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    result = models.CharField(max_length=10, choices=Result, default=Result.PENDING)
    substances = models.JSONField(default=list, blank=True)
    """What a positive test found, by plain names."""
    bonus = models.BooleanField(null=True, blank=True)
    """Whether a negative test met the bonus goal of the protocol too; empty when nobody looked."""
    resulted_at = models.DateTimeField(null=True, blank=True)
    resulted_by = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["center", "client", "-ordered_on"], name="drug_tests_by_client")]
        constraints = [
            models.CheckConstraint(
                condition=Q(result="pending", resulted_at=None) | (~Q(result="pending") & Q(resulted_at__isnull=False)),
                name="incentives_drug_test_result_has_a_time",
            )
        ]

    class Seal:
        locked_when = "OLD.resulted_at IS NOT NULL"

    class Privacy:
        operational = ("ordered_on", "ordered_by", "resulted_at", "resulted_by")
        part2 = ("client", "result", "substances", "bonus")

    def __str__(self) -> str:
        return str(self.pk)


class Earning(CenterModel):
    """A negative test or a day attended earned a number of draws. `source` makes each count once."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="earnings")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="earnings")
    source = models.CharField(max_length=80)
    result = models.CharField(max_length=10)
    draws = models.PositiveSmallIntegerField()
    is_limited = models.BooleanField(default=False)
    """Whether a yearly limit kept some of it from being drawn or paid. The visit counts all the same."""
    why = models.CharField(max_length=120)
    earned_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["center", "course", "source"], name="incentives_earning_once")]

    class Seal:
        append_only = True

    class Privacy:
        operational = ("source", "draws", "is_limited", "earned_on")
        part2 = ("course", "client", "result", "why")

    def __str__(self) -> str:
        return str(self.pk)


class Draw(CenterModel):
    """One slip from the bowl; follows from seed, client and counter alone, so that anyone can replay it."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="draws")
    earning = models.ForeignKey(Earning, on_delete=models.PROTECT, related_name="drawn")
    counter = models.PositiveIntegerField()
    prize = models.CharField(max_length=20)
    amount = models.DecimalField(max_digits=8, decimal_places=2)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["center", "course", "counter"], name="incentives_draw_once")]

    class Seal:
        append_only = True

    class Privacy:
        operational = ("counter", "prize", "amount")
        part2 = ("course", "earning")

    def __str__(self) -> str:
        return str(self.pk)


class Account(models.TextChoices):
    FUND = "fund", "Program fund"
    CLIENT = "client", "Client's balance"
    HANDED_OUT = "handed_out", "Handed out"


class LedgerLine(CenterModel):
    """One side of a transfer. The two sides of a transfer sum to zero, and no client's balance goes below it."""

    transfer = models.UUIDField()
    account = models.CharField(max_length=12, choices=Account)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="ledger")
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    what = models.CharField(max_length=120)
    posted_at = models.DateTimeField()
    posted_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["center", "client", "account"], name="ledger_by_client")]

    class Seal:
        append_only = True

    class Privacy:
        operational = ("transfer", "account", "amount", "what", "posted_at", "posted_by")
        part2 = ("client",)

    def __str__(self) -> str:
        return str(self.pk)
