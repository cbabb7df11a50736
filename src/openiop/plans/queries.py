"""Reads of treatment plans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import Http404

from openiop.people.models import Client
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
from openiop.plans.rules import RECENTLY, Outline, gaps

LINES: dict[str, type[PlanPart]] = {
    "problem": Problem,
    "goal": Goal,
    "objective": Objective,
    "intervention": Intervention,
}
"""The kinds of lines of a plan, from the top down."""

PARENTS = {"problem": "plan", "goal": "problem", "objective": "goal", "intervention": "objective"}
BELOW = {"problem": "goals", "goal": "objectives", "objective": "interventions"}


@dataclass(frozen=True, slots=True)
class Node:
    """A line of a plan with what stands below it."""

    kind: str
    line: PlanPart
    below: tuple[Node, ...] = ()

    @property
    def key(self) -> str:
        """The line's key as text, for ids of the page."""
        return str(self.line.pk)

    @property
    def kind_below(self) -> str:
        """The kind of line that may be added under this one, empty for the last."""
        kinds = [*LINES, ""]
        return kinds[kinds.index(self.kind) + 1]


def with_everything(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    """The plans with lines and signatures: six queries, whatever their number."""
    return plans.select_related("client", "episode").prefetch_related(
        Prefetch("signatures", queryset=PlanSignature.objects.order_by("signed_at")),
        Prefetch("problems", queryset=Problem.objects.order_by("place", "created_at")),
        Prefetch("problems__goals", queryset=Goal.objects.order_by("place", "created_at")),
        Prefetch("problems__goals__objectives", queryset=Objective.objects.order_by("place", "created_at")),
        Prefetch(
            "problems__goals__objectives__interventions",
            queryset=Intervention.objects.select_related("staff").order_by("place", "created_at"),
        ),
    )


def plans_of(client: Client) -> list[Plan]:
    """The draft and the plan in force of the client's latest episode, whichever exist, newest first, complete."""
    found = list(with_everything(Plan.objects.current().filter(client=client).order_by("-created_at")))
    return [plan for plan in found if plan.episode_id == found[0].episode_id] if found else []


def current_plan(client: Client) -> Plan | None:
    """The plan that staff work on: the draft if there is one, otherwise the plan in force."""
    return next(iter(plans_of(client)), None)


def current_plan_alone(client: Client) -> Plan | None:
    """The same plan without its lines, for who changes what stands above them. One query."""
    plans = Plan.objects.current().filter(client=client).select_related("client", "episode")
    return plans.order_by("-created_at").first()


def readable_plans(client: Client) -> list[Plan]:
    """What the client may read: a plan in force, and a draft that the clinician has signed as it stands."""
    return [plan for plan in plans_of(client) if plan.status == PlanStatus.ACTIVE or signature(plan, Signer.CLINICIAN)]


def goals_in_force(client: Client) -> list[Goal]:
    """The goals of the plan in force, each with its objectives: two queries, for pages that show no more."""
    goals = Goal.objects.filter(
        problem__plan__client=client, problem__plan__status=PlanStatus.ACTIVE, removed_at=None, problem__removed_at=None
    )
    objectives = Objective.objects.filter(removed_at=None).order_by("place", "created_at")
    return list(
        goals.prefetch_related(Prefetch("objectives", queryset=objectives)).order_by(
            "problem__place", "place", "created_at"
        )
    )


def signature(plan: Plan, signer: Signer) -> PlanSignature | None:
    """The signature that holds for the plan's text as it stands; one of an earlier text does not count."""
    return next((s for s in plan.signatures.all() if s.signer == signer and s.plan_version == plan.version), None)


def outline(plan: Plan) -> tuple[Node, ...]:
    """The standing lines of a plan as a tree."""
    return tuple(_node("problem", line) for line in plan.problems.all() if line.removed_at is None)


def _node(kind: str, line: PlanPart) -> Node:
    below = BELOW.get(kind)
    if below is None:
        return Node(kind, line)
    children = (child for child in getattr(line, below).all() if child.removed_at is None)
    return Node(kind, line, tuple(_node(Node(kind, line).kind_below, child) for child in children))


def removed_lines(plan: Plan) -> list[Node]:
    """Lines that were taken out and can be put back: those whose own removal hides them."""
    found: list[Node] = []

    def look(kind: str, lines: list[PlanPart]) -> None:
        for line in lines:
            if line.removed_at is not None:
                found.append(Node(kind, line))
            elif below := BELOW.get(kind):
                look(Node(kind, line).kind_below, list(getattr(line, below).all()))

    look("problem", list(plan.problems.all()))
    return found


def walk(nodes: tuple[Node, ...]) -> Iterator[Node]:
    """Every node of a tree, a line before what stands below it."""
    for node in nodes:
        yield node
        yield from walk(node.below)


def missing(plan: Plan) -> tuple[str, ...]:
    """What the plan needs before it can be signed."""
    counts: dict[str, list[int]] = {kind: [] for kind in LINES}
    for node in walk(outline(plan)):
        counts[node.kind].append(len(node.below))
    return gaps(Outline(counts["problem"], counts["goal"], counts["objective"]))


def find_line(kind: str, pk: UUID) -> PlanPart:
    """A line of a plan with the way up to its plan; Http404 if there is none or no such kind."""
    if kind not in LINES:
        raise Http404("No such kind of line")
    path = [PARENTS[k] for k in reversed(list(LINES)[: list(LINES).index(kind) + 1])]
    line = LINES[kind].objects.select_related("__".join(path)).filter(pk=pk).first()
    if line is None:
        raise Http404("No such line")
    return line


def plan_of(line: PlanPart) -> Plan:
    """The plan that a line belongs to."""
    here: object = line
    while not isinstance(here, Plan):
        here = getattr(here, PARENTS[type(here).__name__.lower()])
    return here


def due_for_review(day: date) -> QuerySet[Plan]:
    """Plans in force of running episodes whose review is due within three days of that day, or was."""
    return Plan.objects.filter(
        status=PlanStatus.ACTIVE, review_due_on__lte=day + RECENTLY, episode__ended_on=None
    ).select_related("client__counselor")


def objectives_met(client: Client) -> tuple[int, int]:
    """How many objectives of the plan in force are met, and how many there are."""
    found = Objective.objects.filter(
        goal__problem__plan__client=client,
        goal__problem__plan__status=PlanStatus.ACTIVE,
        goal__problem__plan__episode__ended_on=None,
        removed_at=None,
        goal__removed_at=None,
        goal__problem__removed_at=None,
    ).values_list("status", flat=True)
    statuses = list(found)
    return statuses.count(ObjectiveStatus.MET), len(statuses)
