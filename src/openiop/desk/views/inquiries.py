"""Inquiries: who waits for us, what was tried, and the step from inquiry to client."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openiop.admissions import actions, presenters, queries
from openiop.admissions.forms import CloseInquiry, Convert, LogCall, PhoneInquiry
from openiop.admissions.models import Call, Inquiry, Source
from openiop.kernel.errors import Refusal
from openiop.people.queries import client_for, client_numbers
from openiop.shared import gate
from openiop.shared.access import Permission
from openiop.shared.idempotency import once
from openiop.shared.middleware import CenterRequest
from openiop.ui.forms import Form
from openiop.ui.navigation import NavItem

PAGE = 50
SHOWN = {"": "All open", **{str(key): label for key, label in Source.choices}, "closed": "Closed"}


@gate.needs(Permission.MANAGE_INQUIRIES)
@require_GET
def listing(request: CenterRequest) -> HttpResponse:
    """Open inquiries, the longest wait first; tabs by where they came from, and the closed ones."""
    show = request.GET.get("show", "") if request.GET.get("show", "") in SHOWN else ""
    found = queries.closed_inquiries() if show == "closed" else queries.open_inquiries()
    if show in Source.values:
        found = found.filter(source=show)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = [presenters.inquiry_row(one, request.now) for one in page.object_list]
    context = {"rows": rows, "page": page, "tabs": _tabs(show), "is_closed": show == "closed"}
    return render(request, "desk/inquiries/list.html", context)


def _tabs(show: str) -> list[NavItem]:
    url = reverse("desk:inquiries")
    return [NavItem(label, f"{url}?show={key}" if key else url, is_current=key == show) for key, label in SHOWN.items()]


@gate.needs(Permission.MANAGE_INQUIRIES)
@require_http_methods(["GET", "POST"])
def new(request: CenterRequest) -> HttpResponse:
    """Write down a call while it lasts."""
    form = PhoneInquiry(request.POST or None, initial={"safe_contact": "no_voicemail"})
    if request.method == "POST" and form.is_valid():
        given = {"source": Source.PHONE, "by": request.actor, "at": request.now, **form.inquiry()}
        key = form.cleaned_data["idempotency_key"]
        inquiry = once(key, "inquiry", Inquiry, lambda: actions.receive_inquiry(**given))
        return redirect("desk:inquiry", inquiry.pk)
    return render(request, "desk/inquiries/new.html", {"form": form}, status=422 if form.errors else 200)


@gate.needs(Permission.MANAGE_INQUIRIES)
@require_GET
def detail(request: CenterRequest, pk: UUID) -> HttpResponse:
    """One inquiry with everything known, the calls, and the ways on."""
    return _page(request, queries.inquiry_for(request.actor, pk))


@gate.needs(Permission.MANAGE_INQUIRIES)
@require_POST
def call(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Log a call."""
    inquiry, form = queries.inquiry_for(request.actor, pk), LogCall(request.POST, prefix="call")
    if not form.is_valid():
        return _page(request, inquiry, call_form=form)
    given = form.cleaned_data
    once(
        given["idempotency_key"],
        "call",
        Call,
        lambda: actions.log_call(
            inquiry=inquiry, outcome=given["outcome"], note=given["note"], by=request.actor, at=request.now
        ),
    )
    messages.success(request, "Call logged.")
    return redirect("desk:inquiry", pk)


@gate.needs(Permission.MANAGE_INQUIRIES)
@require_POST
def close(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Close with what came of it."""
    inquiry, form = queries.inquiry_for(request.actor, pk), CloseInquiry(request.POST, prefix="close")
    if form.is_valid():
        try:
            outcome = form.cleaned_data["outcome"]
            actions.close_inquiry(inquiry=inquiry, outcome=outcome, by=request.actor, at=request.now)
        except Refusal as refusal:
            form.refuse(refusal.message, field=refusal.field)
        else:
            messages.success(request, "Inquiry closed.")
            return redirect("desk:inquiries")
    return _page(request, inquiry, close_form=form)


@gate.needs(Permission.MANAGE_INQUIRIES)
@require_http_methods(["GET", "POST"])
def convert(request: CenterRequest, pk: UUID) -> HttpResponse:
    """The inquiry becomes a client: everything is filled in, people already known are shown first."""
    inquiry = queries.inquiry_for(request.actor, pk)
    if inquiry.client_id is not None:
        return redirect("desk:profile", inquiry.client_id)
    found = queries.matches_of(inquiry)
    numbers = client_numbers([match.person.key for match in found])
    known = [presenters.match_choice(match, numbers) for match in found]
    form = Convert(request.POST or None, initial=queries.details_of(inquiry), known=known)
    if request.method == "POST" and form.is_valid():
        try:
            client = _converted(request, inquiry, form)
        except Refusal as refusal:
            form.refuse(refusal.message, field=refusal.field)
        else:
            messages.success(request, f"{client.name} is client {client.number} now.")
            return redirect("desk:assessment", client.pk)
    context = {"form": form, "inquiry": inquiry, "known": known}
    return render(request, "desk/inquiries/convert.html", context, status=422 if form.errors else 200)


def _converted(request: CenterRequest, inquiry: Inquiry, form: Convert) -> Any:
    existing = None
    if form.joined:
        existing = client_for(request.actor, UUID(form.joined), to=Permission.FIND_CLIENTS, purpose="admission")
    return actions.convert(inquiry=inquiry, existing=existing, by=request.actor, at=request.now, **form.details())


def _page(request: CenterRequest, inquiry: Inquiry, **forms: Form) -> HttpResponse:
    context = {
        "inquiry": inquiry,
        "row": presenters.inquiry_row(inquiry, request.now),
        "answers": presenters.self_check_answers(inquiry.self_check),
        "groups": presenters.fact_groups(inquiry.referral),
        "referrer": inquiry.referral.get("referrer", {}),
        "calls": queries.calls_of(inquiry),
        "call_form": forms.get("call_form") or LogCall(prefix="call"),
        "close_form": forms.get("close_form") or CloseInquiry(prefix="close"),
        "form": next(iter(forms.values()), None),
    }
    return render(request, "desk/inquiries/detail.html", context, status=422 if forms else 200)
