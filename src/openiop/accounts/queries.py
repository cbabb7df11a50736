"""Reads about users and their roles."""

from __future__ import annotations

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef
from django.urls import reverse

from openiop.accounts.models import Membership, User
from openiop.shared.access import STAFF_ROLES, Role

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def password_path(user: User) -> str:
    """Where this user sets a password, once, within `PASSWORD_RESET_TIMEOUT`; allauth makes and checks the key."""
    key = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    return reverse("account_reset_password_from_key", args=[user_pk_to_url_str(user), key])


def has_second_factor(user: OuterRef) -> Exists:
    """Whether the user of the outer query has set up an app or a passkey."""
    return Exists(Authenticator.objects.filter(user=user, type__in=SECOND_FACTORS))


def works_here(user: User) -> bool:
    """Whether the user holds a staff role at the center in force."""
    return Membership.objects.running().filter(user=user, role__in=STAFF_ROLES).exists()


def others_hold(role: Role, user: User) -> bool:
    """Whether someone besides this user holds the role at the center in force."""
    return Membership.objects.running().filter(role=role).exclude(user=user).exists()
