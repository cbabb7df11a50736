"""Who a client is and how to reach them; their counselor and their way into the portal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import model_to_dict
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from openiop.admissions.actions import remove_client, restore_client
from openiop.desk import chart
from openiop.kernel.errors import Refusal
from openiop.people import actions
from openiop.people.forms import Counselor, Profile
from openiop.people.models import Client
from openiop.people.queries import client_for, removed_clients, staff_with_role
from openiop.shared import gate
from openiop.shared.access import Permission, Role, can
from openiop.shared.middleware import CenterRequest


@gate.needs(Permission.FIND_CLIENTS)
@require_http_methods(["GET", "POST"])
def profile(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Read and change contact and personal details."""
    client = client_for(request.actor, pk, to=Permission.FIND_CLIENTS, purpose="contact")
    form = Profile(request.POST or None, initial=model_to_dict(client, list(Profile.base_fields)))
    if request.method == "POST" and form.is_valid():
        try:
            _update(request, client, form.details())
        except Refusal as refusal:
            form.refuse(refusal.message, field=refusal.field)
        else:
            messages.success(request, "Saved.")
            return redirect("desk:profile", pk)
    return _page(request, client, form)


def _update(request: CenterRequest, client: Client, details: dict[str, Any]) -> None:
    """Sign-in codes go to the address: once there is a portal, it is changed by who may open one."""
    if client.user_id and details["email"] != client.email and not can(request.actor, Permission.ADMIT):
        raise Refusal("The portal's sign-in codes go to this address. Ask admissions to change it.", field="email")
    actions.update_client(client=client, by=request.actor, at=request.now, **details)


@gate.needs(Permission.ADMIT)
@require_POST
def assign_counselor(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Put the client on a counselor's caseload."""
    client = client_for(request.actor, pk, to=Permission.ADMIT, purpose="admission")
    staff = list(staff_with_role(Role.COUNSELOR))
    form = Counselor(request.POST, staff=staff)
    if form.is_valid():
        chosen = next(one for one in staff if str(one.pk) == form.cleaned_data["counselor"])
        actions.assign_counselor(client=client, counselor=chosen, by=request.actor, at=request.now)
        messages.success(request, f"{chosen.name} is the counselor now.")
    else:
        messages.error(request, "Choose a counselor who works here.")
    return redirect("desk:profile", pk)


@gate.needs(Permission.ADMIT)
@require_POST
def give_portal(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Open the portal for the client."""
    client = client_for(request.actor, pk, to=Permission.ADMIT, purpose="admission")
    try:
        actions.give_portal(client=client, by=request.actor, at=request.now)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"{client.name} can sign in with a code mailed to {client.email}.")
    return redirect("desk:profile", pk)


@gate.needs(Permission.ADMIT)
@require_POST
def remove(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Take a record that was made by mistake out of the lists."""
    client = client_for(request.actor, pk, to=Permission.ADMIT, purpose="correction")
    try:
        remove_client(client=client, by=request.actor, at=request.now)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("desk:profile", pk)
    messages.success(request, "Removed. It can be put back here.")
    return redirect("desk:removed")


@gate.needs(Permission.ADMIT)
@require_http_methods(["GET", "POST"])
def removed(request: CenterRequest) -> HttpResponse:
    """Removed records, and the way to put one back."""
    clients = removed_clients()
    if request.method == "POST":
        restore_client(client=get_object_or_404(clients, pk=_key(request)), by=request.actor, at=request.now)
        messages.success(request, "Put back.")
        return redirect("desk:removed")
    return render(request, "desk/profile/removed.html", {"clients": clients[:100]})


def _key(request: CenterRequest) -> UUID:
    try:
        return UUID(request.POST.get("client", ""))
    except ValueError:
        raise Http404("No such client") from None


def _page(request: CenterRequest, client: Client, form: Profile) -> HttpResponse:
    may_assign = can(request.actor, Permission.ADMIT)
    counselor_form = None
    if may_assign:
        initial = {"counselor": str(client.counselor_id)}
        counselor_form = Counselor(staff=staff_with_role(Role.COUNSELOR), initial=initial)
    context = {
        "chart": chart.header(client, current="profile"),
        "form": form,
        "counselor_form": counselor_form,
        "has_portal": client.user_id is not None,
        "email": client.email,
        "client_id": client.pk,
    }
    return render(request, "desk/profile/profile.html", context, status=422 if form.errors else 200)
