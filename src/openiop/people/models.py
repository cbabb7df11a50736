"""The center and its people: sites, staff, clients, and the family that clients name."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, ClassVar, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models

from openiop.accounts.models import User
from openiop.shared.access import Subject
from openiop.shared.models import CenterManager, CenterModel, CenterQuerySet, Removable, RemovableQuerySet


class Center(models.Model):
    """An organization that treats people. Every record belongs to exactly one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=30)
    time_zone = models.CharField(max_length=60, default="America/New_York")
    jurisdiction = models.CharField(max_length=40, default="US")
    client_prefix = models.CharField(max_length=4, default="IOP")
    hosts = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Privacy:
        operational = ("name", "phone", "time_zone", "jurisdiction", "client_prefix", "hosts")

    def __str__(self) -> str:
        return self.name


class Site(CenterModel):
    """A place where a center treats people."""

    name = models.CharField(max_length=120)
    address = models.CharField(max_length=200)
    phone = models.CharField(max_length=30, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["center", "name"], name="people_site_name_once")]

    class Privacy:
        operational = ("name", "address", "phone")

    def __str__(self) -> str:
        return self.name


class StaffQuerySet(CenterQuerySet):
    def working(self) -> Self:
        """Staff who have not left."""
        return self.filter(left_at=None)


class Staff(CenterModel):
    """Someone who works at the center."""

    user = models.OneToOneField(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    first_name = models.CharField(max_length=60)
    last_name = models.CharField(max_length=60)
    credentials = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=80, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Any]] = CenterManager.from_queryset(StaffQuerySet)()

    class Meta:
        verbose_name = "staff member"

    class Privacy:
        operational = ("user", "credentials", "title", "left_at")
        identifying = ("first_name", "last_name")

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def name(self) -> str:
        """First and last name with credentials, as a signature line shows them: "Jamie Park, LCSW"."""
        plain = f"{self.first_name} {self.last_name}"
        return f"{plain}, {self.credentials}" if self.credentials else plain


class SafeContact(models.TextChoices):
    """How a person may safely be reached."""

    ANY = "any", "Call, voicemail or text is fine"
    NO_VOICEMAIL = "no_voicemail", "Call, but leave no voicemail"
    TEXT_ONLY = "text_only", "Text only"
    EMAIL_ONLY = "email_only", "E-mail only"


class ClientQuerySet(RemovableQuerySet):
    def matching(self, text: str) -> Self:
        """Clients whose name or number holds every word of `text`."""
        found = self
        for word in text.split():
            found = found.filter(
                models.Q(first_name__icontains=word)
                | models.Q(last_name__icontains=word)
                | models.Q(preferred_name__icontains=word)
                | models.Q(number__iexact=word)
            )
        return found


class Client(CenterModel, Removable):
    """A person whom the center treats or is about to treat."""

    number = models.CharField(max_length=12)
    user = models.OneToOneField(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    first_name = models.CharField(max_length=60)
    last_name = models.CharField(max_length=60)
    preferred_name = models.CharField(max_length=60, blank=True)
    pronouns = models.CharField(max_length=30, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    sex = models.CharField(max_length=10, blank=True)
    language = models.CharField(max_length=40, default="English")
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    address = models.CharField(max_length=200, blank=True)
    safe_contact = models.CharField(max_length=16, choices=SafeContact, default=SafeContact.ANY)
    contact_note = models.CharField(max_length=200, blank=True)
    coverage = models.CharField(max_length=200, blank=True)
    background = models.JSONField(default=dict, blank=True)
    """What a referral told and a person reviewed: {"conditions": […], "medicines": […], …}."""
    counselor = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="caseload")

    objects: ClassVar[models.Manager[Any]] = CenterManager.from_queryset(ClientQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["center", "number"], name="people_client_number_once"),
            *Removable.Meta.constraints,
        ]
        indexes = [models.Index(fields=["center", "last_name", "first_name"], name="people_client_by_name")]

    class Privacy:
        operational = ("user", "removed_at", "removed_by")
        identifying = (
            "number",
            "first_name",
            "last_name",
            "preferred_name",
            "pronouns",
            "birth_date",
            "sex",
            "language",
            "phone",
            "email",
            "address",
            "safe_contact",
            "contact_note",
            "coverage",
        )
        part2 = ("background", "counselor")

    def __str__(self) -> str:
        return self.number

    @property
    def called(self) -> str:
        """The name this person goes by."""
        return self.preferred_name or self.first_name

    @property
    def name(self) -> str:
        """Name as staff read it: "Alex Moreno"."""
        return f"{self.called} {self.last_name}"

    @property
    def short_name(self) -> str:
        """Name where others may look over a shoulder: "Alex M."."""
        return f"{self.called} {self.last_name[:1]}."

    def age_on(self, day: date) -> int | None:
        """Full years on that day, None without a birth date."""
        if self.birth_date is None:
            return None
        had_birthday = (day.month, day.day) >= (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - (0 if had_birthday else 1)

    def subject(self, also: frozenset[UUID] = frozenset()) -> Subject:
        """This client as the access decision sees them; `also` are staff who treat them without being their counselor."""
        own = frozenset({self.counselor_id} if self.counselor_id else ())
        return Subject(self.pk, self.center_id, own | also)


class Care(CenterModel):
    """A staff member who treats a client besides the client's own counselor, such as a group's facilitator.

    Kept here so that the access decision needs no room above this one; `schedule` writes it.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="care")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="care")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "care"
        constraints = [
            models.UniqueConstraint(
                fields=["center", "client", "staff"], condition=models.Q(ended_at=None), name="people_care_once"
            )
        ]

    class Privacy:
        operational = ("ended_at",)
        part2 = ("client", "staff")

    def __str__(self) -> str:
        return f"{self.staff_id} treats {self.client_id}"


class FamilyMember(CenterModel):
    """Someone a client named as family, whatever the relation. What they see is decided by consents alone."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="family")
    user = models.OneToOneField(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    first_name = models.CharField(max_length=60)
    last_name = models.CharField(max_length=60)
    relation = models.CharField(max_length=40)
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)

    class Privacy:
        operational = ("user",)
        identifying = ("first_name", "last_name", "phone", "email")
        part2 = ("client", "relation")

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"


class EmergencyAccess(CenterModel):
    """A staff member opened a record that is not in their care, and said why. It runs out by itself."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    until = models.DateTimeField()

    class Seal:
        append_only = True

    class Privacy:
        operational = ("staff", "until")
        part2 = ("client", "reason")

    def __str__(self) -> str:
        return f"{self.staff_id} opened {self.client_id}"
