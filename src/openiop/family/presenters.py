"""What a family member is shown: exactly what the client's consents open, in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format

from openiop.admissions.models import Episode
from openiop.attendance.models import Attendance, Status
from openiop.attendance.queries import attended, upcoming
from openiop.attendance.rules import CAME
from openiop.consents.models import Information
from openiop.kernel.levels import LevelOfCare
from openiop.people.models import Client
from openiop.plans.models import Goal
from openiop.plans.queries import goals_in_force
from openiop.progress.queries import discharge_of, latest_episode


@dataclass(frozen=True, slots=True)
class Line:
    """A day, and what there is to say about it."""

    day: str
    text: str


@dataclass(frozen=True, slots=True)
class Shared:
    """The parts of a client's record that are open; a part that is closed is None."""

    name: str
    schedule: list[Line] | None = None
    attendance: list[Line] | None = None
    progress: list[str] | None = None
    plan: list[str] | None = None
    discharge: str | None = None
    closed: list[str] = field(default_factory=list)


def shared(client: Client, opened: frozenset[Information], at: datetime) -> Shared:
    """What is open of this client's record at that moment; each part of it is read once."""
    episode = latest_episode(client) if opened & {Information.PROGRESS, Information.DISCHARGE} else None
    goals = goals_in_force(client) if opened & {Information.PROGRESS, Information.PLAN} else []
    return Shared(
        name=client.called,
        schedule=_schedule(client, at) if Information.SCHEDULE in opened else None,
        attendance=_attendance(client, at) if Information.ATTENDANCE in opened else None,
        progress=_progress(client, episode, goals, at) if Information.PROGRESS in opened else None,
        plan=[goal.client_words for goal in goals] if Information.PLAN in opened else None,
        discharge=_discharge(episode) if Information.DISCHARGE in opened else None,
        closed=[str(kind.label) for kind in Information if kind not in opened],
    )


BREAK = timedelta(minutes=30)
"""Sessions with no longer break between them are one stay: what a family plans rides and meals by."""


def _by_day(lines: Iterable[Attendance]) -> dict[date, list[Attendance]]:
    """The lines by local day, in the order given."""
    found: dict[date, list[Attendance]] = {}
    for line in lines:
        found.setdefault(timezone.localdate(line.during.lower), []).append(line)
    return found


def _stays(lines: Iterable[Attendance]) -> list[tuple[datetime, datetime]]:
    """From when to when someone is here on a day, short breaks left out."""
    stays: list[tuple[datetime, datetime]] = []
    for line in sorted(lines, key=lambda line: line.during.lower):
        start, end = line.during.lower, line.during.upper
        if stays and start - stays[-1][1] <= BREAK:
            stays[-1] = (stays[-1][0], max(end, stays[-1][1]))
        else:
            stays.append((start, end))
    return stays


def _clock(moment: datetime) -> str:
    return str(date_format(timezone.localtime(moment), "g:i A"))


def _schedule(client: Client, at: datetime) -> list[Line]:
    days = _by_day(upcoming(client, at, days=7)).items()
    return [
        Line(date_format(day, "l, M j"), " and ".join(f"{_clock(a)} to {_clock(b)}" for a, b in _stays(lines)))
        for day, lines in days
    ]


WORDS = {Status.EXCUSED: "could not come, told us", Status.ABSENT: "was not there"}


def _attendance(client: Client, at: datetime) -> list[Line]:
    today = timezone.localdate(at)
    lines = attended(client, today - timedelta(days=14), today + timedelta(days=1))
    marked = [line for line in lines if line.status in CAME or line.status in WORDS]
    return [Line(date_format(day, "l, M j"), _came(held)) for day, held in _by_day(marked).items()]


def _came(lines: list[Attendance]) -> str:
    """One day in a few words; the times only where the day was mixed."""
    words = [WORDS.get(Status(line.status), "was there") for line in lines]
    if len(set(words)) == 1:
        return words[0]
    ordered = sorted(zip(lines, words, strict=True), key=lambda one: one[0].during.lower)
    return "; ".join(f"{_clock(line.during.lower)}: {said}" for line, said in ordered)


def _progress(client: Client, episode: Episode | None, goals: list[Goal], at: datetime) -> list[str]:
    if episode is None or episode.ended_on is not None:
        return [f"{client.called} is not in a program here at the moment."]
    return [_week_words(episode, at), f"Level of care: {LevelOfCare(episode.level).label}.", *_objective_words(goals)]


def _week_words(episode: Episode, at: datetime) -> str:
    week = (timezone.localdate(at) - episode.admitted_on).days // 7 + 1
    return f"Week {week} of the program."


def _objective_words(goals: list[Goal]) -> list[str]:
    objectives = [objective for goal in goals for objective in goal.objectives.all()]
    met = sum(objective.status == "met" for objective in objectives)
    return [f"Steps of the plan that are done: {met} of {len(objectives)}."] if objectives else []


def _discharge(episode: Episode | None) -> str:
    discharge = discharge_of(episode) if episode and episode.ended_on else None
    return discharge.recovery_plan if discharge else ""
