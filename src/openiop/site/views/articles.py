"""Home, the articles, and the help page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from openiop.programs.queries import open_tracks
from openiop.shared import gate
from openiop.site.articles import article
from openiop.site.presenters import by_part_of_day, times_of_day


@gate.public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What an IOP is, what comes next, times and cost, in one screen."""
    return render(request, "site/home.html", {"when": times_of_day(open_tracks())})


@gate.public
@require_safe
def read(request: HttpRequest, slug: str) -> HttpResponse:
    """One article; the addresses are fixed in `urls.py`, so the slug is always one of ours."""
    found = article(slug)
    return render(request, found.template, {"article": found})


@gate.public
@require_safe
def times(request: HttpRequest) -> HttpResponse:
    """The tracks that take people, as they run now."""
    return render(request, "site/times.html", {"parts": by_part_of_day(open_tracks())})


@gate.public
@require_safe
def get_help(request: HttpRequest) -> HttpResponse:
    """Whom to call now."""
    return render(request, "site/help.html")
