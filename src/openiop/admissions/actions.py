"""Writes of the way in: inquiry, assessment and decision, admission and waitlist, and the end of an episode."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from openiop.admissions import rules
from openiop.admissions.engine import placement
from openiop.admissions.engine.placement.values import Action
from openiop.admissions.events import admitted
from openiop.admissions.models import (
    Assessment,
    Call,
    CallOutcome,
    EndReason,
    Episode,
    Inquiry,
    LevelDecision,
    Recommendation,
    Source,
    Wait,
)
from openiop.admissions.queries import case_data, details_of
from openiop.kernel.errors import Conflict, Refusal
from openiop.kernel.levels import LevelOfCare
from openiop.messaging.actions import close_alert, raise_alert
from openiop.messaging.models import Alert, Urgency
from openiop.people.actions import add_client, update_client
from openiop.people.models import Center, Client
from openiop.programs.models import Track
from openiop.shared import audit
from openiop.shared.access import Actor, Permission, check
from openiop.shared.constraints import refused_by

TRACK_FULL = Refusal("This track is full. Choose another one, or add the person to its waitlist.", field="track")
IN_TREATMENT = Refusal("This person is already in treatment here. End that episode first, or change its level.")

# --- Records made by mistake ---


@transaction.atomic
def remove_client(*, client: Client, by: Actor, at: datetime) -> None:
    """Take a record that was made by mistake out of every list. Nothing is deleted, and it can be put back."""
    if Episode.objects.filter(client=client).exists():
        raise Refusal("This person has been treated here. Their record stays.")
    if by.user_id is None:
        raise Refusal("Only a person can remove a record.")
    for wait in Wait.objects.waiting().filter(client=client):
        leave_waitlist(wait=wait, because="Record removed", by=by, at=at)
    client.removed_at, client.removed_by_id = at, by.user_id
    client.save(update_fields=["removed_at", "removed_by"])
    audit.record("client.removed", client)


@transaction.atomic
def restore_client(*, client: Client, by: Actor, at: datetime) -> None:
    """Put a removed record back as it was."""
    client.removed_at = client.removed_by = None
    client.save(update_fields=["removed_at", "removed_by"])
    audit.record("client.restored", client)


# --- Inquiries -------------------------------------------------------------------------------------------------------


@transaction.atomic
def receive_inquiry(*, source: str, first_name: str, by: Actor, at: datetime, **fields: Any) -> Inquiry:
    """Someone asks for help, or a hospital does for them. `fields` are further columns of `Inquiry`.

    Staff are alerted until the first call, and after a danger sign until they have reached the person: how soon that
    is decides whether they come.
    """
    if not first_name.strip():
        raise Refusal("Enter a first name.", field="first_name")
    inquiry = Inquiry.objects.create(source=Source(source), first_name=first_name.strip(), received_at=at, **fields)
    audit.record("inquiry.received", inquiry, source=inquiry.source)
    raise_alert(
        kind="inquiry",
        urgency=Urgency.NOW if rules.told_of_danger(inquiry.self_check) else Urgency.TODAY,
        headline=_headline(inquiry),
        next_step="Call back, or reach the person in the way they said is safe.",
        source=f"inquiry:{inquiry.pk}",
        by=by,
        at=at,
    )
    return inquiry


def _headline(inquiry: Inquiry) -> str:
    """What staff read first: "New inquiry: Alex M. (a loved one asks)"."""
    who = f"{inquiry.first_name} {inquiry.last_name[:1]}{'.' if inquiry.last_name else ''}".strip()
    kind = "Hospital referral" if inquiry.source == Source.REFERRAL else "New inquiry"
    about = " (a loved one asks)" if inquiry.for_loved_one else ""
    return f"{kind}: {who[:70]}{about}"


@transaction.atomic
def log_call(*, inquiry: Inquiry, outcome: str, note: str, by: Actor, at: datetime) -> Call:
    """Keep one attempt to reach the person."""
    if by.staff_id is None:
        raise Refusal("Only a member of the staff can log a call.")
    call = Call.objects.create(
        inquiry=inquiry, staff_id=by.staff_id, called_at=at, outcome=CallOutcome(outcome), note=note.strip()
    )
    audit.record("inquiry.called", inquiry, outcome=call.outcome)
    # Someone who told of danger stays before staff until a person has talked with them.
    if call.outcome == CallOutcome.REACHED or not rules.told_of_danger(inquiry.self_check):
        _settle_alert(inquiry, f"Called: {call.get_outcome_display().lower()}.", by, at)
    return call


@transaction.atomic
def close_inquiry(*, inquiry: Inquiry, outcome: str, by: Actor, at: datetime) -> Inquiry:
    """Nothing more to do for this inquiry; says in a few words why."""
    if not outcome.strip():
        raise Refusal("Say in a few words how this ended.", field="outcome")
    held = _open_inquiry(inquiry)
    _close(held, outcome.strip(), by, at)
    audit.record("inquiry.closed", held)
    return held


@transaction.atomic
def convert(*, inquiry: Inquiry, by: Actor, at: datetime, existing: Client | None = None, **corrections: Any) -> Client:
    """The person becomes a client, with all that the inquiry holds. Twice is once.

    `corrections` are columns of `Client` that replace what the inquiry holds. With `existing` the inquiry
    is joined to that client: empty details are filled, nothing that stands there is replaced.
    """
    held = Inquiry.objects.select_for_update(of=("self",)).select_related("client").get(pk=inquiry.pk)
    if held.client is not None:
        return held.client
    if held.closed_at is not None:
        raise Refusal("This inquiry is closed. Enter a new one to begin again.")
    details = {**details_of(held), **corrections}
    client = _fill_gaps(existing, details, by, at) if existing else add_client(by=by, at=at, **details)
    held.client = client
    _close(held, f"Became client {client.number}", by, at)
    audit.record("inquiry.converted", held, joined=existing is not None)
    return client


def _fill_gaps(client: Client, details: dict[str, Any], by: Actor, at: datetime) -> Client:
    gaps = {name: value for name, value in details.items() if value and not getattr(client, name)}
    gaps["background"] = rules.merged_background(client.background, details.get("background") or {})
    return update_client(client=client, by=by, at=at, **gaps)


def _open_inquiry(inquiry: Inquiry) -> Inquiry:
    held: Inquiry = Inquiry.objects.select_for_update().get(pk=inquiry.pk)
    if held.closed_at is not None:
        raise Refusal("This inquiry is already closed.")
    return held


def _close(inquiry: Inquiry, outcome: str, by: Actor, at: datetime) -> None:
    inquiry.closed_at, inquiry.closed_by_id, inquiry.outcome = at, by.user_id, outcome
    inquiry.save(update_fields=["closed_at", "closed_by", "outcome", "client"])
    _settle_alert(inquiry, outcome, by, at)


def _settle_alert(inquiry: Inquiry, what_was_done: str, by: Actor, at: datetime) -> None:
    for alert in Alert.objects.open().filter(kind="inquiry", source=f"inquiry:{inquiry.pk}"):
        close_alert(alert=alert, what_was_done=what_was_done, by=by, at=at)


# --- Assessment and decision -----------------------------------------------------------------------------------------


@transaction.atomic
def start_assessment(*, client: Client, by: Actor, at: datetime) -> Assessment:
    """The client's open assessment, begun now if there is none."""
    assessment, made = Assessment.objects.get_or_create(
        client=client, completed_at=None, defaults={"started_at": at, "started_by_id": by.staff_id}
    )
    if made:
        audit.record("assessment.started", assessment)
    return assessment


