"""Who may do what to whose record.

Authority is a table: every role lists what it may do and how far that reaches. `decide` is the only place where an
answer is made; deny is the default. Two guards share it: `check` raises, `can` asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from uuid import UUID

from django.core.exceptions import PermissionDenied


class Role(StrEnum):
    CLIENT = "client"
    FAMILY = "family"
    COUNSELOR = "counselor"
    ADMISSIONS = "admissions"
    SCHEDULER = "scheduler"
    DIRECTOR = "director"
    ADMINISTRATOR = "administrator"


STAFF_ROLES = frozenset(Role) - {Role.CLIENT, Role.FAMILY}


class Permission(StrEnum):
    USE_PORTAL = "use_portal"
    USE_FAMILY_PORTAL = "use_family_portal"
    USE_DESK = "use_desk"
    MANAGE_INQUIRIES = "manage_inquiries"
    ASSESS = "assess"
    DECIDE_LEVEL = "decide_level"
    ADMIT = "admit"
    FIND_CLIENTS = "find_clients"
    READ_CHART = "read_chart"
    WRITE_CHART = "write_chart"
    SIGN_NOTES = "sign_notes"
    TAKE_ATTENDANCE = "take_attendance"
    RECORD_DRUG_TESTS = "record_drug_tests"
    HAND_OUT_PRIZES = "hand_out_prizes"
    MANAGE_CONSENTS = "manage_consents"
    MANAGE_SCHEDULE = "manage_schedule"
    HANDLE_ALERTS = "handle_alerts"
    REVIEW_CARE = "review_care"
    SEE_OUTCOMES = "see_outcomes"
    MANAGE_CENTER = "manage_center"
    READ_AUDIT = "read_audit"


class Reach(IntEnum):
    """How far a permission reaches: one's own record, the people in one's care, everyone at the center."""

    SELF = 1
    CASELOAD = 2
    CENTER = 3


@dataclass(frozen=True, slots=True)
class RoleRow:
    label: str
    description: str
    grants: dict[Permission, Reach]


P, R = Permission, Reach

ROLES: dict[Role, RoleRow] = {
    Role.CLIENT: RoleRow(
        "Client",
        "A person in treatment: their own portal and their own record.",
        {P.USE_PORTAL: R.SELF, P.MANAGE_CONSENTS: R.SELF},
    ),
    Role.FAMILY: RoleRow(
        "Family member", "Someone a client chose: only what a consent opens.", {P.USE_FAMILY_PORTAL: R.SELF}
    ),
    Role.COUNSELOR: RoleRow(
        "Counselor",
        "Treats the people on their caseload and in the groups they lead.",
        {
            P.USE_DESK: R.CENTER,
            P.FIND_CLIENTS: R.CENTER,
            P.ASSESS: R.CENTER,
            P.DECIDE_LEVEL: R.CENTER,
            P.READ_CHART: R.CASELOAD,
            P.WRITE_CHART: R.CASELOAD,
            P.SIGN_NOTES: R.CASELOAD,
            P.TAKE_ATTENDANCE: R.CASELOAD,
            P.RECORD_DRUG_TESTS: R.CASELOAD,
            P.MANAGE_CONSENTS: R.CASELOAD,
            P.HANDLE_ALERTS: R.CASELOAD,
            P.REVIEW_CARE: R.CASELOAD,
        },
    ),
    Role.ADMISSIONS: RoleRow(
        "Admissions",
        "Answers inquiries, takes assessments and brings people in.",
        {
            P.USE_DESK: R.CENTER,
            P.MANAGE_INQUIRIES: R.CENTER,
            P.ASSESS: R.CENTER,
            P.ADMIT: R.CENTER,
            P.FIND_CLIENTS: R.CENTER,
            P.MANAGE_CONSENTS: R.CENTER,
            P.HANDLE_ALERTS: R.CASELOAD,
        },
    ),
    Role.SCHEDULER: RoleRow(
        "Scheduler",
        "Plans groups, rooms and seats, and marks who arrived.",
        {
            P.USE_DESK: R.CENTER,
            P.FIND_CLIENTS: R.CENTER,
            P.MANAGE_SCHEDULE: R.CENTER,
            P.TAKE_ATTENDANCE: R.CENTER,
            P.HAND_OUT_PRIZES: R.CENTER,
        },
    ),
    Role.DIRECTOR: RoleRow(
        "Clinical director",
        "Answers for all care at the center.",
        {
            P.USE_DESK: R.CENTER,
            P.MANAGE_INQUIRIES: R.CENTER,
            P.ASSESS: R.CENTER,
            P.DECIDE_LEVEL: R.CENTER,
            P.ADMIT: R.CENTER,
            P.FIND_CLIENTS: R.CENTER,
            P.READ_CHART: R.CENTER,
            P.WRITE_CHART: R.CENTER,
            P.SIGN_NOTES: R.CENTER,
            P.TAKE_ATTENDANCE: R.CENTER,
            P.RECORD_DRUG_TESTS: R.CENTER,
            P.MANAGE_CONSENTS: R.CENTER,
            P.MANAGE_SCHEDULE: R.CENTER,
            P.HANDLE_ALERTS: R.CENTER,
            P.REVIEW_CARE: R.CENTER,
            P.SEE_OUTCOMES: R.CENTER,
            P.READ_AUDIT: R.CENTER,
        },
    ),
    Role.ADMINISTRATOR: RoleRow(
        "Administrator",
        "Runs the center: staff, sites, tracks and the audit trail, but no clinical record.",
        {
            P.USE_DESK: R.CENTER,
            P.MANAGE_CENTER: R.CENTER,
            P.MANAGE_SCHEDULE: R.CENTER,
            P.READ_AUDIT: R.CENTER,
        },
    ),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a signed-in person in one center, a visitor, or a named process of the system.

    At most one of `staff_id`, `client_id` and `family_id` is set. `emergencies` are the clients whose records
    this person has opened for an emergency that is still running.
    """

    name: str
    center_id: UUID
    user_id: UUID | None = None
    roles: frozenset[Role] = frozenset()
    staff_id: UUID | None = None
    client_id: UUID | None = None
    family_id: UUID | None = None
    emergencies: frozenset[UUID] = frozenset()
    is_system: bool = False

    @classmethod
    def system(cls, name: str, center_id: UUID) -> Actor:
        """A process of OpenIOP itself, such as the nightly job; it is named in the audit trail."""
        return cls(name=name, center_id=center_id, is_system=True)

    @classmethod
    def visitor(cls, center_id: UUID) -> Actor:
        """Someone who has not signed in."""
        return cls(name="Visitor", center_id=center_id)

    @property
    def is_staff(self) -> bool:
        return self.staff_id is not None

    def reach(self, permission: Permission) -> Reach | None:
        """The farthest that any of this person's roles takes the permission, None if none does."""
        reaches = [ROLES[role].grants[permission] for role in self.roles if permission in ROLES[role].grants]
        return max(reaches, default=None)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose record: a client, their center, and the staff who treat them."""

    client_id: UUID
    center_id: UUID
    caseload_of: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    allowed: bool
    because: str
    by_emergency: bool = False


class Denied(PermissionDenied):
    """The access decision was no. `subject` lets the page offer emergency access where that is possible."""

    def __init__(self, permission: Permission, because: str, subject: Subject | None = None) -> None:
        super().__init__(because)
        self.permission = permission
        self.subject = subject


EMERGENCY_OPENS = frozenset({Permission.READ_CHART, Permission.WRITE_CHART, Permission.HANDLE_ALERTS})


def decide(actor: Actor, permission: Permission, subject: Subject | None = None) -> Decision:
    """May this actor use this permission, on this person's record if one is named?"""
    if actor.is_system:
        return Decision(True, "system process")
    if subject is not None and subject.center_id != actor.center_id:
        return Decision(False, "another center")
    reach = actor.reach(permission)
    if reach is not None and (subject is None or _reaches(actor, reach, subject)):
        return Decision(True, f"role, reach {reach.name.lower()}")
    if subject is not None and subject.client_id in actor.emergencies and permission in EMERGENCY_OPENS:
        return Decision(True, "emergency access", by_emergency=True)
    return Decision(False, "no role grants this")


def _reaches(actor: Actor, reach: Reach, subject: Subject) -> bool:
    match reach:
        case Reach.CENTER:
            return True
        case Reach.CASELOAD:
            return actor.staff_id is not None and actor.staff_id in subject.caseload_of
        case Reach.SELF:
            return actor.client_id is not None and actor.client_id == subject.client_id


def can(actor: Actor, permission: Permission, subject: Subject | None = None) -> bool:
    """Whether `check` would pass."""
    return decide(actor, permission, subject).allowed


def check(actor: Actor, permission: Permission, subject: Subject | None = None) -> Decision:
    """The decision, if it is yes; raises `Denied` otherwise."""
    decision = decide(actor, permission, subject)
    if not decision.allowed:
        raise Denied(permission, decision.because, subject)
    return decision
