"""Reads of contingency management: balance, statement, draws, tests, and what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Prefetch, QuerySet, Sum
from django.http import Http404
from django.utils import timezone

from openiop.attendance.models import Attendance
from openiop.attendance.queries import expected_lines
from openiop.incentives import engine
from openiop.incentives.models import Account, Course, Draw, DrugTest, Earning, LedgerLine, Result
from openiop.incentives.values import Event, Limit, Outcome, Prize, Protocol, Target, Visit
from openiop.people.models import Client


def balance(client: Client) -> Decimal:
    """Dollars that the client has earned and not yet been given."""
    lines = LedgerLine.objects.filter(client=client, account=Account.CLIENT)
    return lines.aggregate(total=Sum("amount"))["total"] or Decimal(0)


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement on the client's balance, and the balance after it."""

    line: LedgerLine
    balance: Decimal


def statement(client: Client) -> list[StatementLine]:
    """Every movement on the client's balance, newest first. One query."""
    found, total = [], Decimal(0)
    for line in (
        LedgerLine.objects.filter(client=client, account=Account.CLIENT)
        .select_related("posted_by")
        .order_by("posted_at", "created_at")
    ):
        total += line.amount
        found.append(StatementLine(line, total))
    return found[::-1]


def earnings(client: Client) -> QuerySet[Earning]:
    """Visits that counted, newest first, with their draws in order. Two queries."""
    return (
        Earning.objects.filter(client=client)
        .select_related("course")
        .prefetch_related(Prefetch("drawn", queryset=Draw.objects.order_by("counter")))
        .order_by("-earned_on", "-created_at")
    )


def courses(client: Client) -> QuerySet[Course]:
    """All courses, the running ones first."""
    return Course.objects.filter(client=client).order_by("-ended_on", "-started_on")


def running(client_ids: Iterable[UUID], target: Target) -> list[Course]:
    """The running courses of these clients that reward this. One query."""
    found = Course.objects.running().filter(client__in=list(client_ids)).select_related("client")
    return [course for course in found if engine.protocol(course.protocol).target is target]


def bonus_goal(client: Client) -> str:
    """What a negative test must meet too for the bonus of a running course; empty when nothing does. One query."""
    goals = (engine.protocol(course.protocol).bonus_goal for course in running([client.pk], Target.TEST))
    return next((goal for goal in goals if goal), "")


def course_of(client: Client, pk: UUID) -> Course:
    """One course of this client; Http404 for anyone else's."""
    found = Course.objects.filter(client=client, pk=pk).first()
    if found is None:
        raise Http404("No such course")
    return found


def events(course: Course) -> list[Event]:
    """The visits that counted so far, in order, as the engine takes them."""
    rows = Earning.objects.filter(course=course).order_by("earned_on", "created_at").values_list("result", flat=True)
    return [Event(Outcome(result)) for result in rows]


# --- Limits ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LimitStanding:
    """The limit in force for a client, and what they received in this calendar year."""

    limit: Limit
    received: Decimal

    @property
    def left(self) -> Decimal:
        return max(self.limit.amount - self.received, Decimal(0))

    def is_reached(self, protocol: Protocol) -> bool:
        """Whether nothing more can be drawn or paid this year: even the largest prize must fit."""
        return not self.left or (protocol.bowl is not None and self.left < protocol.bowl.largest)


def lowest_limit(courses: Iterable[Course], on: date) -> Limit | None:
    """The lowest limit of the running courses. It holds for all that the client earns while they run."""
    found = [engine.limit_in_force(course.limit, on) for course in courses if course.limit and course.ended_on is None]
    return min((limit for limit in found if limit is not None), key=lambda limit: limit.amount, default=None)


