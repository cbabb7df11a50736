"""The words of the way in: the list of inquiries, facts of a referral, the timeline, and the client's version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.db.models import CharField, DateTimeField, F, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone

from openiop.admissions.engine.placement import worksheet
from openiop.admissions.engine.referral import Match
from openiop.admissions.engine.referral.keeping import GROUPS
from openiop.admissions.engine.selfcheck import Who, questions
from openiop.admissions.forms import AssessmentForm
from openiop.admissions.models import (
    Assessment,
    EndReason,
    Episode,
    Inquiry,
    LevelDecision,
    Recommendation,
    Source,
)
from openiop.admissions.rules import next_step
from openiop.kernel.levels import LEVEL_LABELS, LevelOfCare
from openiop.kernel.timeline import Entry
from openiop.measures import engine as measures
from openiop.measures.models import Administration
from openiop.messaging.presenters import age
from openiop.people.models import Client, SafeContact


@dataclass(frozen=True, slots=True)
class InquiryRow:
    """One inquiry as the list shows it. `safe` is never left out: it keeps people safe."""

    pk: UUID
    name: str
    asks: str
    source: str
    age: str
    safe: str
    safe_tone: str
    reach: str
    best_time: str
    step: str
    step_tone: str
    calls: int
    outcome: str
    client: Client | None


def inquiry_row(inquiry: Inquiry, at: datetime) -> InquiryRow:
    """The strings of an inquiry of `queries.open_inquiries` or `closed_inquiries`."""
    since = inquiry.last_called_at or inquiry.received_at
    step = next_step(waited=at - since, safe_contact=inquiry.safe_contact, last_call=inquiry.last_call)
    return InquiryRow(
        pk=inquiry.pk,
        name=inquiry.name,
        asks=f"{inquiry.caller_name or 'A loved one'} asks" if inquiry.for_loved_one else "",
        source=Source(inquiry.source).label,
        age=age(inquiry.received_at, at),
        safe=SafeContact(inquiry.safe_contact).label,
        safe_tone="ok" if inquiry.safe_contact == SafeContact.ANY else "today",
        reach=" · ".join(part for part in (inquiry.phone, inquiry.email) if part),
        best_time=inquiry.best_time,
        step=step.words,
        step_tone=step.urgency,
        calls=inquiry.calls_made,
        outcome=inquiry.outcome,
        client=inquiry.client if inquiry.closed_at else None,
    )


def match_choice(match: Match, numbers: Mapping[str, str]) -> tuple[str, str]:
    """A known person as a choice: "Yes, Alex Moreno (HH-1001), born Apr 2, 1990. Same birth date, same name"."""
    person, day = match.person, match.person.birth_date
    born = f", born {day:%b} {day.day}, {day.year}" if day else ""
    name = f"{person.given} {person.family}".strip()
    return person.key, f"Yes, {name} ({numbers[person.key]}){born}. {'; '.join(match.reasons)}"


def self_check_answers(self_check: Mapping[str, Any]) -> list[tuple[str, list[str], bool]]:
    """Question, answers, and whether there is a danger sign among them, in the order of the self-check."""
    if not self_check:
        return []
    who, given = Who(self_check["who"]), self_check["answers"]
    rows = []
    for question in questions(who):
        chosen = [option for option in question.options if option.value in given.get(question.id, ())]
        if chosen:
            rows.append((question.text, [o.text for o in chosen], any(o.danger for o in chosen)))
    return rows


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact of a referral: what, when, and where the file says it."""

    key: str
    text: str
    label: str
    when: str
    source: str


def fact_groups(facts: Mapping[str, Sequence[Mapping[str, str]]]) -> list[tuple[str, list[FactRow]]]:
    """Groups of facts with their headings; only those that hold something."""
    return [(label, [_fact_row(one) for one in facts[key]]) for key, label in GROUPS.items() if facts.get(key)]


def reviewed_groups(record: Mapping[str, Any]) -> list[tuple[str, list[FactRow]]]:
    """The facts of a record that is under review, in groups."""
    by_group: dict[str, list[Mapping[str, str]]] = {}
    for fact in record["facts"]:
        by_group.setdefault(fact["group"], []).append(fact)
    return fact_groups(by_group)


def _fact_row(fact: Mapping[str, str]) -> FactRow:
    held = fact.get("date", "")
    span = f"{fact['first']} to {held}" if fact.get("first") and held else held
    ended = f"ended {fact['ended']}" if fact.get("ended") else ""
    code = f"{fact.get('system', '')} {fact['code']}".strip() if fact.get("code") else ""
    return FactRow(
        key=fact.get("key", ""),
        text=" · ".join(part for part in (fact["text"], fact.get("note")) if part),
        label=fact.get("label", ""),
        when=", ".join(part for part in (span, fact.get("status"), ended) if part),
        source=" · ".join(part for part in (fact.get("resource"), code) if part),
    )


# --- Assessment ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A completed questionnaire that flows into the assessment."""

    name: str
    scores: str
    when: datetime


