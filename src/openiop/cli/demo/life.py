"""A day at the demo center: sessions and notes, check-ins, measures, tests, alerts."""

from __future__ import annotations

import contextlib
from datetime import date, datetime, timedelta

from openiop.attendance import actions as attendance
from openiop.attendance.models import Attendance, Engagement, Session, Status
from openiop.attendance.queries import sessions_of_day
from openiop.attendance.values import LineEdit, Mark
from openiop.cli.demo import words
from openiop.cli.demo.courses import Phase
from openiop.cli.demo.house import House, local
from openiop.cli.demo.residents import Resident
from openiop.incentives import actions as incentives
from openiop.incentives.models import Result
from openiop.incentives.queries import balance
from openiop.kernel.errors import Refusal
from openiop.measures import actions as measures
from openiop.messaging import actions as messaging
from openiop.messaging.models import Alert
from openiop.people.models import Client
from openiop.plans.models import Kind
from openiop.practice import actions as practice
from openiop.practice.models import Trigger

ByClient = dict[object, Resident]
HOURS = (12, 13, 15, 16, 8, 10, 11, 14, 17, 9)


def hold_sessions(house: House, day: date, residents: ByClient, week: int) -> None:
    """Attendance and notes of the day's sessions, as far as they have happened by now."""
    for session in sessions_of_day(day):
        if session.starts_at > house.now:
            continue
        lines = list(session.roster.exclude(status=Status.RELEASED))
        if not lines:
            continue
        leader = house.actor(_mailbox(house, session.facilitator_id))
        with house.acting(leader):
            _mark(house, session, lines, residents, week)
            if session.ends_at <= house.now and not _is_left_for_later(house, session):
                _write_and_sign(house, session, residents, week)


def _mailbox(house: House, staff_id: object) -> str:
    return next(mailbox for mailbox, staff in house.staff.items() if staff.pk == staff_id)


def _is_left_for_later(house: House, session: Session) -> bool:
    """Today's notes are not written yet, and the last coping group's wait too: something to do for a visitor."""
    age = (house.today - session.starts_at.astimezone(house.now.tzinfo).date()).days
    return age == 0 or (age <= 3 and session.title == "Coping skills")


