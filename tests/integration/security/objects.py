"""Three complete records: on our counselor's caseload, on another counselor's, and in another center.

Everything is made by the product's own actions. What is clinical holds a mark of whose it is, so that a test can tell
from a page's text alone that it shows what it must not.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from openiop.admissions import actions as admissions
from openiop.admissions.models import Episode
from openiop.attendance import actions as attendance
from openiop.attendance.models import Attendance, Session
from openiop.attendance.values import LineEdit
from openiop.consents import actions as consents
from openiop.incentives import actions as incentives
from openiop.incentives.queries import balance
from openiop.measures import actions as measures
from openiop.messaging import actions as messaging
from openiop.messaging.models import Urgency
from openiop.messaging.tasks import deliver
from openiop.people import actions as people
from openiop.people.models import Client, FamilyMember
from openiop.plans import actions as plans
from openiop.plans.models import Plan, Signer
from openiop.practice import actions as practice
from openiop.programs import actions as programs
from openiop.progress import actions as progress
from openiop.schedule import actions as schedule
from openiop.schedule.models import Enrollment, Group
from openiop.schedule.values import Busy, WeeklyTime
from openiop.shared.access import Actor, Role
from tests.integration.security.records import DAY, PASSWORD, Case, Cases, Desk
from tests.world import OTHER_CENTER, OUR_CENTER, build_world


def build_cases(now: datetime) -> Cases:
    """Both centers and the three records, all at the real present, which is when requests happen."""
    world = build_world(now)
    with world.inside() as scope:
        newcomer = people.add_staff(
            first_name="Nora",
            last_name="Newcomer",
            email="newcomer@example.org",
            roles=(Role.DIRECTOR,),
            by=scope.actor,
            at=now,
        )
        world.counselor.user.set_password(PASSWORD)
        world.counselor.user.save()
        own = build_case(Desk(world, world.counselor, world.director, now), world.client, world.family, "Morning")
        tate = _family(world.other_client, scope.actor, now)
        other = build_case(Desk(world, world.other_staff, world.director, now), world.other_client, tate, "Evening")
    with world.inside(center=OTHER_CENTER) as scope:
        quill = _family(world.foreign_client, scope.actor, now)
        desk = Desk(world, world.foreign_director, world.foreign_director, now)
        foreign = build_case(desk, world.foreign_client, quill, "Hilltop")
    return Cases(world, own, other, foreign, newcomer)


def _family(client: Client, by: Actor, at: datetime) -> FamilyMember:
    email = f"family.{client.last_name.lower()}@example.org"
    return people.add_family_member(
        client=client, first_name="Fay", last_name=client.last_name, relation="Aunt", email=email, by=by, at=at
    )


def build_case(desk: Desk, client: Client, family: FamilyMember, label: str) -> Case:
    """Fill one client's record with one object of each kind, inside the scope in force."""
    case = Case(client, family, label)
    case.ids |= {"client": client.pk, "staff": desk.clinician.pk, "family": family.pk}
    group = _program(desk, case)
    _inquiry(desk, case)
    _assessment(desk, case, client)
    episode = _treatment(desk, case, group)
    for part in (_plan, _sessions, _measures, _rewards, _consents, _practice, _review):
        part(desk, case, episode)
    _former_client(desk, case, group)
    _waiting_client(desk, case, group)
    _alerts(desk, case)
    return case


def _program(desk: Desk, case: Case) -> Group:
    given: dict[str, Any] = {"by": desk.front, "at": desk.now}
    site = people.add_site(name=f"{case.label} house", address="1 Main Street", **given)
    program = programs.add_program(name=f"{case.label} IOP", **given)
    track = programs.add_track(
        program=program,
        site=site,
        name=case.label,
        weekdays=list(range(7)),
        starts=time(9),
        ends=time(12),
        seats=12,
        **given,
    )
    room = programs.add_room(site=site, name=f"{case.label} room", seats=12, **given)
    group = schedule.add_group(
        track=track,
        name=f"{case.label} skills",
        approach="cbt",
        facilitator=desk.clinician,
        room=room,
        capacity=12,
        meetings=[(day, time(9), time(10)) for day in range(7)],
        topics=["Boredom"],
        **given,
    )
    case.ids |= {"site": site.pk, "program": program.pk, "track": track.pk, "room": room.pk, "group": group.pk}
    return group