@transaction.atomic
def save_assessment(
    *,
    assessment: Assessment,
    version: int,
    domains: dict[str, Any],
    circumstances: dict[str, Any],
    measures: dict[str, Any],
    by: Actor,
    at: datetime,
) -> Assessment:
    """Keep what was written so far.

    `version` is the one the writer began from; `Conflict` if someone else has saved since.
    Saving what already stands there changes nothing, so that a repeated request is no conflict.
    """
    held = _open_assessment(assessment)
    wanted = (domains, circumstances, measures)
    if wanted == (held.domains, held.circumstances, held.measures):
        return held
    if held.version != version:
        raise Conflict("Someone else has saved this assessment since you opened it.")
    held.domains, held.circumstances, held.measures = wanted
    held.version += 1
    held.save(update_fields=["domains", "circumstances", "measures", "version"])
    audit.record("assessment.saved", held, version=held.version)
    return held


@transaction.atomic
def complete_assessment(*, assessment: Assessment, by: Actor, at: datetime) -> Recommendation:
    """Close the assessment and ask the placement engine. Safety actions that it names alert staff at once."""
    held = _open_assessment(assessment)
    on = timezone.localtime(at).date()
    data = case_data(held, on=on, jurisdiction=_jurisdiction(by))
    case = placement.parse_case(data, today=on)
    result = placement.recommend(case)
    held.completed_at, held.completed_by_id = at, by.staff_id
    held.measures = data["measures"]
    held.save(update_fields=["completed_at", "completed_by", "measures"])
    recommendation = Recommendation.objects.create(
        assessment=held,
        client=held.client,
        level=result.recommended,
        case=data,
        result=placement.as_json(case, result),
        content_version=result.content_version,
        made_at=at,
    )
    audit.record("assessment.completed", held)
    for action in result.safety:
        _alert_of_safety(recommendation, action, by, at)
    return recommendation


