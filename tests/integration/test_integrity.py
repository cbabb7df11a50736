"""Ways around a fence that were found by reading: each was open once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction

from openiop.admissions.actions import remove_client
from openiop.attendance.actions import generate_sessions
from openiop.attendance.models import Session
from openiop.consents import actions as consents
from openiop.consents.queries import opened_to
from openiop.kernel.errors import Refusal
from openiop.messaging import actions as messaging
from openiop.messaging.models import Alert, Urgency
from openiop.people import actions as people
from openiop.people.models import Client, Site
from openiop.shared import audit
from openiop.shared.access import Actor
from openiop.shared.idempotency import once
from openiop.shared.models import AuditEntry
from tests.iop import MONDAY, build_iop
from tests.world import World

REASON = "They called in crisis and nobody of their team answers."


def profile(world: World, **changes: str) -> dict[str, str]:
    given = {"first_name": "Alex", "last_name": "Moreno", "language": "English", "safe_contact": "any"}
    return {**given, "email": world.client.email, **changes}


def test_sign_in_codes_follow_a_corrected_address(world: World, browse: Callable) -> None:
    """A mistyped address would stay a stranger's way into the record after the profile was corrected."""
    inside = browse(world.client.user)
    assert inside.get("/portal/").status_code == 200
    path = f"/desk/clients/{world.client.pk}/profile/"
    sent = browse(world.admissions.user).post(path, profile(world, email="right@example.org"))
    assert sent.status_code == 302
    world.client.user.refresh_from_db()
    assert world.client.user.email == "right@example.org"
    assert [one.email for one in world.client.user.emailaddress_set.all()] == ["right@example.org"]
    assert inside.get("/portal/").status_code == 302, "who came in by the old address is signed out"


@pytest.mark.parametrize("email", ["", "counselor@example.org"])
def test_an_address_of_the_portal_is_neither_emptied_nor_someone_elses(
    world: World, browse: Callable, email: str
) -> None:
    path = f"/desk/clients/{world.client.pk}/profile/"
    assert browse(world.admissions.user).post(path, profile(world, email=email)).status_code == 422
    with world.inside():
        assert Client.objects.get(pk=world.client.pk).email == world.client.email


@pytest.mark.parametrize("who", ["scheduler", "other_staff"])
def test_who_may_not_open_a_portal_may_not_redirect_its_codes(world: World, browse: Callable, who: str) -> None:
    path = f"/desk/clients/{world.client.pk}/profile/"
    sent = browse(getattr(world, who).user).post(path, profile(world, email=f"{who}.home@example.org"))
    assert sent.status_code == 422
    world.client.user.refresh_from_db()
    assert world.client.user.email == world.client.email


def test_a_removed_record_is_told_to_nobody(world: World, browse: Callable) -> None:
    with world.inside():
        consent = consents.offer(
            client=world.client,
            recipient=world.family,
            information=["schedule"],
            purpose="To support me",
            by=world.actor(world.counselor),
            at=world.now - timedelta(days=1),
        )
        by = world.actor(world.client)
        consents.sign(consent=consent, name=world.client.name, by=by, at=world.now - timedelta(days=1))
        assert opened_to(world.family, world.now)
        remove_client(client=world.client, by=world.actor(world.director), at=world.now)
        assert not opened_to(world.family, world.now)
    page = browse(world.family.user).get("/family/")
    assert page.status_code == 200
    assert "Alex" not in page.content.decode()


def test_a_consent_that_ended_unsigned_is_not_signed(scope: World) -> None:
    consent = consents.offer(
        client=scope.client,
        recipient=scope.family,
        information=["schedule"],
        purpose="To support me",
        expires_at=scope.now + timedelta(days=1),
        by=scope.actor(scope.counselor),
        at=scope.now,
    )
    by = scope.actor(scope.client)
    with pytest.raises(Refusal, match="ended"):
        consents.sign(consent=consent, name=scope.client.name, by=by, at=scope.now + timedelta(days=2))


def test_who_opens_a_chart_in_an_emergency_cannot_silence_the_alert(world: World, browse: Callable) -> None:
    browser = browse(world.other_staff.user)
    browser.post(f"/desk/clients/{world.client.pk}/emergency/", {"reason": REASON})
    with world.inside():
        alert = Alert.objects.get(kind="emergency_access")
    path = f"/desk/alerts/{alert.pk}/"
    assert browser.get(path).status_code == 403
    assert browser.post(path, {"what_was_done": "Nothing to see."}).status_code == 403
    assert browse(world.director.user).get(path).status_code == 200