def _inquiry(desk: Desk, case: Case) -> None:
    at = desk.now - 2 * DAY
    inquiry = admissions.receive_inquiry(
        source="phone",
        first_name="Inez",
        last_name=case.client.last_name,
        caller_name="A friend",
        phone="555-0177",
        email=f"inez.{case.client.last_name.lower()}@example.org",
        best_time="Mornings",
        message=f"Asked for help {case.intake_mark}",
        coverage="Plan A",
        referral={"conditions": [{"key": "c1", "text": f"Asthma {case.intake_mark}"}]},
        by=desk.front,
        at=at,
    )
    admissions.log_call(inquiry=inquiry, outcome="no_answer", note=f"No luck {case.intake_mark}", by=desk.front, at=at)
    case.ids["inquiry"] = inquiry.pk


DOMAINS = ("withdrawal", "physical_health", "mental_health", "motivation", "return_to_use", "environment")


def _assessment(desk: Desk, case: Case, client: Client) -> None:
    """A completed assessment with its recommendation and decision, and another one being written."""
    at = desk.now - 30 * DAY
    people.update_client(
        client=client,
        background={"conditions": [{"key": "c1", "text": f"Back pain {case.intake_mark}"}]},
        contact_note=f"Mornings {case.intake_mark}",
        by=desk.front,
        at=at,
    )
    domains = {key: {"rating": 1, "findings": f"Steady {case.intake_mark}"} for key in DOMAINS}
    opened = admissions.start_assessment(client=client, by=desk.by, at=at)
    saved = admissions.save_assessment(
        assessment=opened,
        version=opened.version,
        domains=domains,
        circumstances={"safe_home": True},
        measures={},
        by=desk.by,
        at=at,
    )
    found = admissions.complete_assessment(assessment=saved, by=desk.by, at=at)
    admissions.decide(recommendation=found, level="iop", reason=f"Because {case.intake_mark}", by=desk.by, at=at)
    second = admissions.start_assessment(client=client, by=desk.by, at=desk.now)
    case.ids |= {"assessment": second.pk, "recommendation": found.pk}


def _treatment(desk: Desk, case: Case, group: Group) -> Episode:
    begin = desk.today - 21 * DAY
    given: dict[str, Any] = {"by": desk.front, "at": desk.now - 21 * DAY}
    busy = [Busy(WeeklyTime(0, time(17), time(20)), "work")]
    schedule.record_commitments(client=case.client, commitments=busy, **given)
    episode = attendance.begin_treatment(client=case.client, level="iop", track=group.track, on=begin, **given)
    monday = begin - timedelta(days=begin.weekday())
    attendance.generate_sessions(weeks_from=monday, weeks=6, by=desk.front, at=desk.now)
    case.ids |= {"episode": episode.pk, "enrollment": Enrollment.objects.get(client=case.client).pk}
    return episode


def _plan(desk: Desk, case: Case, episode: Episode) -> None:
    """A plan in force, and a revision of it that nobody has signed."""
    at, me = desk.now - 20 * DAY, desk.world.actor(case.client)
    plan = plans.draft_plan(episode=episode, by=desk.by, at=at)
    plan = plans.edit_plan(
        plan=plan,
        version=plan.version,
        strengths=f"Family {case.chart_mark}",
        review_due_on=desk.today + 30 * DAY,
        by=desk.by,
        at=at,
    )
    given: dict[str, Any] = {"by": desk.by, "at": at}
    problem = plans.add_problem(plan=plan, area="mental", text=f"Evenings {case.chart_mark}", **given)
    goal = plans.add_goal(problem=problem, client_words=f"Sleep {case.chart_mark}", **given)
    objective = plans.add_objective(
        goal=goal, text=f"Walk daily {case.chart_mark}", target_date=desk.today + 60 * DAY, **given
    )
    plans.add_intervention(objective=objective, kind="group", approach="cbt", times_a_week=3, **given)
    plans.sign(plan=plan, signer=Signer.CLINICIAN, **given)
    plans.sign(plan=plan, signer=Signer.CLIENT, by=me, at=at)
    draft = plans.draft_plan(episode=episode, by=desk.by, at=desk.now)
    case.ids |= {"plan": draft.pk, **_lines(draft)}


def _lines(plan: Plan) -> dict[str, UUID]:
    problem = plan.problems.get()
    goal = problem.goals.get()
    objective = goal.objectives.get()
    intervention = objective.interventions.get()
    return {"problem": problem.pk, "goal": goal.pk, "objective": objective.pk, "intervention": intervention.pk}


