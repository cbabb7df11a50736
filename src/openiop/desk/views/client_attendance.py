"""One client's attendance: hours by week, and every session."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from openiop.attendance.presenters import attended_row, week_row
from openiop.attendance.queries import attended, expected_lines, hours
from openiop.attendance.rules import monday_of
from openiop.desk.chart import header
from openiop.people.queries import client_for
from openiop.shared import gate
from openiop.shared.access import Permission
from openiop.shared.middleware import CenterRequest

WEEKS = 12
PAGE = 40


@gate.needs(Permission.READ_CHART)
@require_GET
def client_attendance(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Twelve weeks of hours, what comes next, and the sessions with what was written about the client."""
    client = client_for(request.actor, pk, to=Permission.READ_CHART)
    today = timezone.localdate(request.now)
    monday = monday_of(today)
    weeks = hours(client, monday - timedelta(weeks=WEEKS - 1), monday + timedelta(weeks=1))
    past = attended(client, today - timedelta(days=3 * 365), today + timedelta(days=1))
    page = Paginator(past, PAGE).get_page(request.GET.get("page"))
    context = {
        "chart": header(client, current="attendance"),
        "client": client,
        "weeks": [week_row(one, is_current=one.week == monday) for one in reversed(weeks) if one.scheduled_minutes],
        "page": page,
        "rows": [attended_row(line) for line in page.object_list],
        "coming": [
            attended_row(line) for line in expected_lines(client).filter(during__startswith__gt=request.now)[:6]
        ],
    }
    return render(request, "desk/attendance/client.html", context)