def _alert_of_safety(recommendation: Recommendation, action: Action, by: Actor, at: datetime) -> None:
    client, assessment = recommendation.client, recommendation.assessment
    headline, _, rest = action.staff.partition(". ")
    raise_alert(
        kind="safety",
        urgency=Urgency.NOW if action.urgency == "now" else Urgency.TODAY,
        headline=headline.removesuffix("."),
        next_step=rest,
        source=f"recommendation:{recommendation.pk}:{action.id}"[:80],
        client=client,
        owner=client.counselor or assessment.completed_by,
        by=by,
        at=at,
    )


def _jurisdiction(by: Actor) -> str:
    return Center.objects.values_list("jurisdiction", flat=True).get(pk=by.center_id)


def _open_assessment(assessment: Assessment) -> Assessment:
    held: Assessment = (
        Assessment.objects.select_for_update(of=("self",)).select_related("client__counselor").get(pk=assessment.pk)
    )
    if held.completed_at is not None:
        raise Refusal("This assessment is complete. Start a new one to change the picture.")
    return held


@transaction.atomic
def decide(*, recommendation: Recommendation, level: str, reason: str, by: Actor, at: datetime) -> LevelDecision:
    """A clinician sets the level of care: as recommended, or otherwise with a reason."""
    check(by, Permission.DECIDE_LEVEL)
    if by.staff_id is None:
        raise Refusal("Only a clinician can decide the level of care.")
    chosen = LevelOfCare(level)
    is_override = chosen != recommendation.level
    if is_override and not reason.strip():
        raise Refusal("Say why you decide otherwise than recommended.", field="reason")
    decided = {
        "admissions_leveldecision_recommendation_id_key": Refusal("The level of care has been decided already."),
    }
    with refused_by(decided):
        decision = LevelDecision.objects.create(
            client=recommendation.client,
            recommendation=recommendation,
            level=chosen,
            is_override=is_override,
            reason=reason.strip(),
            client_words=rules.client_words(recommendation.result, recommended=recommendation.level, chosen=chosen),
            decided_by_id=by.staff_id,
            decided_at=at,
        )
    audit.record("level.decided", decision, override=is_override)
    return decision


