"""A client's profile: who may open and change it, and that a form changes its own fields only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from openiop.people.models import Client
from openiop.shared.models import AuditEntry
from tests.world import World

CANARY = "<script>alert(1)</script>"


def path(client: Client, rest: str = "") -> str:
    return f"/desk/clients/{client.pk}/profile/{rest}"


def typed(**changes: Any) -> dict[str, Any]:
    given = {"first_name": "Alex", "last_name": "Moreno", "language": "English", "safe_contact": "any"}
    return {**given, "email": "alex@example.org", **changes}


def again(world: World) -> Client:
    with world.inside():
        return Client.objects.get(pk=world.client.pk)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("counselor", 200),
        ("other_staff", 200),
        ("director", 200),
        ("admissions", 200),
        ("scheduler", 200),
        ("administrator", 403),
        ("client", 403),
        ("family", 403),
        ("foreign_director", 404),
    ],
)
def test_who_may_open_and_change_it(
    world: World, browse: Callable, query_limit: Callable, who: str, status: int
) -> None:
    browser = browse(getattr(world, who).user)
    with query_limit():
        page = browser.get(path(world.client))
    assert page.status_code == status
    changed = browser.post(path(world.client), typed(phone="555-0177"))
    assert changed.status_code == (302 if status == 200 else status)
    assert (again(world).phone == "555-0177") == (status == 200)


def test_a_stranger_is_asked_to_sign_in(world: World, client: Any) -> None:
    assert client.get(path(world.client)).status_code == 302


def test_each_look_is_written_down(world: World, browse: Callable) -> None:
    browse(world.scheduler.user).get(path(world.client))
    with world.inside():
        assert AuditEntry.objects.filter(client_id=world.client.pk, actor_user_id=world.scheduler.user_id).exists()


@pytest.mark.parametrize("who", ["counselor", "scheduler"])
@pytest.mark.parametrize("rest", ["counselor/", "portal/"])
def test_only_those_who_admit_choose_the_counselor_and_open_the_portal(
    world: World, browse: Callable, who: str, rest: str
) -> None:
    browser = browse(getattr(world, who).user)
    sent = {"counselor": str(world.other_staff.pk)}
    assert browser.post(path(world.client, rest), sent).status_code == 403
    assert again(world).counselor_id == world.counselor.pk


def test_admissions_gives_a_counselor_who_works_here(world: World, browse: Callable) -> None:
    browser = browse(world.admissions.user)
    browser.post(path(world.client, "counselor/"), {"counselor": str(world.foreign_director.pk)})
    assert again(world).counselor_id == world.counselor.pk
    browser.post(path(world.client, "counselor/"), {"counselor": str(world.other_staff.pk)})
    assert again(world).counselor_id == world.other_staff.pk


def test_a_form_changes_its_own_fields_only(world: World, browse: Callable) -> None:
    before = again(world)
    smuggled = typed(
        number="HH-9999",
        center="00000000-0000-4000-8000-00000000000b",
        center_id="00000000-0000-4000-8000-00000000000b",
        user=str(world.counselor.user_id),
        user_id=str(world.counselor.user_id),
        counselor=str(world.other_staff.pk),
        removed_at="2026-01-01",
        background="x",
    )
    assert browse(world.counselor.user).post(path(world.client), smuggled).status_code == 302
    after = again(world)
    for field in ("number", "center_id", "user_id", "counselor_id", "removed_at", "background"):
        assert getattr(after, field) == getattr(before, field), field


def test_script_in_any_text_stays_text(world: World, browse: Callable) -> None:
    browser = browse(world.counselor.user)
    texts = ("first_name", "last_name", "preferred_name", "pronouns", "contact_note", "address", "coverage")
    answer = browser.post(path(world.client), typed(**dict.fromkeys(texts, CANARY)))
    pages = [answer] if answer.status_code == 422 else []
    for rest in ("profile/", "", "plan/", "consents/"):
        pages.append(browser.get(f"/desk/clients/{world.client.pk}/{rest}"))
    for page in pages:
        assert CANARY not in page.content.decode()


@pytest.mark.parametrize(
    ("field", "held"),
    [("first_name", ""), ("email", "not an address"), ("birth_date", "2026-02-31"), ("phone", "x" * 99)],
)
def test_a_mistake_is_shown_beside_its_field_with_what_was_typed(
    world: World, browse: Callable, field: str, held: str
) -> None:
    answer = browse(world.counselor.user).post(path(world.client), typed(**{field: held, "pronouns": "they"}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "oi-field--bad" in page
    assert 'value="they"' in page
    if held:
        assert held in page
