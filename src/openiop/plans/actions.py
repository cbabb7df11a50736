"""Writes of treatment plans: lines, signatures, revisions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone

from openiop.admissions.models import Episode
from openiop.kernel.errors import Refusal
from openiop.messaging.actions import close_alert, raise_alert
from openiop.messaging.models import Alert, Urgency
from openiop.people.models import Staff
from openiop.plans import queries
from openiop.plans.models import (
    Goal,
    Intervention,
    Objective,
    ObjectiveStatus,
    Plan,
    PlanPart,
    PlanSignature,
    PlanStatus,
    Problem,
    Signer,
)
from openiop.plans.rules import first_review
from openiop.shared import audit
from openiop.shared.access import Actor, Denied, Permission

L = TypeVar("L", bound=PlanPart)


class Changed(Refusal):
    """Someone else saved first. The page shows their words beside the ones just typed."""


LOCKED = "This plan is signed and locked. Start a revision to change it."
CHANGED_LINE = "Someone else changed this line while you had it open. Read their words, then save yours again."
CHANGED_DETAILS = "Someone else changed this plan while you had it open. Your words are still here: save them again."
CHANGED_PLAN = "The plan changed after you opened it. Read it again, then sign."


@transaction.atomic
def draft_plan(*, episode: Episode, by: Actor, at: datetime) -> Plan:
    """The episode's draft: the one that is open, a revision of the plan in force, or a first, empty one."""
    Episode.objects.select_for_update().get(pk=episode.pk)  # two who begin at once get the same draft
    draft = Plan.objects.filter(episode=episode, status=PlanStatus.DRAFT).first()
    if draft:
        return draft
    if episode.ended_on is not None:
        raise Refusal("This episode of care has ended, so a plan can no longer be written for it.")
    active = Plan.objects.filter(episode=episode, status=PlanStatus.ACTIVE).first()
    if active:
        return start_revision(plan=active, by=by, at=at)
    return _new_draft(episode, number=1, strengths="", by=by, at=at)


def _new_draft(episode: Episode, *, number: int, strengths: str, by: Actor, at: datetime) -> Plan:
    plan = Plan.objects.create(
        episode=episode,
        client_id=episode.client_id,
        number=number,
        strengths=strengths,
        review_due_on=first_review(_day(at)),
    )
    audit.record("plan.drafted", plan, number=number)
    return plan


def _day(at: datetime) -> date:
    return timezone.localtime(at).date()


@transaction.atomic
def start_revision(*, plan: Plan, by: Actor, at: datetime) -> Plan:
    """A draft that carries the plan in force forward: every standing line but the objectives that are met."""
    Episode.objects.select_for_update().get(pk=plan.episode_id)
    draft = Plan.objects.filter(episode_id=plan.episode_id, status=PlanStatus.DRAFT).first()
    if draft:
        return draft
    if plan.status != PlanStatus.ACTIVE:
        raise Refusal("Only the plan in force can be revised.")
    whole = queries.with_everything(Plan.objects.filter(pk=plan.pk)).get()
    new = _new_draft(whole.episode, number=plan.number + 1, strengths=plan.strengths, by=by, at=at)
    for node in queries.outline(whole):
        _carry(node, {"plan": new})
    return new


def _carry(node: queries.Node, parent: dict[str, Any]) -> None:
    """Copy a line and what stands below it under a new parent."""
    line = node.line
    if isinstance(line, Objective) and line.status == ObjectiveStatus.MET:
        return
    own = {name: getattr(line, name) for name in (*TEXT_FIELDS[node.kind], "place")}
    copy = type(line).objects.create(**own, **parent)
    for child in node.below:
        _carry(child, {node.kind: copy})


# --- Lines -------------------------------------------------------------------------------------------------

TEXT_FIELDS: dict[str, tuple[str, ...]] = {
    "problem": ("area", "text"),
    "goal": ("client_words",),
    "objective": ("text", "target_date"),
    "intervention": ("kind", "approach", "times_a_week", "staff"),
}
"""What a person may write in each kind of line. Nothing else is ever taken from a form."""


@transaction.atomic
def edit_plan(*, plan: Plan, version: int, strengths: str, review_due_on: date, by: Actor, at: datetime) -> Plan:
    """Change the strengths and the day of the next review. `version` is the one the form was drawn from."""
    held = _draft(plan)
    if held.version != version:
        raise Changed(CHANGED_DETAILS)
    if review_due_on <= _day(at):
        raise Refusal("Choose a day after today.", field="review_due_on")
    held.strengths, held.review_due_on = strengths.strip(), review_due_on
    held.version += 1
    held.save(update_fields=["strengths", "review_due_on", "version"])
    audit.record("plan.edited", held)
    return held


