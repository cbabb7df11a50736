"""The client's own sessions: the two weeks ahead and the week behind."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from openiop.attendance import queries as attendance
from openiop.attendance.models import Attendance
from openiop.kernel.errors import Refusal
from openiop.people.queries import own_record
from openiop.portal import presenters
from openiop.practice import actions
from openiop.practice import queries as practice
from openiop.practice.forms import CannotComeForm
from openiop.shared import gate
from openiop.shared.access import Permission
from openiop.shared.middleware import CenterRequest

NEAR = timedelta(days=7)
DAYS_AHEAD = 14


@gate.needs(Permission.USE_PORTAL)
@require_safe
def schedule(request: CenterRequest) -> HttpResponse:
    """What comes, and what was."""
    client, now = own_record(request.actor), request.now
    announced = practice.announced_absences(client)
    behind = [line for line in attendance.attended(client, *presenters.past_week(now)) if line.during.upper <= now]
    ahead = list(attendance.upcoming(client, now, DAYS_AHEAD))
    near = timezone.localdate(now + NEAR)
    context = {
        "ahead": presenters.days((one for one in ahead if _day(one) < near), now=now, announced=announced),
        "later": presenters.days((one for one in ahead if _day(one) >= near), now=now, announced=announced),
        "behind": presenters.days(behind, now=now),
    }
    return render(request, "portal/schedule.html", context)


def _day(line: Attendance) -> date:
    return timezone.localdate(line.during.lower)


@gate.needs(Permission.USE_PORTAL)
@require_http_methods(["GET", "HEAD", "POST"])
def cannot_come(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Tell the counselor that a session ahead does not work. The roster stays as it is until someone has talked."""
    client = own_record(request.actor)
    line = attendance.expected_lines(client).filter(pk=pk).first()
    if line is None:
        raise Http404("No such session")
    form = CannotComeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.say_cannot_come(line=line, why=form.cleaned_data["why"], by=request.actor, at=request.now)
        except Refusal as refusal:
            form.refuse(refusal.message, field=refusal.field)
        else:
            messages.success(request, "Thank you for telling us. Your counselor knows and will be in touch.")
            return redirect("portal:schedule")
    context = {"form": form, "visit": presenters.visit(line, now=request.now)}
    return render(request, "portal/cannot_come.html", context, status=422 if form.is_bound else 200)
