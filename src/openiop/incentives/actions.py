"""Writes of contingency management: courses, drug tests, what they earn, and the ledger.

What a visit earns comes from the engine alone; draws follow from the course's committed seed, so that no one can pick
them. Every dollar is two ledger lines that sum to zero, and nothing earned is ever taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from openiop.admissions.models import Episode
from openiop.attendance.models import CAME, Attendance, Status
from openiop.incentives import engine, queries
from openiop.incentives.models import Account, Course, Draw, DrugTest, Earning, LedgerLine, Result
from openiop.incentives.values import CENT, Event, Outcome, Protocol, Target, Visit
from openiop.kernel.errors import Refusal
from openiop.people.models import Client
from openiop.shared import audit
from openiop.shared.access import Actor
from openiop.shared.constraints import refused_by

MOST_AT_ONCE = Decimal(10_000)


# --- Courses -----------------------------------------------------------------------------------------------


@transaction.atomic
def start_course(*, episode: Episode, protocol: str, seed: bytes, by: Actor, at: datetime, limit: str = "") -> Course:
    """Start a protocol for a client in treatment. `seed`: 32 random bytes or more, thrown by the caller.

    `limit`: the id of the yearly limit that the funding asks for. Raises NoSuchProtocol for an unknown protocol.
    """
    chosen = engine.protocol(protocol)
    if episode.ended_on is not None:
        raise Refusal("This client is not in treatment now.")
    _check_limit(chosen, limit, timezone.localdate(at))
    running = [engine.protocol(one.protocol) for one in Course.objects.running().filter(client_id=episode.client_id)]
    if any(one.target is chosen.target for one in running):
        raise Refusal("Rewards for this are already running. End them first.", field="protocol")
    with refused_by({"incentives_course_once": Refusal("These rewards are already running.", field="protocol")}):
        course = Course.objects.create(
            client_id=episode.client_id,
            episode=episode,
            protocol=chosen.name,
            version=chosen.version,
            seed=seed,
            commitment=engine.commitment(seed),
            limit=limit,
            started_on=timezone.localdate(at),
        )
    audit.record("course.started", course, protocol=chosen.name, commitment=course.commitment, limit=limit)
    return course


def _check_limit(protocol: Protocol, limit: str, on: date) -> None:
    if not limit:
        return
    held = engine.limit_in_force(limit, on)
    if held is None:
        raise Refusal("Pick a limit from the list.", field="limit")
    if protocol.bowl is not None and protocol.bowl.largest > held.amount:
        raise Refusal(
            f"One prize of this protocol can be ${protocol.bowl.largest}, and the limit is ${held.amount} a year. "
            "Pick another protocol or another limit.",
            field="limit",
        )


@transaction.atomic
def end_course(*, course: Course, on: date, by: Actor, at: datetime) -> Course:
    """End a course. The balance stays the client's, and the seed may now be shown."""
    if course.ended_on is None:
        course.ended_on = max(on, course.started_on)
        course.save(update_fields=["ended_on"])
        audit.record("course.ended", course, protocol=course.protocol)
    return course


@transaction.atomic
def end_courses(*, episode: Episode, on: date, by: Actor, at: datetime) -> None:
    """End every running course of an episode, as at discharge."""
    for course in Course.objects.running().filter(episode=episode):
        end_course(course=course, on=on, by=by, at=at)


# --- Drug tests --------------------------------------------------------------------------------------------


@transaction.atomic
def order_test(*, client: Client, by: Actor, at: datetime, ordered_on: date | None = None) -> DrugTest:
    """Order a drug test for today, or for the day given."""
    day = ordered_on or timezone.localdate(at)
    test = DrugTest.objects.create(client=client, ordered_on=day, ordered_by_id=by.staff_id)
    audit.record("test.ordered", test)
    return test


@transaction.atomic
def record_result(
    *,
    test: DrugTest,
    result: str,
    by: Actor,
    at: datetime,
    substances: Sequence[str] = (),
    bonus: bool | None = None,
) -> DrugTest:
    """Record a result, once. In a running course it is a visit: a negative one earns draws, drawn in this moment.

    `bonus`: whether it met the protocol's bonus goal too (None: nobody looked).
    """
    held: DrugTest = DrugTest.objects.select_for_update(of=("self",)).select_related("client").get(pk=test.pk)
    if held.resulted_at is not None:
        raise Refusal("This test already has a result. Order a new one if it must be repeated.", field="result")
    if result not in Result.values or result == Result.PENDING:
        raise Refusal("Pick a result from the list.", field="result")
    found = [name.strip() for name in substances if name.strip()]
    if found and result != Result.POSITIVE:
        raise Refusal("Substances belong to a positive result only.", field="substances")
    if bonus and result != Result.NEGATIVE:
        raise Refusal("The bonus belongs to a negative result only.", field="bonus")
    held.result, held.substances, held.bonus = result, found, bonus
    held.resulted_at, held.resulted_by_id = at, by.staff_id
    held.save(update_fields=["result", "substances", "bonus", "resulted_at", "resulted_by"])
    audit.record("test.resulted", held)
    why = f"Test of {_day(held.ordered_on)}"
    for course in queries.running([held.client_id], Target.TEST):
        earn(
            course=course,
            source=f"test:{held.pk}",
            outcome=Outcome(result),
            bonus=bool(bonus),
            on=timezone.localdate(at),
            why=why,
            by=by,
            at=at,
        )
    return held