def _sessions(desk: Desk, case: Case, episode: Episode) -> None:
    """Yesterday's session is signed, with an addendum; today's has a draft; tomorrow's is ahead."""
    lines = {timezone.localdate(line.during.lower): line for line in Attendance.objects.filter(client=case.client)}
    past, now, ahead = lines[desk.today - DAY], lines[desk.today], lines[desk.today + DAY]
    for line in (past, now):
        _write_note(desk, case, line)
    attendance.mark(line=past, status="late", minutes=30, reason=f"Bus {case.chart_mark}", by=desk.by, at=desk.now)
    notes = attendance.sign_session(session=past.session, by=desk.by, at=desk.now, names_are_words=True)
    attendance.add_addendum(note=notes[0], text=f"Also {case.chart_mark}", by=desk.by, at=desk.now)
    missed = lines[desk.today - 2 * DAY]
    attendance.mark(line=missed, status="absent", reason=f"Ill {case.chart_mark}", by=desk.by, at=desk.now)
    canceled = Session.objects.get(pk=lines[desk.today + 2 * DAY].session_id)
    attendance.cancel_session(session=canceled, because="Snow", by=desk.by, at=desk.now)
    case.ids |= {"signed_session": past.session_id, "session": now.session_id, "coming_session": ahead.session_id}
    case.ids |= {"note": notes[0].pk, "line": ahead.pk, "canceled_session": canceled.pk}


def _write_note(desk: Desk, case: Case, line: Attendance) -> None:
    attendance.save_group_note(
        session=line.session,
        topic="Boredom",
        narrative=f"The group practiced {case.chart_mark}",
        lines=[LineEdit(line.pk, text=f"Took part {case.chart_mark}", engagement="active")],
        by=desk.by,
        at=desk.now,
    )


def _measures(desk: Desk, case: Case, episode: Episode) -> None:
    """The admission has assigned some; PHQ-9 is being answered, GAD-7 is done."""
    me = desk.world.actor(case.client)
    given: dict[str, Any] = {"client": case.client, "due_on": desk.today, "by": desk.by, "at": desk.now}
    asked = measures.assign(instrument="PHQ-9", **given)
    measures.answer(administration=asked, item="1", value=1, by=me, at=desk.now)
    done = measures.assign(instrument="GAD-7", **given)
    for item in range(1, 8):
        measures.answer(administration=done, item=str(item), value=1, by=me, at=desk.now)
    measures.complete(administration=done, by=me, at=desk.now)
    case.ids |= {"administration": asked.pk, "done_administration": done.pk}


def _rewards(desk: Desk, case: Case, episode: Episode) -> None:
    given: dict[str, Any] = {"by": desk.by, "at": desk.now}
    course = incentives.start_course(episode=episode, protocol="miedar", seed=bytes(range(32)), **given)
    for _ in range(12):  # a draw may win words of praise only
        if balance(case.client):
            break
        test = incentives.order_test(client=case.client, **given)
        incentives.record_result(test=test, result="negative", **given)
    incentives.hand_out(client=case.client, amount=Decimal("0.50"), what="Bus pass", **given)
    test = incentives.order_test(client=case.client, **given)
    incentives.record_result(test=test, result="positive", substances=(f"Tea {case.chart_mark}",), **given)
    pending = incentives.order_test(client=case.client, **given)
    case.ids |= {"course": course.pk, "test": pending.pk}


def _consents(desk: Desk, case: Case, episode: Episode) -> None:
    """One consent stands and was used, one waits for a signature."""
    me = desk.world.actor(case.client)
    given: dict[str, Any] = {
        "client": case.client,
        "recipient": case.family,
        "purpose": "To support me in treatment",
        "by": desk.by,
        "at": desk.now - DAY,
    }
    signed = consents.offer(information=["schedule", "plan"], **given)
    signed = consents.sign(consent=signed, name=me.name, by=me, at=desk.now - DAY)
    consents.note_disclosure(
        client=case.client,
        consent=signed,
        recipient_name=case.family.name,
        information=["schedule"],
        purpose=signed.purpose,
        channel="Family portal",
        by=desk.by,
        at=desk.now,
    )
    offered = consents.offer(information=["progress"], **given)
    case.ids |= {"consent": offered.pk, "signed_consent": signed.pk}


