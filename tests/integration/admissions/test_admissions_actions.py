"""The way in, as the database and the rules hold it."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from openiop.admissions import actions, presenters, queries
from openiop.admissions.events import admitted
from openiop.admissions.models import EndReason, Inquiry, Wait
from openiop.kernel.errors import Conflict, Refusal
from openiop.kernel.levels import LevelOfCare
from openiop.messaging.models import Alert, Urgency
from openiop.people.models import Client, Site
from openiop.programs.models import Program, Track
from openiop.shared.access import Denied
from openiop.shared.models import AuditEntry, HistoryEntry
from tests.world import World


def ask(world: World, **fields: object) -> Inquiry:
    fields = {"source": "web", "first_name": "Dana", "last_name": "Wells", "phone": "555-0142", **fields}
    return actions.receive_inquiry(by=world.actor(world.admissions), at=world.now, **fields)


def track(seats: int = 1, name: str = "Morning") -> Track:
    site, _ = Site.objects.get_or_create(name="Main", defaults={"address": "1 River Road"})
    program, _ = Program.objects.get_or_create(name="Adult IOP")
    return Track.objects.create(
        program=program,
        site=site,
        name=name,
        part_of_day="morning",
        weekdays=[0, 2, 4],
        starts=time(9),
        ends=time(12),
        seats=seats,
    )


def test_an_inquiry_alerts_staff_until_the_first_call(scope: World) -> None:
    inquiry = ask(scope)
    [alert] = Alert.objects.open().filter(kind="inquiry")
    assert (alert.urgency, alert.headline) == (Urgency.TODAY, "New inquiry: Dana W.")
    actions.log_call(inquiry=inquiry, outcome="no_answer", note="", by=scope.actor(scope.admissions), at=scope.now)
    assert not Alert.objects.open().filter(kind="inquiry").exists()
    assert queries.open_inquiries().get().last_call == "no_answer"


def test_danger_told_in_the_self_check_cannot_wait(scope: World) -> None:
    ask(scope, self_check={"who": "self", "answers": {"now": ["suicide"]}})
    assert Alert.objects.get(kind="inquiry").urgency == Urgency.NOW


@pytest.mark.parametrize("outcome", ["no_answer", "left_message", "wrong_number"])
def test_danger_told_in_the_self_check_stays_before_staff_until_the_person_is_reached(
    scope: World, outcome: str
) -> None:
    inquiry = ask(scope, self_check={"who": "self", "answers": {"now": ["suicide"]}})
    by = scope.actor(scope.admissions)
    actions.log_call(inquiry=inquiry, outcome=outcome, note="", by=by, at=scope.now)
    assert Alert.objects.open().filter(kind="inquiry", urgency=Urgency.NOW).exists()
    actions.log_call(inquiry=inquiry, outcome="reached", note="", by=by, at=scope.now)
    assert not Alert.objects.open().filter(kind="inquiry").exists()


def test_an_inquiry_becomes_a_client_once_without_retyping(scope: World) -> None:
    inquiry = ask(
        scope, email="dana@example.org", safe_contact="text_only", referral={"conditions": [{"text": "Asthma"}]}
    )
    by = scope.actor(scope.admissions)
    client = actions.convert(inquiry=inquiry, by=by, at=scope.now, birth_date=date(1988, 5, 1))
    again = actions.convert(inquiry=inquiry, by=by, at=scope.now, birth_date=date(1988, 5, 1))
    assert client == again
    held = Client.objects.get(pk=client.pk)
    assert (held.first_name, held.phone, held.safe_contact) == ("Dana", "555-0142", "text_only")
    assert held.background == {"conditions": [{"text": "Asthma"}]}
    assert Inquiry.objects.get().outcome == f"Became client {client.number}"
    assert Inquiry.objects.get().closed_by_id == scope.admissions.user_id


def test_joining_a_known_client_fills_gaps_and_replaces_nothing(scope: World) -> None:
    inquiry = ask(scope, first_name="Alexander", phone="555-0199", referral={"medicines": [{"text": "Naltrexone"}]})
    client = actions.convert(inquiry=inquiry, existing=scope.client, by=scope.actor(scope.admissions), at=scope.now)
    assert client == scope.client
    held = Client.objects.get(pk=client.pk)
    assert (held.first_name, held.phone) == ("Alex", "555-0199")
    assert held.background["medicines"] == [{"text": "Naltrexone"}]


def test_a_closed_inquiry_says_why_and_stays_closed(scope: World) -> None:
    inquiry, by = ask(scope), scope.actor(scope.admissions)
    with pytest.raises(Refusal):
        actions.close_inquiry(inquiry=inquiry, outcome="  ", by=by, at=scope.now)
    actions.close_inquiry(inquiry=inquiry, outcome="Chose another center", by=by, at=scope.now)
    with pytest.raises(Refusal):
        actions.close_inquiry(inquiry=inquiry, outcome="Again", by=by, at=scope.now)
    with pytest.raises(Refusal):
        actions.convert(inquiry=inquiry, by=by, at=scope.now)


def assess(world: World, **parts: dict) -> object:
    by = world.actor(world.admissions)
    assessment = actions.start_assessment(client=world.client, by=by, at=world.now)
    given = {"domains": {}, "circumstances": {}, "measures": {}, **parts}
    assessment = actions.save_assessment(
        assessment=assessment, version=assessment.version, by=by, at=world.now, **given
    )
    return actions.complete_assessment(assessment=assessment, by=by, at=world.now)


def test_one_assessment_is_open_at_a_time(scope: World) -> None:
    by = scope.actor(scope.admissions)
    one = actions.start_assessment(client=scope.client, by=by, at=scope.now)
    assert actions.start_assessment(client=scope.client, by=by, at=scope.now) == one


def test_the_second_writer_is_told(scope: World) -> None:
    by = scope.actor(scope.admissions)
    one = actions.start_assessment(client=scope.client, by=by, at=scope.now)
    given = {"circumstances": {}, "measures": {}, "by": by, "at": scope.now, "assessment": one}
    first = {"withdrawal": {"rating": 1, "findings": "Mild tremor"}}
    actions.save_assessment(version=0, domains=first, **given)
    actions.save_assessment(version=0, domains=first, **given)  # the same request again
    with pytest.raises(Conflict):
        actions.save_assessment(version=0, domains={"withdrawal": {"rating": 2, "findings": "Tremor"}}, **given)
    one.refresh_from_db()
    assert (one.domains, one.version) == (first, 1)


def test_completed_measures_flow_into_the_recommendation_and_its_case(scope: World) -> None:
    scope.client.administrations.create(
        instrument="PHQ-9",
        version="1",
        due_on=scope.now.date(),
        completed_at=scope.now,
        answers={"9": 1},
        scores={"total": 12},
    )
    found = assess(scope, domains={"return_to_use": {"rating": 2, "findings": "Uses on weekends"}})
    assert found.case["measures"]["PHQ-9"] == {"total": 12, "item_9": 1}
    assert found.level == LevelOfCare.IOP
    assert {"LOC-H4-PHQ", "LOC-R2"} <= {rule["id"] for rule in found.result["rules"]}


def test_what_the_engine_calls_unsafe_alerts_staff_at_once(scope: World) -> None:
    assess(scope, measures={"C-SSRS": {"risk": 3}})
    alert = Alert.objects.filter(kind="safety", client=scope.client).order_by("urgency").first()
    assert (alert.urgency, alert.headline) == (Urgency.NOW, "Start a safety evaluation now")
    assert alert.owner_id == scope.counselor.pk


def test_a_clinician_decides_and_says_why_when_it_is_otherwise(scope: World) -> None:
    found, clinician = assess(scope, domains={"return_to_use": {"rating": 2}}), scope.actor(scope.counselor)
    with pytest.raises(Denied):
        actions.decide(recommendation=found, level="iop", reason="", by=scope.actor(scope.admissions), at=scope.now)
    with pytest.raises(Refusal) as refused:
        actions.decide(recommendation=found, level="outpatient", reason=" ", by=clinician, at=scope.now)
    assert refused.value.field == "reason"
    made = actions.decide(recommendation=found, level="iop", reason="", by=clinician, at=scope.now)
    assert (made.is_override, made.decided_by_id) == (False, scope.counselor.pk)
    assert "several times a week" in made.client_words
    with pytest.raises(Refusal):
        actions.decide(recommendation=found, level="iop", reason="", by=clinician, at=scope.now)
    assert queries.latest_decision(scope.client) == made


def test_without_a_birth_date_the_engine_is_not_asked(scope: World) -> None:
    Client.objects.filter(pk=scope.client.pk).update(birth_date=None)
    with pytest.raises(Refusal, match="date of birth"):
        assess(scope)


def test_a_full_track_takes_nobody_and_the_waitlist_hears_of_a_free_seat(scope: World) -> None:
    morning, by = track(seats=1), scope.actor(scope.admissions)
    heard: list[object] = []

    def listen(sender: object, episode: object, **_: object) -> None:
        heard.append(episode)

    admitted.connect(listen)
    try:
        given = {"level": "iop", "track": morning, "on": scope.now.date(), "by": by, "at": scope.now}
        episode = actions.admit(client=scope.client, **given)
        with pytest.raises(Refusal, match="full"):
            actions.admit(client=scope.other_client, **given)
    finally:
        admitted.disconnect(listen)
    assert heard == [episode]
    wait = actions.join_waitlist(client=scope.other_client, track=morning, by=by, at=scope.now)
    assert actions.join_waitlist(client=scope.other_client, track=morning, by=by, at=scope.now) == wait
    [row] = queries.seats(scope.now.date())
    assert (row.taken, row.waiting, row.free) == (1, 1, 0)
    actions.end_episode(episode=episode, on=scope.now.date(), reason=EndReason.COMPLETED, by=by, at=scope.now)
    assert Alert.objects.get(kind="seat_free").headline == "A seat is free in Morning"
    actions.admit(client=scope.other_client, **given)
    assert not Wait.objects.waiting().exists()
    assert queries.running_episode(scope.client) is None


def test_one_episode_runs_at_a_time(scope: World) -> None:
    given = {"level": "outpatient", "track": None, "on": scope.now.date(), "by": scope.actor(scope.admissions)}
    actions.admit(client=scope.client, at=scope.now, **given)
    with pytest.raises(Refusal, match="already in treatment"):
        actions.admit(client=scope.client, at=scope.now, **given)


def test_a_change_of_level_stands_in_the_history(scope: World) -> None:
    by, on = scope.actor(scope.director), scope.now.date()
    episode = actions.admit(client=scope.client, level="iop", track=track(), on=on, by=by, at=scope.now)
    actions.change_level(episode=episode, level="outpatient", track=None, by=by, at=scope.now)
    assert queries.running_episode(scope.client).level == "outpatient"
    assert HistoryEntry.objects.get(row_id=episode.pk).before["level"] == "iop"
    with pytest.raises(Refusal) as refused:
        actions.end_episode(episode=episode, on=on - timedelta(days=1), reason=EndReason.OTHER, by=by, at=scope.now)
    assert refused.value.field == "on"


def test_the_timeline_tells_the_way_in_with_one_query(scope: World, query_limit: object) -> None:
    by = scope.actor(scope.admissions)
    actions.convert(inquiry=ask(scope), existing=scope.client, by=by, at=scope.now)
    actions.decide(
        recommendation=assess(scope), level="outpatient", reason="", by=scope.actor(scope.counselor), at=scope.now
    )
    episode = actions.admit(client=scope.client, level="iop", track=None, on=scope.now.date(), by=by, at=scope.now)
    actions.end_episode(episode=episode, on=scope.now.date(), reason=EndReason.LEFT, by=by, at=scope.now)
    with query_limit(1):
        entries = presenters.timeline(scope.client)
    assert {entry.kind for entry in entries} == {"Inquiry", "Level of care", "Admission", "Discharge"}


def test_every_step_is_in_the_audit_trail(world: World) -> None:
    with world.inside():
        by = world.actor(world.admissions)
    with world.inside(by):
        actions.convert(inquiry=ask(world), by=by, at=world.now)
    with world.inside():
        assert {"inquiry.received", "inquiry.converted"} <= set(AuditEntry.objects.values_list("verb", flat=True))
