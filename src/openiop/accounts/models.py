"""Who can sign in. What a person may do is said by memberships; who they are, by `people`."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from openiop.shared.access import Role
from openiop.shared.models import CenterManager, CenterModel, CenterQuerySet


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A new user; without a password they sign in by mailed code or passkey."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """The user with this e-mail address, in any case."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """Someone who can sign in, in whatever center."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="accounts_user_email_once")]

    class Privacy:
        operational = ("password", "last_login", "is_active", "date_joined")
        identifying = ("email",)

    def __str__(self) -> str:
        return str(self.id)


class MembershipQuerySet(CenterQuerySet):
    def running(self) -> MembershipQuerySet:
        """Memberships that have not ended."""
        return self.filter(ended_at=None)


class Membership(CenterModel):
    """A role of a user in a center. Ending it ends what the role allows, from the next request on."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=16, choices=[(role, role) for role in Role])
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Any]] = CenterManager.from_queryset(MembershipQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["center", "user", "role"],
                condition=models.Q(ended_at=None),
                name="accounts_membership_once",
            )
        ]

    class Privacy:
        operational = ("role", "ended_at")
        part2 = ("user",)

    def __str__(self) -> str:
        return f"{self.role} {self.user_id}"
