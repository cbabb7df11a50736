"""The treatment plan on one page: one line is open for writing at a time, so that nothing typed elsewhere is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openiop.admissions.queries import running_episode
from openiop.desk import chart as charts
from openiop.kernel.errors import Refusal
from openiop.people.models import Client
from openiop.people.queries import client_for
from openiop.plans import actions, presenters, queries
from openiop.plans.forms import LINE_FORMS, DetailsForm, LineForm, SignForm, StatusForm
from openiop.plans.models import Objective, Plan, PlanPart, PlanStatus, Signer
from openiop.shared import gate
from openiop.shared.access import Permission, can
from openiop.shared.idempotency import once
from openiop.shared.middleware import CenterRequest

ADD = {
    "problem": actions.add_problem,
    "goal": actions.add_goal,
    "objective": actions.add_objective,
    "intervention": actions.add_intervention,
}


@dataclass(frozen=True, slots=True)
class OpenForm:
    """The one form that is open on the page: where it stands, where it goes, and what someone else saved meanwhile."""

    at: str
    url: str
    form: LineForm
    label: str
    theirs: queries.Node | None = None


@gate.needs(Permission.READ_CHART)
@require_safe
def plan(request: CenterRequest, pk: UUID) -> HttpResponse:
    """The draft, or the plan in force (also with `?show=active` while a draft is open)."""
    return _page(request, client_for(request.actor, pk, to=Permission.READ_CHART))


def _page(request: CenterRequest, client: Client, opened: OpenForm | None = None, status: int = 200) -> HttpResponse:
    found = queries.plans_of(client)
    active = next((one for one in found if one.status == PlanStatus.ACTIVE), None)
    shown = active if active and request.GET.get("show") == "active" else next(iter(found), None)
    subject = client.subject(frozenset(client.treated_by))
    context = {
        "client": client,
        "editor": presenters.editor(shown) if shown else None,
        "opened": opened,
        "active": active,
        "draft": next((one for one in found if one.status == PlanStatus.DRAFT), None),
        "may_write": can(request.actor, Permission.WRITE_CHART, subject),
        "may_sign": can(request.actor, Permission.SIGN_NOTES, subject),
    }
    if request.htmx:
        return render(request, "desk/plan/plan.html#editor", context, status=status)
    context |= {
        "chart": charts.header(client, current="plan"),
        "findings": presenters.findings(client),
        "is_admitted": shown is not None or running_episode(client) is not None,
    }
    return render(request, "desk/plan/plan.html", context, status=status)


@gate.needs(Permission.WRITE_CHART)
@require_POST
def start(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Begin the first plan, or a revision that carries the plan in force forward."""
    client = client_for(request.actor, pk, to=Permission.WRITE_CHART)
    episode = running_episode(client)
    if episode is None:
        messages.error(request, "A plan can be written once the client is admitted.")
    else:
        actions.draft_plan(episode=episode, by=request.actor, at=request.now)
    return redirect("desk:plan", pk)


def _plan_for(request: CenterRequest, client: Client) -> Plan:
    """The client's plan that is being worked on; 404 without one."""
    found = queries.current_plan(client)
    if found is None:
        raise Http404("No plan yet")
    return found


@gate.needs(Permission.WRITE_CHART)
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Strengths, and the day of the next review."""
    client = client_for(request.actor, pk, to=Permission.WRITE_CHART)
    held = queries.current_plan_alone(client)
    if held is None:
        raise Http404("No plan yet")
    stands = {"strengths": held.strengths, "review_due_on": held.review_due_on, "version": held.version}
    form = DetailsForm(request.POST if request.method == "POST" else None, initial=stands)
    opened = OpenForm("details", reverse("desk:plan_details", args=[pk]), form, "Strengths and next review")
    if not form.is_bound:
        return _page(request, client, opened)
    if form.is_valid():
        try:
            version = form.cleaned_data["version"]
            actions.edit_plan(
                plan=held, version=-1 if version is None else version, by=request.actor, at=request.now, **form.words()
            )
            return redirect("desk:plan", pk)
        except Refusal as refusal:
            _stand_on(form, held.version)
            form.refuse(refusal.message, field=refusal.field)
    return _page(request, client, opened, status=422)


@gate.needs(Permission.WRITE_CHART)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: CenterRequest, pk: UUID, kind: str, under: UUID) -> HttpResponse:
    """Add a line under a plan (problems), or under the line it serves."""
    client = client_for(request.actor, pk, to=Permission.WRITE_CHART)
    parent = _parent(client, kind, under)
    form = LINE_FORMS[kind](request.POST if request.method == "POST" else None)
    url = reverse("desk:plan_add", args=[pk, kind, under])
    opened = OpenForm(f"add-{kind}-{under}", url, form, f"Add: {presenters.LABELS[kind].lower()}")
    if not form.is_bound:
        return _page(request, client, opened)
    if form.is_valid():
        try:
            _add(request, kind, parent, form)
            return redirect("desk:plan", pk)
        except Refusal as refusal:
            form.refuse(refusal.message, field=refusal.field)
    return _page(request, client, opened, status=422)


def _parent(client: Client, kind: str, under: UUID) -> Plan | PlanPart:
    if kind not in queries.LINES:
        raise Http404("No such kind of line")
    if kind == "problem":
        found = Plan.objects.filter(pk=under, client=client).first()
        if found is None:
            raise Http404("No such plan")
        return found
    return _line(client, queries.PARENTS[kind], under)


def _line(client: Client, kind: str, pk: UUID) -> PlanPart:
    """A line of one of this client's own plans."""
    found = queries.find_line(kind, pk)
    if queries.plan_of(found).client_id != client.pk:
        raise Http404("No such line")
    return found


