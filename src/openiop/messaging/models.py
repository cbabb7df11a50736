"""What staff must notice, and what is mailed."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from openiop.accounts.models import User
from openiop.people.models import Client, Staff
from openiop.shared.models import CenterManager, CenterModel, CenterQuerySet


class Urgency(models.TextChoices):
    """How soon an alert needs a person, most urgent first."""

    NOW = "1_now", "Now"
    TODAY = "2_today", "Today"
    SOON = "3_soon", "Soon"


EMERGENCY = "emergency_access"
"""The kind of alert that tells directors of a chart opened in an emergency."""


class AlertQuerySet(CenterQuerySet):
    def open(self) -> Self:
        """Alerts that nobody has closed, most urgent and oldest first."""
        return self.filter(closed_at=None).order_by("urgency", "raised_at")


class Alert(CenterModel):
    """Something that needs a person: it has an owner, an age, and a next step."""

    client = models.ForeignKey(Client, null=True, blank=True, on_delete=models.PROTECT, related_name="alerts")
    kind = models.CharField(max_length=40)
    urgency = models.CharField(max_length=8, choices=Urgency)
    headline = models.CharField(max_length=120)
    detail = models.CharField(max_length=300, blank=True)
    next_step = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=80)
    """What raised it, such as `administration:<id>`; an open alert of one kind and source exists once."""
    owner = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="alerts")
    raised_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    what_was_done = models.CharField(max_length=500, blank=True)

    objects: ClassVar[models.Manager[Any]] = CenterManager.from_queryset(AlertQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["center", "kind", "source"], condition=Q(closed_at=None), name="messaging_alert_open_once"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | ~Q(what_was_done=""), name="messaging_alert_closed_with_words"
            ),
        ]
        indexes = [
            models.Index(fields=["center", "urgency", "raised_at"], condition=Q(closed_at=None), name="alerts_open")
        ]

    class Seal:
        locked_when = "OLD.closed_at IS NOT NULL"

    class Privacy:
        operational = (
            "kind",
            "urgency",
            "source",
            "owner",
            "raised_at",
            "acknowledged_at",
            "acknowledged_by",
            "closed_at",
            "closed_by",
        )
        part2 = ("client", "headline", "detail", "next_step", "what_was_done")

    def __str__(self) -> str:
        return str(self.pk)


class Mail(CenterModel):
    """A mail to send once. Subject and text never say what kind of place it comes from."""

    key = models.CharField(max_length=120)
    to = models.EmailField()
    subject = models.CharField(max_length=120)
    text = models.TextField()
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["center", "key"], name="messaging_mail_once")]

    class Seal:
        locked_when = "OLD.sent_at IS NOT NULL"

    class Privacy:
        operational = ("key", "subject", "text", "queued_at", "sent_at")
        identifying = ("to",)

    def __str__(self) -> str:
        return str(self.pk)
