"""Two small centers and their people, made by the product's own actions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from allauth.mfa.models import Authenticator

from openiop.people import actions as people
from openiop.people.models import Center, Client, FamilyMember, Staff
from openiop.shared.access import Actor, Role
from openiop.shared.models import Installation
from openiop.shared.scope import Scope, center_scope

OUR_CENTER = UUID("00000000-0000-4000-8000-00000000000a")
OTHER_CENTER = UUID("00000000-0000-4000-8000-00000000000b")


def open_centers() -> None:
    """The rows that only the owner may make; part of the template database."""
    Installation.objects.create(kind=Installation.Kind.REAL)
    for key, name, prefix in ((OUR_CENTER, "Harbor House", "HH"), (OTHER_CENTER, "Hilltop Center", "HT")):
        Center.objects.create(
            id=key, name=name, phone="555-0100", time_zone="America/New_York", client_prefix=prefix, hosts=[name]
        )
    Center.objects.filter(id=OUR_CENTER).update(hosts=["testserver", "127.0.0.1", "localhost"])


@dataclass
class World:
    """`client` is on the caseload of `counselor`; `other_staff` works here but does not treat them."""

    now: datetime
    counselor: Staff
    other_staff: Staff
    director: Staff
    admissions: Staff
    scheduler: Staff
    administrator: Staff
    client: Client
    other_client: Client
    family: FamilyMember
    foreign_director: Staff
    foreign_client: Client

    @contextmanager
    def inside(self, actor: Actor | None = None, center: UUID = OUR_CENTER) -> Iterator[Scope]:
        """The scope of a center, as a system process unless an actor is given."""
        with center_scope(center, actor or Actor.system("test", center)) as scope:
            yield scope

    def actor(self, person: Staff | Client | FamilyMember, *roles: Role) -> Actor:
        """That person as an actor, with the roles they hold."""
        held = roles or tuple(Role(m.role) for m in person.user.memberships(manager="_base_manager").all())
        return Actor(
            name=person.name,
            center_id=person.center_id,
            user_id=person.user_id,
            roles=frozenset(held),
            staff_id=person.pk if isinstance(person, Staff) else None,
            client_id=person.pk if isinstance(person, Client) else None,
            family_id=person.pk if isinstance(person, FamilyMember) else None,
        )


def build_world(now: datetime) -> World:
    """Our center's people and the other center's."""
    with center_scope(OUR_CENTER, Actor.system("test", OUR_CENTER)) as scope:
        staff = {
            name: _staff(name, role, scope.actor, now)
            for name, role in (
                ("counselor", Role.COUNSELOR),
                ("other_staff", Role.COUNSELOR),
                ("director", Role.DIRECTOR),
                ("admissions", Role.ADMISSIONS),
                ("scheduler", Role.SCHEDULER),
                ("administrator", Role.ADMINISTRATOR),
            )
        }
        client = _client("Alex", "Moreno", staff["counselor"], scope.actor, now)
        other = _client("Brianna", "Tate", staff["other_staff"], scope.actor, now)
        family = people.add_family_member(
            client=client,
            first_name="Rosa",
            last_name="Moreno",
            relation="Mother",
            email="rosa@example.org",
            by=scope.actor,
            at=now,
        )
    with center_scope(OTHER_CENTER, Actor.system("test", OTHER_CENTER)) as scope:
        foreign = _staff("foreign", Role.DIRECTOR, scope.actor, now)
        foreign_client = _client("Zoe", "Quill", foreign, scope.actor, now)
    return World(
        now=now,
        client=client,
        other_client=other,
        family=family,
        foreign_director=foreign,
        foreign_client=foreign_client,
        **staff,
    )


def _staff(name: str, role: Role, by: Actor, at: datetime) -> Staff:
    staff = people.add_staff(
        first_name=name.replace("_", " ").title(),
        last_name="Keller",
        email=f"{name}@example.org",
        credentials="LCSW",
        roles=(role,),
        by=by,
        at=at,
    )
    Authenticator.objects.create(user=staff.user, type=Authenticator.Type.TOTP, data={"secret": "unused"})
    return staff


def _client(first: str, last: str, counselor: Staff, by: Actor, at: datetime) -> Client:
    client = people.add_client(
        first_name=first,
        last_name=last,
        email=f"{first.lower()}@example.org",
        birth_date=date(1990, 4, 2),
        counselor=counselor,
        by=by,
        at=at,
    )
    people.give_portal(client=client, by=by, at=at)
    return client
