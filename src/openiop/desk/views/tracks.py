"""Where and when the center treats people: sites, rooms, programs, tracks and their groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Model
from django.forms import ModelChoiceField
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openiop.desk.center import tabs, track_row
from openiop.kernel.errors import Refusal
from openiop.people.queries import sites
from openiop.programs import actions, queries
from openiop.programs.forms import NewProgram, NewRoom, NewTrack
from openiop.programs.models import Program, Room, Track
from openiop.schedule.queries import standing_groups
from openiop.shared import gate
from openiop.shared.access import Permission, can
from openiop.shared.idempotency import once
from openiop.shared.middleware import CenterRequest
from openiop.ui.forms import Form

MISSING = {
    "track": "A track belongs to a program at a site. Add both first.",
    "room": "A room is at a site. Add the site first.",
}


@gate.needs(Permission.MANAGE_SCHEDULE)
@require_GET
def tracks(request: CenterRequest) -> HttpResponse:
    """Every track with its groups, and the sites with their rooms."""
    groups, rooms = list(standing_groups()), list(queries.rooms())
    context = {
        "tracks": [
            track_row(track, [group for group in groups if group.track_id == track.pk])
            for track in queries.open_tracks()
        ],
        "sites": [(site, [room for room in rooms if room.site_id == site.pk]) for site in sites()],
        "programs": list(queries.programs()),
        "tabs": tabs(request.actor, "desk:center_tracks"),
        "may_open_groups": can(request.actor, Permission.FIND_CLIENTS),
        "may_manage_center": can(request.actor, Permission.MANAGE_CENTER),
    }
    return render(request, "desk/center/tracks.html", context)


@gate.needs(Permission.MANAGE_SCHEDULE)
@require_http_methods(["GET", "POST"])
def new_room(request: CenterRequest) -> HttpResponse:
    """One more room."""
    return _adding(request, NewRoom(request.POST or None, sites=sites()), Room, actions.add_room, "room")


@gate.needs(Permission.MANAGE_SCHEDULE)
@require_http_methods(["GET", "POST"])
def new_program(request: CenterRequest) -> HttpResponse:
    """One more kind of treatment."""
    return _adding(request, NewProgram(request.POST or None), Program, actions.add_program, "program")


@gate.needs(Permission.MANAGE_SCHEDULE)
@require_http_methods(["GET", "POST"])
def new_track(request: CenterRequest) -> HttpResponse:
    """One more weekly rhythm with seats."""
    form = NewTrack(request.POST or None, sites=sites(), programs=queries.programs())
    return _adding(request, form, Track, actions.add_track, "track")


def _adding(request: CenterRequest, form: Form, model: type[Model], add: Callable[..., Any], noun: str) -> HttpResponse:
    """A page with one form that adds one thing, once."""
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "by": request.actor, "at": request.now}
        key = given.pop("idempotency_key")
        try:
            made = once(key, noun, model, lambda: add(**given))
        except Refusal as refusal:
            form.refuse(refusal.message, field=refusal.field)
        else:
            messages.success(request, f"{noun.capitalize()} added: {made}.")
            return redirect("desk:center_tracks")
    context = {"form": form, "noun": noun, "missing": MISSING.get(noun) if not _can_be_chosen(form) else ""}
    return render(request, "desk/center/add.html", context, status=422 if form.errors else 200)


def _can_be_chosen(form: Form) -> bool:
    """Whether every list of the form has something to choose from."""
    return all(field.queryset.exists() for field in form.fields.values() if isinstance(field, ModelChoiceField))


@gate.needs(Permission.MANAGE_SCHEDULE)
@require_POST
def close_track(request: CenterRequest, pk: UUID) -> HttpResponse:
    """The track takes no more clients."""
    track = queries.open_track(pk)
    actions.close_track(track=track, by=request.actor, at=request.now)
    messages.success(request, f"{track.name} is closed: nobody new can join it.")
    return redirect("desk:center_tracks")
