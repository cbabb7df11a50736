"""The self-check: one question a page. The answers travel in the page as signed text; the server keeps nothing.

Every page is an answer to a POST to one address, so neither the address nor the history shows an answer, and nothing
may be cached. No cookie is needed: the view changes nothing, so there is nothing to forge (`csrf_exempt`).
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from openiop.admissions.engine.selfcheck import Answers, Question, Who, evaluate, first_danger, next_question, questions
from openiop.shared import gate
from openiop.site.forms import QuestionForm
from openiop.site.presenters import lines_of
from openiop.site.self_check_token import SharedAnswers, sign, unsign


@gate.public
@csrf_exempt
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Start, next question, one question back, danger page or outcome, by what the form sends."""
    if request.method != "POST":
        return render(request, "site/check/start.html")
    if request.POST.get("who") in set(Who):
        return _ask(request, SharedAnswers(Who(request.POST["who"]), {}))
    held = unsign(request.POST.get("state", ""))
    if held is None:
        return redirect("site:check")  # changed, too old, or the questions are new: start again
    if "back" in request.POST:
        return _ask(request, _one_back(held)) if held.answers else redirect("site:check")
    question = next_question(held.answers, held.who)
    return _answered(request, held, question) if question else _outcome(request, held)


def _answered(request: HttpRequest, held: SharedAnswers, question: Question) -> HttpResponse:
    form = QuestionForm(question, request.POST)
    if not form.is_valid():
        return _ask(request, held, form, status=422)
    now = SharedAnswers(held.who, {**held.answers, question.id: form.cleaned_data["answer"]})
    danger = first_danger(now.answers, now.who)
    if danger:
        return render(
            request,
            "site/check/danger.html",
            {
                "danger": danger,
                "lines": lines_of(danger),
                "state": sign(now.who, now.answers),
            },
        )
    return _ask(request, now)


def _ask(
    request: HttpRequest, held: SharedAnswers, form: QuestionForm | None = None, *, status: int = 200
) -> HttpResponse:
    """The page of the first open question, or the outcome."""
    question = next_question(held.answers, held.who)
    if question is None:
        return _outcome(request, held)
    every = questions(held.who)
    context = {
        "form": form or QuestionForm(question),
        "question": question,
        "number": every.index(question) + 1,
        "total": len(every),
        "progress_note": f"{every.index(question) + 1} of {len(every)}",
        "state": sign(held.who, held.answers),
    }
    return render(request, "site/check/question.html", context, status=status)


def _outcome(request: HttpRequest, held: SharedAnswers) -> HttpResponse:
    context = {"outcome": evaluate(held.answers, held.who), "state": sign(held.who, held.answers), "who": held.who}
    return render(request, "site/check/outcome.html", context)


def _one_back(held: SharedAnswers) -> SharedAnswers:
    kept: Answers = dict(list(held.answers.items())[:-1])
    return SharedAnswers(held.who, kept)
