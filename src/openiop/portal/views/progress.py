"""How it is going: the client's own check-ins and numbers over time, without a verdict."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from openiop.measures import presenters as measure_words
from openiop.measures import queries as measures
from openiop.people.queries import own_record
from openiop.portal import progress as lines
from openiop.practice import queries as practice
from openiop.shared import gate
from openiop.shared.access import Permission
from openiop.shared.middleware import CenterRequest


@gate.needs(Permission.USE_PORTAL)
@require_safe
def progress(request: CenterRequest) -> HttpResponse:
    """Four weeks of check-ins, then every questionnaire that was finished."""
    client, today = own_record(request.actor), timezone.localdate(request.now)
    check_ins = list(practice.between(client, today - timedelta(days=lines.DAYS - 1), today))
    context = {
        "days": lines.DAYS,
        "words": lines.words(check_ins),
        "charts": lines.check_in_charts(check_ins),
        "scores": measure_words.client_charts(measures.by_instrument(client)),
    }
    return render(request, "portal/progress.html", context)
