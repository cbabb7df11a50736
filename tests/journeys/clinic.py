"""A morning track with four people in it, in an installation that is served: what journeys through the portals need."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections

from openiop.accounts.models import User
from openiop.admissions import actions as admissions
from openiop.admissions.models import Episode
from openiop.attendance import actions as attendance
from openiop.attendance.rules import monday_of
from openiop.consents import actions as consents
from openiop.incentives import actions as incentives
from openiop.people.models import Staff
from openiop.plans import actions as plans
from openiop.plans.models import Signer
from openiop.practice import actions as practice
from tests.conftest import _use
from tests.iop import Iop, build_iop
from tests.journeys.people import AuthenticatorApp
from tests.live import Installation, Visitor
from tests.settings import DATABASE
from tests.world import World, build_world

PASSWORD = "six blue lanterns hum"


@dataclass
class Clinic:
    """The program, and the phones of the staff who sign in with a password and a code."""

    iop: Iop
    apps: dict[str, AuthenticatorApp]

    @property
    def world(self) -> World:
        return self.iop.world

    def enter(self, visitor: Visitor, user: User) -> None:
        """Be signed in as that person, as if they had typed their code."""
        store = SessionStore()
        store[SESSION_KEY] = str(user.pk)
        store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        store[HASH_SESSION_KEY] = user.get_session_auth_hash()
        store.create()
        cookie: Any = {"name": settings.SESSION_COOKIE_NAME, "value": str(store.session_key), "url": visitor.url}
        visitor.context.add_cookies([cookie])


@contextmanager
def at_work(installation: Installation) -> Iterator[Clinic]:
    """The clinic, filled; the tests' own connection is in its database meanwhile."""
    _use("web", installation.database)
    try:
        made = _filled(datetime.now(UTC))
        _set_passwords(installation, [getattr(made.world, name).user.email for name in made.apps])
        yield made
    finally:
        connections.close_all()
        _use("web", DATABASE)


def _filled(now: datetime) -> Clinic:
    world = build_world(now)
    with world.inside():
        iop = build_iop(world)
        monday = monday_of((now - timedelta(days=7)).date())
        episode = iop.begin(world.client, on=monday)
        for client in (world.other_client, *iop.clients(2)):
            iop.begin(client, on=monday)
        attendance.generate_sessions(weeks_from=monday, weeks=4, by=iop.by, at=now)
        incentives.start_course(episode=episode, protocol="miedar", seed=bytes(32), by=iop.by, at=now)
        _plan(world, episode)
        _days_before(world)
        consents.offer(
            client=world.client,
            recipient=world.family,
            information=["schedule", "attendance"],
            purpose="To support me in treatment",
            by=world.actor(world.counselor),
            at=now,
        )
        admissions.receive_inquiry(source="web", first_name="Jordan", phone="555-0188", by=iop.by, at=now)
        return Clinic(iop, {name: _phone(getattr(world, name)) for name in ("counselor", "admissions")})


def _plan(world: World, episode: Episode) -> None:
    by, at = world.actor(world.counselor), world.now
    plan = plans.draft_plan(episode=episode, by=by, at=at)
    problem = plans.add_problem(plan=plan, area="return_to_use", text="Drinks most evenings.", by=by, at=at)
    goal = plans.add_goal(problem=problem, client_words="I want calm evenings.", by=by, at=at)
    day = (at + timedelta(days=28)).date()
    objective = plans.add_objective(goal=goal, text="Walk after dinner on five days.", target_date=day, by=by, at=at)
    plans.add_intervention(objective=objective, kind="group", approach="cbt", times_a_week=3, by=by, at=at)
    plans.sign(plan=plan, signer=Signer.CLINICIAN, by=by, at=at)


def _days_before(world: World) -> None:
    """Three check-ins, so that there is a line to look at."""
    by = world.actor(world.client)
    for ago, craving, mood in ((3, 6, 2), (2, 5, 3), (1, 3, 4)):
        at = world.now - timedelta(days=ago)
        practice.check_in(
            client=world.client, day=at.date(), craving=craving, mood=mood, triggers=["stress"], note="", by=by, at=at
        )


def _phone(staff: Staff) -> AuthenticatorApp:
    secret = generate_totp_secret()
    held = Authenticator.objects.get(user=staff.user, type=Authenticator.Type.TOTP)
    held.data = {"secret": get_adapter().encrypt(secret)}
    held.save()
    return AuthenticatorApp(secret)


def _set_passwords(installation: Installation, emails: list[str]) -> None:
    """In the installation itself, because tests hash passwords in a weaker way that it rightly does not take."""
    installation.python(
        "from openiop.accounts.models import User\n"
        f"for user in User.objects.filter(email__in={emails!r}):\n"
        f"    user.set_password({PASSWORD!r})\n"
        "    user.save()\n"
    )