@transaction.atomic
def add_problem(*, plan: Plan, area: str, text: str, by: Actor, at: datetime) -> Problem:
    """A problem that the plan is about."""
    return _add(Problem, plan, "problem", {"plan": plan}, {"area": area, "text": _words(text, "text")})


@transaction.atomic
def add_goal(*, problem: Problem, client_words: str, by: Actor, at: datetime) -> Goal:
    """What the client wants, in their own words."""
    words = {"client_words": _words(client_words, "client_words")}
    return _add(Goal, problem.plan, "goal", {"problem": problem}, words)


@transaction.atomic
def add_objective(*, goal: Goal, text: str, target_date: date, by: Actor, at: datetime) -> Objective:
    """A step that can be seen to be done, by a day that is still to come."""
    _to_come(target_date, at)
    words = {"text": _words(text, "text"), "target_date": target_date}
    return _add(Objective, goal.problem.plan, "objective", {"goal": goal}, words)


@transaction.atomic
def add_intervention(
    *,
    objective: Objective,
    kind: str,
    approach: str,
    times_a_week: int,
    by: Actor,
    at: datetime,
    staff: Staff | None = None,
) -> Intervention:
    """What the program does for an objective: how, how many times a week, and who."""
    plan = objective.goal.problem.plan
    what = {"kind": kind, "approach": approach, "times_a_week": times_a_week, "staff": staff}
    return _add(Intervention, plan, "intervention", {"objective": objective}, what)


def _add(model: type[L], plan: Plan, kind: str, parent: dict[str, Any], fields: dict[str, Any]) -> L:
    held = _draft(plan)
    place = model.objects.filter(**parent).count()
    line = model.objects.create(place=place, **parent, **fields)
    _touch(held)
    audit.record(f"plan.{kind}_added", held, line=str(line.pk))
    return line


@transaction.atomic
def edit_line(*, line: PlanPart, version: int, by: Actor, at: datetime, **fields: Any) -> PlanPart:
    """Change the words of a line. `version` is the line's own when the form was drawn.

    Refused when someone else changed it since; the page shows both texts.
    """
    kind = type(line).__name__.lower()
    held_plan, held = _draft(queries.plan_of(line)), _held(line)
    if held.version != version:
        raise Changed(CHANGED_LINE)
    if "target_date" in fields and fields["target_date"] != held.target_date:
        _to_come(fields["target_date"], at)
    for name in TEXT_FIELDS[kind]:
        if name in fields:
            setattr(held, name, _words(fields[name], name) if name in {"text", "client_words"} else fields[name])
    held.version += 1
    held.save(update_fields=[*TEXT_FIELDS[kind], "version"])
    _touch(held_plan)
    audit.record(f"plan.{kind}_edited", held_plan, line=str(held.pk))
    return held


@transaction.atomic
def remove_line(*, line: PlanPart, by: Actor, at: datetime) -> None:
    """Take a line out of the draft, with what stands below it. It stays restorable. Twice is once."""
    _set_removed(line, at)


@transaction.atomic
def restore_line(*, line: PlanPart, by: Actor, at: datetime) -> None:
    """Put a removed line back, with what stands below it."""
    _set_removed(line, None)


def _set_removed(line: PlanPart, moment: datetime | None) -> None:
    held_plan, held = _draft(queries.plan_of(line)), _held(line)
    if (held.removed_at is None) == (moment is None):
        return
    held.removed_at = moment
    held.version += 1
    held.save(update_fields=["removed_at", "version"])
    _touch(held_plan)
    verb = "restored" if moment is None else "removed"
    audit.record(f"plan.{type(held).__name__.lower()}_{verb}", held_plan, line=str(held.pk))


@transaction.atomic
def set_objective_status(*, objective: Objective, status: str, by: Actor, at: datetime) -> Objective:
    """Say how an objective stands. The one thing that may change in a plan that is in force."""
    held = Objective.objects.select_for_update().get(pk=objective.pk)
    if held.status != status:
        held.status = ObjectiveStatus(status)
        held.save(update_fields=["status"])
        audit.record("plan.objective_status", queries.plan_of(objective), line=str(held.pk), status=status)
    return held


def _draft(plan: Plan) -> Plan:
    """The plan, held against others until the end of the transaction, if it may still change."""
    held = Plan.objects.select_for_update().get(pk=plan.pk)
    if held.status != PlanStatus.DRAFT:
        raise Refusal(LOCKED)
    return held


def _held(line: L) -> L:
    return type(line).objects.select_for_update().get(pk=line.pk)


def _touch(plan: Plan) -> None:
    """The text changed: signatures of the earlier text no longer count."""
    plan.version += 1
    plan.save(update_fields=["version"])


