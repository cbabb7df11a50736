"""What several commands need: words about progress, a running database, and Django in one role."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

import click

from openiop.shared.postgres.errors import PostgresError
from openiop.shared.postgres.location import default_home, uses_embedded_server
from openiop.shared.postgres.server import EmbeddedServer

SETTINGS = "openiop.config.settings"
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_BEGIN = time.monotonic()


def say(text: str) -> None:
    """Tell the person at the terminal what is going on, with the seconds since the start."""
    click.echo(f"[{time.monotonic() - _BEGIN:5.1f} s] {text}")


@contextmanager
def running_database(tell: Callable[[str], None] = say) -> Iterator[EmbeddedServer | None]:
    """The database of this installation, reachable for the time of the block.

    An embedded one is started, shared and yielded; of a server of the operator nothing is.
    """
    if not uses_embedded_server():
        yield None
        return
    server = EmbeddedServer(default_home())
    server.start(tell)
    try:
        yield server
    finally:
        server.stop(tell)


def load_django(role: Literal["web", "owner"]) -> None:
    """Read the settings, connected as `role`. One process has one role for life."""
    chosen = os.environ.setdefault("OPENIOP_DB_ROLE", role)
    if chosen != role:
        raise PostgresError(f"OPENIOP_DB_ROLE is {chosen!r}, but this command works as {role}: unset it.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django

    django.setup()


def run_command(arguments: Sequence[str]) -> None:
    """Run another `openiop` command in a process of its own. Raises PostgresError when it does not succeed."""
    if not try_command(arguments):
        raise PostgresError(f"`openiop {' '.join(arguments)}` did not succeed; see above.")


def try_command(arguments: Sequence[str]) -> bool:
    """Run another `openiop` command in a process of its own, free to choose its role; true when it exits with 0."""
    environment = {key: value for key, value in os.environ.items() if key != "OPENIOP_DB_ROLE"}
    command = [sys.executable, "-m", "openiop.cli.main", *arguments]
    return subprocess.run(command, check=False, env=environment).returncode == 0
