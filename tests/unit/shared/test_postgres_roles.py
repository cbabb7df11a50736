"""The web role on a server of the operator, prepared by owners with more and with fewer rights."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from openiop.shared.postgres.errors import PostgresError
from openiop.shared.postgres.roles import WEB_ROLE, as_web_role, prepare_roles
from openiop.shared.postgres.server import EmbeddedServer
from openiop.shared.postgres.testing import temporary_home


@pytest.fixture(scope="module")
def operator() -> Iterator[EmbeddedServer]:
    """A server as an operator may have it: its own logins, and no role of ours."""
    with temporary_home() as home:
        server = EmbeddedServer(home, settings={"shared_buffers": "32MB"}, durable=False)
        server.start()
        with server.connect() as connection:
            connection.execute("DROP OWNED BY openiop_web")
            connection.execute("DROP ROLE openiop_web")
            connection.execute("CREATE ROLE hospital LOGIN PASSWORD 'h' CREATEROLE")
            connection.execute("CREATE ROLE visitor LOGIN PASSWORD 'v'")
            connection.execute("ALTER DATABASE openiop OWNER TO hospital")
            connection.execute("GRANT CONNECT ON DATABASE openiop TO visitor")
            connection.execute("ALTER SCHEMA public OWNER TO hospital")
        yield server


def url(server: EmbeddedServer, user: str) -> str:
    folder = quote(str(server.cluster.socket_folder), safe="")
    return f"postgresql://{user}:{user[0]}@/openiop?host={folder}"


def test_an_owner_who_may_not_make_roles_is_told_what_to_ask_for(operator: EmbeddedServer) -> None:
    with pytest.raises(PostgresError, match=r"CREATE ROLE openiop_web NOLOGIN; GRANT openiop_web TO"):
        prepare_roles(url(operator, "visitor"))


def test_the_role_is_made_and_both_users_may_become_it(operator: EmbeddedServer) -> None:
    for _ in range(2):  # safe to repeat
        prepare_roles(url(operator, "hospital"), url(operator, "visitor"))
    for user in ("hospital", "visitor"):
        with psycopg.connect(url(operator, user), autocommit=True) as connection:
            connection.execute(f"SET ROLE {WEB_ROLE}")
            assert connection.execute("SELECT current_user::text").fetchone() == (WEB_ROLE,)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("CREATE TABLE mine (a int)")


def test_a_login_of_the_operator_works_as_the_web_role_with_its_limits(operator: EmbeddedServer) -> None:
    prepare_roles(url(operator, "hospital"), url(operator, "visitor"))
    with psycopg.connect(url(operator, "visitor"), options=as_web_role("-c jit=off"), autocommit=True) as connection:
        connection.execute("RESET ROLE")
        row = connection.execute("SELECT current_user::text, current_setting('statement_timeout')").fetchone()
    assert row == (WEB_ROLE, "10s")


ASK = """
import django
django.setup()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT session_user::text, current_user::text")
    print(*cursor.fetchone())
connection.close_pool()
"""


def test_the_pool_of_the_web_server_works_as_the_web_role_too(operator: EmbeddedServer, tmp_path: Path) -> None:
    prepare_roles(url(operator, "hospital"), url(operator, "visitor"))
    environment = os.environ | {
        "DATABASE_URL": url(operator, "visitor"),
        "OPENIOP_DB_ROLE": "web",
        "OPENIOP_POOL": "1",
        "OPENIOP_HOME": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "openiop.config.settings",
    }
    done = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=False, env=environment)
    assert done.stdout.split() == ["visitor", WEB_ROLE], done.stderr


def test_a_server_that_is_away_is_one_clear_sentence() -> None:
    with pytest.raises(PostgresError, match="cannot be reached"):
        prepare_roles("postgresql://nobody@127.0.0.1:9/none")
