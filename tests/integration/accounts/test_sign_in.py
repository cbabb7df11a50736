"""Sign-in: codes for clients, password and second factor for staff, lockout, idle time, doors."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client as Browser
from django.test import override_settings
from django.urls import reverse

from openiop.shared.models import AuditEntry
from tests.world import World

PASSWORD = "a long and quiet river runs here"


def ask_for_code(email: str) -> Browser:
    browser = Browser()
    browser.post(reverse("account_request_login_code"), {"email": email})
    return browser


def test_a_client_signs_in_with_a_mailed_code(world: World) -> None:
    browser = ask_for_code(world.client.email)
    [sent] = mail.outbox
    assert sent.subject == "Your sign-in code"
    assert "Harbor" not in sent.subject + sent.body
    code = re.search(r"\n([A-Z0-9-]{5,12})\n", sent.body).group(1)
    answer = browser.post(reverse("account_confirm_login_code"), {"code": code})
    assert (answer.status_code, answer["Location"]) == (302, "/welcome/")
    assert browser.get("/welcome/")["Location"] == reverse("portal:home")


def test_staff_get_no_code_and_a_stranger_sees_the_same_page(world: World) -> None:
    world.counselor.user.set_password(PASSWORD)
    world.counselor.user.save()
    pages = [
        ask_for_code(email).get(reverse("account_confirm_login_code"))
        for email in (world.counselor.user.email, "nobody@example.org")
    ]
    assert [page.status_code for page in pages] == [200, 200]
    assert not any(
        "sign-in code" in message.subject
        for message in mail.outbox
        if "example.org" in message.to[0] and message.to[0] == world.counselor.user.email
    )


def test_a_password_alone_does_not_let_staff_in(world: World) -> None:
    user = world.counselor.user
    user.set_password(PASSWORD)
    user.save()
    browser = Browser()
    answer = browser.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert answer["Location"].startswith(reverse("mfa_authenticate"))
    # Half signed in is not signed in (after CVE-2021-32101).
    assert browser.get(reverse("desk:today"))["Location"].startswith(reverse("account_login"))


def test_staff_without_a_second_factor_can_only_set_one_up(world: World, browse: Callable) -> None:
    Authenticator.objects.filter(user=world.counselor.user).delete()
    answer = browse(world.counselor.user).get(reverse("desk:alerts"))
    assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_index"))


def test_guessing_is_locked_out(world: World) -> None:
    user = world.counselor.user
    user.set_password(PASSWORD)
    user.save()
    browser = Browser()
    for _ in range(6):
        answer = browser.post(reverse("account_login"), {"login": user.email, "password": "not the right password"})
    answer = browser.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 200
    assert "Too many failed login attempts" in answer.content.decode()


def test_nobody_signs_up_by_themselves(world: World) -> None:
    answer = Browser().post(reverse("account_signup"), {"email": "new@example.org", "password1": PASSWORD})
    assert "closed" in answer.content.decode().lower()


def test_a_quiet_session_ends(world: World, browse: Callable) -> None:
    browser = browse(world.counselor.user)
    assert browser.get(reverse("desk:alerts")).status_code == 200
    session = browser.session
    session["seen_at"] -= 16 * 60
    session.save()
    answer = browser.get(reverse("desk:alerts"))
    assert answer["Location"] == reverse("account_login") + "?ended=1"
    assert "_auth_user_id" not in browser.session


@pytest.mark.parametrize("trick", [{"skip_timeout_reset": "1"}, {"passive": "0"}])
def test_nothing_in_a_request_skips_the_idle_limit(world: World, browse: Callable, trick: dict[str, str]) -> None:
    """After CVE-2026-25476, where a query parameter did."""
    browser = browse(world.counselor.user)
    browser.get(reverse("desk:alerts"))
    session = browser.session
    session["seen_at"] -= 16 * 60
    session.save()
    assert browser.get(reverse("desk:alerts"), trick, headers={"HX-Request": "true"}).status_code == 401


def test_a_page_of_a_signed_in_person_is_never_cached(world: World, browse: Callable) -> None:
    assert "no-store" in browse(world.counselor.user).get(reverse("desk:alerts"))["Cache-Control"]


def test_a_refusal_is_in_the_audit_trail(world: World, browse: Callable) -> None:
    answer = browse(world.client.user).get(reverse("desk:alerts"))
    assert answer.status_code == 403
    with world.inside():
        assert AuditEntry.objects.filter(verb="access.denied", actor_user_id=world.client.user_id).exists()


def test_a_role_that_ended_ends_with_the_next_request(world: World, browse: Callable) -> None:
    from openiop.people.actions import end_employment

    browser = browse(world.counselor.user)
    assert browser.get(reverse("desk:alerts")).status_code == 200
    with world.inside() as scope:
        end_employment(staff=world.counselor, by=scope.actor, at=world.now)
    assert browser.get(reverse("desk:alerts")).status_code == 403


def test_doors_do_not_exist_in_a_real_center(world: World) -> None:
    assert Browser().post("/demo/enter/director").status_code == 404
    with override_settings(OPENIOP_DEMO=True):
        assert Browser().post("/demo/enter/director").status_code == 404, "the database is not marked as a demo"
        assert "Walk through the demo" not in Browser().get(reverse("account_login")).content.decode()


def test_doors_are_posts(world: World) -> None:
    assert Browser().get("/demo/enter/director").status_code == 405


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(world: World, browse: Callable) -> None:
    """Today asks for new alerts every minute; an empty desk must fall asleep all the same."""
    browser = browse(world.counselor.user)
    browser.get(reverse("desk:today"))
    session = browser.session
    session["seen_at"] -= 10 * 60
    session.save()
    seen = browser.session["seen_at"]
    assert browser.get(reverse("desk:today_needs"), headers={"HX-Request": "true"}).status_code == 200
    assert browser.session["seen_at"] == seen, "a poll is no deliberate act"
    session = browser.session
    session["seen_at"] -= 6 * 60
    session.save()
    answer = browser.get(reverse("desk:today_needs"), headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (401, reverse("account_login") + "?ended=1")