def _mark(house: House, session: Session, lines: list[Attendance], residents: ByClient, week: int) -> None:
    """While a session runs, half of its members are marked."""
    runs = session.ends_at > house.now
    marks = {}
    for line in lines[: len(lines) // 2] if runs else lines:
        phase = _phase(residents[line.client_id], week)
        marks[line.pk] = _attended(house, phase)
    attendance.mark_many(session=session, marks=marks, by=house.scope.actor, at=min(session.ends_at, house.now))


def _phase(resident: Resident, week: int) -> Phase:
    return resident.course.phase(week - resident.first_week)


def _attended(house: House, phase: Phase) -> Mark:
    chance = house.random.random()
    if chance < phase.attends:
        return Mark(house.random.choices([Status.PRESENT, Status.LATE], [12, 1])[0])
    if house.random.random() < 0.55:
        return Mark(Status.EXCUSED, reason=house.random.choice(["Work shift", "Child was ill", "Doctor's appointment"]))
    return Mark(Status.ABSENT)


def _write_and_sign(house: House, session: Session, residents: ByClient, week: int) -> None:
    by, at = house.scope.actor, session.ends_at + timedelta(minutes=house.random.randint(10, 50))
    came = [line for line in session.roster.came()]
    edits = [_line(house, line, session, _phase(residents[line.client_id], week)) for line in came]
    narrative = "" if session.kind == Kind.INDIVIDUAL else house.random.choice(words.NARRATIVES)
    if session.kind == Kind.INDIVIDUAL:
        narrative = "Individual session, 45 minutes, in person."
    attendance.save_group_note(session=session, narrative=narrative, lines=edits, by=by, at=at)
    attendance.sign_session(session=session, by=by, at=at)


def _line(house: House, line: Attendance, session: Session, phase: Phase) -> LineEdit:
    if session.kind == Kind.INDIVIDUAL:
        texts, engagement = words.INDIVIDUAL_LINES, Engagement.ACTIVE
    elif phase.craving < 3.5:
        texts, engagement = words.LINES_GOOD, Engagement.ACTIVE
    elif phase.craving < 6.5:
        texts, engagement = words.LINES_MIXED, Engagement.SOME
    else:
        texts, engagement = words.LINES_HARD, Engagement.STRUGGLED
    return LineEdit(line.pk, text=house.random.choice(texts), engagement=engagement)


def plan_individual(house: House, resident: Resident, day: date) -> None:
    """A talk with the counselor at the first hour of the day at which both are free, as a scheduler would look for it."""
    mailbox = _mailbox(house, resident.client.counselor_id)
    by = house.actor(mailbox)
    for hour in HOURS:
        with house.acting(by), contextlib.suppress(Refusal):
            attendance.plan_session(
                kind=Kind.INDIVIDUAL,
                clients=[resident.client],
                facilitator=house.staff[mailbox],
                starts_at=local(day, hour),
                minutes=45,
                room=house.offices[mailbox],
                by=by,
                at=local(day - timedelta(days=3), 9),
            )
            return


def check_in(house: House, resident: Resident, day: date, phase: Phase) -> None:
    """About four days of the week, in the client's own evening."""
    me = house.client_actor(resident.client)
    at = local(day, house.random.randint(18, 21), house.random.randint(0, 59))
    if at > house.now:
        return
    with house.acting(me):
        practice.check_in(
            client=resident.client,
            day=day,
            craving=_around(house, phase.craving, 0, 10),
            mood=_around(house, phase.mood, 1, 5, spread=0.7),
            triggers=house.random.sample(Trigger.values, house.random.choice([0, 1, 1, 2])),
            note=house.random.choice(words.CHECK_IN_NOTES),
            by=me,
            at=at,
        )


def _around(house: House, mean: float, low: int, high: int, spread: float = 1.4) -> int:
    return max(low, min(high, round(house.random.gauss(mean, spread))))


def measure(house: House, resident: Resident, day: date, week: int) -> None:
    """The clinic's tablet in the morning: BAM-IOP weekly, PHQ-9 every other week, GAD-7 every fourth."""
    at = local(day, 8, 40)
    if at > house.now:
        return
    phase, since = _phase(resident, week), week - resident.first_week
    forms = {"BAM-IOP": _bam(house, phase)}
    if since % 2 == 0:
        forms["PHQ-9"] = _phq9(house, phase)
    if since % 4 == 0:
        forms["GAD-7"] = _spread(house, phase.phq9 * 2 // 3, items=7)
    by = house.actor(_mailbox(house, resident.client.counselor_id))
    with house.acting(by):
        for instrument, answers in forms.items():
            measures.record_on_paper(client=resident.client, instrument=instrument, answers=answers, by=by, at=at)


def _bam(house: House, phase: Phase) -> dict[str, int]:
    """Answers that fit the phase: risk falls and protection grows as craving fades."""
    bad = phase.craving / 10 * 4
    good = 4 - bad
    use = min(4, phase.use_days)
    answers = {str(item): _around(house, bad, 0, 4, 0.6) for item in (2, 3, 8, 11, 15)}
    answers |= {str(item): _around(house, good, 0, 4, 0.6) for item in (9, 10, 12, 13, 16)}
    answers |= {"1": _around(house, bad, 0, 4, 0.6), "4": use, "6": house.random.randint(0, use), "14": 4, "17": 2}
    if use:
        answers["5"] = house.random.randint(0, use)
    return answers


def _phq9(house: House, phase: Phase) -> dict[str, int]:
    """About the phase's score; item 9 above zero is rare and alerts staff."""
    answers = _spread(house, phase.phq9, items=8)
    worried = phase.phq9 >= 17 and house.random.random() < 0.15
    return answers | {"9": int(worried), "10": 1}


def _spread(house: House, about: int, *, items: int) -> dict[str, int]:
    """Answers of 0 to 3 that sum to about that many points."""
    answers = {str(item): 0 for item in range(1, items + 1)}
    for _ in range(max(0, about + house.random.randint(-2, 2))):
        below = [item for item, value in answers.items() if value < 3]
        if below:
            answers[house.random.choice(below)] += 1
    return answers


def test(house: House, resident: Resident, day: date, phase: Phase) -> None:
    """A drug test in the morning; the prize bowl answers by itself."""
    at = local(day, 8, 15)
    if at > house.now:
        return
    by = house.actor("director")
    with house.acting(by):
        ordered = incentives.order_test(client=resident.client, by=by, at=at, ordered_on=day)
        negative = house.random.random() < phase.tests_negative
        incentives.record_result(
            test=ordered,
            result=Result.NEGATIVE if negative else Result.POSITIVE,
            substances=() if negative else (house.random.choice(["Alcohol", "Cocaine", "Amphetamines", "Opioids"]),),
            by=by,
            at=at + timedelta(hours=3),
        )


def hand_out_prizes(house: House, client: Client, at: datetime) -> None:
    """Now and then someone takes a prize home."""
    amount = balance(client)
    if amount >= 10:
        by = house.actor("scheduler")
        with house.acting(by):
            incentives.hand_out(client=client, amount=amount // 10 * 10, what="Gift card, grocery store", by=by, at=at)


def settle_alerts(house: House, before: datetime) -> None:
    """Staff deal with what was raised more than a day ago."""
    for alert in Alert.objects.open().filter(raised_at__lt=before):
        by = house.actor("director")
        with house.acting(by):
            messaging.close_alert(
                alert=alert,
                what_was_done="Talked with the client the same day; plan adjusted.",
                by=by,
                at=alert.raised_at + timedelta(hours=3),
            )
