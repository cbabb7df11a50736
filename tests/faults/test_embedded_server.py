"""The embedded PostgreSQL is killed, lied to and raced for; it must lose nothing and never only seem to run."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from openiop.shared.postgres import cluster as cluster_module
from openiop.shared.postgres import programs
from openiop.shared.postgres import server as server_module
from openiop.shared.postgres.cluster import ROLE_NAMES
from openiop.shared.postgres.errors import PostgresError
from openiop.shared.postgres.processes import PID_FILE, live_postmaster
from openiop.shared.postgres.server import EmbeddedServer
from openiop.shared.postgres.testing import remove_home, temporary_home

START = "import sys; from pathlib import Path; from openiop.shared.postgres.server import EmbeddedServer as S"
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes the user that runs the server")


@pytest.fixture
def home() -> Iterator[Path]:
    with temporary_home() as path:
        yield path


@pytest.fixture
def server(home: Path) -> EmbeddedServer:
    """A running server of this test alone; it writes lazily, which only a power cut could tell."""
    started = EmbeddedServer(home, settings={"shared_buffers": "32MB"}, durable=False)
    started.start()
    return started


@pytest.fixture(scope="module")
def steady() -> Iterator[EmbeddedServer]:
    """One running server for the tests that only look."""
    with temporary_home() as path:
        started = EmbeddedServer(path, settings={"shared_buffers": "32MB"}, durable=False)
        started.start()
        yield started


def postmaster(server: EmbeddedServer) -> int:
    pid = live_postmaster(server.cluster.data)
    assert pid is not None
    return pid


def kill_and_wait(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    time.sleep(0.2)


class Writer(threading.Thread):
    """Inserts numbers until the server is gone, and remembers those that the server acknowledged."""

    def __init__(self, url: str, number: int) -> None:
        super().__init__()
        self.url, self.number, self.acknowledged = url, number, []

    def run(self) -> None:
        try:
            with psycopg.connect(self.url, autocommit=True) as connection:
                for count in range(1_000_000):
                    value = self.number * 1_000_000 + count
                    connection.execute("INSERT INTO kept VALUES (%s)", [value])
                    self.acknowledged.append(value)
        except psycopg.OperationalError:
            return


def test_every_acknowledged_row_survives_kill_minus_nine(home: Path) -> None:
    server = EmbeddedServer(home)
    server.start()
    with server.connect("owner") as connection:
        connection.execute("CREATE TABLE kept (value bigint PRIMARY KEY)")
    acknowledged: set[int] = set()
    for turn in range(3):
        writers = [Writer(server.url("owner"), turn * 4 + number) for number in range(4)]
        for writer in writers:
            writer.start()
        time.sleep(0.5)
        kill_and_wait(postmaster(server))
        assert not server.is_ready()
        for writer in writers:
            writer.join(timeout=20)
            acknowledged.update(writer.acknowledged)
        server.start()
    with server.connect("owner") as connection:
        present = {row[0] for row in connection.execute("SELECT value FROM kept")}
    assert len(acknowledged) > 100
    assert acknowledged <= present


def test_a_pid_file_that_names_a_living_stranger_does_not_look_like_a_server(server: EmbeddedServer) -> None:
    pid_file = server.cluster.data / PID_FILE
    claim = pid_file.read_text()
    owner = pid_file.stat()
    kill_and_wait(postmaster(server))
    with subprocess.Popen(["/bin/sleep", "60"]) as stranger:
        try:
            pid_file.write_text(claim.replace(claim.split("\n")[0], str(stranger.pid), 1))
            os.chown(pid_file, owner.st_uid, owner.st_gid)
            assert not server.is_ready()
            server.start()
            assert server.is_ready()
            assert stranger.poll() is None
        finally:
            stranger.kill()


def test_racing_starters_share_one_server(home: Path) -> None:
    script = f"{START}; s = S(Path(sys.argv[1])); s.start(); print(s.version(), flush=True); sys.stdin.read(); s.stop()"
    starters = [
        subprocess.Popen([sys.executable, "-c", script, home], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    try:
        versions = [starter.stdout.readline().strip() for starter in starters if starter.stdout]
        assert versions == ["18.4"] * 4
        watcher = EmbeddedServer(home)
        assert watcher.is_ready()
        for starter in starters[:2]:
            starter.communicate("", timeout=30)
        starters[2].kill()  # dies without a word, and must not count as a user for ever
        starters[2].communicate(timeout=30)
        assert watcher.is_ready()
        starters[3].communicate("", timeout=30)
        assert not watcher.is_ready()
        assert live_postmaster(watcher.cluster.data) is None
    finally:
        for starter in starters:
            starter.kill()
            starter.communicate()


def test_two_homes_run_side_by_side(server: EmbeddedServer) -> None:
    with temporary_home() as second:
        other = EmbeddedServer(second)
        other.start()
        assert other.is_ready()
        assert server.is_ready()
        assert other.stop()
        assert server.is_ready()


def test_a_long_path_gets_a_short_private_socket_folder(home: Path) -> None:
    deep = home / ("d" * 100)
    server = EmbeddedServer(deep, durable=False)
    server.start()
    try:
        assert len(str(server.cluster.socket_folder)) < 100
        assert server.cluster.socket_folder.stat().st_mode & 0o777 == 0o700
        assert EmbeddedServer(deep).is_ready()
    finally:
        remove_home(deep)


def test_stopping_keeps_a_server_that_another_process_uses(server: EmbeddedServer) -> None:
    second = EmbeddedServer(server.home)
    second.start()
    assert not server.stop()
    assert second.is_ready()
    assert second.stop()
    assert not second.is_ready()


def test_a_server_that_lost_its_socket_is_restarted(server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "MUTE_TIMEOUT", 0.5)
    before = postmaster(server)
    shutil.rmtree(server.cluster.socket_folder)
    said: list[str] = []
    server.start(said.append)
    assert server.is_ready()
    assert postmaster(server) != before
    assert any("does not listen" in line for line in said)


def test_a_data_directory_that_vanished_is_not_replaced_by_an_empty_one(server: EmbeddedServer) -> None:
    server.stop()
    server.cluster.data.rename(server.cluster.data.with_name("lost"))
    with pytest.raises(PostgresError, match=r"is missing: put it back, or restore"):
        EmbeddedServer(server.home).start()
    assert not server.cluster.data.exists()


def test_a_server_of_other_files_is_not_taken_for_ours(server: EmbeddedServer) -> None:
    data = server.cluster.data
    moved = data.with_name("moved")
    data.rename(moved)
    shutil.copytree(moved, data, ignore=shutil.ignore_patterns(PID_FILE))
    try:
        with pytest.raises(PostgresError, match="does not serve"):
            EmbeddedServer(server.home).start()
    finally:
        shutil.rmtree(data)
        moved.rename(data)


def test_a_damaged_record_is_named(server: EmbeddedServer) -> None:
    server.stop()
    (server.home / "cluster.json").write_text('{"passwords": {}}')
    with pytest.raises(PostgresError, match=r"cluster\.json is damaged"):
        EmbeddedServer(server.home).start()


def test_an_open_socket_folder_is_refused(server: EmbeddedServer) -> None:
    server.stop()
    server.cluster.socket_folder.chmod(0o755)
    with pytest.raises(PostgresError, match="chmod 700"):
        server.start()


def test_a_server_that_cannot_start_says_why(server: EmbeddedServer) -> None:
    server.stop()
    broken = EmbeddedServer(server.home, settings={"shared_buffers": "nonsense"})
    with pytest.raises(PostgresError, match=r"does not start.*shared_buffers"):
        broken.start()


def test_roles_can_do_what_they_should_and_no_more(steady: EmbeddedServer) -> None:
    with steady.connect() as connection:
        rows = connection.execute(
            "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolreplication FROM pg_roles"
            " WHERE rolname IN ('openiop_owner', 'openiop_web') ORDER BY 1"
        ).fetchall()
    assert rows == [("openiop_owner", *[False] * 5), ("openiop_web", *[False] * 5)]
    with steady.connect("web") as connection:
        limits = [
            connection.execute("SELECT current_setting(%s)", [name]).fetchone()
            for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "jit")
        ]
        assert limits == [("10s",), ("3s",), ("30s",), ("off",)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (a int)")


def test_nobody_enters_without_the_password_or_over_the_network(steady: EmbeddedServer) -> None:
    folder = steady.cluster.socket_folder
    for role in ROLE_NAMES.values():
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(host=str(folder), user=role, dbname="postgres", password="guess").close()
    with steady.connect() as connection:
        assert connection.execute("SELECT current_setting('listen_addresses')").fetchone() == ("",)
    assert (steady.home / "cluster.json").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def test_the_log_does_not_hold_what_people_typed(steady: EmbeddedServer) -> None:
    with steady.connect("owner") as connection:
        connection.execute("CREATE TABLE person (name text UNIQUE)")
        connection.execute("INSERT INTO person VALUES ('Canary Name')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO person VALUES (%s)", ["Canary Name"])
        with pytest.raises(psycopg.errors.SyntaxError):
            connection.execute("SELEC 'Canary Name'")
    deadline, logs = time.monotonic() + 10, ""
    while logs.count("ERROR") < 2 and time.monotonic() < deadline:  # the collector writes in its own time
        logs = "".join(path.read_text() for path in steady.cluster.log.iterdir())
    assert "duplicate key" in logs
    assert "Canary" not in logs


@only_root
def test_root_keeps_files_elsewhere_when_the_server_cannot_enter_the_home(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_module, "SYSTEM_STATE", home / "system")
    locked = home / "root" / "clone"
    locked.mkdir(parents=True)
    (home / "root").chmod(0o700)
    server = EmbeddedServer(locked, durable=False)
    server.start()
    try:
        assert server.is_ready()
        assert server.cluster.data.is_relative_to(home / "system")
        assert (home / "root").stat().st_mode & 0o777 == 0o700
        assert json.loads((locked / "cluster.json").read_text())["elsewhere"] == str(server.cluster.state)
    finally:
        remove_home(locked)


@only_root
def test_programs_out_of_reach_are_copied(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = programs.wheel_install()
    hidden = home / "root"
    hidden.mkdir()
    hidden.chmod(0o700)
    for folder in (real.parent, real.parent.with_name(f"{programs.PACKAGE}.libs")):
        (hidden / folder.name).symlink_to(folder)
    monkeypatch.setattr(programs, "wheel_install", lambda: hidden / programs.PACKAGE / real.name)
    server = EmbeddedServer(home / "home", durable=False)
    server.start()
    assert server.is_ready()
    assert list(server.cluster.state.glob("programs-*/*/*/bin/postgres"))
    remove_home(server.home)


@only_root
def test_an_ordinary_user_runs_a_server_of_its_own(tmp_path: Path) -> None:
    with temporary_home() as home:
        os.chown(home, 65534, 65534)
        home.chmod(0o700)
        child = os.fork()
        if child == 0:  # the interpreter may be out of the user's reach, so no exec: this process changes its user
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            server = EmbeddedServer(home)
            server.start()
            fine = server.is_ready() and server.cluster.data.stat().st_uid == 65534
            os._exit(0 if server.stop() and fine else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
