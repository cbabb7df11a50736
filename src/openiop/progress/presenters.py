"""Facts about a course of treatment in drawings and words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast, Concat

from openiop.incentives.models import Result
from openiop.kernel.timeline import Entry
from openiop.measures.presenters import Panel, panel
from openiop.people.models import Client
from openiop.plans.models import Plan
from openiop.practice.models import CheckIn
from openiop.progress.models import Discharge, Outcome, Review
from openiop.progress.queries import Facts
from openiop.ui.charts import LineChart, Point

SHOWN_FIRST = ("BAM-IOP", "PHQ-9", "GAD-7")
"""The questionnaires of the weekly rhythm stand before those of the intake."""


def day(on: date) -> str:
    """A day as people here write it: "Nov 23, 2026"."""
    return f"{on:%b} {on.day}, {on.year}"


@dataclass(frozen=True, slots=True)
class FactSheet:
    """The facts as the review page draws them."""

    facts: Facts
    attendance: LineChart | None
    craving: LineChart | None
    panels: tuple[Panel, ...]


def fact_sheet(facts: Facts) -> FactSheet:
    """Charts of everything that is measured. No query."""
    codes = [*(c for c in SHOWN_FIRST if c in facts.measures), *sorted(set(facts.measures) - set(SHOWN_FIRST))]
    return FactSheet(
        facts=facts,
        attendance=_attendance(facts),
        craving=_craving(facts.check_ins),
        panels=tuple(panel(code, facts.measures[code]) for code in codes),
    )


def _attendance(facts: Facts) -> LineChart | None:
    if not facts.scheduled:
        return None
    most = max(max(week.scheduled, week.delivered) for week in facts.weeks)
    points = tuple(
        Point(week.week, round(week.delivered, 1), f"of {week.scheduled:g} scheduled")
        for week in facts.weeks
        if week.scheduled
    )
    summary = f"{facts.delivered:.0f} of {facts.scheduled:.0f} scheduled hours in all ({facts.attended_percent}%)."
    return LineChart("Hours attended each week", points, 0, max(1, -(-most // 1)), summary=summary, value_label="Hours")


def _craving(check_ins: Iterable[CheckIn]) -> LineChart | None:
    strongest: dict[date, int] = {}
    for one in check_ins:
        strongest[one.day] = max(one.craving, strongest.get(one.day, 0))
    if not strongest:
        return None
    points = tuple(Point(on, craving) for on, craving in sorted(strongest.items()))
    return LineChart(
        "Craving in check-ins", points, 0, 10, summary=f"{len(points)} days with a check-in.", value_label="Craving"
    )


# --- Words of the discharge summary --------------------------------------------------------------------------


def course_of_treatment(facts: Facts) -> str:
    """A first text for the summary, from the facts alone. A clinician edits and signs it."""
    return "\n".join(filter(None, (_stay(facts), _hours(facts), _scores(facts), _tests(facts), _goals(facts))))


def _stay(facts: Facts) -> str:
    episode = facts.episode
    place = f" in the {episode.track.name} track" if episode.track else ""
    return f"In treatment since {day(episode.admitted_on)} ({facts.days} days), {episode.get_level_display()}{place}."


def _hours(facts: Facts) -> str:
    if not facts.scheduled:
        return ""
    return (
        f"Attended {facts.delivered:.0f} of {facts.scheduled:.0f} scheduled hours ({facts.attended_percent}%) "
        f"over {len(facts.weeks)} weeks."
    )


def _scores(facts: Facts) -> str:
    sentences = []
    for one in fact_sheet(facts).panels:
        for chart in one.charts:
            first, last = chart.points[0], chart.points[-1]
            if len(chart.points) > 1:
                sentences.append(f"{chart.label}: {first.shown} on {first.day}, {last.shown} on {last.day}.")
    return "\n".join(sentences)


def _tests(facts: Facts) -> str:
    if not facts.tests:
        return ""
    counts = [(label, sum(test.result == value for test in facts.tests)) for value, label in Result.choices]
    return "Drug tests: " + ", ".join(f"{count} {label.lower()}" for label, count in counts if count) + "."


def _goals(facts: Facts) -> str:
    return f"{facts.objectives_met} of {facts.objectives} objectives of the plan met." if facts.objectives else ""


# --- For the timeline ----------------------------------------------------------------------------------------


def timeline(client: Client) -> list[Entry]:
    """Plans in force, reviews and discharges. One query for the three, because a chart asks every room."""
    rows = _reviews(client).union(_discharges(client), _plans(client), all=True)
    return [_entry(*row) for row in rows]


NOTHING = Value("", output_field=CharField())


def _reviews(client: Client) -> QuerySet[Any, Any]:
    who = Concat("decided_by__first_name", Value(" "), "decided_by__last_name")
    return Review.objects.filter(client=client).values_list(
        "decided_at", Cast("outcome", CharField()), Cast("reason", CharField()), who
    )


def _discharges(client: Client) -> QuerySet[Any, Any]:
    who = Concat("signed_by__first_name", Value(" "), "signed_by__last_name")
    what = Value("discharged", output_field=CharField())
    return Discharge.objects.filter(client=client).values_list("signed_at", what, NOTHING, who)


def _plans(client: Client) -> QuerySet[Any, Any]:
    what = Value("plan", output_field=CharField())
    in_force = Plan.objects.filter(client=client, active_at__isnull=False)
    return in_force.values_list("active_at", what, Cast("number", CharField()), NOTHING)


def _entry(at: datetime, what: str, text: str, who: str) -> Entry:
    match what:
        case "plan":
            return Entry(at, "Plan", f"Treatment plan {text} signed by both", icon="plan")
        case "discharged":
            return Entry(at, "Discharge", f"Discharge summary signed by {who}", icon="exit")
    return Entry(at, "Review", f"{Outcome(what).label} ({who})", text, icon="steps")
