"""The list of clients, and the search that every desk page carries."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from openiop.kernel.levels import LevelOfCare
from openiop.progress.queries import State, directory
from openiop.shared import audit, gate
from openiop.shared.access import Actor, Permission
from openiop.shared.middleware import CenterRequest
from openiop.ui.navigation import NavItem

PER_PAGE = 25
TABS = {State.ACTIVE: "In treatment", State.WAITING: "Not admitted yet", State.DISCHARGED: "Discharged"}


@gate.needs(Permission.FIND_CLIENTS)
@require_GET
def clients(request: CenterRequest) -> HttpResponse:
    """Clients by name or number, one's own caseload first."""
    text = searched(request)
    state = _state(request.GET.get("state"))
    page = Paginator(directory(request.actor, state, text), PER_PAGE).get_page(request.GET.get("page"))
    for client in page:
        client.level_label = LevelOfCare(client.level).label if client.level else ""
        client.url = _address(request.actor, client.pk)
    audit.record("clients.listed", count=len(page))
    context = {"page": page, "tabs": _tabs(state, text), "q": text, "state": state, "shown": TABS[state]}
    return render(request, "desk/clients/list.html", context)


def searched(request: HttpRequest) -> str:
    """What was typed into the search; PostgreSQL knows no zero byte."""
    return request.GET.get("q", "").replace("\x00", "").strip()[:80]


def _state(asked: str | None) -> State:
    return State(asked) if asked in list(State) else State.ACTIVE


def _address(actor: Actor, pk: UUID) -> str:
    """The chart for those who may open charts, the profile for everyone else."""
    reads = actor.reach(Permission.READ_CHART) is not None
    return reverse("desk:chart" if reads else "desk:profile", args=[pk])


def _tabs(state: State, text: str) -> list[NavItem]:
    return [
        NavItem(label, "?" + urlencode({"state": key, "q": text} if text else {"state": key}), is_current=key == state)
        for key, label in TABS.items()
    ]
