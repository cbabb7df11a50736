"""The first minute of an embedded database: its files, its roles and its one database."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from psycopg import Connection, sql

from openiop.shared.postgres.cluster import DATABASE, ROLE_NAMES, Cluster, Role
from openiop.shared.postgres.programs import ServerUser, run

# Kept in postgresql.conf, where the operator may change them. Sources: docs/decisions/0002-embedded-postgresql.md.
INITIAL_SETTINGS = {
    "jit": "off",
    "max_wal_size": "1GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_filename": "postgresql-%a.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    # A log must not hold what people typed: no statement, parameter or key of a failed row.
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}

# A web request that waits longer than this is given up; owner and superuser may take their time.
WEB_LIMITS = {
    "statement_timeout": "10s",
    "lock_timeout": "3s",
    "idle_in_transaction_session_timeout": "30s",
}


def create_files(cluster: Cluster, programs: Path, user: ServerUser, *, sync: bool = True) -> None:
    """Run initdb. An interrupted earlier attempt is thrown away: it never held a row."""
    unfinished = cluster.state / "data.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    user.own(unfinished)
    password_file = cluster.state / ".initdb-password"
    try:
        _write_password(password_file, cluster.passwords["superuser"], user)
        command: list[str | Path] = [programs / "initdb", "-D", unfinished, "-U", ROLE_NAMES["superuser"]]
        command += ["--pwfile", password_file, "--auth-local=scram-sha-256", "--auth-host=reject"]
        command += ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions"]
        for name, value in (INITIAL_SETTINGS | {"shared_buffers": f"{shared_buffers_mb()}MB"}).items():
            command += ["--set", f"{name}={value}"]
        run(command + ([] if sync else ["--no-sync"]), user=user)
    finally:
        password_file.unlink(missing_ok=True)
    unfinished.rename(cluster.data)


def shared_buffers_mb() -> int:
    """A quarter of the memory, between 128 MB and 1 GB: an embedded server shares its machine."""
    memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return max(128, min(memory_mb // 4, 1024))


def _write_password(path: Path, password: str, user: ServerUser) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(password)
    user.own(path)


def set_passwords(cluster: Cluster, data: Path, server_programs: Path, user: ServerUser) -> None:
    """Give the roles in a stopped server's files the passwords of the record.

    Single-user mode asks for no password: whoever may write the files may do this. It also replays the log.
    """
    statement = sql.SQL("ALTER ROLE {} PASSWORD {};")
    lines = [
        statement.format(sql.Identifier(name), sql.Literal(cluster.passwords[role])).as_string()
        for role, name in ROLE_NAMES.items()
    ]
    command: list[str | Path] = [server_programs / "postgres", "--single", "-D", data]
    command += ["-c", "logging_collector=off", "-c", "log_min_messages=panic", "-c", "exit_on_error=on", "postgres"]
    run(command, user=user, text_in="\n".join(lines) + "\n")


def ensure_roles(connection: Connection[tuple[object, ...]], passwords: dict[Role, str]) -> None:
    """Make the owner and web roles and the database what they must be; `connection` is an autocommit superuser's."""
    roles: tuple[Role, ...] = ("owner", "web")
    for role in roles:
        name = sql.Identifier(ROLE_NAMES[role])
        if not _exists(connection, "pg_roles", "rolname", ROLE_NAMES[role]):
            connection.execute(sql.SQL("CREATE ROLE {}").format(name))
        statement = sql.SQL(
            "ALTER ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD {}"
        )
        connection.execute(statement.format(name, sql.Literal(passwords[role])))
    limit_web_role(connection)
    if not _exists(connection, "pg_database", "datname", DATABASE):
        create_database(connection, DATABASE)


def limit_web_role(connection: Connection[tuple[object, ...]]) -> None:
    """Give the web role the limits it signs in with; `connection` may alter that role."""
    web = sql.Identifier(ROLE_NAMES["web"])
    for setting, value in WEB_LIMITS.items():
        statement = sql.SQL("ALTER ROLE {} SET {} = {}")
        connection.execute(statement.format(web, sql.Identifier(setting), sql.Literal(value)))


def create_database(connection: Connection[tuple[object, ...]], name: str) -> None:
    """A database that the owner role owns, with its schema public, and that the web role may enter."""
    database, owner, web = (sql.Identifier(part) for part in (name, ROLE_NAMES["owner"], ROLE_NAMES["web"]))
    connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, owner))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, web))


def ensure_schema(connection: Connection[tuple[object, ...]]) -> None:
    """Give schema public of the connected database to the owner role; the web role may use it, not add to it."""
    owner, web = sql.Identifier(ROLE_NAMES["owner"]), sql.Identifier(ROLE_NAMES["web"])
    connection.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(owner))
    connection.execute(sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC"))
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(web))


def _exists(connection: Connection[tuple[object, ...]], catalog: str, column: str, name: str) -> bool:
    query = sql.SQL("SELECT 1 FROM {} WHERE {} = {}")
    query_done = query.format(sql.Identifier(catalog), sql.Identifier(column), sql.Literal(name))
    return connection.execute(query_done).fetchone() is not None
