"""Reads of the way in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import Http404

from openiop.admissions.engine.placement import parse_case, recommend
from openiop.admissions.engine.placement.values import Action
from openiop.admissions.engine.referral import KnownPerson, Match, PartialDate, PersonName, Referral, possible_matches
from openiop.admissions.models import (
    Assessment,
    Call,
    Episode,
    Inquiry,
    LevelDecision,
    Recommendation,
    Wait,
)
from openiop.admissions.rules import LOVED_ONE
from openiop.kernel.errors import Refusal
from openiop.measures.models import Administration
from openiop.people.models import Client
from openiop.programs.models import Track
from openiop.programs.rules import NATIONAL, jurisdictions
from openiop.shared import audit
from openiop.shared.access import Actor, Permission, check

ADULT = 18

# --- Inquiries -------------------------------------------------------------------------------------------------------


def open_inquiries() -> QuerySet[Inquiry]:
    """Inquiries that wait for us, oldest first, each with `last_call`, `last_called_at` and `calls_made`."""
    return _with_calls(Inquiry.objects.open())


def closed_inquiries() -> QuerySet[Inquiry]:
    """Inquiries that are done, newest first, with the client they became."""
    closed = Inquiry.objects.filter(closed_at__isnull=False).order_by("-closed_at")
    return _with_calls(closed).select_related("client")


def _with_calls(inquiries: QuerySet[Inquiry]) -> QuerySet[Inquiry]:
    last = Call.objects.filter(inquiry=OuterRef("pk")).order_by("-called_at")
    return inquiries.annotate(
        last_call=Subquery(last.values("outcome")[:1]),
        last_called_at=Subquery(last.values("called_at")[:1]),
        calls_made=Count("calls"),
    )


def inquiry_for(actor: Actor, pk: UUID) -> Inquiry:
    """One inquiry, if this person works on inquiries; the read is in the audit trail."""
    check(actor, Permission.MANAGE_INQUIRIES)
    inquiry = _with_calls(Inquiry.objects.filter(pk=pk)).select_related("client", "closed_by").first()
    if inquiry is None:
        raise Http404("No such inquiry")
    audit.record("inquiry.opened", inquiry)
    return inquiry


def calls_of(inquiry: Inquiry) -> QuerySet[Call]:
    """The calls about an inquiry, newest first."""
    return inquiry.calls.select_related("staff").order_by("-called_at")


def details_of(inquiry: Inquiry) -> dict[str, Any]:
    """What the inquiry knows of the person in need, under the names of `Client`'s columns."""
    person = inquiry.referral.get("person", {})
    return {
        "first_name": "" if inquiry.first_name.startswith(LOVED_ONE) else inquiry.first_name,
        "last_name": inquiry.last_name,
        "birth_date": inquiry.birth_date,
        "language": inquiry.language,
        "phone": inquiry.phone,
        "email": inquiry.email,
        "safe_contact": inquiry.safe_contact,
        "contact_note": inquiry.best_time,
        "coverage": inquiry.coverage,
        "sex": person.get("sex", ""),
        "address": person.get("address", ""),
        "background": {key: value for key, value in inquiry.referral.items() if key != "person"},
    }


# --- People already known --------------------------------------------------------------------------------------------


def matches(person: Referral) -> tuple[Match, ...]:
    """Clients who may be this person, most likely first; `match.person.key` is the client's id."""
    return possible_matches(person, _known_people())


def matches_of(inquiry: Inquiry) -> tuple[Match, ...]:
    """Clients who may be the person of an inquiry."""
    born = PartialDate.parse(inquiry.birth_date.isoformat()) if inquiry.birth_date else None
    return matches(
        Referral(
            name=PersonName(given=inquiry.first_name, family=inquiry.last_name),
            birth_date=born,
            phone=inquiry.phone,
            email=inquiry.email,
        )
    )


def _known_people() -> Iterable[KnownPerson]:
    rows = Client.objects.standing().values_list(
        "pk", "first_name", "last_name", "preferred_name", "birth_date", "phone", "email"
    )
    for key, given, family, preferred, born, phone, email in rows:
        other = (PersonName(given=preferred, family=family),) if preferred else ()
        yield KnownPerson(
            key=str(key),
            given=given,
            family=family,
            birth_date=born,
            other_names=other,
            phones=(phone,) if phone else (),
            emails=(email,) if email else (),
        )


# --- Assessment and decision -----------------------------------------------------------------------------------------


