"""Opening a chart that is not in one's care, because it cannot wait."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from openiop.kernel.errors import Refusal
from openiop.messaging.actions import open_chart_in_emergency
from openiop.messaging.forms import EmergencyForm
from openiop.people.models import Client, EmergencyAccess
from openiop.people.queries import client_for, subject_of
from openiop.shared import gate
from openiop.shared.access import Permission, can
from openiop.shared.idempotency import once
from openiop.shared.middleware import CenterRequest


@gate.needs(Permission.READ_CHART)
@require_http_methods(["GET", "HEAD", "POST"])
def emergency(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Ask why; then the chart is open for an hour and every director knows."""
    client = client_for(request.actor, pk, to=Permission.FIND_CLIENTS, purpose="emergency")
    if can(request.actor, Permission.READ_CHART, subject_of(client)):
        return redirect("desk:chart", pk)
    form = EmergencyForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            _open(request, client, form)
        except Refusal as refusal:
            form.refuse(refusal.message, field=refusal.field)
        else:
            messages.warning(request, "The chart is open for one hour. The clinical directors have been told.")
            return redirect("desk:chart", pk)
    context = {"client": client, "form": form}
    return render(request, "desk/emergency/open.html", context, status=422 if form.is_bound else 200)


def _open(request: CenterRequest, client: Client, form: EmergencyForm) -> EmergencyAccess:
    given = form.cleaned_data
    return once(
        given["idempotency_key"],
        "emergency.opened",
        EmergencyAccess,
        lambda: open_chart_in_emergency(client=client, reason=given["reason"], by=request.actor, at=request.now),
    )
