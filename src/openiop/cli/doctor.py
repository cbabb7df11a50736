"""`openiop doctor`: is this installation fit for real people's records?"""

from __future__ import annotations

import json
import os
import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import psycopg

from openiop.cli.doctor_database import database_findings
from openiop.cli.findings import Finding, Status, judge
from openiop.cli.installation import Kind, installation
from openiop.cli.migrate import waiting_migrations
from openiop.cli.session import running_database
from openiop.shared.postgres.backup import LAST_BACKUP, free_share
from openiop.shared.postgres.errors import PostgresError
from openiop.shared.postgres.location import database_urls, default_home

LEAST_FREE = 0.15
BACKUP_AGE = timedelta(hours=26)  # daily, with two hours of grace


@click.command()
def command() -> int:
    """Check everything that a real installation needs. Exit status 1 when something must be fixed."""
    findings = []
    for finding in examine(datetime.now(UTC)):
        click.echo(str(finding))
        findings.append(finding)
    worst = sum(finding.status == "fix" for finding in findings)
    look = sum(finding.status == "look" for finding in findings)
    click.echo(f"{len(findings)} checks: {worst} to fix, {look} to look at")
    return 1 if worst else 0


def examine(now: datetime) -> Iterator[Finding]:
    """Every finding, the database's first; `now` is aware."""
    kind: Kind = "empty"
    try:
        with running_database(lambda _: None):
            yield from database_findings(database_urls(), now)
            kind = installation()
            yield from _tables()
    except (PostgresError, psycopg.Error) as error:
        yield Finding("fix", " ".join(str(error).split()), "Nothing else about the database can be checked before")
    yield _purpose(kind)
    # What only a center with real people needs is no fault of a demo.
    grave: Status = "fix" if kind == "real" else "look"
    yield from _settings(grave)
    yield _mail(grave)
    yield _backup(now, grave)
    yield from _machine(grave)


def _tables() -> Iterator[Finding]:
    waiting = waiting_migrations()
    yield judge(
        not waiting,
        "All migrations are applied",
        f"{waiting} migrations wait",
        "Stop serving and run `openiop migrate`",
    )


def _purpose(kind: Kind) -> Finding:
    doors = os.environ.get("OPENIOP_DEMO", "").lower() in {"1", "true", "yes"}
    if kind == "real" and doors:
        return Finding("fix", "OPENIOP_DEMO is set on a real center", "Unset it")
    words = {
        "real": "A real center",
        "demo": "The demo center",
        "empty": "No center yet",
        "unfinished demo": "Half a demo",
    }
    todo = {"empty": "Run `openiop setup`", "unfinished demo": "Run `make demo` again"}
    return judge(kind not in todo, words[kind], words[kind], todo.get(kind, ""), worst="look")


def _settings(grave: Status) -> Iterator[Finding]:
    hosts = [host for host in os.environ.get("OPENIOP_ALLOWED_HOSTS", "").split(",") if host]
    yield judge(
        bool(hosts) and "*" not in hosts,
        f"Answers to the names {', '.join(hosts)}",
        "OPENIOP_ALLOWED_HOSTS does not say under which names this site is reached",
        "Set it to the public host names, separated by commas",
        worst=grave,
    )
    yield judge(
        os.environ.get("OPENIOP_BEHIND_PROXY", "").lower() in {"1", "true", "yes"},
        "The proxy's X-Forwarded-Proto header is believed",
        "OPENIOP_BEHIND_PROXY is not set, so the site cannot tell that a proxy speaks TLS",
        "Set it to 1 behind a TLS proxy that sets X-Forwarded-Proto itself",
        worst=grave,
    )
    yield _secret_key(grave)


def _secret_key(grave: Status) -> Finding:
    given = os.environ.get("OPENIOP_SECRET_KEY", "")
    if given:
        return judge(
            len(given) >= 32,
            "A secret key is set",
            "OPENIOP_SECRET_KEY is short",
            "Use 50 random characters",
            worst=grave,
        )
    path = default_home() / "secret_key"
    if not path.exists():
        return Finding(grave, "There is no secret key yet", "It is made at the first start, or set OPENIOP_SECRET_KEY")
    private = path.stat().st_mode & 0o077 == 0
    return judge(private, f"The secret key is in {path}", f"Others may read {path}", f"chmod 600 {path}")


def _mail(grave: Status) -> Finding:
    host = os.environ.get("OPENIOP_SMTP_HOST", "")
    if not host:
        return Finding(
            grave, "No mail leaves this machine", "Set OPENIOP_SMTP_HOST and OPENIOP_MAIL_FROM; clients sign in by mail"
        )
    try:
        with smtplib.SMTP(host, int(os.environ.get("OPENIOP_SMTP_PORT", "587")), timeout=5) as server:
            server.noop()
    except (OSError, smtplib.SMTPException, ValueError) as error:
        return Finding(
            grave,
            f"The mail server {host} does not answer ({error})",
            "Correct OPENIOP_SMTP_HOST and OPENIOP_SMTP_PORT",
        )
    return judge(
        bool(os.environ.get("OPENIOP_MAIL_FROM")),
        f"The mail server {host} answers",
        "Mail has no sender",
        "Set OPENIOP_MAIL_FROM",
        worst=grave,
    )


def _backup(now: datetime, grave: Status) -> Finding:
    path = default_home() / LAST_BACKUP
    try:
        note = json.loads(path.read_text("utf-8"))
        age = now - datetime.fromisoformat(note["at"])
        folder = Path(note["folder"])
    except FileNotFoundError:
        return Finding(grave, "There is no backup", "Run `openiop backup DIR` daily, and try `openiop restore` once")
    except (ValueError, KeyError, TypeError):
        return Finding(grave, f"{path} is damaged", "Run `openiop backup DIR`")
    if not folder.exists():
        return Finding("look", f"The last backup is no longer in {folder}", "Make sure that it was moved, not lost")
    hours = age / timedelta(hours=1)
    return judge(
        age < BACKUP_AGE,
        f"The last backup is {hours:.0f} h old",
        f"The last backup is {hours:.0f} h old",
        "Run it daily",
        worst=grave,
    )


def _machine(grave: Status) -> Iterator[Finding]:
    folder = default_home() if default_home().exists() else Path.cwd()
    free = free_share(folder)
    yield judge(
        free >= LEAST_FREE,
        f"{free:.0%} of the disk is free",
        f"Only {free:.0%} of the disk is free",
        "Make room",
        worst="fix",
    )
    try:
        import weasyprint  # noqa: F401 (loads the system's libraries)
    except OSError:
        yield Finding(grave, "PDF letters cannot be drawn: Pango is missing", "Run `make pdf-libraries`")
    else:
        yield Finding("ok", "PDF letters can be drawn")
