"""Admission: the tracks that fit the person's week, a seat and a first day, or a place on the waitlist."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import pluralize
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from openiop.admissions import actions as admissions
from openiop.admissions.models import Episode
from openiop.admissions.queries import TrackSeats, latest_decision, running_episode, seats
from openiop.attendance import actions as attendance
from openiop.desk.chart import header
from openiop.kernel.errors import Refusal
from openiop.kernel.levels import LevelOfCare
from openiop.people.models import Client
from openiop.people.queries import client_for
from openiop.programs.models import Track
from openiop.programs.presenters import track_times
from openiop.programs.queries import open_track
from openiop.schedule import actions as schedule
from openiop.schedule.forms import BusyTime, Start, busy_of, commitment_forms
from openiop.schedule.presenters import clash_sentences
from openiop.schedule.queries import busy_times, clashes_by_track
from openiop.shared import gate
from openiop.shared.access import Permission
from openiop.shared.idempotency import once
from openiop.shared.middleware import CenterRequest


@gate.needs(Permission.ADMIT)
@require_http_methods(["GET", "POST"])
def admit(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Choose a track and a first day; the person has a seat, groups and sessions from then on."""
    client = client_for(request.actor, pk, to=Permission.ADMIT)
    form = Start(
        request.POST or None, initial={"on": timezone.localdate(request.now), "track": request.GET.get("track")}
    )
    if request.method == "POST" and form.is_valid():
        try:
            episode = once(
                form.cleaned_data["idempotency_key"], "admit", Episode, lambda: _begin(request, client, form)
            )
        except Refusal as refusal:
            form.refuse(refusal.message, field=refusal.field)
        else:
            on = episode.admitted_on
            messages.success(request, f"{client.name} is admitted from {on:%A, %B} {on.day}.")
            return redirect("desk:chart", pk)
    return _page(request, client, form)


def _begin(request: CenterRequest, client: Client, form: Start) -> Episode:
    decision = latest_decision(client)
    if decision is None:
        raise Refusal("Decide the level of care first.")
    given = form.cleaned_data
    return attendance.begin_treatment(
        client=client,
        level=decision.level,
        track=open_track(given["track"]),
        on=given["on"],
        by=request.actor,
        at=request.now,
    )


def _page(request: CenterRequest, client: Client, form: Start, rows: list[BusyTime] | None = None) -> HttpResponse:
    decision, episode = latest_decision(client), running_episode(client)
    offered = [
        one for one in seats(timezone.localdate(request.now)) if decision and one.track.program.level == decision.level
    ]
    clashes = clashes_by_track(client, [one.track for one in offered])
    waits = set(client.waits.filter(left_at=None).values_list("track_id", flat=True))
    choices = [_choice(one, clash_sentences(clashes[one.track.pk]), waits) for one in offered]
    bad = bool(form.errors) or any(row.errors for row in rows or ())
    context = {
        "chart": header(client, current=""),
        "client": client,
        "level": LevelOfCare(decision.level).label if decision else "",
        "episode": episode,
        "form": form,
        # The first that has a seat and fits comes chosen, unless a link or a sent form says otherwise.
        "chosen": str(form["track"].value() or _best(choices)),
        "choices": sorted(choices, key=lambda one: (one["is_full"], bool(one["clashes"]))),
        "busy": rows if rows is not None else commitment_forms(known=busy_times(client)),
    }
    return render(request, "desk/admit/admit.html", context, status=422 if bad else 200)


def _choice(one: TrackSeats, clashes: list[str], waits: set[UUID]) -> dict[str, Any]:
    return {
        "track": one.track,
        "times": track_times(one.track),
        "hours": f"{one.track.hours_a_week:g} hours a week",
        "room_left": f"{one.free} seat{pluralize(one.free)} free",
        "seats": one.seats,
        "is_full": one.free == 0,
        "waiting": one.waiting,
        "clashes": clashes,
        "waits": one.track.pk in waits,
    }


def _best(choices: list[dict[str, Any]]) -> UUID | str:
    return next((one["track"].pk for one in choices if not one["is_full"] and not one["clashes"]), "")


@gate.needs(Permission.ADMIT)
@require_POST
def commitments(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Record when the person cannot come, and show again what fits."""
    client = client_for(request.actor, pk, to=Permission.ADMIT)
    rows = commitment_forms(request.POST)
    # Each row must be asked, so that each shows its errors.
    if not all([row.is_valid() for row in rows]):
        return _page(request, client, Start(initial={"on": timezone.localdate(request.now)}), rows)
    schedule.record_commitments(client=client, commitments=busy_of(rows), by=request.actor, at=request.now)
    messages.success(request, "Their week is saved. The tracks below show what fits.")
    return redirect("desk:admit", pk)


@gate.needs(Permission.ADMIT)
@require_POST
def wait(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Wait for a seat in a track. Twice is once."""
    client = client_for(request.actor, pk, to=Permission.ADMIT)
    track: Track = open_track(_uuid(request.POST.get("track", "")))
    admissions.join_waitlist(client=client, track=track, by=request.actor, at=request.now)
    messages.success(request, f"{client.name} waits for a seat in {track.name}.")
    return redirect("desk:census")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
