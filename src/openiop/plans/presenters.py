"""A plan in words: for the desk, for the client, and for the timeline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from openiop.admissions.engine.placement import worksheet
from openiop.admissions.models import Assessment
from openiop.people.models import Client
from openiop.plans import queries
from openiop.plans.models import Approach, Intervention, Kind, Objective, Plan, PlanSignature, PlanStatus, Signer

LABELS = {"problem": "Problem", "goal": "Goal", "objective": "Objective", "intervention": "What the program does"}

PLAIN_KINDS = {
    Kind.INDIVIDUAL: "Time alone with your counselor",
    Kind.GROUP: "Group sessions",
    Kind.FAMILY: "Time with your family and a counselor",
    Kind.WORKSHOP: "Workshops",
    Kind.PEER_SUPPORT: "Time with a peer who has been there",
}
PLAIN_APPROACHES = {
    Approach.CBT: "ways to change thoughts and habits",
    Approach.MET: "finding your own reasons to change",
    Approach.CM: "small rewards for steps you take",
    Approach.DBT_INFORMED: "skills for strong feelings",
    Approach.TRAUMA_INFORMED: "care that keeps you safe and in control",
    Approach.MINDFULNESS: "calm breathing and being in the moment",
    Approach.TWELVE_STEP: "help to get to know 12-step meetings",
    Approach.FAMILY_EDUCATION: "learning together how recovery works",
}
PLAIN_STATUS = {"open": "Working on it", "met": "Done", "changed": "Changed"}


@dataclass(frozen=True, slots=True)
class Editor:
    """Everything the desk's plan page shows of one plan."""

    plan: Plan
    problems: tuple[queries.Node, ...]
    removed: list[queries.Node]
    missing: tuple[str, ...]
    clinician: PlanSignature | None
    client: PlanSignature | None
    lapsed: bool
    """Someone signed an earlier text, which a later change has set aside."""

    @property
    def is_draft(self) -> bool:
        """Whether lines may still change."""
        return self.plan.status == PlanStatus.DRAFT


def editor(plan: Plan) -> Editor:
    """The plan as staff work on it. Costs no query when the plan was loaded with everything."""
    clinician, client = queries.signature(plan, Signer.CLINICIAN), queries.signature(plan, Signer.CLIENT)
    signatures = list(plan.signatures.all())
    return Editor(
        plan=plan,
        problems=queries.outline(plan),
        removed=queries.removed_lines(plan),
        missing=queries.missing(plan),
        clinician=clinician,
        client=client,
        lapsed=bool(signatures) and clinician is None and client is None,
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """What the assessment found in one area: a rating from 0 to 4 and words."""

    area: str
    rating: int | None
    text: str


def findings(client: Client) -> list[Finding]:
    """What the client's latest assessment found, area by area. One query."""
    assessment = Assessment.objects.filter(client=client).order_by("-started_at").first()
    domains = assessment.domains if assessment else {}
    return [
        Finding(area.label, held.get("rating"), str(held.get("findings") or ""))
        for area in worksheet().domains
        if isinstance(held := domains.get(area.key), dict) and (held.get("rating") or held.get("findings"))
    ]


# --- For the client ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    text: str
    by: date
    status: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class ClientGoal:
    words: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class ClientPlan:
    """A plan as its client reads it: own words first, then the steps, then what helps."""

    plan: Plan
    goals: tuple[ClientGoal, ...]
    helps: tuple[str, ...]
    signed_by_client: datetime | None
    signed_by_clinician: PlanSignature | None

    @property
    def waits_for_client(self) -> bool:
        """Whether the client is asked to sign."""
        return self.plan.status == PlanStatus.DRAFT and self.signed_by_client is None


def for_client(plan: Plan) -> ClientPlan:
    """The plan in plain words. Costs no query when the plan was loaded with everything."""
    nodes = list(queries.walk(queries.outline(plan)))
    mine = queries.signature(plan, Signer.CLIENT)
    return ClientPlan(
        plan=plan,
        goals=tuple(_goal(node) for node in nodes if node.kind == "goal"),
        helps=tuple(dict.fromkeys(_help(node.line) for node in nodes if isinstance(node.line, Intervention))),
        signed_by_client=mine.signed_at if mine else None,
        signed_by_clinician=queries.signature(plan, Signer.CLINICIAN),
    )


def _goal(node: queries.Node) -> ClientGoal:
    return ClientGoal(node.line.client_words, tuple(_step(below.line) for below in node.below))


def _step(line: Objective) -> Step:
    return Step(line.text, line.target_date, PLAIN_STATUS[line.status], line.status == "met")


def _help(line: Intervention) -> str:
    often = "once a week" if line.times_a_week == 1 else f"{line.times_a_week} times a week"
    who = f", with {line.staff.first_name}" if line.staff else ""
    return f"{PLAIN_KINDS[line.kind]}, {often}{who}: {PLAIN_APPROACHES[line.approach]}."