def _practice(desk: Desk, case: Case, episode: Episode) -> None:
    made = practice.check_in(
        client=case.client,
        day=desk.today,
        craving=9,
        mood=1,
        triggers=["stress"],
        note=f"Hard day {case.chart_mark}",
        by=desk.world.actor(case.client),
        at=desk.now,
    )
    case.ids["check_in"] = made.pk


def _review(desk: Desk, case: Case, episode: Episode) -> None:
    made = progress.decide_review(
        episode=episode, outcome="continue", reason=f"Goes well {case.chart_mark}", by=desk.by, at=desk.now
    )
    case.ids["review"] = made.pk


def _new_client(desk: Desk, case: Case, first_name: str) -> Client:
    return people.add_client(
        first_name=first_name,
        last_name=case.client.last_name,
        preferred_name=first_name,
        birth_date=date(1991, 5, 6),
        pronouns="they/them",
        phone="555-0166",
        address="2 Main Street",
        coverage="Plan B",
        counselor=desk.clinician,
        by=desk.front,
        at=desk.now,
    )


def _former_client(desk: Desk, case: Case, group: Group) -> None:
    """Someone whose treatment has ended with a signed summary; another clinician once opened it in an emergency."""
    former = _new_client(desk, case, "Frida")
    given: dict[str, Any] = {"by": desk.by, "at": desk.now}
    begin = desk.today - 60 * DAY
    episode = attendance.begin_treatment(client=former, level="iop", track=group.track, on=begin, **given)
    signed = progress.discharge(
        episode=episode,
        on=desk.today - 3 * DAY,
        reason="completed",
        course_of_treatment=f"Came often {case.chart_mark}",
        what_helped=f"The group {case.chart_mark}",
        recovery_plan=f"Call a friend {case.chart_mark}",
        warning_signs=f"Late nights {case.chart_mark}",
        appointments=f"Dr. Lee {case.chart_mark}",
        **given,
    )
    stranger = desk.world.other_staff if former.center_id == OUR_CENTER else desk.world.foreign_director
    messaging.open_chart_in_emergency(
        client=former,
        reason=f"The person called us in need {case.chart_mark}",
        by=desk.world.actor(stranger),
        at=desk.now - 2 * timedelta(hours=1),
    )
    case.ids |= {"former": former.pk, "discharge": signed.pk}


def _waiting_client(desk: Desk, case: Case, group: Group) -> None:
    """Someone who is assessed and waits for a seat, and a record that was made by mistake."""
    waiting = _new_client(desk, case, "Wanda")
    _assessed_only(desk, waiting)
    wait = admissions.join_waitlist(client=waiting, track=group.track, note="Evenings only", by=desk.front, at=desk.now)
    removed = _new_client(desk, case, "Rita")
    admissions.remove_client(client=removed, by=desk.front, at=desk.now)
    case.ids |= {"wait": wait.pk, "waiting": waiting.pk, "removed": removed.pk}


def _assessed_only(desk: Desk, client: Client) -> None:
    given: dict[str, Any] = {"by": desk.by, "at": desk.now}
    opened = admissions.start_assessment(client=client, **given)
    found = admissions.complete_assessment(assessment=opened, **given)
    admissions.decide(recommendation=found, level="iop", reason="The person asks for it", **given)


def _alerts(desk: Desk, case: Case) -> None:
    given: dict[str, Any] = {"urgency": Urgency.TODAY, "client": case.client, "by": desk.by, "at": desk.now}
    raised = messaging.raise_alert(
        kind="test",
        headline=f"Look {case.chart_mark}",
        detail=f"Something happened {case.chart_mark}",
        next_step=f"Call {case.chart_mark}",
        source=f"test:{case.client.pk}",
        **given,
    )
    done = messaging.raise_alert(kind="done", headline="Done", source=f"done:{case.client.pk}", **given)
    messaging.close_alert(alert=done, what_was_done=f"Called {case.chart_mark}", by=desk.by, at=desk.now)
    for key in ("waits", "sent"):
        queued = messaging.queue_mail(
            key=f"{key}:{case.client.pk}",
            to=case.client.email,
            subject="A message",
            text="Please call us.",
            by=desk.by,
            at=desk.now,
        )
    deliver(center_id=str(case.client.center_id), mail_id=str(queued.pk))
    case.ids["alert"] = raised.pk
