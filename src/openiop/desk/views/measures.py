"""A client's questionnaires: how the scores move, the newest answers, forms from paper, and what to ask next."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openiop.desk import chart
from openiop.kernel.errors import Refusal
from openiop.measures import actions, engine, presenters, queries
from openiop.measures.forms import AssignForm, PaperForm, instruments
from openiop.measures.models import Administration
from openiop.measures.values import Instrument
from openiop.people.models import Client
from openiop.people.queries import client_for
from openiop.shared import gate
from openiop.shared.access import Permission, can
from openiop.shared.idempotency import once
from openiop.shared.middleware import CenterRequest


@gate.needs(Permission.READ_CHART)
@require_safe
def measures(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Every instrument with its line and table; what waits for the client stands first."""
    client = client_for(request.actor, pk, to=Permission.READ_CHART)
    return _page(request, client, AssignForm(initial={"due_on": timezone.localdate(request.now)}))


def _page(request: CenterRequest, client: Client, form: AssignForm, status: int = 200) -> HttpResponse:
    context = {
        "chart": chart.header(client, current="measures"),
        "panels": [presenters.panel(code, done) for code, done in queries.by_instrument(client).items()],
        "waiting": queries.waiting(client),
        "form": form,
        "instruments": instruments(),
        "may_write": can(request.actor, Permission.WRITE_CHART, client.subject(frozenset(client.treated_by))),
    }
    return render(request, "desk/measures/measures.html", context, status=status)


@gate.needs(Permission.WRITE_CHART)
@require_POST
def assign(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Ask the client to answer an instrument in the portal."""
    client = client_for(request.actor, pk, to=Permission.WRITE_CHART)
    form = AssignForm(request.POST)
    if not form.is_valid():
        return _page(request, client, form, status=422)
    given = form.cleaned_data
    one = actions.assign(
        client=client, instrument=given["instrument"], due_on=given["due_on"], by=request.actor, at=request.now
    )
    messages.success(request, f"{one.instrument} waits for {client.called} in the portal.")
    return redirect("desk:measures", pk=client.pk)


@gate.needs(Permission.WRITE_CHART)
@require_POST
def withdraw(request: CenterRequest, pk: UUID, administration: UUID) -> HttpResponse:
    """Set aside what waits for the client."""
    client = client_for(request.actor, pk, to=Permission.WRITE_CHART)
    one = queries.administration_of(client, administration)
    try:
        actions.withdraw(administration=one, by=request.actor, at=request.now)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"{one.instrument} was set aside.")
    return redirect("desk:measures", pk=client.pk)


@gate.needs(Permission.WRITE_CHART)
@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Enter a form that was answered on paper or aloud: `?instrument=PHQ-9`."""
    client = client_for(request.actor, pk, to=Permission.WRITE_CHART)
    instrument = _instrument(request.GET.get("instrument", ""))
    initial = {"answered_on": timezone.localdate(request.now)}
    form = PaperForm(instrument, request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            kept = _record(request, client, form)
        except Refusal as refusal:
            form.refuse(refusal.message, field=refusal.field)
        else:
            for danger in presenters.dangers(kept):
                messages.warning(request, danger)
            messages.success(request, f"{instrument.name} is saved.")
            return redirect("desk:measures", pk=client.pk)
    context = {"chart": chart.header(client, current="measures"), "instrument": instrument, "form": form}
    return render(request, "desk/measures/paper.html", context, status=422 if form.is_bound else 200)


def _record(request: CenterRequest, client: Client, form: PaperForm) -> Administration:
    def make() -> Administration:
        return actions.record_on_paper(
            client=client,
            instrument=form.instrument.code,
            answers=form.answers,
            answered_at=form.answered_at(request.now),
            by=request.actor,
            at=request.now,
        )

    return once(form.cleaned_data["idempotency_key"], "measure.on_paper", Administration, make)


def _instrument(code: str) -> Instrument:
    try:
        return engine.load(code)
    except engine.NoSuchInstrument as unknown:
        raise Http404("No such instrument") from unknown
