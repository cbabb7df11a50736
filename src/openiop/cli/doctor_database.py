"""The doctor's questions to the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import psycopg

from openiop.cli.findings import Finding, judge
from openiop.shared.postgres.location import DatabaseUrls, uses_embedded_server
from openiop.shared.postgres.roles import MINIMUM_VERSION, WEB_ROLE

Connection = psycopg.Connection[tuple[object, ...]]

# Regular minor releases come on the second Thursday of February, May, August and November
# (PostgreSQL's minor release roadmap).
RELEASED = {"18.4": date(2026, 5, 14)}
RELEASE_INTERVAL = timedelta(days=91)
WORKER_SILENCE = timedelta(seconds=90)
JOB_WAIT = timedelta(minutes=10)


def database_findings(urls: DatabaseUrls, now: datetime) -> Iterator[Finding]:
    """Version, roles, fences and jobs; `now` is aware. A database that does not answer is the only finding then."""
    try:
        with psycopg.connect(urls["web"], autocommit=True) as connection:
            yield from _version(connection, now.date())
            yield from _web_role(connection)
            yield from _fences(connection)
        with psycopg.connect(urls["owner"], autocommit=True) as connection:
            yield from _jobs(connection, now)
    except psycopg.OperationalError as error:
        yield Finding(
            "fix", f"The database does not answer: {' '.join(str(error).split())}", "Start it or correct DATABASE_URL"
        )


def _version(connection: Connection, today: date) -> Iterator[Finding]:
    shown = (connection.info.parameter_status("server_version") or "").split()[0]
    major = connection.info.server_version // 10_000
    yield judge(
        major >= MINIMUM_VERSION,
        f"PostgreSQL {shown} answers",
        f"PostgreSQL {shown} is too old",
        f"Upgrade the server to {MINIMUM_VERSION} or newer",
    )
    if uses_embedded_server() and shown in RELEASED:
        age = today - RELEASED[shown]
        yield judge(
            age < RELEASE_INTERVAL,
            f"The embedded PostgreSQL {shown} is {age.days} days old",
            f"The embedded PostgreSQL {shown} is {age.days} days old and has probably missed security fixes",
            "For real records use a patched server of your own through DATABASE_URL, or a newer OpenIOP",
            worst="look",
        )


def _web_role(connection: Connection) -> Iterator[Finding]:
    row = connection.execute(
        "SELECT session_user::text, s.rolsuper, s.rolbypassrls, pg_has_role(session_user, d.datdba, 'USAGE'),"
        " s.rolsuper OR pg_has_role(session_user, %s, 'SET')"
        " FROM pg_roles s, pg_database d WHERE s.rolname = session_user AND d.datname = current_database()",
        [WEB_ROLE],
    ).fetchone()
    assert row is not None
    user, is_super, bypasses, is_owner, may_become = row
    powers = [
        word for word, has in (("superuser", is_super), ("bypasses row security", bypasses), ("owner", is_owner)) if has
    ]
    yield judge(
        not powers,
        f"The web signs in as {user}, which is neither owner nor superuser",
        f"The web signs in as {user}, which has more power than it needs ({', '.join(powers)})",
        f"Give DATABASE_URL a login that is only a member of {WEB_ROLE}, and the owner's URL to DATABASE_OWNER_URL",
    )
    yield judge(
        bool(may_become) or user == WEB_ROLE,
        f"It works as {WEB_ROLE}",
        f"{user} may not become {WEB_ROLE}",
        f"Run `openiop migrate`, or as an administrator: GRANT {WEB_ROLE} TO {user}",
    )


OPEN_TABLES = """
SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'center_id' AND NOT a.attisdropped
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
  AND NOT (c.relrowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))
ORDER BY 1
"""


def _fences(connection: Connection) -> Iterator[Finding]:
    rows = connection.execute(
        "SELECT count(*) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " WHERE a.attname = 'center_id' AND c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace"
    ).fetchone()
    total = rows[0] if rows else 0
    if not total:
        yield Finding("fix", "The database has no tables yet", "Run `openiop migrate`, then `openiop setup`")
        return
    bare = [str(row[0]) for row in connection.execute(OPEN_TABLES).fetchall()]
    yield judge(
        not bare,
        f"Row-level security guards all {total} tables of a center",
        f"Row-level security is missing on {', '.join(bare)}",
        "Run `openiop migrate`, which puts it back",
    )


def _jobs(connection: Connection, now: datetime) -> Iterator[Finding]:
    if connection.execute("SELECT to_regclass('procrastinate_workers')").fetchone() == (None,):
        return
    row = connection.execute(
        "SELECT (SELECT max(last_heartbeat) FROM procrastinate_workers),"
        " (SELECT count(*) FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id"
        "   WHERE j.status = 'doing' AND coalesce(w.last_heartbeat, '-infinity') < %(silent)s),"
        " (SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'),"
        " (SELECT count(*) FROM procrastinate_jobs"
        "   WHERE status = 'todo' AND coalesce(scheduled_at, now()) < %(waiting)s)",
        {"silent": now - WORKER_SILENCE, "waiting": now - JOB_WAIT},
    ).fetchone()
    assert row is not None
    beat, stalled, failed, waiting = row
    alive = isinstance(beat, datetime) and now - beat < WORKER_SILENCE
    yield judge(
        alive,
        "The job worker is alive",
        "No job worker is running",
        "Run `openiop serve` (or `openiop worker`)",
        worst="look",
    )
    yield judge(
        not stalled and not waiting,
        "No job is stuck",
        f"{stalled} jobs are stalled and {waiting} wait for more than 10 minutes",
        "Keep a worker running; it takes them up by itself",
    )
    yield judge(
        not failed,
        "No job has failed for good",
        f"{failed} jobs have failed for good",
        "Read the worker's log",
        worst="look",
    )
