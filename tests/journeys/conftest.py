"""Whole installations and real browsers, for tests that walk through pages as people do."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.conftest import copy_database
from tests.live import Installation, Visitor, chromium, serving
from tests.settings import EMPTY, SERVER, TEMPLATE, WORKER

# Somewhere it is about noon, so that no test runs into midnight.
NOONS = ("America/Denver", "Pacific/Honolulu", "Asia/Tokyo", "Asia/Karachi", "Europe/Berlin", "America/Sao_Paulo")
TIME_ZONE = min(NOONS, key=lambda zone: abs(datetime.now(ZoneInfo(zone)).hour - 12))
ADMINISTRATOR = "ada@hillhouse.example"
PASSWORD = "seven green kettles sing"
CENTER = {
    "--center": "Hill House",
    "--phone": "303-555-0100",
    "--time-zone": TIME_ZONE,
    "--site": "Main Street",
    "--address": "1 Main Street, Denver",
    "--admin-name": "Ada Stone",
    "--admin-email": ADMINISTRATOR,
}


@pytest.fixture(scope="module")
def fresh_center(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A center that `openiop setup` has just made, served: one site, one administrator, nothing else."""
    name = f"fresh_{WORKER}"
    installation = installation_on(name, EMPTY, tmp_path_factory)
    words = [word for pair in CENTER.items() for word in pair]
    done = installation.command("setup", *words, "--password-stdin", text_in=PASSWORD + "\n")
    assert done.returncode == 0, done.stderr
    with serving(installation):
        yield installation
    SERVER.drop_database(name)


@pytest.fixture(scope="module")
def two_centers(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The two centers of `tests.world`, without people, served at Harbor House's address."""
    name = f"live_{WORKER}"
    installation = installation_on(name, TEMPLATE, tmp_path_factory)
    done = installation.command("migrate")  # static files
    assert done.returncode == 0, done.stderr
    with serving(installation):
        yield installation
    SERVER.drop_database(name)


def installation_on(name: str, template: str, factory: pytest.TempPathFactory) -> Installation:
    copy_database(name, template)
    with SERVER.connect() as connection:  # what the administrator of an own server does once, as `openiop migrate` says
        connection.execute("GRANT openiop_web TO openiop_owner WITH INHERIT FALSE")
    return Installation(name, factory.mktemp("installation"))


@pytest.fixture(scope="module")
def browser(django_db_setup: None) -> Iterator[Browser]:
    """Chromium. Playwright keeps an event loop in this thread, which Django would take for async code."""
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        opened = chromium(playwright)
        yield opened
        opened.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """`visit(installation, width=1440)`: a person with a browser of their own. Complaints of any fail the test."""
    visitors: list[Visitor] = []

    def opened(installation: Installation, width: int = 1440, **options: Any) -> Visitor:
        visitors.append(Visitor(browser, installation.url, viewport={"width": width, "height": 844}, **options))
        return visitors[-1]

    yield opened
    complaints = [complaint for visitor in visitors for complaint in visitor.complaints]
    for visitor in visitors:
        visitor.context.close()
    assert not complaints
