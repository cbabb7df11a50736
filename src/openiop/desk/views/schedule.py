"""The week: sessions, groups with their members, and planning a session of one client."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openiop.admissions.queries import running_episode
from openiop.attendance import actions as attendance
from openiop.attendance.models import Session
from openiop.attendance.presenters import span, where
from openiop.attendance.queries import sessions_of_days
from openiop.attendance.rules import monday_of
from openiop.kernel.errors import Refusal
from openiop.people.queries import caseload, client_for, working_staff
from openiop.programs.queries import open_tracks, rooms
from openiop.schedule import actions, presenters, queries
from openiop.schedule.forms import LastDay, NewGroup, NewMember, NewSession
from openiop.schedule.models import Enrollment, Group
from openiop.shared import audit, gate
from openiop.shared.access import Permission, Reach, can, check
from openiop.shared.idempotency import once
from openiop.shared.middleware import CenterRequest
from openiop.ui.week import Slot, week


@gate.needs(Permission.USE_DESK)
@require_GET
def schedule(request: CenterRequest) -> HttpResponse:
    """One week of sessions, and the groups with their places."""
    today = timezone.localdate(request.now)
    monday = monday_of(_chosen_day(request) or today)
    sessions = list(sessions_of_days(monday, 7))
    days = [monday + timedelta(days=n) for n in range(7)]
    weekend = {timezone.localtime(one.starts_at).date() for one in sessions}
    shown = [day for day in days if day.weekday() < 5 or day in weekend]
    takes = request.actor.reach(Permission.TAKE_ATTENDANCE)
    leads = request.actor.staff_id if takes is Reach.CASELOAD else None
    slots = [_slot(one, opens=takes is Reach.CENTER or one.facilitator_id == leads) for one in sessions]
    context = {
        "week": week(f"Week of {monday:%B} {monday.day}", days=shown, today=today, slots=slots),
        "groups": [(group, presenters.meeting_times(group)) for group in queries.groups_on(today)],
        "before": f"?day={monday - timedelta(days=7)}",
        "after": f"?day={monday + timedelta(days=7)}",
        "is_this_week": monday == monday_of(today),
        "may_plan": takes is not None,
        "may_manage": can(request.actor, Permission.MANAGE_SCHEDULE),
        "may_open_groups": can(request.actor, Permission.FIND_CLIENTS),
    }
    return render(request, "desk/schedule/week.html", context)


def _chosen_day(request: CenterRequest) -> date | None:
    try:
        day = parse_date(request.GET.get("day", ""))
    except ValueError:
        return None
    return day if day and 2000 <= day.year <= 2100 else None


def _slot(session: Session, *, opens: bool) -> Slot:
    local = timezone.localtime(session.starts_at)
    note = getattr(session, "group_note", None)
    is_signed = note is not None and note.signed_at is not None
    return Slot(
        day=local.date(),
        start=local.time(),
        times=span(session),
        title=session.title,
        note=f"{where(session)}, {session.facilitator.last_name}, {session.expected} expected"
        + (", signed" if is_signed else ""),
        url=reverse("desk:session", args=[session.pk]) if opens else "",
        tone="ok" if is_signed else "",
    )


@gate.needs(Permission.MANAGE_SCHEDULE)
@require_http_methods(["GET", "POST"])
def new_group(request: CenterRequest) -> HttpResponse:
    """A new group of a track."""
    initial = presenters.group_like(open_tracks(), request.GET.get("track", ""))
    form = NewGroup(request.POST or None, initial=initial, tracks=open_tracks(), staff=working_staff(), rooms=rooms())
    if request.method == "POST" and form.is_valid():
        given = {**form.group(), "by": request.actor, "at": request.now}
        try:
            key = form.cleaned_data["idempotency_key"]
            group = once(key, "group", Group, lambda: attendance.start_group(**given))
        except Refusal as refusal:
            form.refuse(refusal.message, field=refusal.field)
        else:
            messages.success(request, "Group added, with its sessions of the next four weeks.")
            if not can(request.actor, Permission.FIND_CLIENTS):
                return redirect("desk:center_tracks")
            return redirect("desk:group", group.pk)
    return render(request, "desk/schedule/new_group.html", {"form": form}, status=422 if form.errors else 200)


@gate.needs(Permission.FIND_CLIENTS)
@require_GET
def group(request: CenterRequest, pk: UUID) -> HttpResponse:
    """A group: when, where, with whom, and its members."""
    return _group(request, queries.group(pk))


def _group(request: CenterRequest, group: Group, **forms: Any) -> HttpResponse:
    today = timezone.localdate(request.now)
    members = list(queries.members_from(group, today))
    for one in members:
        audit.record("group.opened", group, client_id=one.client_id)
    may_manage = can(request.actor, Permission.MANAGE_SCHEDULE)
    context = {
        "group": group,
        "times": presenters.meeting_times(group),
        "members": [(one, presenters.enrolled_during(one)) for one in members],
        "places_left": max(0, group.capacity - len(members)),
        "may_manage": may_manage and group.ended_on is None,
        "reads_all_charts": request.actor.reach(Permission.READ_CHART) is Reach.CENTER,
        "join": NewMember(clients=queries.in_treatment(), initial={"since": today}) if may_manage else None,
        "leave": LastDay(initial={"on": today}, auto_id=False),
    } | forms
    return render(request, "desk/schedule/group.html", context, status=422 if forms else 200)


@gate.needs(Permission.MANAGE_SCHEDULE)
@require_POST
def enroll(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Someone joins the group, and is expected in its coming sessions."""
    check(request.actor, Permission.FIND_CLIENTS)
    group, form = queries.group(pk), NewMember(request.POST, clients=queries.in_treatment())
    if form.is_valid():
        try:
            once(form.cleaned_data["idempotency_key"], "enroll", Enrollment, lambda: _join(request, group, form))
        except Refusal as refusal:
            form.refuse(refusal.message, field=refusal.field)
        else:
            messages.success(request, f"{form.cleaned_data['client'].name} is in the group.")
            return redirect("desk:group", pk)
    return _group(request, group, join=form)


