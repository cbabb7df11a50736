"""Decisions about the course of treatment: reviews of the level of care, and discharge."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from openiop.admissions.actions import end_episode
from openiop.admissions.models import EndReason, Episode
from openiop.attendance.actions import move_to_track, release_from
from openiop.incentives.actions import end_courses
from openiop.kernel.errors import Refusal
from openiop.kernel.levels import LevelOfCare
from openiop.messaging.actions import close_alert, raise_alert
from openiop.messaging.models import Alert, Urgency
from openiop.programs.models import Track
from openiop.progress import queries
from openiop.progress.models import Discharge, Outcome, Review
from openiop.schedule.actions import end_enrollments
from openiop.shared import audit
from openiop.shared.access import Actor, Permission, check
from openiop.shared.constraints import refused_by


@transaction.atomic
def decide_review(
    *,
    episode: Episode,
    outcome: str,
    reason: str,
    by: Actor,
    at: datetime,
    level: str | None = None,
    track: Track | None = None,
) -> Review:
    """Keep the decision with the facts it was made on; a step up or down takes effect tomorrow.

    Continue and discharge leave level and track alone: discharge is carried out by `discharge`, when its summary is
    written.
    """
    check(by, Permission.REVIEW_CARE)
    if by.staff_id is None:
        raise Refusal("Only a clinician can review the level of care.")
    held = _running(episode)
    if not reason.strip():
        raise Refusal("Say why, in a sentence or two.", field="reason")
    moves = outcome in {Outcome.STEP_UP, Outcome.STEP_DOWN}
    if moves:
        _refuse_wrong_way(held, Outcome(outcome), level, track)
    before = held.level
    kept = _facts_seen(held, at)
    if moves:
        tomorrow = timezone.localdate(at) + timedelta(days=1)
        held = move_to_track(episode=held, level=LevelOfCare(level or ""), track=track, on=tomorrow, by=by, at=at)
    review = Review.objects.create(
        episode=held,
        client_id=held.client_id,
        outcome=Outcome(outcome),
        level_before=before,
        level_after=held.level,
        reason=reason.strip(),
        facts=kept,
        decided_by_id=by.staff_id,
        decided_at=at,
    )
    audit.record("review.decided", review, outcome=outcome)
    _settle_alerts(held, f"Reviewed: {Outcome(outcome).label.lower()}.", by=by, at=at)
    return review


def _facts_seen(episode: Episode, at: datetime) -> dict[str, Any]:
    found = queries.facts(episode, at)
    return queries.as_json(found, queries.signals_in(found))


def _running(episode: Episode) -> Episode:
    held = Episode.objects.select_for_update().get(pk=episode.pk)
    if held.ended_on is not None:
        raise Refusal("This course of treatment has ended.")
    return held


def _refuse_wrong_way(episode: Episode, outcome: Outcome, level: str | None, track: Track | None) -> None:
    """A step leads to another level in its direction, or to another track of the same level."""
    if not level:
        raise Refusal("Choose the level to go on at.", field="level")
    way = LevelOfCare(level).intensity - LevelOfCare(episode.level).intensity
    if way == 0 and (track.pk if track else None) == episode.track_id:
        raise Refusal("This is where they are now. Choose another level or another track.", field="level")
    if (outcome == Outcome.STEP_UP and way < 0) or (outcome == Outcome.STEP_DOWN and way > 0):
        raise Refusal(f"This level is not a {outcome.label.lower()}. Choose another level or decision.", field="level")


@transaction.atomic
def discharge(
    *,
    episode: Episode,
    on: date,
    reason: str,
    course_of_treatment: str,
    recovery_plan: str,
    by: Actor,
    at: datetime,
    what_helped: str = "",
    warning_signs: str = "",
    appointments: str = "",
) -> Discharge:
    """The signed end of a course of treatment: groups, roster, incentives and episode end with it."""
    check(by, Permission.SIGN_NOTES)
    if by.staff_id is None:
        raise Refusal("Only a clinician can sign a discharge.")
    held = _running(episode)
    if on > timezone.localdate(at):
        raise Refusal("The last day of treatment cannot be in the future.", field="on")
    for field, text in (("course_of_treatment", course_of_treatment), ("recovery_plan", recovery_plan)):
        if not text.strip():
            raise Refusal("Write a few sentences here.", field=field)
    kept = _facts_seen(held, at)
    _end_everything(held, on=on, reason=EndReason(reason), by=by, at=at)
    with refused_by({"progress_discharge_episode_id_key": Refusal("This discharge is already signed.")}):
        signed = Discharge.objects.create(
            episode=held,
            client_id=held.client_id,
            course_of_treatment=course_of_treatment.strip(),
            what_helped=what_helped.strip(),
            recovery_plan=recovery_plan.strip(),
            warning_signs=warning_signs.strip(),
            appointments=appointments.strip(),
            facts=kept,
            signed_at=at,
            signed_by_id=by.staff_id,
        )
    audit.record("discharge.signed", signed, on=on.isoformat())
    _settle_alerts(held, "Discharged.", by=by, at=at)
    return signed


def _end_everything(episode: Episode, *, on: date, reason: EndReason, by: Actor, at: datetime) -> None:
    """What runs with the episode ends with it."""
    end_enrollments(episode=episode, on=on, by=by, at=at)
    release_from(episode=episode, by=by, at=at)
    end_courses(episode=episode, on=on, by=by, at=at)
    end_episode(episode=episode, on=on, reason=reason, by=by, at=at)


def _settle_alerts(episode: Episode, what_was_done: str, *, by: Actor, at: datetime) -> None:
    for alert in Alert.objects.open().filter(kind="level_review", source=f"episode:{episode.pk}"):
        close_alert(alert=alert, what_was_done=what_was_done, by=by, at=at)


@transaction.atomic
def raise_review_alerts(*, on: date, by: Actor, at: datetime) -> list[Alert]:
    """Ask for a review of the level of care where one is due or the facts call for one. Twice raises nothing twice."""
    asked = []
    for episode in queries.last_looked_at():
        why = _why_review(episode, on=on, at=at)
        if why:
            asked.append(_ask_for_review(episode, why, by=by, at=at))
    return asked


def _why_review(episode: Episode, *, on: date, at: datetime) -> str:
    since = on - episode.looked_at
    if since >= queries.LEVEL_REVIEW_AFTER:
        return "Four weeks since admission or the last review."
    if since < queries.SETTLED_FOR:
        return ""
    found = queries.signals_in(queries.facts(episode, at))
    return " ".join(signal.reason for signal in found)


def _ask_for_review(episode: Episode, why: str, *, by: Actor, at: datetime) -> Alert:
    return raise_alert(
        kind="level_review",
        urgency=Urgency.TODAY,
        headline="Level of care is due for review",
        detail=why[:300],
        next_step="Open the review, look at the facts with the client, and decide.",
        source=f"episode:{episode.pk}",
        client=episode.client,
        by=by,
        at=at,
    )
