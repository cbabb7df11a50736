"""The daily check-in: three taps and save."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from openiop.kernel.errors import Refusal
from openiop.people.queries import own_record
from openiop.practice import actions, queries, rules
from openiop.practice.forms import CheckInForm
from openiop.practice.models import CheckIn
from openiop.shared import gate
from openiop.shared.access import Permission
from openiop.shared.idempotency import once
from openiop.shared.middleware import CenterRequest


@gate.needs(Permission.USE_PORTAL)
@require_http_methods(["GET", "HEAD", "POST"])
def check_in(request: CenterRequest) -> HttpResponse:
    """The form, and what it sends. Sent twice it is kept once."""
    form = CheckInForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = _keep(request, form)
        except Refusal as refusal:
            form.refuse(refusal.message, field=refusal.field)
        else:
            return redirect("portal:check_in_done", pk=made.pk)
    status = 422 if form.is_bound else 200
    return render(request, "portal/check_in.html", {"form": form}, status=status)


def _keep(request: CenterRequest, form: CheckInForm) -> CheckIn:
    given = form.cleaned_data
    client = own_record(request.actor)

    def make() -> CheckIn:
        return actions.check_in(
            client=client,
            day=timezone.localdate(request.now),
            craving=given["craving"],
            mood=given["mood"],
            triggers=given["triggers"],
            note=given["note"],
            by=request.actor,
            at=request.now,
        )

    return once(given["idempotency_key"], "check_in.made", CheckIn, make)


@gate.needs(Permission.USE_PORTAL)
@require_safe
def done(request: CenterRequest, pk: UUID) -> HttpResponse:
    """A quiet thanks; on a hard day, help and ways to cope come first."""
    made = queries.check_in_of(own_record(request.actor), pk)
    context = {
        "check_in": made,
        "words": rules.kind_words(craving=made.craving, mood=made.mood),
        "is_hard": rules.wants_help_shown(craving=made.craving, mood=made.mood),
        "ways": rules.WAYS_TO_COPE,
    }
    return render(request, "portal/check_in_done.html", context)
