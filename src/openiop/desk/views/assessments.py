"""The intake assessment in one sitting, the recommendation with its reasons, and a clinician's decision."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from openiop.admissions import actions, presenters, queries, rules
from openiop.admissions.engine.placement import worksheet
from openiop.admissions.forms import AssessmentForm, Decision
from openiop.admissions.models import Assessment, Recommendation
from openiop.desk import chart
from openiop.kernel.errors import Conflict, Refusal
from openiop.kernel.levels import LevelOfCare
from openiop.people.models import Client
from openiop.people.queries import client_for
from openiop.shared import gate
from openiop.shared.access import Permission, can
from openiop.shared.middleware import CenterRequest


@gate.needs(Permission.ASSESS)
@require_http_methods(["GET", "POST"])
def assessment(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Write the assessment. It saves itself with each change, and by the button without script."""
    client = client_for(request.actor, pk, to=Permission.ASSESS, purpose="assessment")
    if request.POST.get("do") == "start":
        actions.start_assessment(client=client, by=request.actor, at=request.now)
        return redirect("desk:assessment", pk)
    held = queries.open_assessment(client)
    if held is None:
        found = queries.latest_recommendation(client)
        context = {"chart": chart.header(client, current="assessment"), "client_id": pk, "found": found}
        return render(request, "desk/assessment/none.html", context)
    held.client = client
    return _save(request, client, held) if request.method == "POST" else _page(request, client, held)


def _save(request: CenterRequest, client: Client, held: Assessment) -> HttpResponse:
    form = AssessmentForm(request.POST)
    if not form.is_valid():
        return _answer(request, client, held, form, status=422)
    try:
        saved = actions.save_assessment(
            assessment=held,
            version=_version(request),
            domains=form.domains(),
            circumstances=form.circumstances(),
            measures=form.measures(),
            by=request.actor,
            at=request.now,
        )
        saved.client = client
        if request.POST.get("do") == "complete":
            actions.complete_assessment(assessment=saved, by=request.actor, at=request.now)
            return redirect("desk:recommendation", client.pk)
    except Conflict:
        return _answer(request, client, held, form, status=409, conflicts=presenters.differences(held, form))
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return _answer(request, client, held, form, status=422)
    return _answer(request, client, saved, form, saved_at=timezone.localtime(request.now))


def _version(request: CenterRequest) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else -1


def _answer(
    request: CenterRequest, client: Client, held: Assessment, form: AssessmentForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    """The state line alone for a page that saves itself, the whole page otherwise."""
    if request.headers.get("HX-Request"):
        context = {"held": held, "form": form, "version": _shown_version(request, held, more), **more}
        context["safety"] = queries.safety_now(held, on=_today(request), jurisdiction=request.center.jurisdiction)
        return render(request, "desk/assessment/_state.html", context, status=status)
    return _page(request, client, held, form, status=status, **more)


def _shown_version(request: CenterRequest, held: Assessment, more: dict[str, Any]) -> int:
    """After a conflict the page keeps its old version, so that only a deliberate save puts one text over the other."""
    return _version(request) if "conflicts" in more else held.version


def _page(
    request: CenterRequest,
    client: Client,
    held: Assessment,
    form: AssessmentForm | None = None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    administrations = queries.latest_administrations(client)
    initial = AssessmentForm.initial_of(held.domains, held.circumstances, held.measures)
    context = {
        "chart": chart.header(client, current="assessment"),
        "client": client,
        "held": held,
        "form": form or AssessmentForm(initial=initial),
        "version": held.version,
        "measures": [presenters.measure_row(one) for one in administrations],
        "groups": presenters.fact_groups(client.background),
        "safety": queries.safety_now(
            held, on=_today(request), jurisdiction=request.center.jurisdiction, administrations=administrations
        ),
        **more,
    }
    return render(request, "desk/assessment/assessment.html", context, status=status)


def _today(request: CenterRequest) -> Any:
    return timezone.localtime(request.now).date()


@gate.needs(Permission.ASSESS)
@require_http_methods(["GET", "POST"])
def recommendation(request: CenterRequest, pk: UUID) -> HttpResponse:
    """What the worksheet recommends and why; a clinician accepts it or decides otherwise with a reason."""
    needs = Permission.DECIDE_LEVEL if request.method == "POST" else Permission.ASSESS
    client = client_for(request.actor, pk, to=needs, purpose="assessment")
    found = queries.latest_recommendation(client)
    if found is None:
        return redirect("desk:assessment", pk)
    form = Decision(request.POST or None, initial={"level": found.level})
    if request.method == "POST" and form.is_valid() and "preview" not in request.POST:
        given = form.cleaned_data
        try:
            actions.decide(
                recommendation=found, level=given["level"], reason=given["reason"], by=request.actor, at=request.now
            )
        except Refusal as refusal:
            form.refuse(refusal.message, field=refusal.field)
        else:
            messages.success(request, "The level of care is decided.")
            return redirect("desk:recommendation", pk)
    return _recommendation_page(request, client, found, form)


def _recommendation_page(request: CenterRequest, client: Client, found: Recommendation, form: Decision) -> HttpResponse:
    decision = getattr(found, "decision", None)
    chosen = form.cleaned_data.get("level") if form.is_bound and form.is_valid() else found.level
    words = (
        decision.client_words
        if decision
        else rules.client_words(found.result, recommended=found.level, chosen=LevelOfCare(chosen or found.level))
    )
    context = {
        "chart": chart.header(client, current="assessment"),
        "client": client,
        "found": found,
        "view": presenters.recommendation_view(found),
        "decision": decision,
        "form": form,
        "may_decide": can(request.actor, Permission.DECIDE_LEVEL),
        "may_admit": can(request.actor, Permission.ADMIT),
        "client_words": words.split("\n"),
        "preview_label": LevelOfCare(chosen or found.level).label,
        "label": worksheet().label,
    }
    return render(request, "desk/assessment/recommendation.html", context, status=422 if form.errors else 200)
