"""Help now, inside the portal."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from openiop.people.queries import own_record
from openiop.practice.rules import WAYS_TO_COPE
from openiop.shared import gate
from openiop.shared.access import Permission
from openiop.shared.middleware import CenterRequest


@gate.needs(Permission.USE_PORTAL)
@require_safe
def get_help(request: CenterRequest) -> HttpResponse:
    """Whom to call now, the client's own counselor, and what to do meanwhile."""
    context = {"counselor": own_record(request.actor).counselor, "ways": WAYS_TO_COPE}
    return render(request, "portal/help.html", context)
