"""Alerts: what needs a person, who has it, how old it is."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from openiop.kernel.errors import Refusal
from openiop.messaging import actions, queries
from openiop.messaging.forms import CloseAlert
from openiop.messaging.models import Alert
from openiop.messaging.presenters import alert_row
from openiop.shared import gate
from openiop.shared.access import Permission, can
from openiop.shared.middleware import CenterRequest


@gate.needs(Permission.HANDLE_ALERTS)
@require_GET
def listing(request: CenterRequest) -> HttpResponse:
    """The open alerts of this person's reach."""
    rows = [alert_row(alert, request.now) for alert in queries.open_alerts(request.actor)]
    return render(request, "desk/alerts/list.html", {"alerts": rows})


@gate.needs(Permission.HANDLE_ALERTS)
@require_http_methods(["GET", "POST"])
def detail(request: CenterRequest, pk: UUID) -> HttpResponse:
    """One alert: take it, or close it with what was done."""
    alert = queries.alert_for(request.actor, pk)
    if "take" in request.POST:
        taken = actions.acknowledge_alert(alert=alert, by=request.actor, at=request.now)
        if taken.owner_id == request.actor.staff_id:
            messages.success(request, "You have it. Close it here once it is done.")
        else:
            messages.warning(request, f"{alert_row(taken, request.now).owner} has it already.")
        return redirect("desk:alert", pk)
    form = CloseAlert(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.close_alert(
                alert=alert, what_was_done=form.cleaned_data["what_was_done"], by=request.actor, at=request.now
            )
        except Refusal as refusal:
            form.refuse(refusal.message, field=refusal.field)
        else:
            messages.success(request, "Alert closed.")
            return redirect("desk:alerts")
    context = {
        "alert": alert_row(alert, request.now),
        "form": form,
        "is_closed": alert.closed_at is not None,
        "what_was_done": alert.what_was_done,
        "reads_charts": can(request.actor, Permission.READ_CHART),
        "inquiry": alert.source.removeprefix("inquiry:") if _is_inquiry(request, alert) else "",
    }
    return render(request, "desk/alerts/detail.html", context, status=422 if form.errors else 200)


def _is_inquiry(request: CenterRequest, alert: Alert) -> bool:
    return alert.kind == "inquiry" and can(request.actor, Permission.MANAGE_INQUIRIES)