def test_an_emergency_is_told_to_someone_where_there_is_no_director(scope: World) -> None:
    people.change_staff(
        staff=scope.director,
        first_name="Director",
        last_name="Keller",
        credentials="",
        title="",
        roles=frozenset({"counselor"}),
        by=scope.actor(scope.administrator),
        at=scope.now,
    )
    by = scope.actor(scope.other_staff)
    messaging.open_chart_in_emergency(client=scope.client, reason=REASON, by=by, at=scope.now)
    assert Alert.objects.get(kind="emergency_access").owner == scope.counselor


def raised(world: World, by: Actor) -> Alert:
    return messaging.raise_alert(
        kind="check_in",
        urgency=Urgency.NOW,
        headline="A hard day",
        source="test",
        client=world.client,
        by=by,
        at=world.now,
    )


def test_an_alert_never_waits_for_someone_who_left(scope: World) -> None:
    by = scope.actor(scope.administrator)
    people.end_employment(staff=scope.counselor, by=by, at=scope.now)
    client = Client.objects.get(pk=scope.client.pk)
    scope.client = client
    assert raised(scope, by).owner is None


def test_the_second_to_take_an_alert_does_not_take_it_away(scope: World) -> None:
    """Two have the page open: the second's copy still says that nobody has it."""
    alert = raised(scope, scope.actor(scope.counselor))
    stale = Alert.objects.get(pk=alert.pk)
    messaging.acknowledge_alert(alert=alert, by=scope.actor(scope.counselor), at=scope.now)
    held = messaging.acknowledge_alert(alert=stale, by=scope.actor(scope.director), at=scope.now)
    assert held.owner_id == Alert.objects.get(pk=alert.pk).owner_id == scope.counselor.pk
    stale = Alert.objects.get(pk=alert.pk)
    messaging.close_alert(alert=alert, what_was_done="Called.", by=scope.actor(scope.counselor), at=scope.now)
    with pytest.raises(Refusal, match="already closed"):
        messaging.close_alert(alert=stale, what_was_done="Too.", by=scope.actor(scope.director), at=scope.now)


def test_reading_an_alert_is_in_the_trail(world: World, browse: Callable) -> None:
    with world.inside() as scope:
        alert = raised(world, scope.actor)
    browse(world.counselor.user).get(f"/desk/alerts/{alert.pk}/")
    with world.inside():
        assert AuditEntry.objects.filter(verb="alert.read", client_id=world.client.pk).exists()


def site(name: str, by: Actor, world: World) -> Callable[[], Site]:
    return lambda: people.add_site(name=name, address="1 Main St", by=by, at=world.now)


def test_a_key_is_its_senders_and_its_verbs_alone(world: World) -> None:
    key, made = uuid4(), []
    with world.inside():
        actors = [world.actor(person) for person in (world.administrator, world.director)]
    for by in actors:
        with world.inside(by):
            made.append(once(key, "site", Site, site(f"Of {by.user_id}", by, world)))
            assert once(key, "site", Site, site("Never", by, world)) == made[-1]
            made.append(once(key, "annex", Site, site(f"Annex of {by.user_id}", by, world)))
    assert len({one.pk for one in made}) == 4


def test_a_session_with_nobody_on_its_roster_is_its_leaders(world: World, browse: Callable) -> None:
    with world.inside() as scope:
        build_iop(world)
        generate_sessions(weeks_from=MONDAY, weeks=1, by=scope.actor, at=world.now)
        session = Session.objects.filter(facilitator=world.counselor, roster=None).first()
    browser = browse(world.other_staff.user)
    assert browser.post(f"/desk/sessions/{session.pk}/cancel/", {"cancel-because": "No"}).status_code == 403
    assert browse(world.counselor.user).get(f"/desk/sessions/{session.pk}/").status_code == 200
    assert browse(world.scheduler.user).get(f"/desk/sessions/{session.pk}/").status_code == 200


def test_what_was_refused_halfway_is_not_in_the_trail_as_done(world: World) -> None:
    """An action that is refused in its second step has undone its first; the trail must not say that it happened."""

    @transaction.atomic
    def refused_in_its_second_step() -> None:
        with transaction.atomic():
            audit.record("step.undone", world.client)
        raise Refusal("The group is full.")

    with world.inside():
        audit.record("step.before", world.client)
        with pytest.raises(Refusal):
            refused_in_its_second_step()
        audit.record("step.after", world.client)
    with world.inside():
        steps = AuditEntry.objects.filter(verb__startswith="step.").values_list("verb", flat=True)
        assert sorted(steps) == ["step.after", "step.before"]


def test_only_the_web_role_and_the_owner_may_enter(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef "
            "AND EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee = 0)"
        )
        assert cursor.fetchall() == []
