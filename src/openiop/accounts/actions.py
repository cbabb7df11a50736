"""Users and their roles: who may sign in, and as what."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from openiop.accounts.models import Membership, User
from openiop.shared import audit
from openiop.shared.access import Actor, Role


@transaction.atomic
def give_role(*, user: User, role: Role, by: Actor, at: datetime) -> Membership:
    """Let the user act in this role at the center in force. Giving a role twice changes nothing."""
    membership, made = Membership.objects.get_or_create(user=user, role=role, ended_at=None)
    if made:
        audit.record("membership.given", membership, role=str(role))
    return membership


@transaction.atomic
def end_roles(*, user: User, by: Actor, at: datetime) -> int:
    """End every role of the user at the center in force, at once. Returns how many ended."""
    running = list(Membership.objects.running().filter(user=user))
    for membership in running:
        membership.ended_at = at
        membership.save(update_fields=["ended_at"])
        audit.record("membership.ended", membership, role=membership.role)
    return len(running)


@transaction.atomic
def set_roles(*, user: User, roles: frozenset[Role], by: Actor, at: datetime) -> None:
    """Let the user act in exactly these roles at the center in force, from the next request on."""
    for membership in Membership.objects.running().filter(user=user).exclude(role__in=roles):
        membership.ended_at = at
        membership.save(update_fields=["ended_at"])
        audit.record("membership.ended", membership, role=membership.role)
    for role in sorted(roles):
        give_role(user=user, role=role, by=by, at=at)


@transaction.atomic
def change_code_address(*, user: User, email: str, by: Actor, at: datetime) -> None:
    """Codes go to this address alone from now on; whoever came in by the old one is signed out, passkeys included.

    Raises IntegrityError (`accounts_user_email_once`) when someone else signs in with it.
    """
    user.email = User.objects.normalize_email(email).lower()
    user.set_unusable_password()  # a new random one, which every session that is open was not made with
    user.save(update_fields=["email", "password"])
    user.emailaddress_set.all().delete()
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    Authenticator.objects.filter(user=user).delete()
    audit.record("address.changed", user)


@transaction.atomic
def forget_second_factor(*, user: User, by: Actor, at: datetime) -> None:
    """Someone lost phone and recovery codes: after the password they are asked to set up a second factor anew."""
    Authenticator.objects.filter(user=user).delete()
    audit.record("second_factor.forgotten", user)
