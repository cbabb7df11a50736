"""Who may use which address with whose record: the one table that the security tests read.

A row names the route's permission, the objects its address names, and, where it differs, the permission that the record
itself asks for. `MAY` says how far each permission reaches for each person. Both are written out by hand: they
say what must be, not what the code does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.urls import URLPattern, URLResolver, get_resolver

from openiop.shared.access import Permission as P

CENTER, CASELOAD, SELF = "everyone of the center", "the people in their care", "themselves"

STAFF = ("counselor", "other_staff", "director", "admissions", "scheduler", "administrator", "foreign_director")
CLIENTS = ("client", "other_client", "foreign_client")
FAMILY = ("family",)
SIGNED_IN = (*STAFF, *CLIENTS, *FAMILY)


def _may(counselor: str = "", **reaches: str) -> dict[str, str]:
    """Persons by name; both counselors and both directors are alike."""
    found = {"counselor": counselor, "other_staff": counselor, **reaches}
    found["foreign_director"] = found.get("director", "")
    return {who: reach for who, reach in found.items() if reach}


MAY: dict[P, dict[str, str]] = {
    P.USE_PORTAL: dict.fromkeys(CLIENTS, SELF),
    P.USE_FAMILY_PORTAL: dict.fromkeys(FAMILY, SELF),
    P.USE_DESK: dict.fromkeys(STAFF, CENTER),
    P.MANAGE_INQUIRIES: _may(admissions=CENTER, director=CENTER),
    P.ASSESS: _may(CENTER, admissions=CENTER, director=CENTER),
    P.DECIDE_LEVEL: _may(CENTER, director=CENTER),
    P.ADMIT: _may(admissions=CENTER, director=CENTER),
    P.FIND_CLIENTS: _may(CENTER, admissions=CENTER, scheduler=CENTER, director=CENTER),
    P.READ_CHART: _may(CASELOAD, director=CENTER),
    P.WRITE_CHART: _may(CASELOAD, director=CENTER),
    P.SIGN_NOTES: _may(CASELOAD, director=CENTER),
    P.TAKE_ATTENDANCE: _may(CASELOAD, scheduler=CENTER, director=CENTER),
    P.RECORD_DRUG_TESTS: _may(CASELOAD, director=CENTER),
    P.HAND_OUT_PRIZES: _may(scheduler=CENTER),
    P.MANAGE_CONSENTS: _may(CASELOAD, admissions=CENTER, director=CENTER) | dict.fromkeys(CLIENTS, SELF),
    P.MANAGE_SCHEDULE: _may(scheduler=CENTER, director=CENTER, administrator=CENTER),
    P.HANDLE_ALERTS: _may(CASELOAD, admissions=CASELOAD, director=CENTER),
    P.REVIEW_CARE: _may(CASELOAD, director=CENTER),
    P.SEE_OUTCOMES: _may(director=CENTER),
    P.MANAGE_CENTER: _may(administrator=CENTER),
    P.READ_AUDIT: _may(director=CENTER, administrator=CENTER),
}


@dataclass(frozen=True)
class Route:
    """`gate` None is public. `of` names the objects of the address (`pk:client line:goal kind=goal`).

    `to` is what the record asks for, the gate's permission unless given; `post_to` the same for a POST. An address
    whose object belongs to the center and to nobody's record has `record=False`. With `asks_first` the record's
    permission is asked for before anything is looked up.
    """

    gate: P | None
    of: str = ""
    to: P | None = None
    post_to: P | None = None
    methods: str = "GET"
    record: bool = True
    asks_first: bool = False

    @cached_property
    def objects(self) -> dict[str, str]:
        """Arguments of the address and the kind of object each names."""
        return dict(part.split(":") for part in self.of.split() if ":" in part)

    @cached_property
    def fixed(self) -> dict[str, str]:
        """Arguments that are plain words."""
        return dict(part.split("=") for part in self.of.split() if "=" in part)

    def asks(self, method: str) -> P | None:
        """The permission that a record must grant."""
        return (self.post_to if method == "POST" else None) or self.to or self.gate


BOTH = "GET POST"
LINE = "pk:client line:{0} kind={0}"

ROUTES: dict[str, Route] = {
    # The public site. Everyone may read it.
    "site:home": Route(None),
    "site:what-is-iop": Route(None),
    "site:levels-of-care": Route(None),
    "site:treatment": Route(None),
    "site:times": Route(None),
    "site:questions": Route(None),
    "site:families": Route(None),
    "site:help": Route(None),
    "site:check": Route(None, methods=BOTH),
    "site:callback": Route(None, methods=BOTH),
    "site:styleguide": Route(None),
    "site:welcome": Route(None),
    "site:door": Route(None, "role=director", methods="POST"),
    # The portal: a client and their own record, never an id of someone else's.
    "portal:home": Route(P.USE_PORTAL),
    "portal:schedule": Route(P.USE_PORTAL),
    "portal:cannot_come": Route(P.USE_PORTAL, "pk:line", methods=BOTH),
    "portal:level": Route(P.USE_PORTAL),
    "portal:progress": Route(P.USE_PORTAL),
    "portal:check_in": Route(P.USE_PORTAL, methods=BOTH),
    "portal:check_in_done": Route(P.USE_PORTAL, "pk:check_in"),
    "portal:measure": Route(P.USE_PORTAL, "pk:administration", methods=BOTH),
    "portal:measure_help": Route(P.USE_PORTAL, "pk:administration"),
    "portal:finish_measure": Route(P.USE_PORTAL, "pk:administration", methods="POST"),
    "portal:rewards": Route(P.USE_PORTAL),
    "portal:consents": Route(P.USE_PORTAL),
    "portal:consent": Route(P.USE_PORTAL, "pk:consent", methods=BOTH),
    "portal:help": Route(P.USE_PORTAL),
    "portal:plan": Route(P.USE_PORTAL, methods=BOTH),
    "family:home": Route(P.USE_FAMILY_PORTAL),
    "family:learn": Route(P.USE_FAMILY_PORTAL),
    "family:contact": Route(P.USE_FAMILY_PORTAL),
    # The way in.
    "desk:inquiries": Route(P.MANAGE_INQUIRIES),
    "desk:inquiry_new": Route(P.MANAGE_INQUIRIES, methods=BOTH),
    "desk:referral_import": Route(P.MANAGE_INQUIRIES, methods=BOTH),
    "desk:inquiry": Route(P.MANAGE_INQUIRIES, "pk:inquiry", record=False),
    "desk:inquiry_call": Route(P.MANAGE_INQUIRIES, "pk:inquiry", methods="POST", record=False),
    "desk:inquiry_close": Route(P.MANAGE_INQUIRIES, "pk:inquiry", methods="POST", record=False),
    "desk:inquiry_convert": Route(P.MANAGE_INQUIRIES, "pk:inquiry", methods=BOTH, record=False),
    "desk:assessment": Route(P.ASSESS, "pk:client", methods=BOTH),
    "desk:recommendation": Route(P.ASSESS, "pk:client", post_to=P.DECIDE_LEVEL, methods=BOTH),
    "desk:census": Route(P.FIND_CLIENTS),
    "desk:leave_waitlist": Route(P.ADMIT, "pk:wait", methods="POST"),
    "desk:admit": Route(P.ADMIT, "pk:client", methods=BOTH),
    "desk:commitments": Route(P.ADMIT, "pk:client", methods="POST"),
    "desk:wait": Route(P.ADMIT, "pk:client", methods="POST"),
    # The chart.
    "desk:clients": Route(P.FIND_CLIENTS),
    "desk:profile": Route(P.FIND_CLIENTS, "pk:client", methods=BOTH),
    "desk:profile_counselor": Route(P.ADMIT, "pk:client", methods="POST"),
    "desk:profile_portal": Route(P.ADMIT, "pk:client", methods="POST"),
    "desk:profile_remove": Route(P.ADMIT, "pk:client", methods="POST"),
    "desk:removed": Route(P.ADMIT, methods=BOTH),
    "desk:chart": Route(P.READ_CHART, "pk:client"),
    "desk:emergency": Route(P.READ_CHART, "pk:client", to=P.FIND_CLIENTS, methods=BOTH),
    "desk:plan": Route(P.READ_CHART, "pk:client"),
    "desk:plan_start": Route(P.WRITE_CHART, "pk:client", methods="POST"),
    "desk:plan_details": Route(P.WRITE_CHART, "pk:client", methods=BOTH),
    "desk:plan_sign": Route(P.SIGN_NOTES, "pk:client", methods="POST"),
    "desk:plan_add": Route(P.WRITE_CHART, "pk:client under:goal kind=objective", methods=BOTH),
    "desk:plan_status": Route(P.WRITE_CHART, "pk:client line:objective", methods="POST"),
    "desk:plan_line": Route(P.WRITE_CHART, LINE.format("goal"), methods=BOTH),
    "desk:plan_remove": Route(P.WRITE_CHART, LINE.format("problem"), methods="POST"),
    "desk:plan_restore": Route(P.WRITE_CHART, LINE.format("intervention"), methods="POST"),
    "desk:review": Route(P.REVIEW_CARE, "pk:client", methods=BOTH),
    "desk:discharge": Route(P.SIGN_NOTES, "pk:former", methods=BOTH),
    "desk:discharge_pdf": Route(P.READ_CHART, "pk:former"),
    "desk:consents": Route(P.USE_DESK, "pk:client", to=P.MANAGE_CONSENTS, methods=BOTH),
    "desk:family_add": Route(P.USE_DESK, "pk:client", to=P.MANAGE_CONSENTS, methods="POST"),
    "desk:consent_revoke": Route(
        P.USE_DESK, "pk:client consent_pk:signed_consent", to=P.MANAGE_CONSENTS, methods="POST"
    ),
    "desk:client_attendance": Route(P.READ_CHART, "pk:client"),
    "desk:measures": Route(P.READ_CHART, "pk:client"),
    "desk:measure_assign": Route(P.WRITE_CHART, "pk:client", methods="POST"),
    "desk:measure_paper": Route(P.WRITE_CHART, "pk:client", methods=BOTH),
    "desk:measure_withdraw": Route(P.WRITE_CHART, "pk:client administration:administration", methods="POST"),
    "desk:rewards": Route(P.READ_CHART, "pk:client"),
    "desk:reward_start": Route(P.RECORD_DRUG_TESTS, "pk:client", methods="POST"),
    "desk:reward_end": Route(P.RECORD_DRUG_TESTS, "pk:client course:course", methods="POST"),
    "desk:test_order": Route(P.RECORD_DRUG_TESTS, "pk:client", methods="POST"),
    "desk:test_result": Route(P.RECORD_DRUG_TESTS, "pk:client test:test", methods=BOTH),
    "desk:prizes": Route(P.HAND_OUT_PRIZES, "pk:client", methods=BOTH),
    # The day, the week, and alerts.
    "desk:today": Route(P.USE_DESK),
    "desk:today_needs": Route(P.HANDLE_ALERTS),
    "desk:alerts": Route(P.HANDLE_ALERTS),
    "desk:alert": Route(P.HANDLE_ALERTS, "pk:alert", methods=BOTH),
    "desk:schedule": Route(P.USE_DESK),
    "desk:plan_session": Route(P.TAKE_ATTENDANCE, methods=BOTH),
    "desk:new_group": Route(P.MANAGE_SCHEDULE, methods=BOTH),
    "desk:group": Route(P.FIND_CLIENTS, "pk:group", record=False),
    "desk:enroll": Route(P.MANAGE_SCHEDULE, "pk:group", to=P.FIND_CLIENTS, methods="POST", asks_first=True),
    "desk:end_enrollment": Route(P.MANAGE_SCHEDULE, "pk:enrollment", to=P.FIND_CLIENTS, methods="POST"),
    "desk:session": Route(P.TAKE_ATTENDANCE, "pk:session", methods=BOTH),
    "desk:session_cancel": Route(P.TAKE_ATTENDANCE, "pk:coming_session", methods="POST"),
    "desk:addendum": Route(P.SIGN_NOTES, "pk:signed_session note_pk:note", methods="POST"),
    # The center.
    "desk:center": Route(P.MANAGE_CENTER),
    "desk:staff_new": Route(P.MANAGE_CENTER, methods=BOTH),
    "desk:staff": Route(P.MANAGE_CENTER, "pk:staff", methods=BOTH, record=False),
    "desk:staff_invite": Route(P.MANAGE_CENTER, "pk:staff", methods="POST", record=False),
    "desk:staff_reset_factor": Route(P.MANAGE_CENTER, "pk:staff", methods="POST", record=False),
    "desk:staff_end": Route(P.MANAGE_CENTER, "pk:staff", methods="POST", record=False),
    "desk:site_new": Route(P.MANAGE_CENTER, methods=BOTH),
    "desk:center_roles": Route(P.MANAGE_CENTER),
    "desk:center_tracks": Route(P.MANAGE_SCHEDULE),
    "desk:track_new": Route(P.MANAGE_SCHEDULE, methods=BOTH),
    "desk:track_close": Route(P.MANAGE_SCHEDULE, "pk:track", methods="POST", record=False),
    "desk:room_new": Route(P.MANAGE_SCHEDULE, methods=BOTH),
    "desk:program_new": Route(P.MANAGE_SCHEDULE, methods=BOTH),
    "desk:audit": Route(P.READ_AUDIT),
}

QUERY = {"desk:measure_paper": "?instrument=PHQ-9", "portal:measure_help": "?item=1"}
"""What some addresses need to answer at all."""

NOT_FOUND_HERE = {"site:styleguide", "site:door"}
"""Only in the demo."""


def named_routes() -> Iterator[tuple[str, set[str]]]:
    """Each route of our four faces with the names of its arguments, as the URLconf has it now."""
    for resolver in get_resolver().url_patterns:
        if isinstance(resolver, URLResolver) and resolver.namespace:
            for pattern in resolver.url_patterns:
                if isinstance(pattern, URLPattern):
                    yield f"{resolver.namespace}:{pattern.name}", set(re.findall(r"<\w+:(\w+)>", str(pattern.pattern)))
