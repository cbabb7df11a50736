"""Every page of the desk that a person can open, on a filled center: within 15 queries, and with no link that refuses.

The addresses come from the desk itself, so that a new page is measured without being named here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from openiop.admissions import actions as admissions
from openiop.attendance.models import Session
from openiop.consents import actions as consents
from openiop.desk.urls import urlpatterns
from openiop.incentives import actions as incentives
from openiop.measures import actions as measures
from openiop.messaging.models import Alert
from openiop.people.models import Client
from openiop.plans import actions as plans
from openiop.plans.models import Plan
from openiop.practice import actions as practice
from openiop.shared.access import Role
from tests.iop import MONDAY, Iop, build_iop
from tests.world import World

NEEDS_STATE = {"plan_line", "plan_add", "test_result", "discharge_pdf", "plan_start"}
"""Pages that take more than the record of a client in treatment; their rooms measure them."""


@pytest.fixture(autouse=True)
def this_morning(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


@pytest.fixture
def keys(world: World) -> dict[str, UUID]:
    """A full morning track, and a client with something on every page; the keys that addresses ask for."""
    with world.inside() as scope:
        iop = build_iop(world)
        iop.begin(world.client)
        for client in iop.clients(11):
            iop.begin(client)
            _live(world, iop, client, days=2)
        iop.sessions(weeks=2)
        _live(world, iop, world.client, days=20)
        draft = plans.draft_plan(episode=world.client.episodes.get(), by=world.actor(world.counselor), at=world.now)
        _write(draft, world)
        inquiries = [
            admissions.receive_inquiry(source="web", first_name=f"Caller {n}", by=scope.actor, at=world.now)
            for n in range(12)
        ]
        return {
            "client": world.client.pk,
            "session": Session.objects.order_by("during")[0].pk,
            "group": iop.skills.pk,
            "inquiry": inquiries[0].pk,
            "alert": Alert.objects.all()[0].pk,
            "staff": world.counselor.pk,
            "track": iop.track.pk,
        }


def _live(world: World, iop: Iop, client: Client, days: int) -> None:
    """Check-ins, questionnaires, tests and consents."""
    for ago in range(days):
        at = world.now - timedelta(days=ago)
        by = world.actor(client, Role.CLIENT)
        practice.check_in(client=client, day=at.date(), craving=9, mood=2, triggers=[], note="", by=by, at=at)
    incentives.order_test(client=client, ordered_on=MONDAY, by=world.actor(world.counselor), at=world.now)
    measures.assign(client=client, instrument="PHQ-9", due_on=MONDAY, by=iop.by, at=world.now)
    if client == world.client:
        for _ in range(4):
            consents.offer(
                client=client,
                recipient=world.family,
                information=["schedule"],
                purpose="To support me in treatment",
                by=world.actor(world.counselor),
                at=world.now,
            )


def _write(draft: Plan, world: World) -> None:
    by, at = world.actor(world.counselor), world.now
    for number in range(3):
        problem = plans.add_problem(plan=draft, area="return_to_use", text=f"Problem {number}", by=by, at=at)
        for _ in range(2):
            goal = plans.add_goal(problem=problem, client_words="I want my evenings back", by=by, at=at)
            plans.add_objective(goal=goal, text="Plan each evening", target_date=MONDAY + timedelta(30), by=by, at=at)


def addresses(keys: dict[str, UUID]) -> dict[str, str]:
    """Every page of the desk by name, with keys of the kind that its address is about."""
    found = {}
    for pattern in urlpatterns:
        route, name = str(pattern.pattern), pattern.name
        words = route.split("/")
        kind = next((kind for kind in ("client", "session", "group", "alert", "track") if f"{kind}s" in words), "")
        kind = kind or ("inquiry" if "inquiries" in words else "staff" if "staff" in words else "")
        if name in NEEDS_STATE or set(pattern.pattern.converters) - {"pk"}:
            continue
        has_key = "pk" in pattern.pattern.converters
        found[name] = reverse(f"desk:{name}", kwargs={"pk": keys.get(kind, uuid4())} if has_key else {})
    return found


@pytest.mark.parametrize("who", ["director", "administrator", "counselor", "admissions", "scheduler"])
def test_every_page_keeps_its_budget(
    world: World, keys: dict[str, UUID], browse: Callable, query_limit: Callable, who: str
) -> None:
    browser, opened, over = browse(getattr(world, who).user), 0, []
    browser.get("/desk/")
    for name, path in addresses(keys).items():
        try:
            with query_limit():
                opened += browser.get(path).status_code == 200
        except AssertionError as error:
            over.append(f"{name}: {str(error).splitlines()[0]}")
    assert not over, "\n".join(over)
    assert opened >= 8


ANY_KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.mark.parametrize("who", ["director", "administrator", "counselor", "admissions", "scheduler"])
def test_no_link_leads_to_a_refusal(world: World, keys: dict[str, UUID], browse: Callable, who: str) -> None:
    """Two pages of each kind, found as people find them: by following links from Today."""
    browser, waiting, seen, refused = browse(getattr(world, who).user), [("", "/desk/")], {}, []
    while waiting:
        where, path = waiting.pop(0)
        kind = ANY_KEY.sub("*", path.split("?")[0])
        if path in seen.setdefault(kind, set()) or len(seen[kind]) >= 2:
            continue
        seen[kind].add(path)
        answer = browser.get(path)
        if answer.status_code != 200:
            refused.append(f"{where} -> {path}: {answer.status_code}")
        elif answer["Content-Type"].startswith("text/html"):
            found = re.findall(r'href="(/desk/[^"#]*)"', answer.content.decode())
            waiting += [(path, link.replace("&amp;", "&")) for link in found]
    assert not refused, "\n".join(refused)
    assert len(seen) >= 4
