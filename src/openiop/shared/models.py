"""The base of every table that belongs to a center, and the three tables that watch over them."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models.functions import Now

from openiop.shared.scope import current_center_id


class CenterQuerySet(models.QuerySet):
    def in_center(self) -> Self:
        """Only rows of the center in force; raises without one."""
        return self.filter(center_id=current_center_id())


class CenterManager(models.Manager.from_queryset(CenterQuerySet)):
    """Starts every query inside the center in force. PostgreSQL's row-level security says the same again."""

    def get_queryset(self) -> CenterQuerySet:
        return super().get_queryset().in_center()


class CenterKey(models.ForeignKey):
    """The center of a row: the one of the scope in force, unless given.

    Not a `default=`, because a migration that adds the column would ask for its value outside any scope.
    """

    def get_default(self) -> UUID:
        return current_center_id()


class CenterModel(models.Model):
    """A row of one center.

    A subclass may hold `class Seal` (see `openiop.shared.seal`) with `append_only` or `locked_when`, and must hold
    `class Privacy` (see `openiop.shared.privacy`). A subclass with its own QuerySet sets
    `objects = CenterManager.from_queryset(ItsQuerySet)()`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    center = CenterKey("people.Center", on_delete=models.PROTECT, editable=False, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects: ClassVar[models.Manager[Any]] = CenterManager()

    class Meta:
        abstract = True


class RemovableQuerySet(CenterQuerySet):
    def standing(self) -> Self:
        """Rows that nobody has removed."""
        return self.filter(removed_at=None)


class Removable(models.Model):
    """Soft removal: marked, restorable, and in the history. Nothing is deleted."""

    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(removed_at=None, removed_by=None)
                | models.Q(removed_at__isnull=False, removed_by__isnull=False),
                name="%(app_label)s_%(class)s_removed_by_someone",
            )
        ]


class Installation(models.Model):
    """One row that says what this database is. The demo's doors open only where it says `demo`."""

    class Kind(models.TextChoices):
        REAL = "real"
        DEMO = "demo"

    only = models.BooleanField(primary_key=True, default=True, editable=False)
    kind = models.CharField(max_length=8, choices=Kind)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(only=True), name="shared_installation_is_one_row")]

    def __str__(self) -> str:
        return self.kind


class AuditEntry(CenterModel):
    """One row of the audit trail. Written once, never changed."""

    actor_user_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=120)
    verb = models.CharField(max_length=60)
    client_id = models.UUIDField(null=True)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.UUIDField(null=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["center", "client_id", "-created_at"], name="audit_by_client"),
            models.Index(fields=["center", "-created_at"], name="audit_by_time"),
        ]

    class Seal:
        append_only = True

    class Privacy:
        operational = ("actor_user_id", "verb", "object_type", "object_id", "detail")
        identifying = ("actor_name",)
        part2 = ("client_id",)

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.verb}"


class HistoryEntry(CenterModel):
    """What a row held before a change. Written by a trigger on every table of a center."""

    table_name = models.CharField(max_length=63)
    row_id = models.UUIDField()
    user_id = models.UUIDField(null=True)
    before = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["center", "row_id", "-created_at"], name="history_by_row")]

    class Seal:
        append_only = True

    class Privacy:
        operational = ("table_name", "row_id", "user_id")
        part2 = ("before",)

    def __str__(self) -> str:
        return f"{self.table_name} {self.row_id}"


class IdempotencyKey(CenterModel):
    """Remembers what one submission made, so that sending it twice makes it once."""

    key = models.UUIDField()
    verb = models.CharField(max_length=60)
    made_id = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["center", "key"], name="shared_idempotency_key_once")]

    class Seal:
        append_only = True

    class Privacy:
        operational = ("key", "verb", "made_id")

    def __str__(self) -> str:
        return f"{self.verb} {self.key}"