def _words(text: str, field: str) -> str:
    if not text.strip():
        raise Refusal("Write a few words.", field=field)
    return text.strip()


def _to_come(day: date, at: datetime) -> None:
    if day < _day(at):
        raise Refusal("Choose today or a later day.", field="target_date")


# --- Signatures --------------------------------------------------------------------------------------------


@transaction.atomic
def sign(*, plan: Plan, signer: Signer, by: Actor, at: datetime, version: int | None = None) -> Plan:
    """The signed-in person signs the plan as it stands; with both signatures it is in force and its text is locked.

    `version` is the plan's when the signer read it. The clinician signs first, so that a client is never asked to sign
    what the clinician has not stood behind. Signing twice is once.
    """
    held = _draft_or_signed(plan, signer, by)
    if held.status == PlanStatus.ACTIVE:
        return held
    _refuse_unready(held, version)
    _refuse_out_of_turn(held, signer)
    PlanSignature.objects.get_or_create(
        plan=held,
        signer=signer,
        plan_version=held.version,
        defaults={"user_id": by.user_id, "name": _signature_name(by), "signed_at": at},
    )
    audit.record("plan.signed", held, signer=str(signer), version=held.version)
    signed = set(held.signatures.filter(plan_version=held.version).values_list("signer", flat=True))
    if signed == set(Signer.values):
        _put_in_force(held, by=by, at=at)
    return held


def _signature_name(by: Actor) -> str:
    """A clinician signs with credentials: "Jamie Park, LCSW"."""
    return Staff.objects.get(pk=by.staff_id).name if by.staff_id else by.name


def _draft_or_signed(plan: Plan, signer: Signer, by: Actor) -> Plan:
    is_clinician = signer == Signer.CLINICIAN and by.staff_id is not None
    is_client = signer == Signer.CLIENT and by.client_id is not None and by.client_id == plan.client_id
    if by.user_id is None or not (is_clinician or is_client):
        raise Denied(Permission.SIGN_NOTES, "only the person themselves signs")
    held = Plan.objects.select_for_update().get(pk=plan.pk)
    if held.status == PlanStatus.REPLACED:
        raise Refusal("A newer plan has taken this one's place.")
    return held


def _refuse_unready(plan: Plan, version: int | None) -> None:
    if version is not None and plan.version != version:
        raise Refusal(CHANGED_PLAN)
    missing = queries.missing(queries.with_everything(Plan.objects.filter(pk=plan.pk)).get())
    if missing:
        raise Refusal("The plan is not complete yet. " + " ".join(missing))


def _refuse_out_of_turn(plan: Plan, signer: Signer) -> None:
    mine = plan.signatures.filter(plan_version=plan.version)
    if signer == Signer.CLIENT and not mine.filter(signer=Signer.CLINICIAN).exists():
        raise Refusal("Your counselor is still working on this plan. You can sign it as soon as they have.")


def _put_in_force(plan: Plan, *, by: Actor, at: datetime) -> None:
    """Lock every line, replace the plan that was in force, and close the alert that asked for the review."""
    for former in Plan.objects.filter(episode_id=plan.episode_id, status=PlanStatus.ACTIVE):
        former.status = PlanStatus.REPLACED
        former.save(update_fields=["status"])
        _close_review_alert(former, by=by, at=at)
    path = "plan"
    for kind, model in queries.LINES.items():
        model.objects.filter(**{path: plan}, locked_at=None).update(locked_at=at)
        path = f"{kind}__{path}"
    plan.status, plan.active_at = PlanStatus.ACTIVE, at
    plan.save(update_fields=["status", "active_at"])
    audit.record("plan.in_force", plan, number=plan.number)


# --- Reviews -----------------------------------------------------------------------------------------------


@transaction.atomic
def raise_review_alerts(*, on: date, by: Actor, at: datetime) -> list[Alert]:
    """Ask for the review of every plan that is due by then. Running it again raises nothing twice."""
    return [
        raise_alert(
            kind="plan_review",
            urgency=Urgency.TODAY if plan.review_due_on <= on else Urgency.SOON,
            headline="Treatment plan is due for review",
            detail=f"Due on {plan.review_due_on:%b} {plan.review_due_on.day}.",
            next_step="Revise the plan with the client and sign it.",
            source=f"plan:{plan.pk}",
            client=plan.client,
            by=by,
            at=at,
        )
        for plan in queries.due_for_review(on)
    ]


def _close_review_alert(plan: Plan, *, by: Actor, at: datetime) -> None:
    for alert in Alert.objects.open().filter(kind="plan_review", source=f"plan:{plan.pk}"):
        close_alert(alert=alert, what_was_done="The plan was revised and signed by both.", by=by, at=at)
