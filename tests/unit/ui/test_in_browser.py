"""The design system in a real Chromium: accessible, no sideways scroll, usable without script, kind when things fail.

Pages come straight from the templates; a made-up host answers them, so no server runs and no request leaves.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.template import Context, Template
from django.test import RequestFactory
from playwright.sync_api import Browser, Page, Request, Route, sync_playwright

import openiop
from openiop.site.views.styleguide import styleguide
from openiop.ui.navigation import NavItem

HOST = "http://desk.test"
STATIC = Path(openiop.__file__).parent / "ui" / "static"
CHROMIUM = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'; base-uri 'none'"
)
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
NAV = [NavItem("Today", "/a/", "sun", is_current=True), NavItem("Inquiries", "/b/", "inbox", count=3)]
NAV += [NavItem(name, "/c/", "calendar") for name in ("Clients", "Schedule", "Waitlist", "Reviews")]

Answer = Callable[[Request], tuple[int, str]]


class Site:
    """A page under test and the answers it gets. `asked` lists what was requested besides static files."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[Request] = []
        self.answers: dict[str, Answer] = {}
        self.complaints: list[str] = []
        page.route("**/*", self._answer)
        page.on("console", lambda message: self.complaints.append(message.text))

    def _answer(self, route: Route, request: Request) -> None:
        path = request.url.removeprefix(HOST).partition("?")[0]
        if path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            route.fulfill(body=file.read_bytes(), content_type=KINDS[file.suffix])
            return
        self.asked.append(request)
        if path not in self.answers:
            route.abort()
            return
        status, body = self.answers[path](request)
        headers = {"Content-Security-Policy": POLICY, "Content-Type": "text/html; charset=utf-8"}
        route.fulfill(status=status, body=body, headers=headers)

    def show(self, html: str) -> Page:
        self.answers.setdefault("/", lambda _: (200, html))
        self.page.goto(HOST + "/")
        return self.page


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def open_site(chromium: Browser) -> Iterator[Callable[..., Site]]:
    contexts = []

    def opened(width: int = 1440, **options: Any) -> Site:
        context = chromium.new_context(viewport={"width": width, "height": 844}, **options)
        contexts.append(context)
        return Site(context.new_page())

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def guide(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(settings, "OPENIOP_DEMO", True)
    return styleguide(RequestFactory().get("/styleguide/")).content.decode()


def face(name: str, content: str = "", **context: Any) -> str:
    source = '{% extends "ui/' + name + '.html" %}{% load ui %}{% block title %}Page{% endblock %}'
    source += "{% block heading %}Good morning{% endblock %}{% block content %}" + content + "{% endblock %}"
    known = {
        "center": SimpleNamespace(name="Riverbend Recovery Center", phone="(555) 010-0134"),
        "actor": SimpleNamespace(user_id=1, name="Sam Reyes, LADC"),
        "nav_items": NAV,
        "csrf_token": "token-of-this-page",
    }
    return Template(source).render(Context(known | context))


FORM = (
    '<form method="post" action="/save/" id="form" data-draft>{% csrf_token %}'
    '<label for="note">Note</label><input class="form-control" id="note" name="note">'
    '{% button "Save" %}</form>'
)


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_every_component_is_accessible_and_fits(open_site: Callable[..., Site], guide: str, width: int) -> None:
    page = open_site(width, bypass_csp=True).show(guide)
    result = Axe().run(page)
    assert result.violations_count == 0, result.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1280, 1440])
@pytest.mark.parametrize("name", ["public", "portal", "family", "desk"])
def test_every_face_is_accessible_and_fits(open_site: Callable[..., Site], name: str, width: int) -> None:
    page = open_site(width, bypass_csp=True).show(face(name))
    for summary in page.locator("summary:visible").all():
        summary.click()
        result = Axe().run(page)
        assert result.violations_count == 0, result.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        panel = page.locator("details[open] > div:visible, details[open] > nav:visible").last.bounding_box()
        assert panel is not None
        assert panel["x"] >= 0
        assert panel["x"] + panel["width"] <= width
        page.keyboard.press("Escape")


def test_targets_of_clients_are_large_enough(open_site: Callable[..., Site], guide: str) -> None:
    page = open_site(390).show(guide)
    small = page.eval_on_selector_all(
        "button, .btn, summary, .oi-opt:not(.oi-seg--sm *), .oi-bottom a, .oi-tabs a, .form-control, .form-select",
        "all => all.filter(e => e.offsetParent && e.getBoundingClientRect().height < 44).map(e => e.outerHTML)",
    )
    assert small == []


