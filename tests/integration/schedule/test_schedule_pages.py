"""Week, group, census, admission and a client's attendance, as the people who use them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from openiop.admissions import actions as admissions
from openiop.admissions.models import Episode, Wait
from openiop.attendance.models import Session
from openiop.people.models import Staff
from openiop.schedule.models import Commitment, Enrollment, Group
from tests.iop import MONDAY, Iop, build_iop
from tests.world import World

CANARY = "<img src=x onerror=alert(1)>"
KEY = "22222222-2222-4222-8222-222222222222"


@pytest.fixture
def iop(world: World, monkeypatch: pytest.MonkeyPatch) -> Iop:
    monkeypatch.setattr("openiop.shared.middleware.timezone.now", lambda: world.now)
    with world.inside():
        made = build_iop(world, seats=2)
    return made


def decided(iop: Iop, client: object, level: str = "iop") -> None:
    """The level of care is decided for the client."""
    from openiop.admissions.models import Assessment, LevelDecision, Recommendation

    with iop.world.inside():
        assessment = Assessment.objects.create(client=client, started_at=iop.world.now)
        recommendation = Recommendation.objects.create(
            assessment=assessment, client=client, level=level, case={}, result={}, content_version="1",
            made_at=iop.world.now,
        )  # fmt: skip
        LevelDecision.objects.create(
            client=client, recommendation=recommendation, level=level, is_override=False, client_words="x",
            decided_by=iop.world.counselor, decided_at=iop.world.now,
        )  # fmt: skip


PAGES = ("desk:schedule", "desk:census", "desk:new_group", "desk:plan_session")
MAY = {
    "desk:schedule": {"counselor", "director", "scheduler", "admissions", "administrator"},
    "desk:census": {"counselor", "director", "scheduler", "admissions"},
    "desk:new_group": {"director", "scheduler", "administrator"},
    "desk:plan_session": {"counselor", "director", "scheduler"},
}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("who", ["counselor", "director", "scheduler", "admissions", "administrator", "client"])
def test_who_may_open_the_pages(iop: Iop, browse: Callable[..., Browser], name: str, who: str) -> None:
    response = browse(getattr(iop.world, who).user).get(reverse(name))
    assert response.status_code == (200 if who in MAY[name] else 403)


@pytest.mark.parametrize("name", PAGES)
def test_pages_stay_within_their_budget(iop: Iop, browse: Callable[..., Browser], query_limit, name: str) -> None:
    with iop.world.inside():
        for client in iop.clients(2):
            iop.begin(client)
        iop.sessions(2)
    director = browse(iop.world.director.user)
    with query_limit(15):
        assert director.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("day", ["", "2026-12-01", "2026-13-45", "nonsense", "0001-01-01", "9999-12-31"])
def test_any_week_may_be_asked_for(iop: Iop, browse: Callable[..., Browser], day: str) -> None:
    assert browse(iop.world.scheduler.user).get(reverse("desk:schedule"), {"day": day}).status_code == 200


def test_a_group_is_added_once_and_escaped(iop: Iop, browse: Callable[..., Browser]) -> None:
    scheduler = browse(iop.world.scheduler.user)
    data = {
        "track": iop.track.pk, "name": CANARY, "kind": "workshop", "approach": "mindfulness", "capacity": "8",
        "facilitator": iop.world.director.pk, "room": iop.other_room.pk, "weekdays": ["3", "4"], "starts": "09:00",
        "ends": "10:00", "topics": f"Breath\n\n{CANARY}\n", "idempotency_key": KEY,
    }  # fmt: skip
    for _ in range(2):
        response = scheduler.post(reverse("desk:new_group"), data)
        assert response.status_code == 302
    page = scheduler.get(response.url).content.decode()
    assert CANARY not in page
    assert "&lt;img src=x" in page
    with iop.world.inside():
        group = Group.objects.get(name=CANARY)
        assert (group.topics, group.meetings.count()) == (["Breath", CANARY], 2)


def test_a_taken_room_is_said_beside_the_room_and_nothing_typed_is_lost(
    iop: Iop, browse: Callable[..., Browser]
) -> None:
    data = {
        "track": iop.track.pk, "name": "Yoga", "kind": "workshop", "approach": "mindfulness", "capacity": "8",
        "facilitator": iop.world.director.pk, "room": iop.room.pk, "weekdays": ["0"], "starts": "09:00",
        "ends": "10:00", "topics": "Breath",
    }  # fmt: skip
    response = browse(iop.world.scheduler.user).post(reverse("desk:new_group"), data)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Room 1 is taken on Monday" in page
    assert "Yoga" in page
    assert "Breath" in page


def test_someone_joins_and_leaves_a_group(iop: Iop, browse: Callable[..., Browser], query_limit) -> None:
    with iop.world.inside():
        iop.begin(iop.world.client)
        group = Group.objects.get(name="DBT skills")
        [enrollment] = group.enrollments.all()
    scheduler, url = browse(iop.world.scheduler.user), reverse("desk:group", args=[group.pk])
    with query_limit(15):
        assert "Alex Moreno" in scheduler.get(url).content.decode()
    enroll = reverse("desk:enroll", args=[group.pk])
    response = scheduler.post(enroll, {"client": iop.world.client.pk, "since": MONDAY})
    assert "already in this group" in response.content.decode()
    scheduler.post(reverse("desk:end_enrollment", args=[enrollment.pk]), {"on": MONDAY})
    again = {"client": iop.world.client.pk, "since": MONDAY + timedelta(days=2), "idempotency_key": KEY}
    assert [scheduler.post(enroll, again).status_code for _ in range(2)] == [302, 302]
    with iop.world.inside():
        assert Enrollment.objects.filter(group=group).count() == 2
    counselor = browse(iop.world.counselor.user)
    assert counselor.post(enroll, again).status_code == 403
    assert browse(iop.world.foreign_director.user).get(url).status_code == 404


def test_the_administrator_adds_groups_but_sees_no_members(iop: Iop, browse: Callable[..., Browser]) -> None:
    group = reverse("desk:group", args=[iop.skills.pk])
    administrator = browse(iop.world.administrator.user)
    assert administrator.get(group).status_code == 403
    enroll = reverse("desk:enroll", args=[iop.skills.pk])
    assert administrator.post(enroll, {"client": iop.world.client.pk, "since": MONDAY}).status_code == 403


def _plan(iop: Iop, facilitator: Staff, **more: object) -> dict[str, object]:
    return {
        "kind": "individual", "client": iop.world.client.pk, "facilitator": facilitator.pk, "day": MONDAY,
        "starts": "14:00", "minutes": "50", "room": iop.other_room.pk, "idempotency_key": KEY, **more,
    }  # fmt: skip


def test_a_session_of_one_client_is_planned_once(iop: Iop, browse: Callable[..., Browser]) -> None:
    with iop.world.inside():
        iop.begin(iop.world.client)
    counselor, url = browse(iop.world.counselor.user), reverse("desk:plan_session")
    for _ in range(2):
        assert counselor.post(url, _plan(iop, iop.world.counselor)).status_code == 302
    with iop.world.inside():
        [session] = Session.objects.all()
        assert session.during.lower.hour == 19  # two in the afternoon at the center
    response = counselor.post(url, _plan(iop, iop.world.director, idempotency_key="", starts="14:30"))
    assert response.status_code == 422
    assert "Room 2 is taken then: Individual therapy, 2:00 PM to 2:50 PM" in response.content.decode()
    assert counselor.get(reverse("desk:session", args=[session.pk])).status_code == 200


def test_a_counselor_plans_for_their_own_caseload_only(iop: Iop, browse: Callable[..., Browser]) -> None:
    with iop.world.inside():
        iop.begin(iop.world.client)
        from openiop.people.actions import end_care

        end_care(client=iop.world.client, staff=iop.world.other_staff, by=iop.by, at=iop.world.now)
    response = browse(iop.world.other_staff.user).post(reverse("desk:plan_session"), _plan(iop, iop.world.other_staff))
    assert response.status_code == 422
    with iop.world.inside():
        assert not Session.objects.exists()


def test_census_shows_seats_and_moves_who_waits_into_one(iop: Iop, browse: Callable[..., Browser]) -> None:
    world = iop.world
    with world.inside():
        iop.begin(world.other_client)
        admissions.join_waitlist(
            client=world.client, track=iop.track, by=iop.by, at=world.now - timedelta(days=5), note="Needs mornings"
        )
    decided(iop, world.client)
    desk = browse(world.admissions.user)
    page = desk.get(reverse("desk:census")).content.decode()
    for text in ("1 of 2 seats taken", "1 waiting", "5 days", "Needs mornings", "1 free"):
        assert text in page
    link = f"{reverse('desk:admit', args=[world.client.pk])}?track={iop.track.pk}"
    assert link in page
    # Three clicks: the link, with track and first day filled in; the button.
    admit = desk.get(link).content.decode()
    assert f'value="{iop.track.pk}" checked' in admit
    data = {"track": iop.track.pk, "on": MONDAY, "idempotency_key": KEY}
    for _ in range(2):
        response = desk.post(reverse("desk:admit", args=[world.client.pk]), data)
        assert response.status_code == 302
    with world.inside():
        assert Episode.objects.filter(client=world.client).count() == 1
        assert not Wait.objects.waiting().exists()
    scheduler = browse(world.scheduler.user).get(reverse("desk:census")).content.decode()
    assert "Give a seat" not in scheduler


def test_someone_stops_waiting(iop: Iop, browse: Callable[..., Browser]) -> None:
    with iop.world.inside():
        wait = admissions.join_waitlist(client=iop.world.client, track=iop.track, by=iop.by, at=iop.world.now)
    url = reverse("desk:leave_waitlist", args=[wait.pk])
    assert browse(iop.world.scheduler.user).post(url).status_code == 403
    desk = browse(iop.world.admissions.user)
    assert [desk.post(url).status_code for _ in range(2)] == [302, 404]


def test_admission_records_the_week_and_shows_what_fits(iop: Iop, browse: Callable[..., Browser], query_limit) -> None:
    decided(iop, iop.world.client)
    desk, url = browse(iop.world.admissions.user), reverse("desk:admit", args=[iop.world.client.pk])
    with query_limit(15):
        page = desk.get(url).content.decode()
    assert "Fits their week" in page
    week = reverse("desk:commitments", args=[iop.world.client.pk])
    bad = {"busy-0-weekdays": ["0"], "busy-0-starts": "10:00", "busy-0-ends": "09:00", "busy-0-reason": "work"}
    response = desk.post(week, bad)
    assert response.status_code == 422
    assert "The end must be after the start." in response.content.decode()
    rows = {f"busy-{n}-reason": "work" for n in range(5)}
    good = rows | {"busy-0-weekdays": ["0", "1"], "busy-0-starts": "08:00", "busy-0-ends": "10:00"}
    assert desk.post(week, good).status_code == 302
    page = desk.get(url).content.decode()
    assert "Does not fit their week" in page
    assert "Work on Mon, Tue, 8:00 to 10:00 AM, overlaps with the group at 9:00 to 10:15 AM." in page
    with iop.world.inside():
        assert Commitment.objects.count() == 2


def test_a_full_track_offers_the_waitlist(iop: Iop, browse: Callable[..., Browser]) -> None:
    with iop.world.inside():
        for client in iop.clients(2):
            iop.begin(client)
    decided(iop, iop.world.client)
    desk, url = browse(iop.world.admissions.user), reverse("desk:admit", args=[iop.world.client.pk])
    assert "Add to the waitlist" in desk.get(url).content.decode()
    response = desk.post(url, {"track": iop.track.pk, "on": MONDAY})
    assert response.status_code == 422
    assert "This track is full" in response.content.decode()
    wait = reverse("desk:wait", args=[iop.world.client.pk])
    assert [desk.post(wait, {"track": iop.track.pk}).status_code for _ in range(2)] == [302, 302]
    assert desk.post(wait, {"track": "nonsense"}).status_code == 404
    with iop.world.inside():
        assert Wait.objects.waiting().count() == 1


def test_nobody_is_admitted_without_a_decided_level(iop: Iop, browse: Callable[..., Browser]) -> None:
    desk, url = browse(iop.world.admissions.user), reverse("desk:admit", args=[iop.world.client.pk])
    assert "not decided yet" in desk.get(url).content.decode()
    assert desk.post(url, {"track": iop.track.pk, "on": MONDAY}).status_code == 422
    assert browse(iop.world.counselor.user).get(url).status_code == 403
    assert browse(iop.world.foreign_director.user).get(url).status_code == 404


def test_a_level_that_no_track_gives_leads_elsewhere(iop: Iop, browse: Callable[..., Browser]) -> None:
    decided(iop, iop.world.client, level="residential")
    page = browse(iop.world.admissions.user).get(reverse("desk:admit", args=[iop.world.client.pk])).content.decode()
    assert "No track here gives this level" in page


def test_a_clients_attendance_shows_hours_and_what_comes(iop: Iop, browse: Callable[..., Browser], query_limit) -> None:
    with iop.world.inside():
        iop.begin(iop.world.client)
        iop.sessions(2)
    url = reverse("desk:client_attendance", args=[iop.world.client.pk])
    counselor = browse(iop.world.counselor.user)
    with query_limit(15):
        page = counselor.get(url).content.decode()
    assert "Nov 23 (this week)" in page
    assert "of 8.2 h" in page or "of 8.25 h" in page
    assert browse(iop.world.scheduler.user).get(url).status_code == 403
