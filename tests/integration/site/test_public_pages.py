"""The public pages as a visitor meets them, without a cookie and without script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.conf import LazySettings
from django.test import Client

from openiop.people.models import Site
from openiop.programs.models import PartOfDay, Program, Track
from openiop.site.articles import articles
from openiop.ui.components.wayfinding import tel
from tests.reading_grade import grade
from tests.world import World

PAGES = [
    "/",
    "/what-is-iop/",
    "/levels-of-care/",
    "/treatment/",
    "/times/",
    "/questions/",
    "/families/",
    "/help/",
    "/check/",
]
BLOCKS = ["p", "li", "dd", "h1", "h2", "h3", "td", "summary"]


def main_of(client: Client, path: str) -> BeautifulSoup:
    response = client.get(path)
    assert response.status_code == 200
    main = BeautifulSoup(response.content, "html.parser").main
    assert main is not None
    return main


def words_of(main: BeautifulSoup) -> str:
    """The running words of a page; sources and bylines are names, not prose."""
    for named in main.find_all("footer"):
        named.decompose()
    every = [block.get_text(" ", strip=True) for block in main.find_all(BLOCKS) if not block.find(BLOCKS)]
    return " ".join(text if text[-1:] in ".?!" else f"{text}." for text in every if text)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_offers_a_phone_number_a_callback_help_and_a_way_out(
    world: World, client: Client, path: str
) -> None:
    page = BeautifulSoup(client.get(path).content, "html.parser")
    links = {link["href"] for link in page.find_all("a")}
    assert {tel("555-0100"), "/call-me/", "tel:988", "tel:911", "/help/"} <= links
    assert page.find(attrs={"data-exit": True}) is not None
    assert len(page.find_all("h1")) == 1


@pytest.mark.parametrize("path", PAGES)
def test_no_page_sets_a_cookie_or_calls_a_third_party(world: World, client: Client, path: str) -> None:
    response = client.get(path)
    assert not response.cookies
    page = BeautifulSoup(response.content, "html.parser")
    loaded = [one.get("src") or one.get("href") for one in page.find_all(["script", "link", "img", "iframe"])]
    assert all(address.startswith("/static/") for address in loaded)
    assert not page.find_all(style=True)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_reads_at_grade_six_or_below(world: World, client: Client, path: str) -> None:
    words = words_of(main_of(client, path))
    assert grade(words) <= (5 if path == "/help/" else 6), words


@pytest.mark.parametrize("article", articles(), ids=lambda one: one.slug)
def test_every_article_names_its_author_its_review_and_its_sources(world: World, client: Client, article) -> None:  # type: ignore[no-untyped-def]
    text = main_of(client, f"/{article.slug}/").get_text(" ", strip=True)
    assert f"Written by {article.author}" in text
    assert "Clinical review: pending" in text
    assert article.sources
    assert all(source.text in text for source in article.sources)


def test_a_center_that_has_reviewed_the_articles_is_named(world: World, client: Client, settings: LazySettings) -> None:
    settings.OPENIOP_CLINICAL_REVIEWER = "Dana Reyes, MD, medical director"
    settings.OPENIOP_CLINICAL_REVIEWED_ON = "2026-11-02"
    text = main_of(client, "/treatment/").get_text(" ", strip=True)
    assert "Clinical review: Dana Reyes, MD, medical director, November 2, 2026." in text


def test_the_times_are_those_of_the_open_tracks(world: World, client: Client) -> None:
    with world.inside():
        place = Site.objects.create(name="Elm Street", address="1 Elm Street, Lowell")
        program = Program.objects.create(name="Adult IOP")
        evening = {"program": program, "site": place, "part_of_day": PartOfDay.EVENING, "seats": 12}
        Track.objects.create(name="Evening A", weekdays=[0, 2, 3], starts=time(17, 30), ends=time(20, 30), **evening)
        closed = {"weekdays": [5], "starts": time(18), "ends": time(19), "closed_at": world.now}
        Track.objects.create(name="Old one", **closed, **evening)
    text = main_of(client, "/times/").get_text(" ", strip=True)
    assert "5:30 PM to 8:30 PM" in text
    assert "Monday, Wednesday, and Thursday" in text
    assert "3 days and 9 hours a week" in text
    assert "Elm Street" in text
    assert "Old one" not in text
    assert "Come in the evening. We look" in main_of(client, "/").get_text(" ", strip=True)


def test_without_tracks_the_page_says_what_to_do(world: World, client: Client) -> None:
    assert "Call us, and we tell you what is open." in main_of(client, "/times/").get_text(" ")


def test_levels_are_a_real_table_that_stacks_on_a_phone(world: World, client: Client) -> None:
    table = main_of(client, "/levels-of-care/").table
    assert table is not None
    assert [head.get_text() for head in table.thead.find_all("th")] == [
        "Level",
        "Hours a week",
        "Where you sleep",
        "Whom it suits",
    ]
    rows = table.tbody.find_all("tr")
    assert [row.th.get_text() for row in rows] == [
        "Outpatient",
        "Intensive outpatient (IOP)",
        "Partial hospitalization (PHP)",
        "Inpatient or residential",
    ]
    assert all(cell.get("data-label") for row in rows for cell in row.find_all("td"))


@pytest.mark.parametrize("path", PAGES)
def test_every_page_needs_few_queries(world: World, client: Client, query_limit: Callable[..., Any], path: str) -> None:
    client.get(path)
    with query_limit(5):
        client.get(path)


@pytest.mark.parametrize("path", PAGES[:8])
def test_pages_only_answer_to_reading(world: World, client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


def test_words_that_hurt_are_nowhere(world: World, client: Client) -> None:
    never = ("addict ", "addicts", "abuser", "alcoholic", "junkie", "relapse", "non-compliant", "clean time", "dirty")
    for path in PAGES:
        text = main_of(client, path).get_text(" ").lower()
        assert [word for word in never if word in text] == [], path