def open_assessment(client: Client) -> Assessment | None:
    """The assessment that is being written, if any."""
    return Assessment.objects.filter(client=client, completed_at=None).first()


def latest_recommendation(client: Client) -> Recommendation | None:
    """The newest recommendation, with its decision if there is one."""
    return (
        Recommendation.objects.filter(client=client)
        .select_related("assessment__completed_by", "decision__decided_by")
        .order_by("-made_at")
        .first()
    )


def latest_decision(client: Client) -> LevelDecision | None:
    """The newest decision about the level of care."""
    return LevelDecision.objects.filter(client=client).select_related("decided_by").order_by("-decided_at").first()


def latest_administrations(client: Client) -> list[Administration]:
    """The newest completed administration of each instrument."""
    return list(
        Administration.objects.completed()
        .filter(client=client)
        .order_by("instrument", "-completed_at")
        .distinct("instrument")
    )


def case_data(assessment: Assessment, *, on: date, jurisdiction: str) -> dict[str, Any]:
    """The assessment as the placement engine reads it: completed measures flow in, what was entered by hand wins.

    Raises `Refusal` without a birth date, because hours and rules depend on the age.
    """
    age = assessment.client.age_on(on)
    if age is None:
        raise Refusal("Add the date of birth to the profile first: the level of care depends on the age.")
    return _case(assessment, on, jurisdiction, latest_administrations(assessment.client), age)


def _case(
    assessment: Assessment, on: date, jurisdiction: str, administrations: Iterable[Administration], age: int
) -> dict[str, Any]:
    return {
        "jurisdiction": jurisdiction if jurisdiction in jurisdictions() else NATIONAL,
        "age": age,
        "date": on.isoformat(),
        "domains": {key: _domain(held) for key, held in assessment.domains.items()},
        "circumstances": {k: v for k, v in assessment.circumstances.items() if v not in (None, "")},
        "measures": measure_values(assessment, administrations),
    }


def _domain(held: dict[str, Any]) -> dict[str, Any]:
    findings = (held.get("findings") or "").strip()
    return {"rating": held.get("rating"), "findings": [findings] if findings else []}


def measure_values(assessment: Assessment, administrations: Iterable[Administration]) -> dict[str, dict[str, int]]:
    """Scores and items by instrument, in the words of the placement engine."""
    found: dict[str, dict[str, int]] = {}
    for one in administrations:
        facts = {name: value for name, value in one.scores.items() if value is not None}
        facts |= {f"item_{item}": value for item, value in one.answers.items() if value is not None}
        found[one.instrument] = facts
    return found | {code: dict(scores) for code, scores in assessment.measures.items() if scores}


def safety_now(
    assessment: Assessment, *, on: date, jurisdiction: str, administrations: Iterable[Administration] | None = None
) -> tuple[Action, ...]:
    """What the answers so far ask for at once, while the assessment is still being written.

    Works without a birth date: no safety rule depends on the age.
    """
    held = latest_administrations(assessment.client) if administrations is None else administrations
    age = assessment.client.age_on(on)
    data = _case(assessment, on, jurisdiction, held, ADULT if age is None else age)
    return recommend(parse_case(data, today=on)).safety


# --- Episodes and seats ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TrackSeats:
    """A track's seats on a day: `taken` holds running episodes, `waiting` the length of the waitlist."""

    track: Track
    seats: int
    taken: int
    waiting: int

    @property
    def free(self) -> int:
        """Seats that can still be given, never below zero."""
        return max(0, self.seats - self.taken)


def running_episode(client: Client) -> Episode | None:
    """The client's course of treatment, if one is running."""
    return Episode.objects.running().filter(client=client).select_related("track__site").first()


def seats(day: date) -> list[TrackSeats]:
    """The open tracks with the seats that are held on that day or promised for later."""
    held = Q(episodes__ended_on=None) | Q(episodes__ended_on__gt=day, episodes__admitted_on__lte=day)
    tracks = (
        Track.objects.open()
        .select_related("site", "program")
        .annotate(
            taken=Count("episodes", filter=held, distinct=True),
            waiting=Count("waits", filter=Q(waits__left_at=None), distinct=True),
        )
        .order_by("starts", "name")
    )
    return [TrackSeats(track, track.seats, track.taken, track.waiting) for track in tracks]


def waiting() -> QuerySet[Wait]:
    """Everyone on a waitlist, longest first."""
    return Wait.objects.waiting().select_related("client", "track")