# --- Episode of care and waitlist ------------------------------------------------------------------------------------


@transaction.atomic
def admit(*, client: Client, level: str, track: Track | None, on: date, by: Actor, at: datetime) -> Episode:
    """Begin an episode of care on that day, with a seat in the track if one is given."""
    _check_open(track)
    with refused_by(_seat_refusals()):
        episode = Episode.objects.create(
            client=client, level=LevelOfCare(level), track=track, admitted_on=on, admitted_by_id=by.staff_id
        )
    for wait in Wait.objects.waiting().filter(client=client):
        leave_waitlist(wait=wait, because="Admitted", by=by, at=at)
    audit.record("client.admitted", episode, on=on.isoformat())
    admitted.send(sender=Episode, episode=episode, by=by, at=at)
    return episode


@transaction.atomic
def change_level(*, episode: Episode, level: str, track: Track | None, by: Actor, at: datetime) -> Episode:
    """Go on at another level or in another track. The history keeps what stood there before."""
    if episode.ended_on is not None:
        raise Refusal("This episode has ended.")
    _check_open(track)
    left = episode.track if episode.track_id != (track.pk if track else None) else None
    episode.level, episode.track = LevelOfCare(level), track
    with refused_by(_seat_refusals()):
        episode.save(update_fields=["level", "track"])
    audit.record("level.changed", episode)
    _tell_of_free_seat(left, by, at)
    return episode


@transaction.atomic
def end_episode(*, episode: Episode, on: date, reason: EndReason, by: Actor, at: datetime) -> Episode:
    """The course of treatment ends on that day; its seat is free at once."""
    if episode.ended_on is not None:
        raise Refusal("This episode has already ended.")
    if on < episode.admitted_on:
        raise Refusal("The last day cannot be before the day of admission.", field="on")
    episode.ended_on, episode.end_reason = on, EndReason(reason)
    episode.save(update_fields=["ended_on", "end_reason"])
    audit.record("episode.ended", episode, on=on.isoformat())
    _tell_of_free_seat(episode.track, by, at)
    return episode


@transaction.atomic
def join_waitlist(*, client: Client, track: Track, by: Actor, at: datetime, note: str = "") -> Wait:
    """Wait for a seat in the track. Twice is once, and keeps the earlier place."""
    wait, made = Wait.objects.get_or_create(
        client=client, track=track, left_at=None, defaults={"since": at, "note": note.strip()}
    )
    if made:
        audit.record("waitlist.joined", wait)
    return wait


@transaction.atomic
def leave_waitlist(*, wait: Wait, because: str, by: Actor, at: datetime) -> Wait:
    """No longer wait; says why."""
    if not because.strip():
        raise Refusal("Say in a few words why.", field="because")
    wait.left_at, wait.left_because = at, because.strip()
    wait.save(update_fields=["left_at", "left_because"])
    audit.record("waitlist.left", wait)
    return wait


def _check_open(track: Track | None) -> None:
    if track is not None and track.closed_at is not None:
        raise Refusal("This track no longer takes clients. Choose another one.", field="track")


def _seat_refusals() -> dict[str, Refusal]:
    return {"admissions_track_has_seat": TRACK_FULL, "admissions_episode_running_once": IN_TREATMENT}


def _tell_of_free_seat(track: Track | None, by: Actor, at: datetime) -> None:
    """Someone waits for the seat that is free now: staff should know today."""
    first = Wait.objects.waiting().filter(track=track).select_related("client").first() if track else None
    if track is None or first is None:
        return
    raise_alert(
        kind="seat_free",
        urgency=Urgency.TODAY,
        headline=f"A seat is free in {track.name}",
        next_step=f"{first.client.short_name} has waited longest. Offer the seat.",
        source=f"track:{track.pk}",
        by=by,
        at=at,
    )
