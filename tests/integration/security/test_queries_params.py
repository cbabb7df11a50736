"""No parameter and no field makes a page fail (after CVE-2026-24908, CVE-2026-1312 and their kin).

Every name that a view or template reads, and those that people try, gets values that break careless code.
"""

from __future__ import annotations

import inspect
import re
from importlib.resources import files
from urllib.parse import urljoin

import pytest
from bs4 import BeautifulSoup
from django.urls import get_resolver

from tests.integration.security.browsing import ask
from tests.integration.security.pages import Form, Page, all_forms, pages
from tests.integration.security.records import Cases
from tests.integration.security.routes import named_routes

NASTY = (
    "",
    "' OR 1=1 --",
    "1); DROP TABLE people_client; --",
    "-created_at,(SELECT 1)",
    "a\x00b",
    "-1",
    "99999999999999999999999999",
    "NaN",
    "2026-13-45",
    "0001-01-01",
    "9999-12-31",
    "../../../../etc/passwd",
    "{{7*7}}{% debug %}",
    "\u202e\U0001f600\ud7ff\uffff",
    "x" * 5000,
)
ENDS_OF_TIME = ("0001-01-01", "9999-12-31")
TRIED = ("sort", "order", "order_by", "q", "page", "tab", "kind", "session", "next", "format", "id", "filter", "limit")
READ = re.compile(r"""request\.GET(?:\.get(?:list)?\(|\[)\s*["'](\w+)["']|["'](\w+)["'] in request\.GET""")
LINKED = re.compile(r"[?&](\w+)=")


def names_read() -> set[str]:
    """Every query parameter that a view reads or a template links to."""
    found: set[str] = set()
    for package in ("site", "portal", "family", "desk"):
        for path in files(f"openiop.{package}").rglob("*"):  # type: ignore[attr-defined]
            if path.suffix in {".py", ".html"}:
                text = path.read_text("utf-8")
                found |= {one or other for one, other in READ.findall(text)}
                found |= set(LINKED.findall(text)) if path.suffix == ".html" else set()
    return found


def names_of(route: str) -> set[str]:
    """Those that the module of a route's view reads."""
    face, name = route.split(":")
    for resolver in get_resolver().url_patterns:
        if getattr(resolver, "namespace", None) == face:
            for pattern in resolver.url_patterns:
                if pattern.name == name:
                    source = inspect.getsource(inspect.getmodule(inspect.unwrap(pattern.callback)))  # type: ignore[arg-type]
                    return {one or other for one, other in READ.findall(source)} | {"page"} & set(
                        LINKED.findall(source)
                    )
    return set()


def searches(page: Page) -> list[set[str]]:
    """The fields of the page's own GET forms; the search that every page carries is a page of its own."""
    soup = BeautifulSoup(page.open().text, "html.parser")
    forms = [form for form in soup.find_all("form") if str(form.get("method", "get")).lower() == "get"]
    own = [form for form in forms if urljoin(page.path, str(form.get("action") or "")) == page.path]
    return [{str(field["name"]) for field in form.find_all(["input", "select"]) if field.get("name")} for form in own]


def test_the_names_are_found() -> None:
    assert {"q", "state", "page", "day", "session", "item", "show"} <= names_read()
    assert names_of("desk:clients") >= {"q", "state"}
    assert len(list(named_routes())) > 80


def test_no_parameter_breaks_a_page(cases: Cases) -> None:
    everything, wrong = sorted(names_read() | set(TRIED)), []
    once = {page.path: page for page in pages(cases, ("director", "client", "family", "administrator", "scheduler"))}
    for page in once.values():
        path = page.path.partition("?")[0]
        all_at_once = [dict.fromkeys(everything, value) for value in NASTY[1::6]]
        asked = names_of(page.name) | {name for form in searches(page) for name in form}
        one_by_one = [{name: value} for name in sorted(asked) for value in NASTY]
        one_by_one += [dict.fromkeys(form, value) for form in searches(page) for value in ENDS_OF_TIME]
        twice = [{name: ["1", "'"] for name in everything}]
        for data in [*all_at_once, *one_by_one, *twice]:
            answer = ask(page.browser, "GET", path, data)
            if answer.status >= 500:
                wrong.append(f"{page.name} as {page.who} {str(data)[:80]}: {answer.error}")
    assert not wrong, "\n".join(wrong)


@pytest.fixture(scope="module")
def forms(module_cases: Cases) -> list[Form]:
    """Each form once, whoever sees it."""
    return list({form.action: form for form in all_forms(module_cases)}.values())


def test_no_field_breaks_a_form(forms: list[Form]) -> None:
    """Each value in every field at once, and in the fields for free text alone."""
    wrong = []
    for form in forms:
        for value in ("", "a\x00b", "-1", "9999-12-31", "x" * 5000):
            for fields in (set(form.data), form.typed):
                answer = form.send(**dict.fromkeys(fields - {"idempotency_key"}, value)) if fields else None
                if answer and answer.status >= 500:
                    wrong.append(f"{form} {value[:30]!r}: {answer.error}")
    assert not wrong, "\n".join(wrong)


def test_no_single_field_breaks_a_form(forms: list[Form]) -> None:
    """One wrong field among right ones reaches what all wrong ones do not."""
    wrong = []
    for form in forms:
        for name in set(form.data) - {"csrfmiddlewaretoken"}:
            dated = re.fullmatch(r"\d{4}-\d\d-\d\d", str(form.data[name]))
            value = "9999-12-31" if dated else "99999999999999999999999999"
            answer = form.send(**{name: value})
            if answer.status >= 500:
                wrong.append(f"{form} {name}={value!r}: {answer.error}")
    assert not wrong, "\n".join(wrong)
