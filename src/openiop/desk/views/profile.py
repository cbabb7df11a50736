"""Who a client is and how to reach them; their counselor and their way into the portal."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.forms import model_to_dict
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from openiop.desk import chart
from openiop.kernel.errors import Refusal
from openiop.people import actions
from openiop.people.forms import Counselor, Profile
from openiop.people.models import Client
from openiop.people.queries import client_for, staff_with_role
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
        actions.update_client(client=client, by=request.actor, at=request.now, **form.details())
        messages.success(request, "Saved.")
        return redirect("desk:profile", pk)
    return _page(request, client, form)


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