def test_the_policy_is_not_broken_and_nothing_leaves(open_site: Callable[..., Site], guide: str) -> None:
    site = open_site()
    site.show(guide)
    site.page.wait_for_load_state("networkidle")
    assert site.complaints == []
    assert [request.url for request in site.asked] == [HOST + "/"]


def test_focus_is_never_hidden_by_a_bar(open_site: Callable[..., Site], guide: str) -> None:
    page = open_site(390).show(guide)
    for _ in range(60):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            """() => {
              const e = document.activeElement, bar = document.querySelector('.oi-bottom');
              if (bar.contains(e)) return '';
              const box = (e.matches('.btn-check') ? e.nextElementSibling : e).getBoundingClientRect();
              return box.top >= bar.getBoundingClientRect().top ? e.outerHTML : '';
            }"""
        )
        assert hidden == ""


def test_choices_are_made_by_keyboard(open_site: Callable[..., Site], guide: str) -> None:
    page = open_site().show(guide)
    page.locator("#id_craving_0").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.locator("input[name=craving]:checked").get_attribute("value") == "2"


def test_slash_finds_a_client_but_not_while_typing(open_site: Callable[..., Site]) -> None:
    page = open_site().show(face("desk", FORM))
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "client-search"
    page.locator("#note").press("/")
    assert page.locator("#note").input_value() == "/"


def test_without_script_menus_help_and_forms_work(open_site: Callable[..., Site]) -> None:
    site = open_site(390, java_script_enabled=False)
    site.answers["/save/"] = lambda _: (200, "<h1>Saved</h1>")
    page = site.show(face("portal", FORM))
    page.locator("summary", has_text="Get help now").click()
    assert page.get_by_role("link", name="Call 988").is_visible()
    page.locator("summary", has_text="Get help now").click()
    page.locator("#note").fill("hello")
    page.get_by_role("button", name="Save").click()
    assert page.locator("h1").inner_text() == "Saved"
    assert "note=hello" in (site.asked[-1].post_data or "")


def test_a_form_is_sent_once(open_site: Callable[..., Site]) -> None:
    site = open_site()
    site.answers["/save/"] = lambda _: (204, "")
    page = site.show(face("desk", FORM))
    page.evaluate("() => { const f = document.querySelector('#form'); f.requestSubmit(); f.requestSubmit(); }")
    page.wait_for_timeout(300)
    assert len([request for request in site.asked if request.method == "POST"]) == 1


def test_a_form_sent_offline_stays_and_says_so(open_site: Callable[..., Site]) -> None:
    site = open_site()
    page = site.show(face("desk", FORM))
    page.locator("#note").fill("long note")
    page.context.set_offline(True)
    page.get_by_role("button", name="Save").click()
    assert "not saved yet" in page.locator("#oi-flash").inner_text()
    assert page.locator("#note").input_value() == "long note"
    assert [request.method for request in site.asked] == ["GET"]


def test_leaving_unsaved_text_asks_first(open_site: Callable[..., Site]) -> None:
    page = open_site().show(face("desk", FORM))
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator("#note").press_sequentially("x")
    page.reload()
    assert asked == ["beforeunload"]
    page.reload()
    assert asked == ["beforeunload"]


def test_a_refused_form_puts_focus_on_its_errors(
    open_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "OPENIOP_DEMO", True)
    html = styleguide(RequestFactory().post("/styleguide/", {"name": "Pat"})).content.decode()
    page = open_site().show(html)
    assert page.evaluate("document.activeElement.matches('[data-error-summary]')")
    page.locator("[data-error-summary] a", has_text="Who is this for?").click()
    assert page.evaluate("document.activeElement.id") == "id_who_0"
    assert page.locator("#id_name").input_value() == "Pat"


HTMX = (
    '<form id="row" data-hx-post="/row/" data-hx-target="#row" data-hx-swap="outerHTML" data-hx-trigger="change">'
    '<label for="box">Here</label><input type="checkbox" id="box" name="box"></form>'
)


