"""Rewards: what is earned, what comes next, and every draw."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from openiop.incentives import presenters as incentives
from openiop.incentives import queries
from openiop.people.queries import own_record
from openiop.portal import presenters
from openiop.shared import gate
from openiop.shared.access import Permission
from openiop.shared.middleware import CenterRequest


@gate.needs(Permission.USE_PORTAL)
@require_safe
def rewards(request: CenterRequest) -> HttpResponse:
    """The balance first, then the next step; nothing here can fall."""
    client = own_record(request.actor)
    statement = queries.statement(client)
    courses, earnings = list(queries.courses(client)), list(queries.earnings(client))
    ahead = queries.next_rewards(courses, earnings)
    context = {
        "balance": presenters.dollars(statement[0].balance if statement else 0),
        "ahead": [presenters.ahead(one) for one in ahead],
        "earned": incentives.good_visits(earnings),
        "statement": incentives.statement(statement),
        "limit": incentives.limit_words(queries.limit_standing(courses, statement, request.now), ahead),
        "proofs": incentives.proofs(courses, earnings),
    }
    return render(request, "portal/rewards.html", context)
