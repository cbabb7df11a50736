"""The client's own plan: read it, and sign it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from openiop.kernel.errors import Refusal
from openiop.people.queries import own_record
from openiop.plans import actions, presenters, queries
from openiop.plans.forms import SignForm
from openiop.plans.models import Plan, PlanStatus, Signer
from openiop.shared import audit, gate
from openiop.shared.access import Permission
from openiop.shared.middleware import CenterRequest


@gate.needs(Permission.USE_PORTAL)
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: CenterRequest) -> HttpResponse:
    """The plan that waits for the client's signature, or else the plan in force. Sending the form signs."""
    client = own_record(request.actor)
    plans = queries.readable_plans(client)
    if request.method == "POST":
        return _sign(request, plans)
    audit.record("plan.read", client_id=client.pk)
    shown = next(iter(plans), None)
    context = {"client": client, "plan": presenters.for_client(shown) if shown else None}
    return render(request, "portal/plan.html", context)


def _sign(request: CenterRequest, plans: list[Plan]) -> HttpResponse:
    """Sign the text that was read; sending it again changes nothing."""
    form = SignForm(request.POST)
    if not plans:
        raise Http404("No plan to sign")
    if not form.is_valid():
        messages.error(request, "Please read the plan below and sign once more.")
        return redirect("portal:plan")
    try:
        signed = actions.sign(
            plan=plans[0],
            signer=Signer.CLIENT,
            version=form.cleaned_data["version"],
            by=request.actor,
            at=request.now,
        )
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        if signed.status == PlanStatus.ACTIVE:
            messages.success(request, "Thank you. You signed your plan.")
    return redirect("portal:plan")
