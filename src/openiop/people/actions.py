"""Writes about people: opening a center, and adding those who work, are treated, and care."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import connection, transaction

from openiop.accounts.actions import change_code_address, end_roles, forget_second_factor, give_role, set_roles
from openiop.accounts.models import User
from openiop.accounts.queries import others_hold
from openiop.kernel.errors import Refusal
from openiop.people.models import Care, Center, Client, EmergencyAccess, FamilyMember, Site, Staff
from openiop.shared import audit
from openiop.shared.access import STAFF_ROLES, Actor, Role
from openiop.shared.constraints import refused_by
from openiop.shared.models import Installation
from openiop.shared.scope import center_scope

EMERGENCY_LASTS = timedelta(hours=1)


@transaction.atomic
def open_center(
    *, name: str, phone: str, time_zone: str, kind: Installation.Kind, client_prefix: str = "IOP", **fields: Any
) -> Center:
    """The first act in a database: the center itself. Needs the owner's connection; the web role may not."""
    if Installation.objects.exclude(kind=kind).exists():
        raise Refusal("This database already holds another kind of installation. Use an empty database.")
    Installation.objects.get_or_create(only=True, kind=kind)
    return Center.objects.create(
        id=uuid4(), name=name, phone=phone, time_zone=time_zone, client_prefix=client_prefix, **fields
    )


def open_center_with_administrator(
    *,
    center: dict[str, Any],
    site: dict[str, str],
    administrator: dict[str, Any],
    kind: Installation.Kind,
    at: datetime,
) -> Center:
    """A whole new center that someone can sign in to: center, first site, first administrator.

    `center` holds the arguments of `open_center`, `site` name and address, `administrator` first_name,
    last_name, email and password. Needs the owner's connection.
    """
    with transaction.atomic():
        opened = open_center(kind=kind, **center)
        with center_scope(opened.id, Actor.system("setup", opened.id)) as scope:
            add_site(by=scope.actor, at=at, **site)
            add_staff(by=scope.actor, at=at, roles=(Role.ADMINISTRATOR,), title="Administrator", **administrator)
    return opened


@transaction.atomic
def add_site(*, name: str, address: str, by: Actor, at: datetime, phone: str = "") -> Site:
    """A place where the center treats people."""
    with refused_by({"people_site_name_once": Refusal("There is already a site with this name.", field="name")}):
        site = Site.objects.create(name=name, address=address, phone=phone)
    audit.record("site.added", site)
    return site


@transaction.atomic
def add_staff(
    *,
    first_name: str,
    last_name: str,
    email: str,
    roles: tuple[Role, ...],
    by: Actor,
    at: datetime,
    credentials: str = "",
    title: str = "",
    password: str | None = None,
) -> Staff:
    """Someone who works here, able to sign in with these roles once they have set a second factor."""
    user = new_user(email=email, password=password)
    staff = Staff.objects.create(
        user=user, first_name=first_name, last_name=last_name, credentials=credentials, title=title
    )
    for role in roles:
        give_role(user=user, role=role, by=by, at=at)
    audit.record("staff.added", staff, roles=[str(role) for role in roles])
    return staff


@transaction.atomic
def end_employment(*, staff: Staff, by: Actor, at: datetime) -> None:
    """A staff member leaves: their access ends with the next request they make."""
    if staff.left_at is not None:
        raise Refusal("They have left already.")
    _keep_an_administrator(staff, frozenset(), by)
    staff.left_at = at
    staff.save(update_fields=["left_at"])
    if staff.user is not None:
        end_roles(user=staff.user, by=by, at=at)
    audit.record("staff.left", staff)


@transaction.atomic
def change_staff(
    *,
    staff: Staff,
    first_name: str,
    last_name: str,
    credentials: str,
    title: str,
    roles: frozenset[Role],
    by: Actor,
    at: datetime,
) -> Staff:
    """Correct name, credentials and title, and set what the person may do from their next request on."""
    if staff.left_at is not None or staff.user is None:
        raise Refusal("They have left. Add them as a new member of staff instead.")
    if not roles or not roles <= STAFF_ROLES:
        raise Refusal("Choose at least one role.", field="roles")
    _keep_an_administrator(staff, roles, by)
    staff.first_name, staff.last_name = first_name, last_name
    staff.credentials, staff.title = credentials, title
    staff.save(update_fields=["first_name", "last_name", "credentials", "title"])
    set_roles(user=staff.user, roles=roles, by=by, at=at)
    audit.record("staff.changed", staff, roles=sorted(roles))
    return staff


def _keep_an_administrator(staff: Staff, roles: frozenset[Role], by: Actor) -> None:
    if Role.ADMINISTRATOR in roles or staff.user is None:
        return
    if by.staff_id == staff.pk:
        raise Refusal("Another administrator must take this role from you.", field="roles")
    if not others_hold(Role.ADMINISTRATOR, staff.user):
        raise Refusal("The center needs an administrator: give someone else the role first.", field="roles")


