"""What a client allows others to know, and what they were told (42 CFR Part 2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from openiop.accounts.models import User
from openiop.people.models import Client, FamilyMember
from openiop.shared.models import CenterManager, CenterModel, CenterQuerySet


class Information(models.TextChoices):
    """Kinds of information that a consent opens one by one."""

    SCHEDULE = "schedule", "When sessions are"
    ATTENDANCE = "attendance", "Which sessions they came to"
    PROGRESS = "progress", "How treatment is going, in a few words"
    PLAN = "plan", "The treatment plan"
    DISCHARGE = "discharge", "The discharge summary"


class ConsentQuerySet(CenterQuerySet):
    def active(self, at: datetime) -> Self:
        """Signed, not revoked, not expired at that moment."""
        return self.filter(signed_at__lte=at, revoked_at=None).filter(Q(expires_at=None) | Q(expires_at__gt=at))


class Consent(CenterModel):
    """One client's written consent that one recipient may be told certain kinds of information (2.31)."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="consents")
    recipient = models.ForeignKey(
        FamilyMember, null=True, blank=True, on_delete=models.PROTECT, related_name="consents"
    )
    recipient_name = models.CharField(max_length=160)
    information = ArrayField(models.CharField(max_length=16, choices=Information))
    purpose = models.CharField(max_length=200)
    expires_at = models.DateTimeField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_name = models.CharField(max_length=120, blank=True)
    signed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[models.Manager[Any]] = CenterManager.from_queryset(ConsentQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_name="") | (Q(signed_at__isnull=False) & ~Q(signed_name="")),
                name="consents_consent_signed_with_name",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(revoked_at__gte=F("signed_at")), name="consents_consent_revoked_later"
            ),
            models.CheckConstraint(condition=~Q(information=[]), name="consents_consent_opens_something"),
        ]

    class Seal:
        # Taking it back is the one change after the signature, and it changes nothing of what was signed.
        locked_when = (
            "OLD.revoked_at IS NOT NULL OR (OLD.signed_at IS NOT NULL AND (NEW.revoked_at IS NULL OR "
            "(NEW.client_id, NEW.recipient_id, NEW.recipient_name, NEW.information, NEW.purpose, NEW.expires_at, "
            "NEW.signed_at, NEW.signed_name, NEW.signed_by_id) IS DISTINCT FROM "
            "(OLD.client_id, OLD.recipient_id, OLD.recipient_name, OLD.information, OLD.purpose, OLD.expires_at, "
            "OLD.signed_at, OLD.signed_name, OLD.signed_by_id)))"
        )

    class Privacy:
        operational = ("expires_at", "signed_at", "signed_by", "revoked_at", "revoked_by")
        identifying = ("recipient_name", "signed_name")
        part2 = ("client", "recipient", "information", "purpose")

    def __str__(self) -> str:
        return str(self.pk)


class Disclosure(CenterModel):
    """Information about a client left the program's hands: to whom, what, why, on which ground."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="disclosures")
    consent = models.ForeignKey(Consent, null=True, blank=True, on_delete=models.PROTECT, related_name="disclosures")
    recipient_name = models.CharField(max_length=160)
    information = ArrayField(models.CharField(max_length=16))
    purpose = models.CharField(max_length=200)
    channel = models.CharField(max_length=40)
    notice = models.CharField(max_length=40)
    day = models.DateField()
    disclosed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["center", "client", "-disclosed_at"], name="disclosures_by_client")]

    class Seal:
        append_only = True

    class Privacy:
        operational = ("channel", "notice", "day", "disclosed_at")
        identifying = ("recipient_name",)
        part2 = ("client", "consent", "information", "purpose")

    def __str__(self) -> str:
        return str(self.pk)
