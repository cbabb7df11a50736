"""Base pages and error pages: complete without any context, one heading, a way to help, a way out."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from django.template import Context, Template
from django.template.loader import render_to_string

from openiop.ui.navigation import NavItem

FACES = ["public", "portal", "family", "desk"]
CENTER = SimpleNamespace(name="Riverbend <Center>", phone="(555) 010-0134")
STAFF = SimpleNamespace(user_id=1, name="Sam O'Neil")


def face(name: str, **context: object) -> BeautifulSoup:
    source = (
        '{% extends "ui/' + name + '.html" %}{% block title %}Page{% endblock %}{% block heading %}Hi{% endblock %}'
    )
    return BeautifulSoup(Template(source).render(Context(context)), "html.parser")


@pytest.mark.parametrize("name", FACES)
def test_a_face_needs_no_context(name: str) -> None:
    page = face(name)
    assert page.html["lang"] == "en"
    assert [heading.get_text() for heading in page.select("h1")] == ["Hi"]
    assert page.select_one("a.oi-skip")["href"] == "#" + page.main["id"]
    assert page.select_one("#messages")["aria-live"] == "polite"


@pytest.mark.parametrize("name", FACES)
def test_a_face_shows_its_center_and_its_navigation(name: str) -> None:
    items = [NavItem("Home", "/a/", "home", is_current=True), NavItem("Plan", "/b/", "plan", count=2)]
    page = face(name, center=CENTER, nav_items=items)
    assert page.title.get_text() == "Page · Riverbend <Center>"
    assert "Riverbend <Center>" in page.select_one(".oi-brand").get_text()
    current = page.select('a[aria-current="page"]')
    assert {link["href"] for link in current} == {"/a/"}
    assert {"/a/", "/b/"} <= {link["href"] for link in page.select("nav a")}


@pytest.mark.parametrize("name", ["public", "portal", "family"])
def test_help_now_is_on_every_page_of_clients_and_visitors(name: str) -> None:
    page = face(name, center=CENTER)
    assert page.select_one("header details.oi-help a[href='tel:988']")
    assert page.select_one("a[href='/help/']")


def test_visitors_can_call_be_called_and_leave_from_every_page() -> None:
    page = face("public", center=CENTER, callback_url="/call-me/")
    assert page.select('a[href="tel:+15550100134"]')
    assert page.select('a[href="/call-me/"]')
    way_out = page.select_one("a[data-exit]")
    assert way_out["href"].startswith("https://")
    assert "noreferrer" in way_out["rel"]


def test_signing_out_is_a_post_and_the_name_is_escaped_once() -> None:
    page = face("desk", actor=STAFF, user_role="Counselor")
    form = page.select_one("details.oi-menu form")
    assert form["method"] == "post"
    assert "Sam O'Neil" in page.select_one(".oi-menu__who").get_text()


def test_staff_find_a_client_from_every_desk_page() -> None:
    form = face("desk", actor=STAFF).select_one('form[role="search"]')
    assert (form["method"], form["action"], form.select_one("input")["name"]) == ("get", "/desk/clients/", "q")
    assert not face("desk").select_one('form[role="search"]')


def test_the_title_says_that_there_are_errors() -> None:
    assert face("desk", form=SimpleNamespace(errors={"a": 1})).title.get_text().startswith("Error: ")


@pytest.mark.parametrize("code", [400, 403, 404, 409, 500, 503])
def test_an_error_page_stands_alone_and_says_what_to_do_next(code: int) -> None:
    page = BeautifulSoup(render_to_string(f"{code}.html"), "html.parser")
    assert len(page.select("h1")) == 1
    assert page.select_one("main .btn-primary")["href"] == "/"
    assert len(page.select("main p")) >= 3
    assert page.select_one("a[href='tel:988']")


def test_a_refused_record_can_be_opened_in_an_emergency_only_where_that_is_offered() -> None:
    offered = render_to_string("403.html", {"emergency_url": "/desk/clients/1/emergency/"})
    assert BeautifulSoup(offered, "html.parser").select_one('a[href="/desk/clients/1/emergency/"]')
    assert "emergency" not in render_to_string("403.html")
