"""Words about rewards, for the client and for the desk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from openiop.incentives import engine
from openiop.incentives.models import Course, Draw, DrugTest, Earning, Result
from openiop.incentives.queries import LimitStanding, NextReward, StatementLine, replayed
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
    is_limited: bool

    @property
    def has_prize(self) -> bool:
        """Whether any slip was more than kind words."""
        return any(slip.amount for slip in self.slips)

    @property
    def draws(self) -> str:
        """1 draw, 3 draws, or nothing for vouchers."""
        return draws(len(self.slips)) if self.slips else ""


def good_visits(earnings: Iterable[Earning]) -> list[GoodVisit]:
    """Visits that drew or met a limit, in the order given. One that earned nothing is left out: it took nothing."""
    return [_good_visit(one) for one in earnings if one.drawn.all() or one.is_limited]


def _good_visit(one: Earning) -> GoodVisit:
    labels = _labels(one.course)
    slips = tuple(Slip(labels.get(drawn.prize, drawn.prize), drawn.amount) for drawn in one.drawn.all())
    total = dollars(sum((slip.amount for slip in slips), Decimal(0)))
    return GoodVisit(one.earned_on, one.why, slips, total, one.is_limited)


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
    limit: str


def courses(found: Iterable[Course], ahead: Iterable[NextReward]) -> list[CourseRow]:
    """The courses in the order given, with what the next good visit of each earns."""
    coming = {one.course.pk: one for one in ahead}
    return [_course_row(course, coming.get(course.pk)) for course in found]


def _course_row(course: Course, ahead: NextReward | None) -> CourseRow:
    protocol = engine.protocol(course.protocol)
    coming = ""
    if ahead is not None:
        coming = draws(ahead.visit.draws) if protocol.gives_draws else dollars(ahead.amount)
    limit = engine.limit_in_force(course.limit, course.started_on) if course.limit else None
    return CourseRow(
        course,
        protocol.title,
        protocol.source,
        coming,
        course.commitment if protocol.gives_draws else "",
        f"${limit.amount} a year. {limit.label}" if limit else "",
    )


@dataclass(frozen=True, slots=True)
class LimitWords:
    """The limit in force: how much of it this year has used, and whether it leaves room for more."""

    label: str
    amount: str
    received: str
    is_reached: bool


def limit_words(standing: LimitStanding | None, ahead: Iterable[NextReward]) -> LimitWords | None:
    """The limit in words; reached once no running course can give more this year."""
    if standing is None:
        return None
    courses = list(ahead)
    reached = bool(courses) and all(standing.is_reached(one.protocol) for one in courses)
    return LimitWords(standing.limit.label, dollars(standing.limit.amount), dollars(standing.received), reached)


@dataclass(frozen=True, slots=True)
class ReplayedDraw:
    """One recorded draw beside the slip that the seed gives for its number."""

    number: int
    slip: int
    recorded: str
    again: str

    @property
    def is_same(self) -> bool:
        return self.recorded == self.again


@dataclass(frozen=True, slots=True)
class Proof:
    """How anyone can check the draws of a course: the seal from its first day, and the seed after its last."""

    title: str
    protocol: str
    commitment: str
    seed: str
    client_key: str
    draws: tuple[ReplayedDraw, ...]

    @property
    def all_same(self) -> bool:
        """Whether every draw comes out the same again."""
        return all(one.is_same for one in self.draws)


def proofs(courses: Iterable[Course], earnings: Iterable[Earning]) -> list[Proof]:
    """One for each course that draws. The seed and the draws again are shown only after the course has ended."""
    visits = list(earnings)
    return [_proof(one, visits) for one in courses if engine.protocol(one.protocol).gives_draws]


def _proof(course: Course, earnings: Iterable[Earning]) -> Proof:
    ended = course.ended_on is not None
    protocol = engine.protocol(course.protocol)
    drawn = [draw for one in earnings if one.course_id == course.pk for draw in one.drawn.all()] if ended else []
    return Proof(
        title=protocol.title,
        protocol=protocol.name,
        commitment=course.commitment,
        seed=bytes(course.seed).hex() if ended else "",
        client_key=str(course.client_id) if ended else "",
        draws=_replay(course, sorted(drawn, key=lambda draw: draw.counter)),
    )


def _replay(course: Course, drawn: Sequence[Draw]) -> tuple[ReplayedDraw, ...]:
    labels, again = _labels(course), replayed(course, len(drawn))
    return tuple(
        ReplayedDraw(
            draw.counter,
            prize.number,
            Slip(labels.get(draw.prize, draw.prize), draw.amount).words,
            Slip(prize.label, prize.value).words,
        )
        for draw, prize in zip(drawn, again, strict=True)
    )


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
