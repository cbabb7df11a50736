"""Reads about people. A client's record is loaded through `client_for` and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import F, OuterRef, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from openiop.accounts.models import Membership
from openiop.accounts.queries import has_second_factor
from openiop.people.models import Care, Client, FamilyMember, Site, Staff
from openiop.shared import audit
from openiop.shared.access import Actor, Permission, Role, Subject, check


@dataclass(frozen=True, slots=True)
class CenterInfo:
    """What every page needs to know of its center."""

    id: UUID
    name: str
    phone: str
    time_zone: str
    jurisdiction: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A request's center and actor. `has_factor` tells whether the user has set up a second factor."""

    center: CenterInfo
    actor: Actor
    has_factor: bool


def enter(request: HttpRequest) -> Entry | None:
    """Find who asks and in which center, and tell PostgreSQL, in one round trip. None if there is no center yet.

    A signed-in person enters the center of their membership, a visitor the center of the host name, or the only one.
    """
    user_id = request.user.pk if request.user.is_authenticated else None
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM openiop_enter(%s, %s)", [user_id, request.get_host().rsplit(":", 1)[0]])
        row = cursor.fetchone()
    if row is None or row[0] is None:
        return None
    center = CenterInfo(*row[:5])
    roles, staff_id, client_id, family_id, name, emergencies, has_factor = row[5:]
    actor = Actor(
        name=name or "Visitor",
        center_id=center.id,
        user_id=user_id,
        roles=frozenset(Role(role) for role in roles or ()),
        staff_id=staff_id,
        client_id=client_id,
        family_id=family_id,
        emergencies=frozenset(emergencies or ()),
    )
    return Entry(center, actor, bool(has_factor))


def subject_of(client: Client) -> Subject:
    """The client as the access decision sees them, with everyone who treats them. One query."""
    treating = Care.objects.filter(client=client, ended_at=None).values_list("staff_id", flat=True)
    return client.subject(frozenset(treating))


def client_for(actor: Actor, pk: UUID, *, to: Permission, purpose: str = "treatment") -> Client:
    """The client, if this actor may do that with the record; the read is in the audit trail.

    Raises Http404 for someone who is not of this center, or, for clients and family, not themselves;
    `Denied` for staff of the center whose role or caseload does not reach that far.
    """
    treating = Care.objects.filter(client=OuterRef("pk"), ended_at=None).values("staff_id")
    clients = Client.objects.standing().select_related("counselor").annotate(treated_by=ArraySubquery(treating))
    client = clients.filter(pk=pk).first()
    if client is None or (not actor.is_staff and not actor.is_system and actor.client_id != pk):
        raise Http404("No such client")
    decision = check(actor, to, client.subject(frozenset(client.treated_by)))
    detail = {"emergency": True} if decision.by_emergency else {}
    audit.record("chart.opened", client, permission=str(to), purpose=purpose, **detail)
    return client


def removed_clients() -> QuerySet[Client]:
    """Records that were made by mistake and taken out of the lists, newest first."""
    return Client.objects.filter(removed_at__isnull=False).order_by("-removed_at")


def own_record(actor: Actor) -> Client:
    """The record of the signed-in client."""
    if actor.client_id is None:
        raise Http404("Not a client")
    return Client.objects.select_related("counselor").get(pk=actor.client_id)


def caseload(actor: Actor) -> QuerySet[Client]:
    """The clients whose charts this actor may read."""
    clients = Client.objects.standing()
    reach = actor.reach(Permission.READ_CHART)
    if reach is None:
        return clients.none()
    if reach.name == "CENTER":
        return clients
    return clients.filter(pk__in=clients_in_care_of(actor.staff_id))


def clients_in_care_of(staff_id: UUID | None) -> QuerySet[Client]:
    """Ids of the clients whom this staff member treats, as counselor or otherwise."""
    own = Client.objects.filter(counselor_id=staff_id).values("pk")
    treated = Care.objects.filter(staff_id=staff_id, ended_at=None).annotate(who=F("client_id")).values("who")
    return own.union(treated)


def working_staff() -> QuerySet[Staff]:
    """Everyone who works at the center, by name."""
    return Staff.objects.working().order_by("last_name", "first_name")


def staff_with_role(role: Role) -> QuerySet[Staff]:
    """Working staff who hold the role."""
    return working_staff().filter(user__memberships__role=role, user__memberships__ended_at=None)


def client_numbers(keys: list[str]) -> dict[str, str]:
    """The numbers of these clients by id, as texts."""
    return {str(pk): number for pk, number in Client.objects.filter(pk__in=keys).values_list("pk", "number")}


def all_staff() -> QuerySet[Staff]:
    """Everyone who works or worked here, those working first, each with `roles` and `has_factor`."""
    roles = Membership.objects.running().filter(user=OuterRef("user")).order_by("role").values("role")
    return (
        Staff.objects.select_related("user")
        .annotate(roles=ArraySubquery(roles), has_factor=has_second_factor(OuterRef("user")))
        .order_by(F("left_at").asc(nulls_first=True), "last_name", "first_name")
    )


def staff_member(pk: UUID) -> Staff:
    """One member of the staff of this center, as in `all_staff`, or 404."""
    return get_object_or_404(all_staff(), pk=pk)


def sites() -> QuerySet[Site]:
    """The center's sites, by name."""
    return Site.objects.order_by("name")


def client_by_number(number: str) -> Client | None:
    """The client with this number, in any case."""
    return Client.objects.filter(number__iexact=number.strip()).first()


def unnamed(users: set[UUID]) -> dict[UUID, str]:
    """What to call those of these users who do not work here, where no name of a client or their family may stand."""
    clients = Client.objects.filter(user__in=users).values_list("user_id", "number")
    family = FamilyMember.objects.filter(user__in=users).values_list("user_id", "client__number")
    return {pk: f"Client {number}" for pk, number in clients} | {pk: f"Family of {number}" for pk, number in family}
