"""The doors of the demo: one button per role, so that a visitor can look around without an account.

They exist only in a database that is marked as a demo, on a server bound to loopback, with `OPENIOP_DEMO=1`.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest

from openiop.shared.access import Role
from openiop.shared.models import Installation

DEMO_DOMAIN = "riverbend.example"


@dataclass(frozen=True, slots=True)
class Door:
    """`role` is also the name of the mailbox of the person behind the door."""

    role: Role
    label: str
    about: str
    icon: str

    @property
    def email(self) -> str:
        return f"{self.role}@{DEMO_DOMAIN}"


DOORS = {
    door.role: door
    for door in (
        Door(Role.CLIENT, "Client", "Week five on the phone: check in, plan, rewards.", "heart"),
        Door(Role.FAMILY, "Family", "A mother who sees what her son allows.", "people"),
        Door(Role.COUNSELOR, "Counselor", "Today's groups, notes and alerts.", "note"),
        Door(Role.ADMISSIONS, "Admissions", "Who asked for help, and who waits for a call.", "phone"),
        Door(Role.SCHEDULER, "Scheduler", "Groups, rooms, seats, the waitlist.", "calendar"),
        Door(Role.DIRECTOR, "Clinical director", "Everyone in care, and what needs a decision.", "shield"),
        Door(Role.ADMINISTRATOR, "Administrator", "Staff, sites and the audit trail.", "settings"),
    )
}


def doors_are_open(request: HttpRequest) -> bool:
    """Whether all three conditions hold, and the visitor is on this machine."""
    if not (settings.OPENIOP_DEMO and settings.OPENIOP_BOUND_TO_LOOPBACK):
        return False
    if not ip_address(request.META["REMOTE_ADDR"]).is_loopback:
        return False
    return Installation.objects.filter(kind=Installation.Kind.DEMO).exists()


def doors_for(request: HttpRequest) -> list[Door]:
    """The doors to offer on the sign-in page: all of them, or none."""
    return list(DOORS.values()) if doors_are_open(request) else []
