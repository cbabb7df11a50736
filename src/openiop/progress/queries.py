"""Reads for reviews and discharge: everything about a course of treatment, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Max, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from openiop.admissions.models import Episode
from openiop.attendance.queries import hours
from openiop.attendance.values import Hours
from openiop.incentives.models import DrugTest, Result
from openiop.measures.models import Administration
from openiop.measures.queries import by_instrument
from openiop.people.models import Client
from openiop.plans.queries import objectives_met
from openiop.practice.models import CheckIn
from openiop.programs.models import Track
from openiop.progress.models import Discharge, Review

LEVEL_REVIEW_AFTER = timedelta(days=28)
"""Time until the level of care is looked at again: the four weeks that a step down is weighed after."""

WEEKS_SHOWN = 12


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


def facts(episode: Episode, at: datetime) -> Facts:
    """Everything about the episode side by side. Six queries."""
    today = timezone.localdate(at)
    last = min(episode.ended_on or today, today)
    first = max(episode.admitted_on, last - timedelta(weeks=WEEKS_SHOWN))
    met, objectives = objectives_met(episode.client)
    return Facts(
        episode=episode,
        on=last,
        weeks=tuple(hours(episode.client, first, last + timedelta(days=1))),
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


def as_json(found: Facts) -> dict[str, Any]:
    """The facts as plain JSON: what a review keeps of what its reviewer saw."""
    return {
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


def due_for_level_review(day: date) -> Sequence[Episode]:
    """Running episodes whose level of care was last looked at four weeks ago or longer."""
    episodes = (
        Episode.objects.running()
        .annotate(reviewed_at=Max("reviews__decided_at"))
        .annotate(since=Coalesce("reviewed_at__date", "admitted_on"))
        .filter(since__lte=day - LEVEL_REVIEW_AFTER)
    )
    return list(episodes.select_related("client__counselor"))
