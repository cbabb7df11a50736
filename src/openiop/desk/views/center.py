"""The center itself: who works here, its sites, and what each role may do."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openiop.accounts.queries import password_path
from openiop.desk.center import role_rows, role_table, staff_row, tabs
from openiop.kernel.errors import Refusal
from openiop.messaging.actions import hire, invite
from openiop.people import actions, queries
from openiop.people.forms import NewSite, NewStaff, StaffDetails
from openiop.people.models import Site, Staff
from openiop.programs.queries import open_tracks, programs, rooms
from openiop.schedule.queries import standing_groups
from openiop.shared import gate
from openiop.shared.access import Permission, Role
from openiop.shared.idempotency import once
from openiop.shared.middleware import CenterRequest


@gate.needs(Permission.MANAGE_CENTER)
@require_GET
def center(request: CenterRequest) -> HttpResponse:
    """The staff, and what a young center still needs before it can treat someone."""
    staff = list(queries.all_staff())
    context = {
        "staff": [staff_row(one, request.actor) for one in staff],
        "steps": _steps(staff),
        "tabs": tabs(request.actor, "desk:center"),
    }
    return render(request, "desk/center/staff.html", context)


def _steps(staff: list[Staff]) -> list[tuple[str, str, bool]]:
    """What a center needs before it can treat someone: words, where to do it, whether it is done. None when all is."""
    held = {role for one in staff if one.left_at is None for role in one.roles}
    steps = [
        ("Add a clinical director", reverse("desk:staff_new"), Role.DIRECTOR in held),
        ("Add someone who answers inquiries", reverse("desk:staff_new"), Role.ADMISSIONS in held),
        ("Add a counselor", reverse("desk:staff_new"), Role.COUNSELOR in held),
        ("Add a room", reverse("desk:room_new"), rooms().exists()),
        ("Add a program", reverse("desk:program_new"), programs().exists()),
        ("Add a track with its days and seats", reverse("desk:track_new"), open_tracks().exists()),
        ("Add a group to the track", reverse("desk:new_group"), standing_groups().exists()),
    ]
    return [] if all(is_done for *_, is_done in steps) else steps


def _link_maker(request: CenterRequest) -> Callable[[Staff], str]:
    def link(staff: Staff) -> str:
        return request.build_absolute_uri(password_path(staff.user))

    return link


@gate.needs(Permission.MANAGE_CENTER)
@require_http_methods(["GET", "POST"])
def new_staff(request: CenterRequest) -> HttpResponse:
    """Someone begins to work here; their invitation is mailed."""
    form = NewStaff(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {**form.details(), "link_for": _link_maker(request), "by": request.actor, "at": request.now}
        given["roles"] = tuple(sorted(given["roles"]))
        try:
            staff = once(form.cleaned_data["idempotency_key"], "staff", Staff, lambda: hire(**given))
        except Refusal as refusal:
            form.refuse(refusal.message, field=refusal.field)
        else:
            messages.success(request, f"{staff.name} is on the staff. Their invitation is on its way.")
            return redirect("desk:center")
    context = {"form": form, "roles": role_rows()}
    return render(request, "desk/center/staff_new.html", context, status=422 if form.errors else 200)


@gate.needs(Permission.MANAGE_CENTER)
@require_http_methods(["GET", "POST"])
def staff(request: CenterRequest, pk: UUID) -> HttpResponse:
    """One member of the staff: name, title, roles; the invitation; the end of employment."""
    one = queries.staff_member(pk)
    names = ("first_name", "last_name", "credentials", "title", "roles")
    form = StaffDetails(request.POST or None, initial={name: getattr(one, name) for name in names})
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_staff(staff=one, by=request.actor, at=request.now, **form.details())
        except Refusal as refusal:
            form.refuse(refusal.message, field=refusal.field)
        else:
            messages.success(request, "Saved. New roles hold from their next page on.")
            return redirect("desk:staff", pk)
    return _staff(request, queries.staff_member(pk) if form.errors else one, form)


def _staff(request: CenterRequest, one: Staff, form: StaffDetails) -> HttpResponse:
    context = {"form": form, "row": staff_row(one, request.actor), "roles": role_rows()}
    return render(request, "desk/center/staff_member.html", context, status=422 if form.errors else 200)


def _act(request: CenterRequest, pk: UUID, act: Callable[[], object], done: str) -> HttpResponse:
    """Do something to a member of the staff, and say on their page what came of it."""
    try:
        act()
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return redirect("desk:staff", pk)


@gate.needs(Permission.MANAGE_CENTER)
@require_POST
def invite_again(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Mail a new invitation to someone who has not signed in yet."""
    one = queries.staff_member(pk)
    given = {"by": request.actor, "at": request.now}
    return _act(
        request, pk, lambda: invite(staff=one, link=_link_maker(request)(one), **given), "The invitation is on its way."
    )


@gate.needs(Permission.MANAGE_CENTER)
@require_POST
def reset_factor(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Someone lost phone and recovery codes."""
    one = queries.staff_member(pk)
    given = {"by": request.actor, "at": request.now}
    return _act(
        request,
        pk,
        lambda: actions.reset_second_factor(staff=one, **given),
        "At their next sign-in they set up a second step anew.",
    )


@gate.needs(Permission.MANAGE_CENTER)
@require_POST
def end_employment(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Someone leaves: their access ends at once."""
    one = queries.staff_member(pk)
    given = {"by": request.actor, "at": request.now}
    return _act(request, pk, lambda: actions.end_employment(staff=one, **given), f"{one.name} has no access any more.")


@gate.needs(Permission.MANAGE_CENTER)
@require_http_methods(["GET", "POST"])
def new_site(request: CenterRequest) -> HttpResponse:
    """One more place where the center treats people."""
    form = NewSite(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "by": request.actor, "at": request.now}
        key = given.pop("idempotency_key")
        try:
            once(key, "site", Site, lambda: actions.add_site(**given))
        except Refusal as refusal:
            form.refuse(refusal.message, field=refusal.field)
        else:
            messages.success(request, "Site added.")
            return redirect("desk:center_tracks")
    return render(request, "desk/center/site_new.html", {"form": form}, status=422 if form.errors else 200)


@gate.needs(Permission.MANAGE_CENTER)
@require_GET
def roles(request: CenterRequest) -> HttpResponse:
    """What each role may do, as the access decision reads it."""
    context = {"table": role_table(), "roles": role_rows(), "tabs": tabs(request.actor, "desk:center_roles")}
    return render(request, "desk/center/roles.html", context)
