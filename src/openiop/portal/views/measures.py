"""Questionnaires on the phone: one question a page, each answer kept as it is tapped."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openiop.kernel.errors import Refusal
from openiop.measures import actions, engine, presenters, queries
from openiop.measures.forms import AnswerForm
from openiop.measures.models import Administration
from openiop.measures.values import Flag, Severity
from openiop.people.queries import own_record
from openiop.shared import gate
from openiop.shared.access import Permission
from openiop.shared.middleware import CenterRequest

END = "end"


@gate.needs(Permission.USE_PORTAL)
@require_http_methods(["GET", "HEAD", "POST"])
def measure(request: CenterRequest, pk: UUID) -> HttpResponse:
    """A start page, then the question named by `?item=` or the first open one, then the end."""
    one = _own(request, pk)
    item_id = request.GET.get("item")
    if one.completed_at:
        return _thanks(request, one)
    if item_id is None and not one.answers:
        return _page(request, "start", one)
    if item_id == END:
        return _finish_page(request, one)
    question = presenters.question(one, item_id)
    if question is None:
        if item_id is not None:
            raise Http404("No such question")
        return _finish_page(request, one)
    if request.method == "POST":
        return _answer(request, one, question)
    return _page(request, "question", one, question=question)


def _answer(request: CenterRequest, one: Administration, question: presenters.Question) -> HttpResponse:
    form = AnswerForm(question.item, request.POST)
    if not form.is_valid():
        return _page(request, "question", one, status=422, question=question, form=form)
    value = form.cleaned_data["value"]
    try:
        held = actions.answer(administration=one, item=question.item.id, value=value, by=request.actor, at=request.now)
    except Refusal as refusal:  # sent already, in another tab
        messages.info(request, refusal.message)
        return redirect("portal:home")
    then = _after(held, question.item.id)
    if _words_now(engine.item_flags(engine.load(one.instrument), question.item.id, value)):
        return redirect(reverse("portal:measure_help", args=[one.pk]) + f"?item={question.item.id}")
    return redirect(reverse("portal:measure", args=[one.pk]) + f"?item={then}")


def _after(one: Administration, item_id: str) -> str:
    """The next item, which the answer just given may have brought up or taken away."""
    question = presenters.question(one, item_id)
    return (question.next if question else "") or END


def _words_now(flags: tuple[Flag, ...]) -> list[str]:
    return [flag.client_text for flag in flags if flag.severity is Severity.NOW and flag.client_text]


@gate.needs(Permission.USE_PORTAL)
@require_safe
def measure_help(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Where help is, in answer to an alarming answer, before the form goes on."""
    one = _own(request, pk)
    item_id = request.GET.get("item", "")
    if item_id not in one.answers:
        raise Http404("No such answer")
    words = _words_now(engine.item_flags(engine.load(one.instrument), item_id, one.answers[item_id]))
    then = reverse("portal:measure", args=[one.pk]) + f"?item={_after(one, item_id)}"
    counselor = one.client.counselor
    return _page(request, "help", one, words=words, then=then, counselor=counselor)


@gate.needs(Permission.USE_PORTAL)
@require_POST
def finish_measure(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Send the answers. Sent twice they are scored once."""
    one = _own(request, pk)
    if not one.completed_at:
        try:
            actions.complete(administration=one, by=request.actor, at=request.now)
        except Refusal as refusal:
            return _finish_page(request, one, refusal=refusal.message, status=422)
    return redirect("portal:measure", pk=one.pk)


def _finish_page(request: CenterRequest, one: Administration, *, refusal: str = "", status: int = 200) -> HttpResponse:
    left_open = presenters.open_items(one)
    last = engine.load(one.instrument).items
    back = next((item.id for item in reversed(last) if engine.applies(item, one.answers)), "")
    return _page(request, "end", one, status=status, left_open=left_open, back=back, refusal=refusal)


def _thanks(request: CenterRequest, one: Administration) -> HttpResponse:
    scores = presenters.client_scores(one, queries.before(one))
    words = _words_now(tuple(f for f in engine.load(one.instrument).flags if f.id in {row["id"] for row in one.flags}))
    return _page(request, "thanks", one, scores=scores, words=words)


def _own(request: CenterRequest, pk: UUID) -> Administration:
    one = queries.administration_of(own_record(request.actor), pk)
    if one.withdrawn_at:
        raise Http404("No longer asked")
    return one


def _page(request: CenterRequest, part: str, one: Administration, *, status: int = 200, **more: object) -> HttpResponse:
    instrument = engine.load(one.instrument)
    context = {
        "administration": one,
        "instrument": instrument,
        "about": presenters.about(one.instrument),
        "minutes": presenters.minutes(one.instrument),
        "why": presenters.why_we_ask(one.instrument),
        "count": len([item for item in instrument.items if engine.applies(item, one.answers)]),
        **more,
    }
    return render(request, f"portal/measures/{part}.html", context, status=status)
