"""The center's own pages: staff, roles, tracks and rooms, and the audit trail."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time
from uuid import uuid4

import pytest
from django.contrib.auth.hashers import is_password_usable
from django.test import Client as Browser
from django.urls import reverse

from openiop.attendance.models import Session
from openiop.messaging.models import Mail
from openiop.people.models import Site, Staff
from openiop.people.queries import staff_member
from openiop.programs import actions as programs
from openiop.programs.models import Program, Room, Track
from openiop.schedule.actions import add_group
from openiop.schedule.models import Group
from openiop.shared.models import AuditEntry
from tests.world import World

CANARY = "<script>alert(1)</script>"
PAGES = ("center", "staff_new", "site_new", "center_roles")
SHARED_PAGES = ("center_tracks", "track_new", "room_new", "program_new", "new_group")


@pytest.fixture
def ada(world: World, browse: Callable) -> Browser:
    """The administrator, signed in."""
    return browse(world.administrator.user)


def key() -> str:
    return str(uuid4())


def new_staff(**changes: object) -> dict[str, object]:
    given = {"first_name": "Lena", "last_name": "Ortiz", "email": "lena@example.org", "credentials": "LADC"}
    return {**given, "title": "Counselor", "roles": ["counselor"], "idempotency_key": key(), **changes}


@pytest.mark.parametrize(
    ("who", "own", "shared", "audit"),
    [
        ("administrator", 200, 200, 200),
        ("scheduler", 403, 200, 403),
        ("director", 403, 200, 200),
        ("counselor", 403, 403, 403),
        ("admissions", 403, 403, 403),
        ("client", 403, 403, 403),
        ("family", 403, 403, 403),
    ],
)
def test_who_may_open_which_page(
    world: World, browse: Callable, query_limit: Callable, who: str, own: int, shared: int, audit: int
) -> None:
    browser = browse(getattr(world, who).user)
    expected = dict.fromkeys(PAGES, own) | dict.fromkeys(SHARED_PAGES, shared) | {"audit": audit}
    for name, status in expected.items():
        with query_limit():
            assert browser.get(reverse(f"desk:{name}")).status_code == status, name


def test_adding_staff_twice_makes_one_person_one_mail_and_no_password(world: World, ada: Browser) -> None:
    typed = new_staff(roles=["counselor", "admissions"])
    for _ in range(2):
        assert ada.post(reverse("desk:staff_new"), typed)["Location"] == reverse("desk:center")
    with world.inside():
        [one] = Staff.objects.filter(last_name="Ortiz")
        assert {m.role for m in one.user.memberships.all()} == {"counselor", "admissions"}
        [mail] = Mail.objects.filter(to="lena@example.org")
    assert not is_password_usable(one.user.password)
    assert mail.subject == "Set your password"
    assert not re.search("Harbor|treatment|recovery|IOP|addiction", mail.subject + mail.text, re.IGNORECASE)
    link = re.search(r"http://testserver(/\S+)", mail.text).group(1)
    answer = Browser().get(link, follow=True)
    assert answer.status_code == 200
    assert 'name="password1"' in answer.content.decode()


def test_an_address_that_signs_in_already_is_refused_beside_its_field(world: World, ada: Browser) -> None:
    typed = new_staff(email=world.counselor.user.email.upper(), first_name=CANARY)
    answer = ada.post(reverse("desk:staff_new"), typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert answer.context["form"].errors["email"] == ["Someone already signs in with this e-mail address."]
    assert CANARY not in page
    assert "&lt;script&gt;" in page


def test_a_client_role_cannot_be_given_to_staff(ada: Browser) -> None:
    assert ada.post(reverse("desk:staff_new"), new_staff(roles=["client"])).status_code == 422


def test_new_roles_hold_from_the_next_page_on(world: World, ada: Browser, browse: Callable) -> None:
    counselor = browse(world.counselor.user)
    assert counselor.get(reverse("desk:inquiries")).status_code == 403
    url = reverse("desk:staff", args=[world.counselor.pk])
    names = {"first_name": "Counselor", "last_name": "Keller", "credentials": "LCSW", "title": "Intake lead"}
    assert ada.post(url, {**names, "roles": ["admissions"]}).status_code == 302
    assert counselor.get(reverse("desk:inquiries")).status_code == 200
    with world.inside():
        one = staff_member(world.counselor.pk)
    assert (one.title, one.roles) == ("Intake lead", ["admissions"])


def test_the_last_administrator_keeps_the_role(world: World, ada: Browser) -> None:
    url = reverse("desk:staff", args=[world.administrator.pk])
    typed = {"first_name": "Ada", "last_name": "Keller", "roles": ["scheduler"]}
    answer = ada.post(url, typed)
    assert answer.status_code == 422
    assert "Another administrator" in answer.context["form"].errors["roles"][0]
    ada.post(reverse("desk:staff_end", args=[world.administrator.pk]))
    assert ada.get(reverse("desk:center")).status_code == 200


def test_who_leaves_is_out_at_once_and_stays_in_the_list(world: World, ada: Browser, browse: Callable) -> None:
    counselor = browse(world.counselor.user)
    for _ in range(2):
        assert ada.post(reverse("desk:staff_end", args=[world.counselor.pk])).status_code == 302
    assert counselor.get(reverse("desk:alerts")).status_code == 403
    assert "Left" in ada.get(reverse("desk:center")).content.decode()
    with world.inside():
        assert AuditEntry.objects.filter(verb="staff.left", object_id=world.counselor.pk).count() == 1


def test_a_lost_phone_is_no_dead_end(world: World, ada: Browser, browse: Callable) -> None:
    ada.post(reverse("desk:staff_reset_factor", args=[world.counselor.pk]))
    assert browse(world.counselor.user).get(reverse("desk:alerts"))["Location"] == reverse("mfa_index")
    ada.post(reverse("desk:staff_reset_factor", args=[world.administrator.pk]))
    assert ada.get(reverse("desk:center")).status_code == 200, "never one's own"


@pytest.mark.parametrize("name", ["staff", "staff_invite", "staff_end", "staff_reset_factor"])
def test_staff_of_another_center_do_not_exist_here(world: World, ada: Browser, name: str) -> None:
    url = reverse(f"desk:{name}", args=[world.foreign_director.pk])
    assert ada.post(url, new_staff()).status_code == 404


def test_a_center_comes_to_life_by_forms(world: World, ada: Browser) -> None:
    assert ada.post(reverse("desk:site_new"), {"name": "Elm Street", "address": "2 Elm Street"}).status_code == 302
    with world.inside():
        site = Site.objects.get()
    assert "A track belongs to a program" in ada.get(reverse("desk:track_new")).content.decode()
    double = {"site": site.pk, "name": "Room 1", "seats": "12", "idempotency_key": key()}
    for _ in range(2):
        assert ada.post(reverse("desk:room_new"), double).status_code == 302
    ada.post(reverse("desk:program_new"), {"name": "Adult IOP", "level": "iop"})
    with world.inside():
        room, program = Room.objects.get(), Program.objects.get()
    track = {"program": program.pk, "site": site.pk, "name": "Morning", "weekdays": ["0", "2"], "seats": "12"}
    refused = ada.post(reverse("desk:track_new"), {**track, "starts": "12:00", "ends": "09:00"})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["ends"])
    assert ada.post(reverse("desk:track_new"), {**track, "starts": "09:00", "ends": "12:00"}).status_code == 302
    with world.inside():
        made = Track.objects.get()
    offered = ada.get(reverse("desk:new_group"), {"track": made.pk}).context["form"].initial
    assert (offered["weekdays"], offered["starts"]) == ([0, 2], time(9))
    group = {"track": made.pk, "name": "Skills", "kind": "group", "approach": "cbt", "room": room.pk, "capacity": "12"}
    group |= {"facilitator": world.counselor.pk, "weekdays": ["0", "2"], "starts": "09:00", "ends": "10:15"}
    group |= {"topics": "Boredom\nCravings", "idempotency_key": key()}
    for _ in range(2):
        assert ada.post(reverse("desk:new_group"), group, follow=True).status_code == 200
    with world.inside():
        assert Group.objects.get().topics == ["Boredom", "Cravings"]
        assert Session.objects.count() in {7, 8}
    page = ada.get(reverse("desk:center_tracks")).content.decode()
    assert all(word in page for word in ("Elm Street", "Room 1", "Adult IOP", "Morning", "Skills"))


def test_a_taken_name_is_refused_beside_its_field(world: World, ada: Browser) -> None:
    with world.inside() as scope:
        programs.add_program(name="Adult IOP", by=scope.actor, at=world.now)
    answer = ada.post(reverse("desk:program_new"), {"name": "Adult IOP", "level": "iop"})
    assert answer.status_code == 422
    assert "already a program" in answer.context["form"].errors["name"][0]


def test_the_audit_trail_is_found_by_person_client_and_verb(
    world: World, browse: Callable, query_limit: Callable
) -> None:
    browse(world.counselor.user).get(reverse("desk:chart", args=[world.client.pk]))
    browse(world.client.user).get(reverse("desk:alerts"))
    director = browse(world.director.user)
    with query_limit():
        everything = director.get(reverse("desk:audit"))
    assert {row.what for row in everything.context["rows"]} >= {"Chart opened", "Access denied"}

    def rows(**asked: object) -> list:
        return director.get(reverse("desk:audit"), asked).context["rows"]

    assert {row.who for row in rows(person=world.counselor.user_id)} == {"Counselor Keller"}
    of_client = rows(client=world.client.number.lower(), verb="chart.opened")
    assert {row.client for row in of_client} == {world.client.number}
    assert {row.who for row in rows(person="clients")} == {world.client.name}
    assert rows(client="HH-9999") == []
    assert rows(since="2020-01-01", until="2020-01-31") == []
    assert director.get(reverse("desk:audit"), {"since": "2026-11-02", "until": "2026-11-01"}).status_code == 422
    assert rows(verb="audit.read"), "reading the trail is in the trail"


def test_an_administrator_reads_the_trail_without_names_of_clients(
    world: World, ada: Browser, browse: Callable
) -> None:
    browse(world.client.user).get(reverse("desk:alerts"))
    browse(world.family.user).get(reverse("desk:alerts"))
    page = ada.get(reverse("desk:audit")).content.decode()
    assert f"Client {world.client.number}" in page
    assert f"Family of {world.client.number}" in page
    assert world.client.name not in page
    assert world.family.name not in page
    assert reverse("desk:chart", args=[world.client.pk]) not in page


def test_the_trail_of_another_center_is_not_here(world: World, browse: Callable) -> None:
    browse(world.foreign_director.user).get(reverse("desk:alerts"))
    page = browse(world.director.user).get(reverse("desk:audit")).content.decode()
    assert "Foreign" not in page


def test_the_first_steps_are_shown_until_they_are_done(world: World, ada: Browser) -> None:
    assert "Before your first client" in ada.get(reverse("desk:center")).content.decode()
    with world.inside() as scope:
        given = {"by": scope.actor, "at": world.now}
        site = Site.objects.create(name="Elm Street", address="2 Elm Street")
        room = programs.add_room(site=site, name="Room 1", seats=12, **given)
        times = {"starts": time(9), "ends": time(12)}
        program = programs.add_program(name="Adult IOP", **given)
        track = programs.add_track(program=program, site=site, name="Morning", weekdays=[0], seats=9, **times, **given)
        add_group(
            track=track,
            name="Skills",
            approach="cbt",
            facilitator=world.counselor,
            room=room,
            capacity=9,
            meetings=[(0, time(9), time(10))],
            **given,
        )
    page = ada.get(reverse("desk:center")).content.decode()
    assert "Before your first client" not in page
    assert "Find a client" not in page, "an administrator opens no client"