def _join(request: CenterRequest, group: Group, form: NewMember) -> Enrollment:
    client = client_for(request.actor, form.cleaned_data["client"].pk, to=Permission.FIND_CLIENTS)
    episode = running_episode(client)
    if episode is None:
        raise Refusal("This person is not in treatment now.", field="client")
    given = {"since": form.cleaned_data["since"], "by": request.actor, "at": request.now}
    return attendance.join_group(group=group, episode=episode, **given)


@gate.needs(Permission.MANAGE_SCHEDULE)
@require_POST
def end_enrollment(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Someone leaves a group and is no longer expected in it."""
    enrollment = queries.enrollment(pk)
    client_for(request.actor, enrollment.client_id, to=Permission.FIND_CLIENTS)
    form = LastDay(request.POST)
    if form.is_valid():
        actions.end_enrollment(enrollment=enrollment, on=form.cleaned_data["on"], by=request.actor, at=request.now)
        messages.success(request, f"{enrollment.client.name} leaves the group.")
        return redirect("desk:group", enrollment.group_id)
    return _group(request, queries.group(enrollment.group_id), leave=form)


@gate.needs(Permission.TAKE_ATTENDANCE)
@require_http_methods(["GET", "POST"])
def plan(request: CenterRequest) -> HttpResponse:
    """Plan a session of one client with one clinician."""
    clients = queries.in_treatment()
    if request.actor.reach(Permission.TAKE_ATTENDANCE) != Reach.CENTER:
        clients = clients.filter(pk__in=caseload(request.actor).values("pk"))
    initial = {"day": timezone.localdate(request.now), "facilitator": request.actor.staff_id}
    initial |= {key: request.GET[key] for key in ("client", "day") if key in request.GET}
    form = NewSession(request.POST or None, initial=initial, clients=clients, staff=working_staff(), rooms=rooms())
    if request.method == "POST" and form.is_valid():
        client_for(request.actor, form.cleaned_data["client"].pk, to=Permission.TAKE_ATTENDANCE)
        given = {**form.session(), "by": request.actor, "at": request.now}
        try:
            key = form.cleaned_data["idempotency_key"]
            session = once(key, "session", Session, lambda: attendance.plan_session(**given))
        except Refusal as refusal:
            form.refuse(refusal.message, field=_field(refusal))
        else:
            messages.success(request, "Session planned.")
            return redirect(f"{reverse('desk:schedule')}?day={form.cleaned_data['day']}&planned={session.pk}")
    return render(request, "desk/schedule/plan.html", {"form": form}, status=422 if form.errors else 200)


def _field(refusal: Refusal) -> str | None:
    return "starts" if refusal.field == "starts_at" else refusal.field