def room(courses: Iterable[Course], at: datetime) -> Decimal | None:
    """Dollars that a client with these courses may still receive in this calendar year; None without a limit.

    At most one query: all that was earned in the year counts, whichever course it came from.
    """
    courses = list(courses)
    limit = lowest_limit(courses, timezone.localdate(at))
    if limit is None:
        return None
    lines = LedgerLine.objects.filter(
        client=courses[0].client_id, account=Account.CLIENT, amount__gt=0, posted_at__gte=_new_year(at)
    )
    return limit.amount - (lines.aggregate(total=Sum("amount"))["total"] or Decimal(0))


def limit_standing(courses: Iterable[Course], statement: Iterable[StatementLine], at: datetime) -> LimitStanding | None:
    """The same from courses and a statement at hand. No query."""
    limit = lowest_limit(courses, timezone.localdate(at))
    if limit is None:
        return None
    amounts = (one.line.amount for one in statement if one.line.posted_at >= _new_year(at))
    return LimitStanding(limit, sum((amount for amount in amounts if amount > 0), Decimal(0)))


def _new_year(at: datetime) -> datetime:
    """The first moment of the local calendar year."""
    return timezone.localtime(at).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class NextReward:
    """What the next good visit of a running course earns."""

    course: Course
    protocol: Protocol
    visit: Visit
    is_after_reset: bool

    @property
    def amount(self) -> Decimal:
        """Dollars of a protocol that pays vouchers; zero for draws."""
        return self.visit.amount + self.visit.bonus


def next_reward(client: Client) -> list[NextReward]:
    """What comes next in each running course; a course past its last visit is left out. Two queries."""
    running = list(Course.objects.running().filter(client=client).order_by("started_on"))
    return next_rewards(running, Earning.objects.filter(course__in=running)) if running else []


def next_rewards(courses: Iterable[Course], earnings: Iterable[Earning]) -> list[NextReward]:
    """The same from courses and earnings at hand; courses that have ended are left out."""
    counted: dict[UUID, list[Event]] = {course.pk: [] for course in courses if course.ended_on is None}
    for earning in sorted(earnings, key=lambda one: (one.earned_on, one.created_at)):
        if earning.course_id in counted:
            counted[earning.course_id].append(Event(Outcome(earning.result)))
    found = [_next(course, counted[course.pk]) for course in courses if course.pk in counted]
    return [one for one in found if one is not None]


def _next(course: Course, past: Sequence[Event]) -> NextReward | None:
    protocol = engine.protocol(course.protocol)
    visit = engine.next_visit(protocol, past)
    if visit is None:
        return None
    counted = [event for event in past if event.result is not Outcome.EXCUSED]
    return NextReward(course, protocol, visit, is_after_reset=bool(counted) and counted[-1].result.resets)


def tests(client: Client) -> QuerySet[DrugTest]:
    """The client's drug tests, newest first."""
    return (
        DrugTest.objects.filter(client=client)
        .select_related("ordered_by", "resulted_by")
        .order_by("-ordered_on", "-created_at")
    )


def awaiting_test(clients: Iterable[UUID]) -> set[UUID]:
    """Those of these clients for whom a drug test was ordered that has no result yet. One query."""
    ordered = DrugTest.objects.filter(client__in=list(clients), result=Result.PENDING)
    return set(ordered.values_list("client_id", flat=True))


def test_of(client: Client, pk: UUID) -> DrugTest:
    """One drug test of this client; Http404 for anyone else's."""
    found = DrugTest.objects.filter(client=client, pk=pk).first()
    if found is None:
        raise Http404("No such test")
    return found


def replayed(course: Course, count: int) -> tuple[Prize, ...]:
    """The first `count` draws of a course drawn again from its seed, to compare with what is recorded."""
    bowl = engine.protocol(course.protocol).bowl
    return () if bowl is None else engine.replay(bytes(course.seed), str(course.client_id), count, bowl)


def lines_of_day(client: Client, day: date) -> list[Attendance]:
    """The client's roster lines that count on a local day of the zone in force."""
    start = timezone.make_aware(datetime.combine(day, time()))
    end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
    return list(expected_lines(client).filter(during__startswith__gte=start, during__startswith__lt=end))