@transaction.atomic
def reset_second_factor(*, staff: Staff, by: Actor, at: datetime) -> None:
    """Let a staff member who lost phone and codes set up a second factor anew; never one's own."""
    if staff.user is None or by.staff_id == staff.pk:
        raise Refusal("Another administrator must do this for you.")
    forget_second_factor(user=staff.user, by=by, at=at)


def new_user(*, email: str, password: str | None = None) -> User:
    """A user for this address; refuses one that already signs in."""
    if User.objects.filter(email__iexact=email).exists():
        raise Refusal("Someone already signs in with this e-mail address.", field="email")
    user = User.objects.create_user(email, password)
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    return user


@transaction.atomic
def add_client(*, first_name: str, last_name: str, by: Actor, at: datetime, **fields: Any) -> Client:
    """A person whom the center is about to treat, with the next free number. `fields` are columns of `Client`."""
    client = Client.objects.create(number=_next_number(by), first_name=first_name, last_name=last_name, **fields)
    audit.record("client.added", client)
    return client


def _next_number(by: Actor) -> str:
    with connection.cursor() as cursor:
        # One at a time per center, so that two admissions at once get two numbers.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [str(by.center_id)])
        cursor.execute("SELECT client_prefix FROM people_center WHERE id = %s", [by.center_id])
        prefix = cursor.fetchone()[0]
    return f"{prefix}-{1001 + Client.objects.count()}"


@transaction.atomic
def give_portal(*, client: Client, by: Actor, at: datetime) -> User:
    """Let a client sign in to the portal by mailed code or passkey."""
    if not client.email:
        raise Refusal("Add an e-mail address first: the portal's sign-in codes go there.", field="email")
    if client.user is None:
        client.user = new_user(email=client.email)
        client.save(update_fields=["user"])
    give_role(user=client.user, role=Role.CLIENT, by=by, at=at)
    audit.record("portal.given", client)
    return client.user


@transaction.atomic
def update_client(*, client: Client, by: Actor, at: datetime, **fields: Any) -> Client:
    """Change contact or personal details; the history keeps what stood there.

    The address of a client with a portal is where their sign-in codes go, so the two change together.
    """
    if client.user is not None and fields.get("email", client.email) != client.email:
        _move_sign_in(client.user, fields["email"], by, at)
    for name, value in fields.items():
        setattr(client, name, value)
    client.save(update_fields=list(fields))
    audit.record("client.updated", client, fields=sorted(fields))
    return client


def _move_sign_in(user: User, email: str, by: Actor, at: datetime) -> None:
    if not email:
        raise Refusal("The portal's sign-in codes go to this address: enter another one.", field="email")
    if User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists():
        raise Refusal("Someone already signs in with this e-mail address.", field="email")
    change_code_address(user=user, email=email, by=by, at=at)


@transaction.atomic
def assign_counselor(*, client: Client, counselor: Staff, by: Actor, at: datetime) -> None:
    """Put the client on a counselor's caseload."""
    update_client(client=client, counselor=counselor, by=by, at=at)


@transaction.atomic
def begin_care(*, client: Client, staff: Staff, by: Actor, at: datetime) -> Care:
    """A staff member starts to treat the client, such as by leading their group. Twice is once."""
    care, _ = Care.objects.get_or_create(client=client, staff=staff, ended_at=None)
    return care


@transaction.atomic
def end_care(*, client: Client, staff: Staff, by: Actor, at: datetime) -> None:
    """That care ends, and with it the reach into the record."""
    for care in Care.objects.filter(client=client, staff=staff, ended_at=None):
        care.ended_at = at
        care.save(update_fields=["ended_at"])


@transaction.atomic
def add_family_member(
    *,
    client: Client,
    first_name: str,
    last_name: str,
    relation: str,
    by: Actor,
    at: datetime,
    email: str = "",
    phone: str = "",
) -> FamilyMember:
    """Someone the client names as family. It opens nothing: only a consent does."""
    member = FamilyMember.objects.create(
        client=client, first_name=first_name, last_name=last_name, relation=relation, email=email, phone=phone
    )
    if email:
        member.user = new_user(email=email)
        member.save(update_fields=["user"])
        give_role(user=member.user, role=Role.FAMILY, by=by, at=at)
    audit.record("family.added", member)
    return member


@transaction.atomic
def open_in_emergency(*, client: Client, staff: Staff, reason: str, by: Actor, at: datetime) -> EmergencyAccess:
    """Open a record outside one's care for an hour. The reason is kept; the caller raises the alert."""
    if len(reason.strip()) < 10:
        raise Refusal("Say in a sentence why this cannot wait.", field="reason")
    access = EmergencyAccess.objects.create(
        client=client, staff=staff, reason=reason.strip(), until=at + EMERGENCY_LASTS
    )
    audit.record("emergency.opened", access, until=access.until.isoformat())
    return access
