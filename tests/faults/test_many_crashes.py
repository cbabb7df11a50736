"""The long version of the crash test (make faults): many rounds, many writes, and a start that must replay a lot."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from pathlib import Path

import psycopg
import pytest

from openiop.shared.postgres.processes import live_postmaster
from openiop.shared.postgres.server import EmbeddedServer
from openiop.shared.postgres.testing import temporary_home

pytestmark = pytest.mark.slow

ROUNDS = 30
WRITERS = 8


def write(url: str, first: int, acknowledged: list[int]) -> None:
    """Insert numbers from `first` on, and keep those that the server acknowledged, until it is gone."""
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            for value in range(first, first + 10_000_000):
                connection.execute("INSERT INTO kept VALUES (%s)", [value])
                acknowledged.append(value)
    except psycopg.OperationalError:
        return


def crash_once(server: EmbeddedServer, round_number: int, chance: random.Random) -> set[int]:
    kept: list[list[int]] = [[] for _ in range(WRITERS)]
    threads = [
        threading.Thread(target=write, args=(server.url("owner"), (round_number * WRITERS + n) * 10_000_000, kept[n]))
        for n in range(WRITERS)
    ]
    for thread in threads:
        thread.start()
    time.sleep(chance.uniform(1, 4))
    pid = live_postmaster(server.cluster.data)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    for thread in threads:
        thread.join(timeout=60)
    return {value for values in kept for value in values}


def test_thirty_crashes_lose_no_acknowledged_write() -> None:
    chance = random.Random(20261123)
    acknowledged: set[int] = set()
    with temporary_home() as home:
        server = EmbeddedServer(home)
        server.start()
        with server.connect("owner") as connection:
            connection.execute("CREATE TABLE kept (value bigint PRIMARY KEY)")
        for round_number in range(ROUNDS):
            acknowledged |= crash_once(server, round_number, chance)
            begun = time.monotonic()
            server.start()
            assert time.monotonic() - begun < 60
        with server.connect("owner") as connection:
            present = {row[0] for row in connection.execute("SELECT value FROM kept")}
    assert len(acknowledged) > 10_000
    assert acknowledged <= present


def test_a_start_that_replays_a_gigabyte_of_log_tells_and_succeeds(tmp_path: Path) -> None:
    with temporary_home() as home:
        server = EmbeddedServer(home, settings={"max_wal_size": "8GB", "checkpoint_timeout": "1h"})
        server.start()
        with server.connect("owner") as connection:
            connection.execute("CREATE TABLE filler (n int, t text)")
            for _ in range(8):
                connection.execute("INSERT INTO filler SELECT n, repeat('x', 200) FROM generate_series(1, 500000) n")
        pid = live_postmaster(server.cluster.data)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        said: list[str] = []
        server.start(said.append)
        with server.connect("owner") as connection:
            assert connection.execute("SELECT count(*) FROM filler").fetchone() == (4_000_000,)
        assert "Starting PostgreSQL" in said
