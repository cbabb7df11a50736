"""Reads for reviews and discharge: everything about a course of treatment, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Case, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from openiop.admissions.models import Episode
from openiop.attendance.queries import hours
from openiop.attendance.values import Hours
from openiop.incentives.models import DrugTest, Result
from openiop.kernel.levels import LevelOfCare
from openiop.measures.models import Administration
from openiop.measures.queries import by_instrument
from openiop.people.models import Care, Center, Client
from openiop.plans.queries import objectives_met
from openiop.practice.models import CheckIn
from openiop.programs.models import Track
from openiop.programs.rules import NATIONAL, hours_for, jurisdictions
from openiop.progress import rules
from openiop.progress.models import Discharge, Review
from openiop.shared.access import Actor
from openiop.shared.scope import current_center_id

LEVEL_REVIEW_AFTER = timedelta(days=28)
"""Time until the level of care is looked at again: the four weeks that a step down is weighed after."""

SETTLED_FOR = timedelta(days=7)
"""After a review its signals rest for a week, so that what was just decided is not asked again the next morning."""

WEEKS_SHOWN = 12
ADULT = 18
"""The age that is assumed while a birth date is missing; the program treats adults."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a reviewer sees of one course of treatment, from admission (at most 12 weeks back) to `on`."""

    episode: Episode
    on: date
    weeks: tuple[Hours, ...] = ()
    measures: dict[str, list[Administration]] = field(default_factory=dict)
    tests: tuple[DrugTest, ...] = ()
    check_ins: tuple[CheckIn, ...] = ()
    objectives_met: int = 0
    objectives: int = 0

    @property
    def scheduled(self) -> float:
        """Hours planned in the weeks shown."""
        return sum(week.scheduled for week in self.weeks)

    @property
    def delivered(self) -> float:
        """Hours attended in the weeks shown."""
        return sum(week.delivered for week in self.weeks)

    @property
    def attended_percent(self) -> int | None:
        """Attended hours in a hundred planned, None when nothing was planned."""
        return round(100 * self.delivered / self.scheduled) if self.scheduled else None

    @property
    def negative_tests(self) -> int:
        """Tests that found nothing."""
        return sum(test.result == Result.NEGATIVE for test in self.tests)

    @property
    def days(self) -> int:
        """Days in treatment, the first and the last included."""
        return ((self.episode.ended_on or self.on) - self.episode.admitted_on).days + 1


def facts(episode: Episode, at: datetime, zone: tzinfo | None = None) -> Facts:
    """Everything about the episode side by side. Six queries, five if the caller gives the center's zone."""
    today = timezone.localdate(at)
    last = min(episode.ended_on or today, today)
    first = max(episode.admitted_on, last - timedelta(weeks=WEEKS_SHOWN))
    # Today's hours are still to come or being marked: counted, they would look like hours missed.
    end = last + timedelta(days=1) if episode.ended_on else last
    met, objectives = objectives_met(episode.client)
    return Facts(
        episode=episode,
        on=last,
        weeks=tuple(hours(episode.client, first, end, zone)),
        measures=_since(by_instrument(episode.client), episode.admitted_on - timedelta(days=30)),
        tests=tuple(_tests(episode, last)),
        check_ins=tuple(_check_ins(episode, first, last)),
        objectives_met=met,
        objectives=objectives,
    )


def _since(found: dict[str, list[Administration]], day: date) -> dict[str, list[Administration]]:
    """Those of this course of treatment; the intake's questionnaires lie a little before its first day."""
    recent = {
        code: [one for one in rows if timezone.localdate(one.completed_at) >= day] for code, rows in found.items()
    }
    return {code: rows for code, rows in recent.items() if rows}


def _tests(episode: Episode, last: date) -> QuerySet[DrugTest]:
    span = Q(ordered_on__gte=episode.admitted_on, ordered_on__lte=last)
    return DrugTest.objects.filter(span, client_id=episode.client_id).order_by("ordered_on", "created_at")


def _check_ins(episode: Episode, first: date, last: date) -> QuerySet[CheckIn]:
    return CheckIn.objects.filter(client_id=episode.client_id, day__gte=first, day__lte=last).order_by(
        "day", "checked_in_at"
    )


def as_json(found: Facts, signals: Sequence[rules.Signal] = ()) -> dict[str, Any]:
    """The facts as plain JSON: what a review keeps of what its reviewer saw."""
    return {
        "signals": [
            {"id": s.id, "reason": s.reason, "evidence": list(s.evidence), "rules": s.version} for s in signals
        ],
        "on": found.on.isoformat(),
        "days": found.days,
        "weeks": [
            {"week": w.week.isoformat(), "scheduled": round(w.scheduled, 2), "delivered": round(w.delivered, 2)}
            for w in found.weeks
        ],
        "measures": {
            code: [{"on": timezone.localdate(one.completed_at).isoformat(), "scores": one.scores} for one in rows]
            for code, rows in found.measures.items()
        },
        "tests": [{"on": test.ordered_on.isoformat(), "result": test.result} for test in found.tests],
        "check_ins": len(found.check_ins),
        "objectives": {"met": found.objectives_met, "all": found.objectives},
    }


