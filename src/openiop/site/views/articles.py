"""Home, the articles, and the help page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from openiop.shared import gate
from openiop.site.articles import article


@gate.public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What an IOP is, what comes next, times and cost, in one screen."""
    return render(request, "site/home.html")


@gate.public
@require_safe
def read(request: HttpRequest, slug: str) -> HttpResponse:
    """One article; the addresses are fixed in `urls.py`, so the slug is always one of ours."""
    found = article(slug)
    return render(request, found.template, {"article": found})


@gate.public
@require_safe
def get_help(request: HttpRequest) -> HttpResponse:
    """Whom to call now."""
    return render(request, "site/help.html")
