"""The audit trail: who saw or changed what, when. It holds no clinical text."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from openiop.desk.center import TrailRow, tabs, trail_row
from openiop.desk.forms import AuditFilter, begin_of
from openiop.people import queries
from openiop.people.models import Staff
from openiop.shared import audit, gate
from openiop.shared.access import Permission, can
from openiop.shared.middleware import CenterRequest
from openiop.shared.models import AuditEntry

PAGE = 50


@gate.needs(Permission.READ_AUDIT)
@require_GET
def trail(request: CenterRequest) -> HttpResponse:
    """A page of the trail, the last seven days unless asked otherwise. Reading it is in the trail too."""
    staff = list(queries.all_staff())
    form = AuditFilter(request.GET, staff=staff, today=timezone.localdate(request.now))
    entries = _entries(form, staff) if form.is_valid() else AuditEntry.objects.none()
    page = Paginator(entries, PAGE).get_page(request.GET.get("page"))
    audit.record("audit.read", page=page.number)
    context = {
        "form": form,
        "page": page,
        "rows": _rows(page, may_see_names=can(request.actor, Permission.FIND_CLIENTS)),
        "may_open_charts": can(request.actor, Permission.READ_CHART),
        "tabs": tabs(request.actor, "desk:audit"),
    }
    return render(request, "desk/center/audit.html", context, status=422 if form.errors else 200)


def _entries(form: AuditFilter, staff: list[Staff]) -> QuerySet[AuditEntry]:
    asked = form.cleaned_data
    entries = audit.trail(begin_of(asked["since"]), begin_of(asked["until"] + timedelta(days=1)))
    form.offer_verbs(entries.order_by("verb").values_list("verb", flat=True).distinct())
    if asked["verb"]:
        entries = entries.filter(verb=asked["verb"])
    if asked["client"]:
        client = queries.client_by_number(asked["client"])
        entries = entries.filter(client_id=client.pk) if client else entries.none()
    return _of_person(entries, asked["person"], staff)


def _of_person(entries: QuerySet[AuditEntry], person: str, staff: list[Staff]) -> QuerySet[AuditEntry]:
    match person:
        case "":
            return entries
        case "system":
            return entries.filter(actor_user_id=None)
        case "clients":
            people = [one.user_id for one in staff if one.user_id]
            return entries.exclude(actor_user_id=None).exclude(actor_user_id__in=people)
    return entries.filter(actor_user_id=person)


def _rows(page: Page, *, may_see_names: bool) -> list[TrailRow]:
    entries = list(page.object_list)
    numbers = queries.client_numbers([str(one.client_id) for one in entries if one.client_id])
    users = {one.actor_user_id for one in entries if one.actor_user_id}
    actors: dict[UUID, str] = {} if may_see_names else queries.unnamed(users)
    return [trail_row(entry, numbers, actors) for entry in entries]
