"""The level of care in the client's words."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from openiop.admissions.queries import latest_decision
from openiop.kernel.levels import LevelOfCare
from openiop.people.queries import own_record
from openiop.shared import audit, gate
from openiop.shared.access import Permission
from openiop.shared.middleware import CenterRequest


@gate.needs(Permission.USE_PORTAL)
@require_GET
def level(request: CenterRequest) -> HttpResponse:
    """What was decided, why, and who to ask."""
    client = own_record(request.actor)
    decision = latest_decision(client)
    if decision is not None:
        audit.record("level.read", decision)
    words = decision.client_words.split("\n") if decision else []
    return render(
        request,
        "portal/level.html",
        {
            "decision": decision,
            "level": LevelOfCare(decision.level).label if decision else "",
            "words": words,
            "client": client,
        },
    )
