"""Drug tests and rewards of a client, and the counter where prizes are handed out.

Who records tests and who hands out prizes are different permissions: a test result is clinical, a prize is not, and the
person at the counter sees the balance only.
"""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openiop.admissions.queries import running_episode
from openiop.desk import chart
from openiop.incentives import actions, engine, presenters, queries
from openiop.incentives.forms import HandOutForm, OrderTestForm, ResultForm, StartCourseForm
from openiop.incentives.models import Course, DrugTest, LedgerLine
from openiop.kernel.errors import Refusal
from openiop.people.models import Client
from openiop.people.queries import client_for
from openiop.shared import gate
from openiop.shared.access import Permission, can
from openiop.shared.idempotency import once
from openiop.shared.middleware import CenterRequest

TESTS = Permission.RECORD_DRUG_TESTS
PRIZES = Permission.HAND_OUT_PRIZES


@gate.needs(Permission.READ_CHART)
@require_safe
def rewards(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Tests, running rewards, what they earned, and the statement."""
    return _page(request, client_for(request.actor, pk, to=Permission.READ_CHART))


def _page(request: CenterRequest, client: Client, status: int = 200, **forms: Any) -> HttpResponse:
    statement = queries.statement(client)
    courses = list(queries.courses(client))
    earnings = list(queries.earnings(client))
    ahead = queries.next_rewards(courses, earnings)
    context = {
        "chart": chart.header(client, current="rewards"),
        "tests": queries.tests(client),
        "courses": presenters.courses(courses, ahead),
        "limit": presenters.limit_words(queries.limit_standing(courses, statement, request.now), ahead),
        "earned": presenters.good_visits(earnings),
        "balance": presenters.dollars(statement[0].balance) if statement else "$0.00",
        "statement": presenters.statement(statement),
        "may_test": can(request.actor, TESTS, client.subject(frozenset(client.treated_by))),
        "start_form": StartCourseForm(today=timezone.localdate(request.now)),
        "order_form": OrderTestForm(initial={"ordered_on": timezone.localdate(request.now)}),
        **forms,
    }
    return render(request, "desk/rewards/rewards.html", context, status=status)


@gate.needs(TESTS)
@require_POST
def start(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Start a protocol. The seed of its draws is thrown here, once, and kept under seal."""
    client = client_for(request.actor, pk, to=TESTS)
    form = StartCourseForm(request.POST, today=timezone.localdate(request.now))
    if form.is_valid():
        try:
            _start(request, client, form)
        except Refusal as refusal:
            form.refuse(refusal.message, field=refusal.field)
        else:
            messages.success(request, "Rewards have started.")
            return redirect("desk:rewards", pk=client.pk)
    return _page(request, client, status=422, start_form=form, form=form)


def _start(request: CenterRequest, client: Client, form: StartCourseForm) -> Course:
    episode = running_episode(client)
    if episode is None:
        raise Refusal("Rewards start with treatment. Admit the client first.")

    def make() -> Course:
        return actions.start_course(
            episode=episode,
            protocol=form.cleaned_data["protocol"],
            limit=form.cleaned_data["limit"],
            seed=secrets.token_bytes(engine.MIN_SEED_BYTES),
            by=request.actor,
            at=request.now,
        )

    return once(form.cleaned_data["idempotency_key"], "course.started", Course, make)


@gate.needs(TESTS)
@require_POST
def end(request: CenterRequest, pk: UUID, course: UUID) -> HttpResponse:
    """End a course. The balance stays."""
    client = client_for(request.actor, pk, to=TESTS)
    held = queries.course_of(client, course)
    actions.end_course(course=held, on=timezone.localdate(request.now), by=request.actor, at=request.now)
    messages.success(request, "These rewards have ended. The balance stays the client's.")
    return redirect("desk:rewards", pk=client.pk)


@gate.needs(TESTS)
@require_POST
def order(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Order a drug test."""
    client = client_for(request.actor, pk, to=TESTS)
    form = OrderTestForm(request.POST)
    if not form.is_valid():
        return _page(request, client, status=422, order_form=form, form=form)
    day = form.cleaned_data["ordered_on"]

    def make() -> DrugTest:
        return actions.order_test(client=client, ordered_on=day, by=request.actor, at=request.now)

    once(form.cleaned_data["idempotency_key"], "test.ordered", DrugTest, make)
    messages.success(request, "The test is ordered.")
    return redirect("desk:rewards", pk=client.pk)


@gate.needs(TESTS)
@require_http_methods(["GET", "HEAD", "POST"])
def result(request: CenterRequest, pk: UUID, test: UUID) -> HttpResponse:
    """Record a result; a negative one draws in the same moment."""
    client = client_for(request.actor, pk, to=TESTS)
    held = queries.test_of(client, test)
    form = ResultForm(request.POST if request.method == "POST" else None, bonus_goal=queries.bonus_goal(client))
    if request.method == "POST" and form.is_valid():
        try:
            _record(request, held, form)
        except Refusal as refusal:
            form.refuse(refusal.message, field=refusal.field)
        else:
            messages.success(request, "The result is recorded.")
            return redirect("desk:rewards", pk=client.pk)
    context = {"chart": chart.header(client, current="rewards"), "test": held, "form": form}
    return render(request, "desk/rewards/result.html", context, status=422 if form.is_bound else 200)


def _record(request: CenterRequest, test: DrugTest, form: ResultForm) -> DrugTest:
    def make() -> DrugTest:
        return actions.record_result(
            test=test,
            result=form.cleaned_data["result"],
            substances=form.found,
            bonus=form.has_bonus,
            by=request.actor,
            at=request.now,
        )

    return once(form.cleaned_data["idempotency_key"], "test.resulted", DrugTest, make)


@gate.needs(PRIZES)
@require_http_methods(["GET", "HEAD", "POST"])
def prizes(request: CenterRequest, pk: UUID) -> HttpResponse:
    """The counter: balance, what to hand out, and the statement; no test and no result is shown here."""
    client = client_for(request.actor, pk, to=PRIZES)
    form = HandOutForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            line = _hand_out(request, client, form)
        except Refusal as refusal:
            form.refuse(refusal.message, field=refusal.field)
        else:
            messages.success(request, f"{presenters.dollars(-line.amount)} handed out: {line.what}.")
            return redirect("desk:prizes", pk=client.pk)
    statement = queries.statement(client)
    context = {
        "chart": chart.header(client, current="prizes"),
        "balance": presenters.dollars(statement[0].balance) if statement else "$0.00",
        "has_balance": bool(statement and statement[0].balance),
        "handed_out": [row for row in presenters.statement(statement) if row.amount.startswith("-")],
        "form": form,
    }
    return render(request, "desk/rewards/prizes.html", context, status=422 if form.is_bound else 200)


def _hand_out(request: CenterRequest, client: Client, form: HandOutForm) -> LedgerLine:
    given = form.cleaned_data

    def make() -> LedgerLine:
        return actions.hand_out(
            client=client, amount=given["amount"], what=given["what"], by=request.actor, at=request.now
        )

    return once(given["idempotency_key"], "prize.handed_out", LedgerLine, make)