def test_htmx_sends_the_csrf_token_and_keeps_focus(open_site: Callable[..., Site]) -> None:
    site = open_site()
    site.answers["/row/"] = lambda _: (200, HTMX.replace('name="box"', 'name="box" checked data-new'))
    page = site.show(face("desk", HTMX))
    page.locator("#box").focus()
    page.keyboard.press("Space")
    page.locator("[data-new]").wait_for()
    assert site.asked[-1].headers["x-csrftoken"] == "token-of-this-page"
    assert page.evaluate("document.activeElement.id") == "box"
    assert site.complaints == []


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (500, "<!doctype html><p>trouble</p>", "did not save"),
        (403, "<!doctype html><p>no</p>", "signed out"),
        (200, "<!doctype html><p>a whole page</p>", "still here"),
    ],
)
def test_a_page_is_never_pasted_into_a_row(open_site: Callable[..., Site], status: int, body: str, said: str) -> None:
    site = open_site()
    site.answers["/row/"] = lambda _: (status, body)
    page = site.show(face("desk", HTMX))
    page.locator("#box").click()
    page.locator("#oi-flash:visible").wait_for()
    assert said in page.locator("#oi-flash").inner_text()
    assert page.locator("#box").is_checked()


def test_a_form_refused_in_a_part_of_the_page_comes_back_with_its_errors(open_site: Callable[..., Site]) -> None:
    site = open_site()
    errors = '<div data-error-summary tabindex="-1">Please check this</div>'
    site.answers["/row/"] = lambda _: (422, f'<form id="row">{errors}</form>')
    page = site.show(face("desk", HTMX))
    page.locator("#box").click()
    page.locator("[data-error-summary]").wait_for()
    page.wait_for_function("document.activeElement.matches('[data-error-summary]')")


def test_a_lost_connection_in_a_part_of_the_page_is_told(open_site: Callable[..., Site]) -> None:
    page = open_site().show(face("desk", HTMX))
    page.locator("#box").click()
    page.locator("#oi-flash:visible").wait_for()
    assert "could not reach the server" in page.locator("#oi-flash").inner_text()


def test_mark_the_rest_leaves_what_was_chosen(open_site: Callable[..., Site]) -> None:
    rows = "".join(
        f"<fieldset data-segmented><legend>{name}</legend>"
        f'<input type="radio" name="{name}" value="here" id="{name}1"><label for="{name}1">Here</label>'
        f'<input type="radio" name="{name}" value="late" id="{name}2"><label for="{name}2">Late</label></fieldset>'
        for name in ("a", "b", "c")
    )
    page = open_site().show(face("desk", f'<form>{rows}<button data-choose="here">Mark the rest here</button></form>'))
    page.locator("#b2").check()
    page.get_by_role("button", name="Mark the rest here").click()
    chosen = page.eval_on_selector_all("input:checked", "all => all.map(e => e.name + '=' + e.value)")
    assert chosen == ["a=here", "b=late", "c=here"]


def test_the_quick_exit_replaces_the_page(open_site: Callable[..., Site]) -> None:
    site = open_site()
    page = site.show(face("public"))
    length = page.evaluate("history.length")
    page.route(
        "https://www.weather.gov/**", lambda route: route.fulfill(body="<h1>Weather</h1>", content_type="text/html")
    )
    page.locator("[data-exit]:visible").click()
    page.wait_for_url("https://www.weather.gov/")
    assert page.evaluate("history.length") == length


def test_nothing_moves_for_those_who_ask_for_calm(open_site: Callable[..., Site], guide: str) -> None:
    page = open_site(reduced_motion="reduce").show(guide)
    page.locator("details.oi-disclosure summary").first.click()
    page.wait_for_timeout(50)
    assert page.evaluate("document.getAnimations().length") == 0


def test_a_choice_shows_in_forced_colors(open_site: Callable[..., Site], guide: str) -> None:
    page = open_site(forced_colors="active").show(guide)
    page.locator("label[for=id_mood_4]").click()
    style = "e => getComputedStyle(e).backgroundColor"
    assert page.eval_on_selector("label[for=id_mood_4]", style) != page.eval_on_selector("label[for=id_mood_3]", style)


def test_paper_holds_the_content_and_no_furniture(open_site: Callable[..., Site], guide: str) -> None:
    page = open_site().show(guide)
    page.emulate_media(media="print")
    assert not page.locator(".oi-top").is_visible()
    assert not page.locator("#form .btn").first.is_visible()
    assert page.get_by_role("heading", name="Style guide", exact=True).is_visible()
    assert page.locator("#tables table").is_visible()
