"""Writes of questionnaires: assigned, answered one item at a time, finished, scored.

An answer that needs a person at once (PHQ-9 item 9 above zero) raises its alert in the transaction that stores it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from openiop.kernel.errors import InputError, Refusal
from openiop.measures import engine, rules
from openiop.measures.models import Administration
from openiop.measures.values import Flag, Instrument, Severity
from openiop.messaging.actions import raise_alert
from openiop.messaging.models import Urgency
from openiop.people.models import Client
from openiop.shared import audit
from openiop.shared.access import Actor

Answers = Mapping[str, int]


@transaction.atomic
def assign(*, client: Client, instrument: str, due_on: date, by: Actor, at: datetime) -> Administration:
    """Ask the client to answer an instrument from that day on. One that already waits is returned as it stands.

    Raises NoSuchInstrument for an unknown code.
    """
    known = engine.load(instrument)
    if known.needs_text:
        raise Refusal(f"{known.name} has no questions here yet. Add its text under your license first.")
    administration, made = Administration.objects.get_or_create(
        client=client,
        instrument=known.code,
        completed_at=None,
        withdrawn_at=None,
        defaults={"version": known.version, "due_on": due_on},
    )
    if made:
        audit.record("measure.assigned", administration, instrument=known.code)
    return administration


@transaction.atomic
def assign_due(*, client: Client, on: date, by: Actor, at: datetime) -> list[Administration]:
    """Assign what the cadence asks of a client in treatment on that day. Twice on a day is once."""
    last: dict[str, date] = {}
    waiting: set[str] = set()
    for one in Administration.objects.filter(client=client).order_by("created_at"):
        if one.completed_at is None and one.withdrawn_at is None:
            waiting.add(one.instrument)
        else:
            ended = timezone.localdate(one.completed_at or one.withdrawn_at)
            last[one.instrument] = max(ended, last.get(one.instrument, ended))
    codes = rules.instruments_due(last=last, open_now=waiting, on=on)
    return [assign(client=client, instrument=code, due_on=on, by=by, at=at) for code in codes]


@transaction.atomic
def answer(*, administration: Administration, item: str, value: int, by: Actor, at: datetime) -> Administration:
    """Keep one answer. Answers to items that no longer apply are dropped; an alarming one alerts staff at once.

    An alarming answer that changes to another alarming one alerts again, also when the first alert was handled.

    Raises InputError for an unknown item or a value that the form does not offer.
    """
    held = _locked(administration)
    instrument = engine.load(held.instrument)
    flags = engine.item_flags(instrument, item, value)
    is_new = held.answers.get(item) != value
    held.answers = _applying(instrument, {**held.answers, item: value})
    held.started_at = held.started_at or at
    if is_new:
        known = {row["id"] for row in held.flags}
        for flag in flags:
            if flag.id in known and flag.severity is Severity.NOW:
                _alert(held, flag, by=by, at=at)
        held.flags = _with_raised(held, flags, by=by, at=at)
    held.save(update_fields=["answers", "started_at", "flags"])
    return held


@transaction.atomic
def complete(*, administration: Administration, by: Actor, at: datetime) -> Administration:
    """Finish and score. Items may be left open: a score that needs one is then not given, never guessed."""
    held = _locked(administration)
    if not held.answers:
        raise Refusal("Answer at least one question first.")
    return _finish(held, by=by, at=at)


@transaction.atomic
def record_on_paper(
    *, client: Client, instrument: str, answers: Answers, by: Actor, at: datetime, answered_at: datetime | None = None
) -> Administration:
    """Enter a form that was answered on paper or aloud. One that waits in the portal is thereby done."""
    held = _locked(assign(client=client, instrument=instrument, due_on=timezone.localdate(at), by=by, at=at))
    known = engine.load(held.instrument)
    if not answers:
        raise Refusal("Enter at least one answer.")
    if answered_at is not None and answered_at > at:
        raise Refusal("That day has not come yet.", field="answered_on")
    flags = [flag for item, value in answers.items() for flag in engine.item_flags(known, item, value)]
    held.answers = _applying(known, dict(answers))
    held.entered_by_staff = True
    held.started_at = answered_at or at
    held.flags = _with_raised(held, flags, by=by, at=at)
    return _finish(held, by=by, at=at, completed_at=answered_at or at)


@transaction.atomic
def withdraw(*, administration: Administration, by: Actor, at: datetime) -> Administration:
    """Set an open administration aside: the client no longer sees it. What was answered stays in the record."""
    held = _locked(administration)
    held.withdrawn_at = at
    held.save(update_fields=["withdrawn_at"])
    audit.record("measure.withdrawn", held, instrument=held.instrument)
    return held


def _locked(administration: Administration) -> Administration:
    """The row, held against a second writer; refuses one that is no longer open."""
    held = Administration.objects.select_for_update(of=("self",)).select_related("client__counselor")
    found: Administration = held.get(pk=administration.pk)
    if found.completed_at is not None or found.withdrawn_at is not None:
        raise Refusal("These questions are already finished. Thank you.")
    return found


def _applying(instrument: Instrument, answers: dict[str, int]) -> dict[str, int]:
    """The answers without those to items that an earlier answer rules out."""
    kept: dict[str, int] = {}
    for item in instrument.items:
        if item.id in answers and not engine.is_ruled_out(item, kept):
            kept[item.id] = answers[item.id]
    unknown = answers.keys() - instrument.by_id.keys()
    if unknown:
        raise InputError("items", held=sorted(unknown)[0], allowed="an item of the form")
    return kept


def _finish(held: Administration, *, by: Actor, at: datetime, completed_at: datetime | None = None) -> Administration:
    result = engine.score(engine.load(held.instrument), held.answers)
    held.scores = dict(result.scores)
    held.bands = {name: band.key for name, band in result.bands.items()}
    held.flags = _with_raised(held, result.flags, by=by, at=at)
    held.completed_at = completed_at or at
    held.save()
    audit.record("measure.completed", held, instrument=held.instrument, on_paper=held.entered_by_staff)
    return held


def _with_raised(held: Administration, flags: Iterable[Flag], *, by: Actor, at: datetime) -> list[dict[str, Any]]:
    """The flags of the administration with these added, each alerted once when it is first raised."""
    raised = {row["id"]: row for row in held.flags}
    for flag in flags:
        if flag.id not in raised:
            _alert(held, flag, by=by, at=at)
            raised[flag.id] = {"id": flag.id, "severity": flag.severity.value, "text": flag.staff_text}
    return list(raised.values())


# What must be seen now is an alert of this one form. What can wait until the next contact is one alert per client,
# so that a weekly form does not fill a counselor's list with the same sentence.
def _alert(held: Administration, flag: Flag, *, by: Actor, at: datetime) -> None:
    if flag.severity is Severity.NOTE:
        return
    is_now = flag.severity is Severity.NOW
    headline, _, rest = flag.staff_text.partition(": ")
    raise_alert(
        kind=f"measure.{flag.id}"[:40],
        urgency=Urgency.NOW if is_now else Urgency.SOON,
        headline=headline[:120],
        next_step=(rest[:1].upper() + rest[1:])[:200],
        source=f"administration:{held.pk}" if is_now else f"{held.instrument}:{held.client_id}",
        client=held.client,
        by=by,
        at=at,
        again=is_now,
    )
