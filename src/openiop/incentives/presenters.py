"""Words about rewards, for the client and for the desk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from openiop.incentives import engine
from openiop.incentives.models import Course, DrugTest, Earning, Result
from openiop.incentives.queries import NextReward, StatementLine
from openiop.kernel.timeline import Entry
from openiop.people.models import Client


def dollars(amount: Decimal) -> str:
    """$12.50; a minus stands before the dollar sign."""
    return f"-${-amount:.2f}" if amount < 0 else f"${amount:.2f}"


def draws(number: int) -> str:
    """1 draw, 3 draws."""
    return "1 draw" if number == 1 else f"{number} draws"


@dataclass(frozen=True, slots=True)
class Slip:
    """One draw in words."""

    label: str
    amount: Decimal

    @property
    def words(self) -> str:
        """Good job, or Small prize, $1.00."""
        return f"{self.label}, {dollars(self.amount)}" if self.amount else self.label


@dataclass(frozen=True, slots=True)
class GoodVisit:
    """A visit that earned something."""

    on: date
    why: str
    slips: tuple[Slip, ...]
    total: str

    @property
    def has_prize(self) -> bool:
        """Whether any slip was more than kind words."""
        return any(slip.amount for slip in self.slips)

    @property
    def draws(self) -> str:
        """1 draw, 3 draws, or nothing for vouchers."""
        return draws(len(self.slips)) if self.slips else ""


def good_visits(earnings: Iterable[Earning]) -> list[GoodVisit]:
    """Visits that earned draws, in the order given. One that earned none is left out: it took nothing away."""
    return [_good_visit(one) for one in earnings if one.drawn.all()]


def _good_visit(one: Earning) -> GoodVisit:
    labels = _labels(one.course)
    slips = tuple(Slip(labels.get(drawn.prize, drawn.prize), drawn.amount) for drawn in one.drawn.all())
    return GoodVisit(one.earned_on, one.why, slips, dollars(sum((slip.amount for slip in slips), Decimal(0))))


def _labels(course: Course) -> dict[str, str]:
    bowl = engine.protocol(course.protocol).bowl
    return {slip.key: slip.label for slip in bowl.slips} if bowl else {}


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One line of the statement."""

    on: object
    what: str
    amount: str
    balance: str
    who: str


def statement(lines: Iterable[StatementLine]) -> list[StatementRow]:
    """The movements on the balance, as a table shows them."""
    return [
        StatementRow(
            one.line.posted_at,
            one.line.what,
            dollars(one.line.amount),
            dollars(one.balance),
            one.line.posted_by.name if one.line.posted_by else "",
        )
        for one in lines
    ]


@dataclass(frozen=True, slots=True)
class CourseRow:
    """One course as the desk shows it."""

    course: Course
    title: str
    source: str
    next: str
    proof: str


def courses(found: Iterable[Course], ahead: Iterable[NextReward]) -> list[CourseRow]:
    """The courses in the order given, with what the next good visit of each earns."""
    coming = {one.course.pk: one for one in ahead}
    return [_course_row(course, coming.get(course.pk)) for course in found]


def _course_row(course: Course, ahead: NextReward | None) -> CourseRow:
    protocol = engine.protocol(course.protocol)
    coming = ""
    if ahead is not None:
        coming = draws(ahead.visit.draws) if protocol.gives_draws else dollars(ahead.amount)
    return CourseRow(course, protocol.title, protocol.source, coming, course.commitment if protocol.gives_draws else "")


@dataclass(frozen=True, slots=True)
class Proof:
    """How anyone can check the draws of a course: the seal from its first day, and the seed after its last."""

    title: str
    commitment: str
    seed: str


def proofs(courses: Iterable[Course]) -> list[Proof]:
    """One for each course that draws. The seed is shown only after the course has ended."""
    chosen = [(course, engine.protocol(course.protocol)) for course in courses]
    return [
        Proof(protocol.title, course.commitment, bytes(course.seed).hex() if course.ended_on else "")
        for course, protocol in chosen
        if protocol.gives_draws
    ]


def timeline(client: Client) -> list[Entry]:
    """Drug tests as lines of the chart's timeline. One query."""
    tests = DrugTest.objects.filter(client=client, resulted_at__isnull=False).order_by("-resulted_at")
    return [
        Entry(
            at=test.resulted_at,
            kind="Drug test",
            title=f"Drug test: {Result(test.result).label.lower()}",
            text=", ".join(test.substances),
            icon="test",
        )
        for test in tests
    ]
