"""How a made-up client comes in: inquiry, call, assessment, decision, treatment, plan, family, rewards."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from openiop.admissions import actions as admissions
from openiop.admissions.models import CallOutcome, Recommendation, Source
from openiop.attendance.actions import begin_treatment
from openiop.cli.demo import words
from openiop.cli.demo.cast import birth_date
from openiop.cli.demo.house import TRACKS, House, local
from openiop.cli.demo.residents import Resident
from openiop.consents import actions as consents
from openiop.consents.models import Information
from openiop.incentives import actions as incentives
from openiop.kernel.levels import LevelOfCare
from openiop.people import actions as people
from openiop.people.models import Client, SafeContact
from openiop.plans import actions as plans
from openiop.plans.models import Approach, Area, Kind, Signer
from openiop.schedule import actions as schedule
from openiop.schedule.values import Busy, WeeklyTime
from openiop.site.doors import DEMO_DOMAIN

INTERVENTIONS = (
    (Kind.GROUP, Approach.CBT, 3),
    (Kind.GROUP, Approach.DBT_INFORMED, 3),
    (Kind.INDIVIDUAL, Approach.MET, 1),
    (Kind.INDIVIDUAL, Approach.TRAUMA_INFORMED, 1),
    (Kind.FAMILY, Approach.FAMILY_EDUCATION, 1),
    (Kind.WORKSHOP, Approach.MINDFULNESS, 1),
    (Kind.PEER_SUPPORT, Approach.TWELVE_STEP, 2),
)
RELATIONS = ("Mother", "Father", "Partner", "Sister", "Friend")
COVERAGES = ("State Medicaid", "Blue River Health", "Union health plan", "Self pay", "Lakeside Mutual")


def arrive(house: House, resident: Resident, day: date) -> None:
    """Everything from the first call to the first day, over a week."""
    client = become_client(house, resident, day)
    resident.client = client
    recommendation = assess(house, resident, client, local(day - timedelta(days=2), 10))
    clinician = house.actor("intake")
    with house.acting(clinician):
        admissions.decide(
            recommendation=recommendation,
            level=LevelOfCare.IOP,
            reason="" if recommendation.level == LevelOfCare.IOP else "Meets the program's criteria; home is safe.",
            by=clinician,
            at=local(day - timedelta(days=2), 11),
        )
    _begin(house, resident, client, day)
    _plan(house, resident, client, day)
    _family(house, resident, client, day)
    _rewards(house, resident, day)


def become_client(house: House, resident: Resident, day: date) -> Client:
    """Inquiry, one call, and the step from inquiry to client."""
    desk = house.actor("admissions")
    asked_at = local(day - timedelta(days=4), house.random.randint(9, 18), house.random.randint(0, 59))
    with house.acting(desk):
        inquiry = admissions.receive_inquiry(
            source=house.random.choice([Source.WEB, Source.PHONE]),
            first_name=resident.first_name,
            last_name=resident.last_name,
            phone=f"(555) 01{house.random.randint(0, 9)}-{house.random.randint(1000, 9999)}",
            email=_mailbox(resident),
            safe_contact=house.random.choice(SafeContact.values),
            birth_date=birth_date(house.random, house.today),
            coverage=house.random.choice(COVERAGES),
            by=desk,
            at=asked_at,
        )
        admissions.log_call(
            inquiry=inquiry,
            outcome=CallOutcome.REACHED,
            note="Wants to start soon.",
            by=desk,
            at=asked_at + timedelta(minutes=house.random.randint(10, 120)),
        )
        counselor = house.staff[_counselor(house, resident)]
        client = admissions.convert(inquiry=inquiry, by=desk, at=asked_at + timedelta(hours=3))
        people.assign_counselor(client=client, counselor=counselor, by=desk, at=asked_at + timedelta(hours=3))
        people.give_portal(client=client, by=desk, at=asked_at + timedelta(hours=3))
    return client


def _mailbox(resident: Resident) -> str:
    if resident.is_door:
        return f"client@{DEMO_DOMAIN}"
    return f"{resident.first_name}.{resident.last_name}@{DEMO_DOMAIN}".lower()


def _counselor(house: House, resident: Resident) -> str:
    plan = next(plan for plan in TRACKS if plan.name == resident.track)
    return plan.counselors[0] if resident.is_door else house.random.choice(plan.counselors)


def assess(house: House, resident: Resident, client: Client, at: datetime) -> Recommendation:
    """The intake assessment of someone for whom an IOP is likely right."""
    clinician = house.actor("intake")
    first = resident.course.phase(0)
    ratings = {
        "withdrawal": 0 if first.use_days < 3 else 1,
        "physical_health": house.random.choice([0, 0, 1]),
        "mental_health": 2 if first.phq9 >= 15 else 1,
        "motivation": house.random.choice([0, 1, 1, 2]),
        "return_to_use": 3 if first.use_days > 1 else 2,
        "environment": house.random.choice([0, 1, 1]),
    }
    with house.acting(clinician):
        assessment = admissions.start_assessment(client=client, by=clinician, at=at)
        assessment = admissions.save_assessment(
            assessment=assessment,
            version=assessment.version,
            domains={key: {"rating": rating, "findings": FINDINGS[key]} for key, rating in ratings.items()},
            circumstances={
                "safe_home": True,
                "can_take_part_in_groups": True,
                "weekly_care_not_enough": True,
                "daily_commitments": house.random.random() < 0.7,
                "acute_psychosis_or_mania": False,
                "unstable_medical_condition": False,
                "withdrawal_seizure_history": False,
            },
            measures={},
            by=clinician,
            at=at,
        )
        return admissions.complete_assessment(assessment=assessment, by=clinician, at=at + timedelta(minutes=50))


FINDINGS = {
    "withdrawal": "No signs today; last use several days ago.",
    "physical_health": "Primary care in place, no urgent needs.",
    "mental_health": "Low mood most days, no thoughts of self-harm.",
    "motivation": "Wants to stop; names family and work as reasons.",
    "return_to_use": "Strong cues at home in the evening; two earlier attempts alone.",
    "environment": "Lives with family who support treatment.",
}


def _begin(house: House, resident: Resident, client: Client, day: date) -> None:
    desk = house.actor("admissions")
    with house.acting(desk):
        works_by_day = resident.track == "Evening" or house.random.random() < 0.3
        if works_by_day:
            hours = (time(8), time(16)) if resident.track == "Evening" else (time(17), time(21))
            busy = [Busy(WeeklyTime(weekday, *hours), "work") for weekday in range(5)]
            schedule.record_commitments(client=client, commitments=busy, by=desk, at=local(day, 7))
        resident.episode = begin_treatment(
            client=client,
            level=LevelOfCare.IOP,
            track=house.tracks[resident.track],
            on=day,
            by=desk,
            at=local(day, 7, 30),
        )


def _plan(house: House, resident: Resident, client: Client, day: date) -> None:
    """A plan with one or two problems, signed by both in the first week."""
    counselor = house.actor(_mailbox_of(house, client))
    at = local(day, 8)
    with house.acting(counselor):
        plan = plans.draft_plan(episode=resident.episode, by=counselor, at=at)
        for area, text in house.random.sample(words.PROBLEMS, house.random.choice([1, 1, 2])):
            problem = plans.add_problem(plan=plan, area=Area(area), text=text, by=counselor, at=at)
            goal = plans.add_goal(
                problem=problem, client_words=house.random.choice(words.CLIENT_GOALS), by=counselor, at=at
            )
            for text in house.random.sample(words.OBJECTIVES, 2):
                by_when = day + timedelta(days=house.random.randint(2, 6) * 7)
                objective = plans.add_objective(goal=goal, text=text, target_date=by_when, by=counselor, at=at)
                kind, approach, times = house.random.choice(INTERVENTIONS)
                plans.add_intervention(
                    objective=objective,
                    kind=kind,
                    approach=approach,
                    times_a_week=times,
                    by=counselor,
                    at=at,
                )
        plans.sign(plan=plan, signer=Signer.CLINICIAN, by=counselor, at=at + timedelta(minutes=30))
    me = house.client_actor(client)
    with house.acting(me):
        plans.sign(plan=plan, signer=Signer.CLIENT, by=me, at=at + timedelta(minutes=45))


def _mailbox_of(house: House, client: Client) -> str:
    return next(mailbox for mailbox, staff in house.staff.items() if staff.pk == client.counselor_id)


def _family(house: House, resident: Resident, client: Client, day: date) -> None:
    """Six in ten name someone; most of them consent to something."""
    if not resident.is_door and house.random.random() > 0.6:
        return
    counselor, at = house.actor(_mailbox_of(house, client)), local(day, 9)
    relation = "Mother" if resident.is_door else house.random.choice(RELATIONS)
    with house.acting(counselor):
        member = people.add_family_member(
            client=client,
            first_name="Rosa" if resident.is_door else house.random.choice(["Dana", "Lee", "Pat", "Sam", "Terry"]),
            last_name=resident.last_name,
            relation=relation,
            email=f"family@{DEMO_DOMAIN}" if resident.is_door else "",
            by=counselor,
            at=at,
        )
        if not resident.is_door and house.random.random() < 0.25:
            return
        information = [Information.SCHEDULE, Information.ATTENDANCE, Information.PROGRESS]
        consent = consents.offer(
            client=client,
            recipient=member,
            information=information if resident.is_door else information[: house.random.randint(1, 3)],
            purpose="To support me in treatment",
            by=counselor,
            at=at,
        )
    me = house.client_actor(client)
    with house.acting(me):
        consents.sign(consent=consent, name=me.name, by=me, at=at + timedelta(hours=2))


def _rewards(house: House, resident: Resident, day: date) -> None:
    """Seven in ten take part in the prize bowl."""
    if not resident.is_door and house.random.random() > 0.7:
        return
    director = house.actor("director")
    with house.acting(director):
        incentives.start_course(
            episode=resident.episode,
            protocol="miedar",
            seed=house.random.randbytes(32),
            by=director,
            at=local(day, 9, 30),
        )
