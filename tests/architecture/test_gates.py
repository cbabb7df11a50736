"""Deny by default: every route says who may come through it (after CVE-2026-25744 and CVE-2026-24487)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from openiop.shared.gate import gate_of


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, path)
        else:
            yield path, entry


ROUTES = list(routes(get_resolver()))


@pytest.mark.parametrize(("path", "entry"), ROUTES, ids=[path or "/" for path, _ in ROUTES])
def test_every_route_is_classified(path: str, entry: URLPattern) -> None:
    module = entry.callback.__module__
    assert gate_of(entry.callback) is not None or module.startswith(settings.OPENIOP_OPEN_MODULES), (
        f"/{path} has no gate: mark its view with @gate.needs(...) or @gate.public"
    )


def test_a_route_without_a_gate_is_closed(rf: object, world: object) -> None:
    from django.http import Http404, HttpRequest, HttpResponse

    from openiop.shared.middleware import GateMiddleware

    def forgotten(request: HttpRequest) -> HttpResponse:
        return HttpResponse("secret")

    middleware = GateMiddleware(lambda request: HttpResponse())
    with pytest.raises(Http404):
        middleware.process_view(HttpRequest(), forgotten, (), {})
