"""Discharge: the summary that ends a course of treatment, and its PDF."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from openiop.admissions.models import EndReason, Episode
from openiop.consents.rules import NOTICE
from openiop.desk import chart as charts
from openiop.kernel.errors import Refusal
from openiop.people.models import Client
from openiop.people.queries import client_for
from openiop.progress import actions, presenters, queries
from openiop.progress.forms import DischargeForm
from openiop.progress.models import Discharge
from openiop.shared import audit, gate
from openiop.shared.access import Permission
from openiop.shared.idempotency import once
from openiop.shared.middleware import CenterRequest
from openiop.shared.pdf import PdfUnavailable, render_pdf


@gate.needs(Permission.SIGN_NOTES)
@require_http_methods(["GET", "HEAD", "POST"])
def discharge(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Write and sign the summary; once signed, read it."""
    client = client_for(request.actor, pk, to=Permission.SIGN_NOTES)
    episode = queries.latest_episode(client)
    if episode is None:
        raise Http404("Never admitted")
    if episode.ended_on is not None:
        return _signed_page(request, client, episode)
    form = DischargeForm(request.POST) if request.method == "POST" else _first_form(request, episode)
    if form.is_bound and form.is_valid():
        try:
            _sign(request, episode, form)
            messages.success(request, "Signed. The course of treatment has ended.")
            return redirect("desk:discharge", pk)
        except Refusal as refusal:
            form.refuse(refusal.message, field=refusal.field)
    context = {"client": client, "form": form, "chart": charts.header(client, current="review")}
    return render(request, "desk/discharge/write.html", context, status=422 if form.is_bound else 200)


def _first_form(request: CenterRequest, episode: Episode) -> DischargeForm:
    """The form with a first text from the facts."""
    text = presenters.course_of_treatment(queries.facts(episode, request.now))
    initial = {"on": timezone.localdate(request.now), "reason": EndReason.COMPLETED, "course_of_treatment": text}
    return DischargeForm(initial=initial)


def _sign(request: CenterRequest, episode: Episode, form: DischargeForm) -> Discharge:
    given = dict(form.cleaned_data)
    key = given.pop("idempotency_key")
    return once(
        key,
        "discharge.signed",
        Discharge,
        lambda: actions.discharge(episode=episode, **given, by=request.actor, at=request.now),
    )


def _signed_page(request: CenterRequest, client: Client, episode: Episode) -> HttpResponse:
    if request.method == "POST":
        # A second submission of the same form comes here: the first has ended the episode.
        return redirect("desk:discharge", client.pk)
    context = {
        "client": client,
        "episode": episode,
        "discharge": queries.discharge_of(episode),
        "chart": charts.header(client, current="review"),
    }
    return render(request, "desk/discharge/signed.html", context)


@gate.needs(Permission.READ_CHART)
@require_safe
def summary_pdf(request: CenterRequest, pk: UUID) -> HttpResponse:
    """The signed summary as a PDF. Its file name tells nobody whose it is."""
    client = client_for(request.actor, pk, to=Permission.READ_CHART, purpose="discharge summary")
    episode = queries.latest_episode(client)
    signed = queries.discharge_of(episode) if episode else None
    if signed is None:
        raise Http404("No signed discharge")
    context = {
        "client": client,
        "episode": episode,
        "discharge": signed,
        "center": request.center,
        "notice": NOTICE,
        "age": client.age_on(episode.ended_on or timezone.localdate(request.now)),
    }
    try:
        body = render_pdf(render_to_string("desk/discharge/summary.html", context))
    except PdfUnavailable as problem:
        page = {"client": client, "chart": charts.header(client, current="review"), "problem": str(problem)}
        return render(request, "desk/discharge/no_pdf.html", page, status=503)
    audit.record("discharge.printed", signed, bytes=len(body))
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="discharge-summary.pdf"'
    return response
