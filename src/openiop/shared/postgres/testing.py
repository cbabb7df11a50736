"""A throw-away PostgreSQL for the tests: one for all processes of a test run."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from openiop.shared.postgres.cluster import load_cluster
from openiop.shared.postgres.errors import PostgresError
from openiop.shared.postgres.locks import alone, nobody_uses
from openiop.shared.postgres.server import EmbeddedServer, quiet, stop_server

PREFIX = "openiop-test-"


@contextmanager
def test_server() -> Iterator[EmbeddedServer]:
    """A running server that the workers of one pytest run share; the last one out removes it with its files.

    Nothing in it survives a crash (fsync is off): tests of durability start an `EmbeddedServer` of their own.
    """
    remove_leftovers()
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"pid {os.getpid()}"
    server = _join(f"run-{hashlib.sha256(run.encode()).hexdigest()[:12]}")
    try:
        yield server
    finally:
        if server.stop():
            with alone(server.home / "lock", wait=60, say=quiet):
                if nobody_uses(server.home / "users"):
                    remove_home(server.home)


test_server.__test__ = False  # type: ignore[attr-defined]  # pytest: this is not a test


@contextmanager
def temporary_home() -> Iterator[Path]:
    """An empty home that the server's user can reach; stopped and removed at the end."""
    home = Path(tempfile.mkdtemp(prefix=PREFIX))
    home.chmod(0o711 if os.geteuid() == 0 else 0o700)
    try:
        yield home
    finally:
        remove_home(home)


def remove_home(home: Path) -> None:
    """Stop whatever runs in a test's home and delete all of it."""
    try:
        cluster = load_cluster(home)
    except PostgresError:  # a test has damaged its record
        cluster = None
    stop_server(cluster.data if cluster else home / "data")
    if cluster:
        shutil.rmtree(cluster.socket_folder, ignore_errors=True)
        shutil.rmtree(cluster.state, ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)


def remove_leftovers() -> None:
    """Remove the homes of test runs that were killed: those that nobody holds a share of."""
    for home in Path(tempfile.gettempdir()).glob(f"{PREFIX}run-*"):
        if home.stat().st_uid == os.geteuid() and (home / "users").exists() and nobody_uses(home / "users"):
            remove_home(home)


def _join(name: str) -> EmbeddedServer:
    home = Path(tempfile.gettempdir()) / f"{PREFIX}{name}"
    for _ in range(5):
        server = EmbeddedServer(home, settings={"shared_buffers": "128MB"}, durable=False)
        try:
            server.start()
        except FileNotFoundError:  # the last worker before us has just removed it
            continue
        return server
    raise PostgresError(f"The test server in {home} was removed again and again.")