# --- Earning -----------------------------------------------------------------------------------------------


@transaction.atomic
def earn(
    *,
    course: Course,
    source: str,
    outcome: Outcome,
    on: date,
    why: str,
    by: Actor,
    at: datetime,
    bonus: bool = False,
) -> Earning | None:
    """Count one visit of a course, once for each `source`, and draw what it earned. None after the protocol's last.

    What a yearly limit does not leave room for is neither drawn nor paid; the visit counts all the same.
    """
    courses = _locked_courses(course.client_id)
    held = next(one for one in courses if one.pk == course.pk)
    known = Earning.objects.filter(course=held, source=source).first()
    if known is not None:
        return known
    protocol = engine.protocol(held.protocol)
    visit = _visit(protocol, queries.events(held), Event(outcome, bonus=bonus))
    if visit is None:
        return None
    first = Draw.objects.filter(course=held).count() + 1
    award = engine.award(
        protocol,
        visit,
        seed=bytes(held.seed),
        client_key=str(held.client_id),
        first=first,
        room=queries.room(courses, at),
    )
    earning = Earning.objects.create(
        course=held,
        client_id=held.client_id,
        source=source,
        result=outcome.value,
        draws=visit.draws,
        is_limited=award.is_limited,
        why=why,
        earned_on=on,
    )
    Draw.objects.bulk_create(
        Draw(course=held, earning=earning, counter=number, prize=prize.key, amount=prize.value)
        for number, prize in enumerate(award.prizes, start=first)
    )
    _transfer(held.client_id, Account.FUND, Account.CLIENT, award.amount, what=f"Earned: {why}", by=by, at=at)
    audit.record("reward.earned", earning, draws=visit.draws, source=source.partition(":")[0])
    return earning


def _locked_courses(client_id: UUID) -> list[Course]:
    """All courses of a client, so that two that earn at the same moment see what the other left of a limit."""
    return list(Course.objects.select_for_update(of=("self",)).filter(client_id=client_id).order_by("pk"))


def _visit(protocol: Protocol, events: Sequence[Event], event: Event) -> Visit | None:
    if engine.next_visit(protocol, events) is None:
        return None
    return engine.run(protocol, [*events, event]).visits[-1]


@transaction.atomic
def count_attendance(*, course: Course, day: date, by: Actor, at: datetime) -> Earning | None:
    """Count a local day in an attendance course, once it is known how it went. Twice on a day is once.

    Being at one session makes it a day attended. A day without any counts when every line of it is marked.
    """
    outcome = _outcome_of(queries.lines_of_day(course.client, day))
    if outcome is None or day < course.started_on:
        return None
    why = f"Sessions of {_day(day)}"
    return earn(course=course, source=f"attendance:{day}", outcome=outcome, on=day, why=why, by=by, at=at)


def _outcome_of(lines: Sequence[Attendance]) -> Outcome | None:
    statuses = {line.status for line in lines}
    if statuses & CAME:
        return Outcome.ATTENDED
    if not statuses or Status.PLANNED in statuses:
        return None
    return Outcome.MISSED if Status.ABSENT in statuses else Outcome.EXCUSED


# --- The ledger --------------------------------------------------------------------------------------------


@transaction.atomic
def hand_out(*, client: Client, amount: Decimal, what: str, by: Actor, at: datetime) -> LedgerLine:
    """Hand something out for part of the balance; returns the client's side.

    The database refuses more than there is, also when two people hand out at the same moment.
    """
    if not CENT <= amount <= MOST_AT_ONCE or amount != amount.quantize(CENT):
        raise Refusal("Enter dollars and cents above zero, such as 12.50.", field="amount")
    if not what.strip():
        raise Refusal("Say what you handed out.", field="what")
    too_much = Refusal(f"The balance is ${queries.balance(client):.2f}. Hand out that much or less.", field="amount")
    with refused_by({"incentives_balance_holds": too_much}):
        line = _transfer(client.pk, Account.CLIENT, Account.HANDED_OUT, amount, what=what.strip()[:120], by=by, at=at)
    if line is None:
        raise AssertionError("an amount above zero makes a transfer")
    audit.record("prize.handed_out", line)
    return line


def _transfer(
    client_id: object, source: Account, target: Account, amount: Decimal, *, what: str, by: Actor, at: datetime
) -> LedgerLine | None:
    """Move an amount between two accounts; returns the client's side. Nothing for an amount of zero."""
    if not amount:
        return None
    transfer = uuid4()
    lines = [
        LedgerLine.objects.create(
            transfer=transfer,
            account=account,
            client_id=client_id,
            amount=value,
            what=what[:120],
            posted_at=at,
            posted_by_id=by.staff_id,
        )
        for account, value in ((source, -amount), (target, amount))
    ]
    return next(line for line in lines if line.account == Account.CLIENT)


def _day(day: date) -> str:
    return f"{day:%b} {day.day}"
