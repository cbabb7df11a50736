"""The three records in a database of their own, made once for all tests of this folder."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.utils import timezone
from psycopg.conninfo import conninfo_to_dict

from tests.conftest import copy_database
from tests.integration.security.objects import build_cases
from tests.integration.security.records import Cases
from tests.settings import SERVER, WORKER

CASES = f"cases_{WORKER}"


@contextmanager
def working_in(database: str) -> Iterator[None]:
    """Use this database of the test server, as the web role."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = database
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


@pytest.fixture(scope="session")
def case_database(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Cases]:
    """The records, committed in the database `CASES`."""
    copy_database(CASES)
    with django_db_blocker.unblock(), working_in(CASES):
        cases = build_cases(timezone.now())
    yield cases
    SERVER.drop_database(CASES)


@pytest.fixture(scope="module")
def module_cases(case_database: Cases, django_db_blocker: pytest.FixtureRequest) -> Iterator[Cases]:
    """The records, in a transaction that is undone after the module."""
    with django_db_blocker.unblock(), working_in(CASES), transaction.atomic():
        yield case_database
        transaction.set_rollback(True)


@pytest.fixture
def cases(module_cases: Cases) -> Iterator[Cases]:
    """The records; what a test does with them is undone after it."""
    with transaction.atomic():
        yield module_cases
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def cases_seen_by_all(case_database: Cases, django_db_blocker: pytest.FixtureRequest) -> Iterator[Cases]:
    """The same, on a connection that can step out of the web role to look at every center: see `all_rows`."""
    login = conninfo_to_dict(SERVER.url("superuser", CASES))
    over = {"USER": login["user"], "PASSWORD": login["password"], "OPTIONS": {"assume_role": "openiop_web"}}
    before = {key: connection.settings_dict[key] for key in over}
    connection.close()
    connection.settings_dict.update(over)
    try:
        with django_db_blocker.unblock(), working_in(CASES), transaction.atomic():
            yield case_database
            transaction.set_rollback(True)
    finally:
        connection.settings_dict.update(before)


@contextmanager
def as_superuser() -> Iterator[None]:
    """Step out of the web role inside the same transaction, to see rows of every center."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        yield
        cursor.execute("SET ROLE openiop_web")


@pytest.fixture(autouse=True, scope="module")
def quiet_log() -> Iterator[None]:
    """Thousands of refusals are expected here, and not worth a line each."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
