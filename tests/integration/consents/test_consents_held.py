"""Consents: written by staff, signed by the client alone, taken back at once, and never altered once signed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import Error, connection, transaction

from openiop.consents import actions
from openiop.consents.models import Consent, Disclosure, Information
from openiop.consents.queries import opened_to
from openiop.kernel.errors import Refusal
from openiop.people.actions import add_family_member
from tests.world import World

CANARY = "<script>alert(1)</script>"
WHY = "To support me in treatment"


def offered(world: World, *kinds: str, **more: Any) -> Consent:
    return actions.offer(
        client=world.client,
        recipient=world.family,
        information=kinds or ("schedule",),
        purpose=WHY,
        by=world.actor(world.counselor),
        at=world.now,
        **more,
    )


def signed(world: World, consent: Consent, at: datetime | None = None) -> Consent:
    by = world.actor(world.client)
    return actions.sign(consent=consent, name=world.client.name, by=by, at=at or world.now)


def open_now(world: World, later: timedelta = timedelta(0)) -> set[str]:
    return {str(kind) for kind in opened_to(world.family, world.now + later)}


def test_an_unsigned_consent_opens_nothing_and_a_signed_one_what_it_names(scope: World) -> None:
    consent = offered(scope, "schedule", "plan")
    assert open_now(scope) == set()
    signed(scope, consent)
    assert open_now(scope) == {"schedule", "plan"}


def test_it_ends_on_its_day(scope: World) -> None:
    signed(scope, offered(scope, expires_at=scope.now + timedelta(days=3)))
    assert open_now(scope, timedelta(days=2)) == {"schedule"}
    assert open_now(scope, timedelta(days=3)) == set()


def test_an_end_in_the_past_is_refused(scope: World) -> None:
    with pytest.raises(Refusal, match="still to come"):
        offered(scope, expires_at=scope.now)


def test_it_cannot_name_someone_else_s_family(scope: World) -> None:
    with pytest.raises(Refusal, match="whom this client named"):
        actions.offer(
            client=scope.other_client,
            recipient=scope.family,
            information=["schedule"],
            purpose=WHY,
            by=scope.actor(scope.director),
            at=scope.now,
        )


@pytest.mark.parametrize("who", ["counselor", "director", "other_client", "family"])
def test_nobody_signs_for_the_client(scope: World, who: str) -> None:
    consent = offered(scope)
    with pytest.raises(Refusal, match="Only the client"):
        actions.sign(consent=consent, name=scope.client.name, by=scope.actor(getattr(scope, who)), at=scope.now)
    assert open_now(scope) == set()


def test_another_name_is_no_signature(scope: World) -> None:
    with pytest.raises(Refusal, match="Type your name"):
        actions.sign(consent=offered(scope), name="Alex", by=scope.actor(scope.client), at=scope.now)


def test_taking_it_back_closes_it_at_once_and_twice_is_fine(scope: World) -> None:
    consent = signed(scope, offered(scope))
    for _ in range(2):
        actions.revoke(consent=consent, by=scope.actor(scope.client), at=scope.now)
        assert open_now(scope) == set()


def test_one_taken_back_leaves_the_others(scope: World) -> None:
    first, _ = signed(scope, offered(scope, "schedule", "plan")), signed(scope, offered(scope, "schedule"))
    actions.revoke(consent=first, by=scope.actor(scope.counselor), at=scope.now)
    assert open_now(scope) == {"schedule"}


EDITS = (
    "information = ARRAY['schedule', 'discharge']",
    "purpose = 'Something else'",
    "recipient_name = 'Somebody else'",
    "expires_at = NULL",
    "signed_at = signed_at - interval '1 year'",
    "revoked_at = now() + interval '1 year', information = ARRAY['discharge']",
)


@pytest.mark.parametrize("edit", EDITS)
def test_the_database_refuses_to_alter_what_was_signed(scope: World, edit: str) -> None:
    consent = signed(scope, offered(scope, expires_at=scope.now + timedelta(days=9)))
    with pytest.raises(Error, match="locked"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE consents_consent SET {edit} WHERE id = %s", [consent.pk])


def test_the_database_refuses_to_undo_a_revocation(scope: World) -> None:
    consent = signed(scope, offered(scope))
    actions.revoke(consent=consent, by=scope.actor(scope.client), at=scope.now)
    with pytest.raises(Error, match="locked"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE consents_consent SET revoked_at = NULL WHERE id = %s", [consent.pk])


def test_looking_twice_a_day_is_one_disclosure(scope: World) -> None:
    consent = signed(scope, offered(scope))
    given = {
        "client": scope.client,
        "consent": consent,
        "recipient_name": consent.recipient_name,
        "information": [Information.SCHEDULE],
        "purpose": WHY,
        "channel": "Family portal",
        "by": scope.actor(scope.family),
    }
    for hours in (0, 1, 24):
        actions.note_disclosure(at=scope.now + timedelta(hours=hours), **given)
    assert Disclosure.objects.count() == 2


# --- The pages -----------------------------------------------------------------------------------------------


def path(world: World, rest: str = "") -> str:
    return f"/desk/clients/{world.client.pk}/consents/{rest}"


def typed(world: World, **changes: Any) -> dict[str, Any]:
    given = {"recipient": str(world.family.pk), "information": ["schedule"], "purpose": WHY}
    return {**given, "idempotency_key": str(uuid4()), **changes}


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("counselor", 200),
        ("director", 200),
        ("admissions", 200),
        ("other_staff", 403),
        ("scheduler", 403),
        ("administrator", 403),
        ("client", 403),
        ("family", 403),
        ("foreign_director", 404),
    ],
)
def test_who_may_open_the_page(world: World, browse: Callable, query_limit: Callable, who: str, status: int) -> None:
    browser = browse(getattr(world, who).user)
    with query_limit():
        assert browser.get(path(world)).status_code == status
    expected = 302 if status == 200 else status
    assert browser.post(path(world), typed(world)).status_code == expected


def test_offered_twice_by_a_double_click_is_one(world: World, browse: Callable) -> None:
    browser, given = browse(world.counselor.user), typed(world)
    for _ in range(2):
        assert browser.post(path(world), given).status_code == 302
    with world.inside():
        assert Consent.objects.count() == 1


def test_a_form_cannot_sign_or_choose_other_people(world: World, browse: Callable) -> None:
    with world.inside() as scope:
        stranger = add_family_member(
            client=world.other_client,
            first_name="Sam",
            last_name="Tate",
            relation="Brother",
            by=scope.actor,
            at=world.now,
        )
    browser = browse(world.counselor.user)
    assert browser.post(path(world), typed(world, recipient=str(stranger.pk))).status_code == 422
    smuggled = typed(world, signed_at="2026-11-01T00:00", signed_name="Alex Moreno", client=str(world.other_client.pk))
    assert browser.post(path(world), smuggled).status_code == 302
    with world.inside():
        made = Consent.objects.get()
    assert (made.signed_at, made.signed_name, made.client_id) == (None, "", world.client.pk)


def test_what_was_typed_is_shown_again_and_harmless(world: World, browse: Callable) -> None:
    browser = browse(world.counselor.user)
    answer = browser.post(path(world, "family/"), {"first_name": CANARY, "idempotency_key": str(uuid4())})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert CANARY not in page
    assert "&lt;script&gt;" in page


def test_the_client_signs_in_the_portal_and_takes_back(world: World, browse: Callable) -> None:
    with world.inside():
        consent = offered(world)
    browser, url = browse(world.client.user), f"/portal/consents/{consent.pk}/"
    assert browser.post(url, {"name": "Someone"}).status_code == 422
    assert browser.post(url, {"name": world.client.name}).status_code == 302
    with world.inside():
        assert open_now(world, timedelta(days=3650)) == {"schedule"}
    assert browser.post(url, {"revoke": "1"}).status_code == 302
    with world.inside():
        assert open_now(world, timedelta(days=3650)) == set()


def test_an_unsigned_one_cannot_be_taken_back_and_says_so(world: World, browse: Callable) -> None:
    with world.inside():
        consent = offered(world)
    answer = browse(world.client.user).post(f"/portal/consents/{consent.pk}/", {"revoke": "1"}, follow=True)
    assert "never signed" in answer.content.decode()


def test_another_client_s_consent_is_not_found(world: World, browse: Callable) -> None:
    with world.inside():
        consent = offered(world)
    assert browse(world.other_client.user).get(f"/portal/consents/{consent.pk}/").status_code == 404
