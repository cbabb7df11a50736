"""The review of the level of care: the facts side by side, then a decision with its reason."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from openiop.admissions.models import Episode
from openiop.desk import chart as charts
from openiop.kernel.errors import Refusal
from openiop.people.queries import client_for
from openiop.progress import actions, presenters, queries
from openiop.progress.forms import ReviewForm
from openiop.progress.models import Outcome, Review
from openiop.shared import gate
from openiop.shared.access import Permission
from openiop.shared.idempotency import once
from openiop.shared.middleware import CenterRequest


@gate.needs(Permission.REVIEW_CARE)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: CenterRequest, pk: UUID) -> HttpResponse:
    """See everything about the course of treatment, and decide how it goes on."""
    client = client_for(request.actor, pk, to=Permission.REVIEW_CARE)
    episode = queries.latest_episode(client)
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and episode is not None:
        try:
            made = _decide(request, episode, form)
        except Refusal as refusal:
            form.refuse(refusal.message, field=refusal.field)
        else:
            messages.success(request, f"Decided: {made.get_outcome_display().lower()}.")
            return redirect("desk:discharge" if made.outcome == Outcome.DISCHARGE else "desk:review", pk)
    context = {"client": client, "episode": episode, "form": form, "chart": charts.header(client, current="review")}
    if episode is not None:
        context |= _facts(request, episode)
    return render(request, "desk/review/review.html", context, status=422 if form.is_bound else 200)


def _facts(request: CenterRequest, episode: Episode) -> dict[str, object]:
    found = queries.facts(episode, request.now, timezone.get_current_timezone())
    return {
        "sheet": presenters.fact_sheet(found),
        "signals": queries.signals_in(found, jurisdiction=request.center.jurisdiction),
        "reviews": queries.reviews_of(episode),
    }


def _decide(request: CenterRequest, episode: Episode, form: ReviewForm) -> Review:
    given = form.cleaned_data
    return once(
        given["idempotency_key"],
        "review.decided",
        Review,
        lambda: actions.decide_review(
            episode=episode,
            outcome=given["outcome"],
            level=given["level"],
            track=given["track"],
            reason=given["reason"],
            by=request.actor,
            at=request.now,
        ),
    )
