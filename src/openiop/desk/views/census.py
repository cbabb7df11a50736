"""The census: seats by track, who holds them, and who waits."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from openiop.admissions import actions as admissions
from openiop.admissions.models import Episode, Wait
from openiop.admissions.queries import seats, waiting
from openiop.people.queries import client_for
from openiop.programs.presenters import track_times
from openiop.shared import audit, gate
from openiop.shared.access import Permission, Reach, can
from openiop.shared.middleware import CenterRequest


@gate.needs(Permission.FIND_CLIENTS)
@require_GET
def census(request: CenterRequest) -> HttpResponse:
    """Each open track with its seats, holders and waitlist."""
    today = timezone.localdate(request.now)
    holders: dict[UUID | None, list[Episode]] = {}
    for episode in (
        Episode.objects.running().select_related("client").order_by("client__last_name", "client__first_name")
    ):
        holders.setdefault(episode.track_id, []).append(episode)
    waits: dict[UUID, list[tuple[Wait, int]]] = {}
    for wait in waiting():
        waits.setdefault(wait.track_id, []).append((wait, (request.now - wait.since).days))
    audit.record("census.opened", clients=sum(map(len, holders.values())), waiting=sum(map(len, waits.values())))
    tracks = [
        (one, track_times(one.track), holders.get(one.track.pk, ()), waits.get(one.track.pk, ()))
        for one in seats(today)
    ]
    context = {
        "tracks": tracks,
        "without_track": holders.get(None, ()),
        "taken": sum(one.taken for one, *_ in tracks),
        "seats": sum(one.seats for one, *_ in tracks),
        "waiting": sum(one.waiting for one, *_ in tracks),
        "may_admit": can(request.actor, Permission.ADMIT),
        "reads_all_charts": request.actor.reach(Permission.READ_CHART) is Reach.CENTER,
        "today": today,
    }
    return render(request, "desk/census/census.html", context)


@gate.needs(Permission.ADMIT)
@require_POST
def leave_waitlist(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Someone no longer waits for a seat."""
    wait = get_object_or_404(Wait.objects.waiting(), pk=pk)
    client = client_for(request.actor, wait.client_id, to=Permission.ADMIT)
    because = request.POST.get("because", "").strip()[:200] or "No longer wants the seat"
    admissions.leave_waitlist(wait=wait, because=because, by=request.actor, at=request.now)
    messages.success(request, f"{client.name} no longer waits.")
    return redirect("desk:census")
