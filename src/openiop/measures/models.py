"""Questionnaires given to clients, and what they scored."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from openiop.people.models import Client
from openiop.shared.models import CenterManager, CenterModel, CenterQuerySet


class AdministrationQuerySet(CenterQuerySet):
    def open(self) -> Self:
        """Assigned and not completed or withdrawn."""
        return self.filter(completed_at=None, withdrawn_at=None)

    def due(self, day: date) -> Self:
        """Open ones whose day has come."""
        return self.open().filter(due_on__lte=day)

    def completed(self) -> Self:
        """Finished ones, oldest first."""
        return self.filter(completed_at__isnull=False).order_by("completed_at")


class Administration(CenterModel):
    """One instrument given to one client once: assigned, answered item by item, completed, scored."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="administrations")
    instrument = models.CharField(max_length=24)
    version = models.CharField(max_length=24)
    due_on = models.DateField()
    answers = models.JSONField(default=dict, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    entered_by_staff = models.BooleanField(default=False)
    scores = models.JSONField(default=dict, blank=True)
    bands = models.JSONField(default=dict, blank=True)
    flags = models.JSONField(default=list, blank=True)

    objects: ClassVar[models.Manager[Any]] = CenterManager.from_queryset(AdministrationQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["center", "client", "instrument"],
                condition=Q(completed_at=None, withdrawn_at=None),
                name="measures_administration_open_once",
            )
        ]
        indexes = [
            models.Index(fields=["center", "client", "instrument", "completed_at"], name="administrations_by_client")
        ]

    class Seal:
        locked_when = "OLD.completed_at IS NOT NULL"

    class Privacy:
        operational = ("version", "due_on", "started_at", "completed_at", "withdrawn_at", "entered_by_staff")
        part2 = ("client", "instrument", "answers", "scores", "bands", "flags")

    def __str__(self) -> str:
        return str(self.pk)
