"""Bring a backup back. The old database is moved aside, never deleted, and put back when something goes wrong."""

from __future__ import annotations

import dataclasses
import os
import shutil
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg import sql

from openiop.shared.postgres import initdb, programs, verify
from openiop.shared.postgres.backup import ASIDE, count_tables, run_client
from openiop.shared.postgres.cluster import ROLE_NAMES, Cluster, load_cluster, new_cluster
from openiop.shared.postgres.errors import PostgresError
from openiop.shared.postgres.location import database_urls, default_home, uses_embedded_server
from openiop.shared.postgres.locks import alone, nobody_uses
from openiop.shared.postgres.roles import prepare_roles
from openiop.shared.postgres.server import EmbeddedServer, Say, make_home, stop_server

MAJOR = "18"


def restore(folder: Path, *, at: datetime, say: Say, replace: bool = False, from_dump: bool = False) -> str:
    """Verify the backup in `folder` and make it the database of this installation; returns what is there now.

    Raises PostgresError when the backup is damaged, when there is a database already and `replace` is false, when
    the database is in use, or when the restored server does not answer as it should.
    """
    folder = folder.absolute()
    say("Verifying the backup")
    described = verify.verify(folder)
    if uses_embedded_server():
        use_base = described.has_base and not from_dump
        return _into_home(folder, described, at, say, replace=replace, use_base=use_base)
    return _into_server(folder, described, at, say, replace)


def _into_home(
    folder: Path, described: verify.Description, at: datetime, say: Say, *, replace: bool, use_base: bool
) -> str:
    server = EmbeddedServer(default_home())
    make_home(server.home)
    cluster = load_cluster(server.home) or new_cluster(server.home, programs.user_of(server.home / "data"))
    with alone(server.home / "lock", wait=10, say=say):
        aside = _make_room(cluster, at, say, replace)
        # Without files of its own the server makes a new, empty database when it starts.
        dataclasses.replace(cluster, initialized=False).save()
    try:
        if use_base:
            _from_base(folder / verify.BASE, cluster, say)
        server.start(say)
        if not use_base:
            say("Reading the dump")
            _read_dump(folder, server.url("superuser"))
        with server.connect() as connection:
            return _check(connection, described)
    except BaseException:
        _put_back(cluster, aside, at)
        raise
    finally:
        server.stop(say)


def _make_room(cluster: Cluster, at: datetime, say: Say, replace: bool) -> Path | None:
    """Move an existing data directory aside; returns where it is now."""
    if not cluster.data.exists():
        return None
    if not replace:
        raise PostgresError(f"{cluster.home} holds a database already; --replace moves it aside and keeps it.")
    if not nobody_uses(cluster.home / "users"):
        raise PostgresError("The database is in use: stop `openiop serve` first.")
    stop_server(cluster.data, say)
    aside = cluster.state / f"data.before-{at:%Y%m%dT%H%M%SZ}"
    cluster.data.rename(aside)
    say(f"The old database is now in {aside}")
    return aside


def _put_back(cluster: Cluster, aside: Path | None, at: datetime) -> None:
    """After a restore that did not succeed: keep what it made under another name, and the old database as it was."""
    stop_server(cluster.data)
    if cluster.data.exists():
        cluster.data.rename(cluster.state / f"data.failed-{at:%Y%m%dT%H%M%SZ}")
    if aside is not None:
        aside.rename(cluster.data)
    dataclasses.replace(cluster, initialized=aside is not None).save()


def _from_base(base: Path, cluster: Cluster, say: Say) -> None:
    """Copy the server's files into place and give the roles this home's passwords."""
    if (base / "PG_VERSION").read_text("ascii").strip() != MAJOR:
        raise PostgresError(f"The backup is of another major version than PostgreSQL {MAJOR}: use --from-dump.")
    say("Copying the server's files into place")
    user = programs.user_of(cluster.data)
    unfinished = cluster.state / "data.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(base, unfinished)
    for path in [unfinished, *unfinished.rglob("*")]:
        path.chmod(0o700 if path.is_dir() else 0o600)
        user.own(path)
    initdb.set_passwords(cluster, unfinished, programs.server_bin(user, cluster.state), user)
    os.sync()
    unfinished.rename(cluster.data)


def _read_dump(folder: Path, url: str, extra: tuple[str, ...] = ()) -> None:
    run_client(
        "pg_restore", url, ["--exit-on-error", "--no-password", "--single-transaction", *extra, folder / verify.DUMP]
    )


def _into_server(folder: Path, described: verify.Description, at: datetime, say: Say, replace: bool) -> str:
    """Read the dump into the database of DATABASE_URL, as its owner."""
    urls = database_urls()
    prepare_roles(urls["owner"], urls["web"])
    with psycopg.connect(urls["owner"], autocommit=True) as connection:
        aside = f"{ASIDE}{at:%Y%m%dt%H%M%S}"
        if count_tables(connection):
            if not replace:
                raise PostgresError("The database has tables already; --replace moves them to a schema of their own.")
            _move_schema_aside(connection, aside, say)
        say("Reading the dump")
        _read_dump(folder, urls["owner"], ("--no-owner",))
        return _check(connection, described)


def _move_schema_aside(connection: psycopg.Connection[tuple[object, ...]], name: str, say: Say) -> None:
    connection.execute(sql.SQL("ALTER SCHEMA public RENAME TO {}").format(sql.Identifier(name)))
    connection.execute("CREATE SCHEMA public")
    web = sql.Identifier(ROLE_NAMES["web"])
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(web))
    say(f"The old tables are now in the schema {name}")


def _check(connection: psycopg.Connection[tuple[object, ...]], described: verify.Description) -> str:
    """Ask the restored server what it holds."""
    tables = count_tables(connection)
    if tables != described.tables:
        raise PostgresError(f"The restored database has {tables} tables, the backup had {described.tables}.")
    version = connection.info.parameter_status("server_version")
    return f"PostgreSQL {version} with {tables} tables, as of {described.created_at}"