def measure_row(one: Administration) -> MeasureRow:
    """Scores with their bands: "9 (Mild)"."""
    instrument = measures.load(one.instrument)
    words = []
    for score in instrument.scores:
        value = one.scores.get(score.name)
        if value is not None:
            band = score.band_of(value) if score.bands else None
            label = f"{score.label} " if len(instrument.scores) > 1 else ""
            words.append(f"{label}{value}{f' ({band.label})' if band else ''}")
    return MeasureRow(instrument.name, ", ".join(words) or "Not complete", one.completed_at)


def differences(held: Assessment, form: AssessmentForm) -> list[tuple[str, str, str]]:
    """Field, what another person saved, and what is typed here, wherever the two differ."""
    saved = AssessmentForm(initial=AssessmentForm.initial_of(held.domains, held.circumstances, held.measures))
    rows = []
    for name, field in form.fields.items():
        theirs, mine = saved.initial.get(name), form.cleaned_data.get(name)
        theirs, mine = ("" if one is None else str(one) for one in (theirs, mine))
        if theirs != mine:
            rows.append((_place(name, str(field.label)), _shown(field, theirs), _shown(field, mine)))
    return rows


def _place(name: str, label: str) -> str:
    domain = next((one.label for one in worksheet().domains if name.startswith(f"{one.key}-")), "")
    return f"{domain}: {label.lower()}" if domain else label


def _shown(field: Any, value: str) -> str:
    return str(dict(getattr(field, "choices", ())).get(value, value)) or "(empty)"


@dataclass(frozen=True, slots=True)
class LevelView:
    """A stored recommendation as the screen shows it."""

    level: str
    provisional: bool
    hours: str
    safety: list[dict[str, str]]
    reasons: list[dict[str, Any]]
    supports: list[str]
    ruled_out: list[tuple[str, str, list[str]]]
    missing: list[tuple[str, list[str]]]


VERDICTS = {"not_enough": "Not enough", "more_than_needed": "More than needed", "possible": "Also possible"}


def recommendation_view(found: Recommendation) -> LevelView:
    """The result in the order in which it is read: safety, level, reasons, what else, what is missing."""
    result = found.result
    return LevelView(
        level=LevelOfCare(found.level).label,
        provisional=result["provisional"],
        hours=_hours(result["hours"]),
        safety=result["safety"],
        reasons=result["rules"],
        supports=[one["label"] for one in result["supports"]],
        ruled_out=[
            (LevelOfCare(one["level"]).label, VERDICTS[one["verdict"]], one["reasons"])
            for one in result["alternatives"]
        ],
        missing=[(one["question"], one["changes"]) for one in result["missing"]],
    )


def _hours(hours: Mapping[str, Any] | None) -> str:
    if hours is None:
        return ""
    least, most = (f"{float(hours[key]):g}" if hours[key] is not None else "" for key in ("minimum", "maximum"))
    span = f"{least} to {most}" if most else f"at least {least}"
    return f"{span} hours a week ({hours['source']})"


# --- Timeline and the client's version -------------------------------------------------------------------------------


def timeline(client: Client) -> list[Entry]:
    """Inquiry, decision, admission and end of care, in one query."""
    inquiries = client.inquiries.annotate(at=F("received_at"), what=Value("inquiry"), held=F("source"))
    decisions = LevelDecision.objects.filter(client=client).annotate(
        at=F("decided_at"), what=Value("decision"), held=F("level")
    )
    began = Episode.objects.filter(client=client).annotate(
        at=Cast("admitted_on", DateTimeField()), what=Value("admitted"), held=F("level")
    )
    ended = Episode.objects.filter(client=client, ended_on__isnull=False).annotate(
        at=Cast("ended_on", DateTimeField()), what=Value("ended"), held=F("end_reason")
    )
    columns = ("at", "what", "text")
    rows = [
        query.annotate(text=Cast("held", CharField())).order_by().values_list(*columns)
        for query in (inquiries, decisions, began, ended)
    ]
    return [_entry(client, *row) for row in rows[0].union(*rows[1:], all=True)]


def _entry(client: Client, at: datetime, what: str, held: str) -> Entry:
    match what:
        case "inquiry":
            return Entry(at, "Inquiry", "First contact", Source(held).label, icon="chat")
        case "decision":
            url = reverse("desk:recommendation", args=[client.pk])
            return Entry(at, "Level of care", "Level of care decided", LEVEL_LABELS[LevelOfCare(held)], url, "check")
        case "admitted":
            return Entry(_noon(at), "Admission", "Admitted", LEVEL_LABELS[LevelOfCare(held)], icon="home")
        case _:
            return Entry(_noon(at), "Discharge", "Episode of care ended", EndReason(held).label, icon="home")


def _noon(day: datetime) -> datetime:
    """A day without a time stands in the timeline at noon of the center."""
    return timezone.make_aware(datetime.combine(day.date(), time(12)))
