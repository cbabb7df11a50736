"""The web role on a server of the operator (`DATABASE_URL`), where OpenIOP cannot give it a password of its own."""

from __future__ import annotations

import psycopg
from psycopg import Connection, sql
from psycopg.conninfo import conninfo_to_dict

from openiop.shared.postgres.cluster import ROLE_NAMES
from openiop.shared.postgres.errors import PostgresError
from openiop.shared.postgres.initdb import WEB_LIMITS, limit_web_role

WEB_ROLE = ROLE_NAMES["web"]
MINIMUM_VERSION = 18


def as_web_role(options: str = "") -> str:
    """libpq's `options` with which a login that is not the web role works as the web role, limits included.

    Not Django's `assume_role`: that waits for ever inside a connection pool (Django 5.2), and sets no limits. With
    these, even RESET ROLE leads back to the web role.
    """
    given = {"role": WEB_ROLE, **WEB_LIMITS}
    return " ".join([options, *(f"-c {name}={value}" for name, value in given.items())]).strip()


def prepare_roles(owner_url: str, web_url: str | None = None) -> None:
    """Make sure that the role `openiop_web` exists and that both users of the URLs may become it (`SET ROLE`).

    Safe to repeat. Raises PostgresError with the SQL for an administrator when the owner may not create roles, and
    when the server is older than PostgreSQL 18 or out of reach.
    """
    try:
        with psycopg.connect(owner_url, autocommit=True) as connection:
            _refuse_old(connection)
            _prepare(connection, _web_user(connection, web_url))
    except psycopg.errors.InsufficientPrivilege as error:
        raise PostgresError(f"The owner may not prepare the role {WEB_ROLE}. {ADVICE}") from error
    except psycopg.OperationalError as error:
        raise PostgresError(f"The database cannot be reached: {' '.join(str(error).split())}") from error


ADVICE = (
    f"Let an administrator of the server run, in this database: CREATE ROLE {WEB_ROLE} NOLOGIN; "
    f"GRANT {WEB_ROLE} TO <the users of DATABASE_URL and DATABASE_OWNER_URL>; "
    f"GRANT USAGE ON SCHEMA public TO {WEB_ROLE};"
)


def _refuse_old(connection: Connection[tuple[object, ...]]) -> None:
    version = connection.info.server_version // 10_000
    if version < MINIMUM_VERSION:
        raise PostgresError(f"The server is PostgreSQL {version}; OpenIOP needs {MINIMUM_VERSION} or newer.")


def _web_user(connection: Connection[tuple[object, ...]], web_url: str | None) -> str:
    return str(conninfo_to_dict(web_url).get("user") or connection.info.user) if web_url else connection.info.user


def _prepare(connection: Connection[tuple[object, ...]], web_user: str) -> None:
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [WEB_ROLE]).fetchone() is None:
        connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(WEB_ROLE)))
        limit_web_role(connection)
    for user in {connection.info.user, web_user} - {WEB_ROLE}:
        if not _may_become(connection, user):
            connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(WEB_ROLE), sql.Identifier(user)))
    usage = connection.execute("SELECT has_schema_privilege(%s, 'public', 'USAGE')", [WEB_ROLE]).fetchone()
    if usage == (False,):
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.Identifier(WEB_ROLE)))


def _may_become(connection: Connection[tuple[object, ...]], user: str) -> bool:
    query = "SELECT rolsuper OR pg_has_role(rolname, %s, 'SET') FROM pg_roles WHERE rolname = %s"
    return connection.execute(query, [WEB_ROLE, user]).fetchone() == (True,)