def signals_in(found: Facts, *, jurisdiction: str | None = None) -> tuple[rules.Signal, ...]:
    """What in the facts asks for a review, and why. One query, none when the center's jurisdiction is given."""
    place = jurisdiction or Center.objects.values_list("jurisdiction", flat=True).get(pk=current_center_id())
    episode = found.episode
    least = hours_for(
        LevelOfCare(episode.level),
        jurisdiction=place if place in jurisdictions() else NATIONAL,
        age=episode.client.age_on(found.on) or ADULT,
        on=found.on,
    )
    return rules.signals(
        rules.History(
            on=found.on,
            admitted_on=episode.admitted_on,
            minimum_hours=least.minimum if least else None,
            tests=tuple(_known_tests(found)),
            bams=tuple(_bam_scores(found)),
            weeks=tuple(
                rules.AttendedWeek(w.week, _hours(w.scheduled_minutes), _hours(w.delivered_minutes))
                for w in found.weeks
            ),
            phase_goals_met=found.objectives_met == found.objectives if found.objectives else None,
        )
    )


def _hours(minutes: int) -> Decimal:
    return (Decimal(minutes) / 60).quantize(Decimal("0.01"))


def _known_tests(found: Facts) -> Iterator[rules.DrugTest]:
    """Tests that say something: neither waiting, invalid, missed nor declined."""
    for test in found.tests:
        if test.result in {Result.POSITIVE, Result.NEGATIVE}:
            yield rules.DrugTest(test.ordered_on, test.result == Result.POSITIVE)


def _bam_scores(found: Facts) -> Iterator[rules.BamScore]:
    for one in found.measures.get("BAM-IOP", ()):
        day = timezone.localdate(one.completed_at)
        yield rules.BamScore(day, *(one.scores.get(name) for name in ("use", "risk", "protective")))


def latest_episode(client: Client) -> Episode | None:
    """The running course of treatment, or else the last one."""
    return (
        Episode.objects.filter(client=client)
        .select_related("track", "client__counselor")
        .order_by(F("ended_on").desc(nulls_first=True), "-admitted_on")
        .first()
    )


def reviews_of(episode: Episode) -> QuerySet[Review]:
    """The reviews of an episode, newest first."""
    return Review.objects.filter(episode=episode).select_related("decided_by").order_by("-decided_at")


def discharge_of(episode: Episode) -> Discharge | None:
    """The signed discharge of an episode, if it has ended with one."""
    return Discharge.objects.filter(episode=episode).select_related("signed_by").first()


def open_tracks() -> QuerySet[Track]:
    """Tracks that a client may go on in."""
    return Track.objects.open().select_related("site").order_by("starts", "name")


def last_looked_at(running: QuerySet[Episode] | None = None) -> QuerySet[Episode]:
    """Running episodes, each with `looked_at`: the day of the last review, or else of admission."""
    episodes = Episode.objects.running() if running is None else running
    return (
        episodes.annotate(reviewed_at=Max("reviews__decided_at"))
        .annotate(looked_at=Coalesce("reviewed_at__date", "admitted_on"))
        .select_related("client__counselor", "track")
        .order_by("admitted_on", "pk")
    )


# --- The list of clients -------------------------------------------------------------------------------------


class State(StrEnum):
    """Where a client stands on the way through the program."""

    ACTIVE = "active"
    WAITING = "waiting"
    DISCHARGED = "discharged"


def directory(actor: Actor, state: State, text: str = "") -> QuerySet[Client]:
    """Clients in one state whose name or number matches, those in the actor's care first, then by name.

    Each row carries `is_mine`, `level`, `track_name`, `admitted_on` and `ended_on` of its latest episode.
    """
    latest = Episode.objects.filter(client=OuterRef("pk")).order_by(
        F("ended_on").desc(nulls_first=True), "-admitted_on"
    )
    return (
        Client.objects.standing()
        .matching(text)
        .select_related("counselor")
        .annotate(
            episode=Subquery(latest.values("pk")[:1]),
            level=Subquery(latest.values("level")[:1]),
            track_name=Subquery(latest.values("track__name")[:1]),
            admitted_on=Subquery(latest.values("admitted_on")[:1]),
            ended_on=Subquery(latest.values("ended_on")[:1]),
            is_mine=_in_care_of(actor),
        )
        .filter(_IN_STATE[state])
        .order_by("-is_mine", "last_name", "first_name", "number")
    )


_IN_STATE = {
    State.ACTIVE: Q(episode__isnull=False, ended_on=None),
    State.WAITING: Q(episode=None),
    State.DISCHARGED: Q(ended_on__isnull=False),
}


def _in_care_of(actor: Actor) -> Case:
    if actor.staff_id is None:
        return Case(default=Value(False))
    treated = Care.objects.filter(client=OuterRef("pk"), staff_id=actor.staff_id, ended_at=None)
    return Case(When(Q(counselor_id=actor.staff_id) | Exists(treated), then=Value(True)), default=Value(False))
