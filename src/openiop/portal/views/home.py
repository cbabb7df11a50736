"""The first page of a client: what is next, how are you, what is due, what you earned."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from openiop.attendance import queries as attendance
from openiop.incentives import queries as incentives
from openiop.measures import queries as measures
from openiop.people.queries import own_record
from openiop.portal import presenters
from openiop.portal.navigation import more
from openiop.practice import queries as practice
from openiop.practice.forms import CheckInForm
from openiop.shared import gate
from openiop.shared.access import Permission
from openiop.shared.middleware import CenterRequest


@gate.needs(Permission.USE_PORTAL)
@require_safe
def home(request: CenterRequest) -> HttpResponse:
    """Everything of today on one screen; a part with nothing to say is not there."""
    client, now = own_record(request.actor), request.now
    today = timezone.localdate(now)
    line = attendance.next_session(client, now)
    announced = practice.announced_absences(client) if line else set()
    next_rewards = incentives.next_reward(client)
    balance = incentives.balance(client)
    context = {
        "client": client,
        "greeting": presenters.greeting(now),
        "today": today,
        "next": presenters.visit(line, now=now, announced=announced) if line else None,
        "checked_in": practice.on_day(client, today),
        "form": CheckInForm(),
        "due": presenters.due(measures.due(client, today)),
        "has_rewards": bool(next_rewards or balance),
        "balance": presenters.dollars(balance),
        "more": more(),
        "ahead": [presenters.ahead(one) for one in next_rewards],
    }
    return render(request, "portal/home.html", context)
