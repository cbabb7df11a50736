"""What every test can ask for: a migrated database used as the web role, two centers, and their people.

`world` is the center under test with the four people a permission test needs: the assigned counselor, other
staff, another center's staff, and a stranger. Everything in it is made by the product's own actions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import Client as Browser
from psycopg import sql

from openiop.accounts.models import User
from tests.settings import DATABASE, EMPTY, SERVER, TEMPLATE
from tests.world import OTHER_CENTER, OUR_CENTER, World, build_world, open_centers


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the long walks first, so that no worker is left with one at the end."""
    items.sort(key=lambda item: "journeys" not in item.path.parts)


def copy_database(name: str, template: str = TEMPLATE) -> None:
    """A fresh copy of a migrated template under this name: `TEMPLATE` holds two centers, `EMPTY` none."""
    SERVER.drop_database(name)
    with SERVER.connect(database="postgres") as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER openiop_owner").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Migrate a template once as the owner, then work in a copy of it as the web role."""
    SERVER.create_database(TEMPLATE)
    with django_db_blocker.unblock():
        _use("owner", TEMPLATE)
        call_command("migrate", verbosity=0)
        connections.close_all()
        copy_database(EMPTY)
        open_centers()
        connections.close_all()
        copy_database(DATABASE)
        _use("web", DATABASE)
    yield
    with django_db_blocker.unblock():
        connections.close_all()
    for name in (DATABASE, EMPTY, TEMPLATE):
        SERVER.drop_database(name)


def _use(role: str, database: str) -> None:
    parts = psycopg.conninfo.conninfo_to_dict(SERVER.url(role, database))
    connection = connections["default"]
    connection.close()
    connection.settings_dict.update(
        NAME=database, USER=parts["user"], PASSWORD=parts["password"], HOST=parts["host"], PORT=parts["port"]
    )
    connection.settings_dict["OPTIONS"] = {}


@pytest.fixture
def now() -> datetime:
    """The moment in which tests live: a Monday morning at the center."""
    return datetime(2026, 11, 23, 14, 30, tzinfo=UTC)


@pytest.fixture
def world(db: None, now: datetime) -> World:
    """The two centers with their people, in this test's transaction."""
    return build_world(now)


@pytest.fixture
def scope(world: World) -> Iterator[World]:
    """Inside our center as a system process, for tests that call actions and queries directly."""
    with world.inside():
        yield world


@pytest.fixture
def browse() -> Callable[[User], Browser]:
    """A test client signed in as this user, second factor included where staff need one."""

    def signed_in(user: User) -> Browser:
        browser = Browser()
        browser.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return browser

    return signed_in


@pytest.fixture
def query_limit(django_assert_max_num_queries: Callable) -> Callable:
    """The budget of a page: at most 15 queries, savepoints of the test not counted."""

    @contextmanager
    def limit(most: int = 15) -> Iterator[None]:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as captured:
            yield
        # A request's transaction ends with it; only inside a test's longer one does the scope give its settings back.
        given_back = "SELECT set_config('app.center_id', ''"
        asked = [q["sql"] for q in captured if "SAVEPOINT" not in q["sql"] and not q["sql"].startswith(given_back)]
        assert len(asked) <= most, f"{len(asked)} queries, at most {most} allowed:\n" + "\n".join(asked)

    return limit


__all__ = ["OTHER_CENTER", "OUR_CENTER"]
