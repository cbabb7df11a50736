"""One timeline of everything that happened with a client."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from operator import attrgetter
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from openiop.admissions.presenters import timeline as admissions
from openiop.attendance.presenters import timeline as attendance
from openiop.consents.presenters import timeline as consents
from openiop.desk import chart as charts
from openiop.incentives.presenters import timeline as incentives
from openiop.kernel.timeline import Entry
from openiop.measures.presenters import timeline as measures
from openiop.messaging.presenters import timeline as messaging
from openiop.people.models import Client
from openiop.people.queries import client_for
from openiop.practice.presenters import timeline as practice
from openiop.progress.presenters import timeline as progress
from openiop.shared import gate
from openiop.shared.access import Permission
from openiop.shared.middleware import CenterRequest
from openiop.ui.icons import sprite
from openiop.ui.navigation import NavItem

PER_PAGE = 30
ROOMS: tuple[Callable[[Client], list[Entry]], ...] = (
    admissions,
    measures,
    attendance,
    incentives,
    practice,
    progress,
    consents,
    messaging,
)


PAGES = {
    "Plan": "desk:plan",
    "Review": "desk:review",
    "Discharge": "desk:discharge",
    "Measure": "desk:measures",
    "Drug test": "desk:rewards",
    "Consent": "desk:consents",
}
"""Where an entry without an address of its own leads, by its kind."""


@gate.needs(Permission.READ_CHART)
@require_GET
def timeline(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Everything, newest first; `?kind=` shows one kind."""
    client = client_for(request.actor, pk, to=Permission.READ_CHART)
    entries = [entry for room in ROOMS for entry in room(client)]
    kinds = sorted({entry.kind for entry in entries})
    kind = request.GET.get("kind", "")
    shown = [entry for entry in entries if kind not in kinds or entry.kind == kind]
    shown.sort(key=attrgetter("at"), reverse=True)
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = [_leading_somewhere(entry, pk) for entry in page.object_list]
    context = {
        "chart": charts.header(client, current="timeline"),
        "page": page,
        "kinds": _chips(pk, kinds, kind),
        "icons": sprite(),
    }
    return render(request, "desk/clients/timeline.html", context)


def _leading_somewhere(entry: Entry, pk: UUID) -> Entry:
    name = PAGES.get(entry.kind)
    return entry if entry.url or name is None else replace(entry, url=reverse(name, args=[pk]))


def _chips(pk: UUID, kinds: list[str], chosen: str) -> list[NavItem]:
    here = reverse("desk:chart", args=[pk])
    everything = NavItem("Everything", here, is_current=chosen not in kinds)
    return [everything, *(NavItem(kind, f"{here}?kind={kind}", is_current=kind == chosen) for kind in kinds)]
