"""A hospital's referral: drop the file, review every line, keep what is right. Nothing is stored before that."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from openiop.admissions import actions, presenters, queries
from openiop.admissions.engine.referral import MAX_BYTES, read_referral
from openiop.admissions.engine.referral.keeping import as_record, as_referral, kept
from openiop.admissions.forms import ReferralFile, ReferralReview
from openiop.admissions.models import Inquiry, Source
from openiop.kernel.errors import Refusal
from openiop.people.models import SafeContact
from openiop.people.queries import client_numbers
from openiop.shared import gate
from openiop.shared.access import Permission
from openiop.shared.idempotency import once
from openiop.shared.middleware import CenterRequest

SALT = "openiop.desk.referral"
TWO_HOURS = 2 * 3600
TOO_LARGE = "This file is larger than 10 MB. Ask the sender for a shorter summary."
TOO_OLD = "This review is more than two hours old. Choose the file again; nothing was kept."


@gate.needs(Permission.MANAGE_INQUIRIES)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def referral_import(request: CenterRequest) -> HttpResponse:
    """Three steps at one address: choose the file, review it, keep it."""
    if "referral" in request.POST:
        return _confirm(request)
    if request.method != "POST":
        return _choose(request, ReferralFile())
    form = ReferralFile(request.POST, request.FILES)
    # Above the limit of the upload handler there is no file at all, only its announced length.
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BYTES + MAX_BYTES // 100:
        return _choose(request, form, TOO_LARGE)
    if not form.is_valid():
        return _choose(request, form)
    try:
        return _review(request, as_record(read_referral(form.cleaned_data["file"].read())))
    except Refusal as refusal:
        return _choose(request, form, refusal.message)


def _choose(request: CenterRequest, form: ReferralFile, problem: str = "") -> HttpResponse:
    """The page to choose a file; `problem` stands beside the field, in place of what the form says."""
    if problem:
        form.errors["file"] = form.error_class([problem], renderer=form.renderer)
    return render(request, "desk/inquiries/referral.html", {"form": form}, status=422 if form.errors else 200)


def _confirm(request: CenterRequest) -> HttpResponse:
    try:
        record = signing.loads(request.POST["referral"], salt=SALT, max_age=TWO_HOURS)
    except signing.BadSignature:
        return _choose(request, ReferralFile({}), TOO_OLD)
    form = ReferralReview(request.POST, keys=[fact["key"] for fact in record["facts"]])
    if not form.is_valid():
        return _review(request, record, form)
    given = form.cleaned_data
    facts = {
        **kept(record, frozenset(given["keep"])),
        "person": {"sex": given["sex"], "address": given["address"]},
    }
    inquiry = once(
        given["idempotency_key"],
        "inquiry",
        Inquiry,
        lambda: actions.receive_inquiry(
            source=Source.REFERRAL, referral=facts, by=request.actor, at=request.now, **form.inquiry()
        ),
    )
    messages.success(request, "The referral is an inquiry now.")
    return redirect("desk:inquiry", inquiry.pk)


def _review(request: CenterRequest, record: dict[str, Any], form: ReferralReview | None = None) -> HttpResponse:
    keys = [fact["key"] for fact in record["facts"]]
    # The person has not told us yet what is safe, so the careful choice stands until they do.
    initial = {**record["person"], "safe_contact": SafeContact.NO_VOICEMAIL}
    shown = form or ReferralReview(initial=initial, keys=keys)
    found = queries.matches(as_referral(record))
    numbers = client_numbers([match.person.key for match in found])
    context = {
        "form": shown,
        "record": record,
        "groups": presenters.reviewed_groups(record),
        "kept": set(request.POST.getlist("keep")) if form else set(keys),
        "known": [(match.person.key, presenters.match_choice(match, numbers)[1][5:]) for match in found],
        "token": signing.dumps(record, salt=SALT, compress=True),
    }
    return render(request, "desk/inquiries/review.html", context, status=422 if form else 200)
