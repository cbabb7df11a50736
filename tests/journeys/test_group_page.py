"""The page of a group in a real browser: twelve people, few clicks, nothing lost, no violation."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections
from playwright.sync_api import expect

from openiop.attendance import actions as attendance
from openiop.attendance.models import ClientNote, Session
from openiop.attendance.rules import monday_of
from openiop.people.models import Staff
from tests.conftest import _use
from tests.iop import Iop, build_iop
from tests.live import Installation, Visitor, refuse_sideways_scroll, refuse_violations
from tests.settings import DATABASE
from tests.world import build_world


@pytest.fixture
def group(two_centers: Installation, django_db_blocker: pytest.FixtureRequest) -> Iop:
    """Last week's first group with twelve members, in the installation that is served."""
    now = datetime.now(UTC)
    monday = monday_of((now - timedelta(days=7)).date())
    with django_db_blocker.unblock():
        _use("web", two_centers.database)
        world = build_world(now)
        with world.inside():
            iop = build_iop(world)
            for client in iop.clients(12):
                iop.begin(client, on=monday)
            attendance.generate_sessions(weeks_from=monday, weeks=1, by=iop.by, at=now)
        yield iop
        connections.close_all()
        _use("web", DATABASE)


def sign_in(person: Visitor, staff: Staff) -> None:
    store = SessionStore()
    store[SESSION_KEY] = str(staff.user_id)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = staff.user.get_session_auth_hash()
    store.create()
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": str(store.session_key), "url": person.url}
    person.context.add_cookies([cookie])


def test_attendance_and_notes_of_twelve_in_few_clicks(
    group: Iop, two_centers: Installation, visit: Callable[..., Visitor]
) -> None:
    with group.world.inside():
        session = Session.objects.filter(group=group.skills).order_by("during").first()
        lines = list(session.roster.order_by("client__last_name", "client__first_name", "pk"))
    person = visit(two_centers)
    sign_in(person, group.world.counselor)
    page = person.go(f"/desk/sessions/{session.pk}/")
    if shots := os.environ.get("OPENIOP_SHOTS"):
        page.screenshot(path=Path(shots) / "group-1440.png", full_page=True)
    refuse_violations(page)
    refuse_sideways_scroll(page)
    if shots:
        for width in (390, 1440):
            page.set_viewport_size({"width": width, "height": 844})
            page.screenshot(path=Path(shots) / f"group-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1440, "height": 900})
    clicks = 0

    def click(selector: str) -> None:
        nonlocal clicks
        page.locator(selector).click()
        clicks += 1

    click(f'label[for="id_{lines[1].pk}-status_1"]')  # late
    click(f'label[for="id_{lines[4].pk}-status_4"]')  # out
    click('button[value="rest"]')
    click("#id_group-narrative")
    page.keyboard.type("Practiced two skills for hard moments.")
    click(f"#id_{lines[0].pk}-text")
    for line in lines:
        page.locator(f"#id_{line.pk}-text").focus()  # the keyboard's way: Tab
        page.keyboard.type("Took part.")
    expect(page.locator("#session-state")).to_contain_text("12 of 12 done")
    assert page.evaluate("document.activeElement.id") == f"id_{lines[-1].pk}-text"
    expect(page.locator("#sign")).to_have_text("Sign 11 notes")
    click("#sign")
    expect(page.locator("main")).to_contain_text("11 notes signed.")
    assert clicks <= 8
    if shots:
        page.screenshot(path=Path(shots) / "group-signed.png", full_page=True)
    refuse_violations(page)
    refuse_sideways_scroll(page)
    with group.world.inside():
        assert ClientNote.objects.filter(signed_at__isnull=False).count() == 11
    for number, path in enumerate(
        ("schedule/", "census/", "schedule/plan/", f"clients/{lines[0].client_id}/attendance/")
    ):
        page = person.go(f"/desk/{path}")
        if shots:
            page.set_viewport_size({"width": 1440, "height": 900})
            page.screenshot(path=Path(shots) / f"page-{number}.png", full_page=True)
        refuse_violations(page)
        refuse_sideways_scroll(page)