def _add(request: CenterRequest, kind: str, parent: Plan | PlanPart, form: LineForm) -> PlanPart:
    where = {queries.PARENTS[kind]: parent}
    return once(
        form.cleaned_data["idempotency_key"],
        f"plan.{kind}_added",
        queries.LINES[kind],
        lambda: ADD[kind](**where, **form.words(), by=request.actor, at=request.now),
    )


@gate.needs(Permission.WRITE_CHART)
@require_http_methods(["GET", "HEAD", "POST"])
def line(request: CenterRequest, pk: UUID, kind: str, line: UUID) -> HttpResponse:
    """Change the words of one line. When someone else saved first, both texts are shown."""
    client = client_for(request.actor, pk, to=Permission.WRITE_CHART)
    held = _line(client, kind, line)
    stands = {name: getattr(held, name) for name in actions.TEXT_FIELDS[kind]} | {"version": held.version}
    form = LINE_FORMS[kind](request.POST if request.method == "POST" else None, initial=stands)
    url, theirs = reverse("desk:plan_line", args=[pk, kind, line]), None
    if form.is_bound and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            actions.edit_line(
                line=held, version=-1 if version is None else version, by=request.actor, at=request.now, **form.words()
            )
            return redirect("desk:plan", pk)
        except Refusal as refusal:
            form.refuse(refusal.message, field=refusal.field)
            if isinstance(refusal, actions.Changed):
                _stand_on(form, held.version)
                theirs = queries.Node(kind, held)
    opened = OpenForm(f"edit-{line}", url, form, f"Edit: {presenters.LABELS[kind].lower()}", theirs)
    return _page(request, client, opened, status=(409 if theirs else 422) if form.is_bound else 200)


def _stand_on(form: LineForm, version: int) -> None:
    """Let the form, sent again, build on what stands now: its writer has been shown it."""
    form.data = form.data.copy()
    form.data[form.add_prefix("version")] = str(version)


@gate.needs(Permission.WRITE_CHART)
@require_POST
def remove(request: CenterRequest, pk: UUID, kind: str, line: UUID) -> HttpResponse:
    """Take a line out. It can be put back."""
    client = client_for(request.actor, pk, to=Permission.WRITE_CHART)
    return _try(
        request, pk, lambda: actions.remove_line(line=_line(client, kind, line), by=request.actor, at=request.now)
    )


@gate.needs(Permission.WRITE_CHART)
@require_POST
def restore(request: CenterRequest, pk: UUID, kind: str, line: UUID) -> HttpResponse:
    """Put a removed line back."""
    client = client_for(request.actor, pk, to=Permission.WRITE_CHART)
    return _try(
        request, pk, lambda: actions.restore_line(line=_line(client, kind, line), by=request.actor, at=request.now)
    )


@gate.needs(Permission.WRITE_CHART)
@require_POST
def status(request: CenterRequest, pk: UUID, line: UUID) -> HttpResponse:
    """How an objective stands, in a draft and in a plan in force."""
    client = client_for(request.actor, pk, to=Permission.WRITE_CHART)
    held, form = _line(client, "objective", line), StatusForm(request.POST)
    if isinstance(held, Objective) and form.is_valid():
        actions.set_objective_status(
            objective=held, status=form.cleaned_data["status"], by=request.actor, at=request.now
        )
    return redirect("desk:plan", pk)


@gate.needs(Permission.SIGN_NOTES)
@require_POST
def sign(request: CenterRequest, pk: UUID) -> HttpResponse:
    """The signed-in clinician signs the text that they read."""
    client = client_for(request.actor, pk, to=Permission.SIGN_NOTES)
    held, form = _plan_for(request, client), SignForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Open the plan again, read it, and sign.")
        return redirect("desk:plan", pk)
    try:
        actions.sign(
            plan=held,
            signer=Signer.CLINICIAN,
            version=form.cleaned_data["version"],
            by=request.actor,
            at=request.now,
        )
        messages.success(request, f"Signed. {client.called} can now read and sign the plan in the portal.")
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("desk:plan", pk)


def _try(request: CenterRequest, pk: UUID, act: Callable[[], None]) -> HttpResponse:
    try:
        act()
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("desk:plan", pk)
