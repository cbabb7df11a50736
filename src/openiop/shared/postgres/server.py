"""The supervisor of the embedded PostgreSQL: start it, share it, ask it, stop it.

A running server is recognized by its answers (our password, our data directory, the same postmaster.pid seen with its
eyes and with ours), never by a pid. Whoever starts first starts it for all; whoever leaves last stops it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from openiop.shared.postgres import initdb, processes, programs
from openiop.shared.postgres.cluster import Cluster, Role, load_cluster, new_cluster, private_folder
from openiop.shared.postgres.errors import PostgresError
from openiop.shared.postgres.locks import Share, alone

Say = Callable[[str], None]

START_TIMEOUT = 600.0
STOP_TIMEOUT = 120.0
# A server that runs but does not listen for this long has lost its socket.
MUTE_TIMEOUT = 20.0

# How PostgreSQL (in English, which we set) refuses a connection while it is there.
BUSY_WORDS = ("the database system is", "too many clients", "connection slots are reserved")

# The server opens the file in the folder it really works in, even if that has been moved and replaced by another.
IDENTITY = "SELECT current_setting('data_directory'), pg_read_file('postmaster.pid')"

# Servers that this process started, kept so that a dead one is collected.
_CHILDREN: dict[Path, subprocess.Popen[bytes]] = {}


class Answer(Enum):
    """What the server at our socket says."""

    READY = "it is ours and takes queries"
    BUSY = "it is starting up, recovering or shutting down"
    SILENT = "nobody listens"


def quiet(_: str) -> None:
    """Say nothing."""


class EmbeddedServer:
    """The PostgreSQL server of one home. `settings` override its configuration for as long as it runs."""

    def __init__(self, home: Path, *, settings: Mapping[str, str] | None = None, durable: bool = True) -> None:
        self.home = home.absolute()
        self._settings = dict(settings or {})
        if not durable:  # only for tests: a crash of the machine would lose data
            self._settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        self._durable = durable
        self._cluster: Cluster | None = None
        self._share: Share | None = None

    @property
    def cluster(self) -> Cluster:
        """The record of this home's database. Raises PostgresError when there is none."""
        self._cluster = self._cluster or load_cluster(self.home)
        if self._cluster is None:
            raise PostgresError(f"There is no database in {self.home}: run `openiop serve` or `make demo` first.")
        return self._cluster

    def url(self, role: Role = "web", database: str = "openiop") -> str:
        """The libpq URL of a role: superuser, owner or web."""
        return self.cluster.url(role, database)

    def start(self, say: Say = quiet, *, timeout: float = START_TIMEOUT) -> None:
        """Return when the server answers as ours; starts it, and creates it, when it does not run.

        Crash recovery replays about 45 MB of log a second, hence the long default of `timeout` (seconds).
        Raises PostgresError with the reason when it cannot be started.
        """
        deadline = time.monotonic() + timeout
        make_home(self.home)
        with alone(self.home / "lock", wait=timeout, say=say):
            self._share = self._share or Share(self.home / "users")
            try:
                self._start_alone(say, deadline)
            except BaseException:
                self._leave()
                raise

    def stop(self, say: Say = quiet) -> bool:
        """Give up this process's part; stops the server when no other process uses it. True when it is down."""
        if load_cluster(self.home) is None:
            self._leave()
            return True
        with alone(self.home / "lock", wait=STOP_TIMEOUT, say=say):
            last = self._leave() if self._share else Share(self.home / "users").leave()
            if last:
                stop_server(self.cluster.data, say)
            return last

    def keep(self, say: Say = quiet) -> None:
        """Start the server again when it has died under this process, which uses it."""
        if self._share and not _alive(self.cluster.data):
            say("PostgreSQL has died")
            self.start(say)

    def is_ready(self) -> bool:
        """True when the server runs, takes queries and is the one of this home."""
        return load_cluster(self.home) is not None and self._ask() is Answer.READY

    def version(self) -> str:
        """The version that the running server reports, e.g. `18.4`."""
        with self.connect() as connection:
            row = connection.execute("SELECT current_setting('server_version')").fetchone()
        assert row is not None
        return str(row[0]).split()[0]

    def create_database(self, name: str) -> None:
        """Make one more database, owned by the owner role and open to the web role as the first one is."""
        with self.connect(database="postgres") as connection:
            initdb.create_database(connection, name)
        with self.connect(database=name) as connection:
            initdb.ensure_schema(connection)

    def drop_database(self, name: str) -> None:
        """Remove a database made by `create_database`, if it exists, with the connections that use it."""
        with self.connect(database="postgres") as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def connect(self, role: Role = "superuser", database: str = "openiop") -> psycopg.Connection[tuple[Any, ...]]:
        """An autocommit connection."""
        return psycopg.connect(self.url(role, database), autocommit=True)

    def _start_alone(self, say: Say, deadline: float) -> None:
        user = programs.user_of(self._expected_data())
        known = load_cluster(self.home)
        cluster = self._cluster = known or new_cluster(self.home, user)
        if known is None:
            _adopt(cluster, user, say)
            cluster.save()
        if self._ask() is not Answer.READY:
            self._bring_up(cluster, user, say, deadline)
        elif cluster.initialized:
            return
        self._prepare()
        self._cluster = cluster.as_initialized()

    def _bring_up(self, cluster: Cluster, user: programs.ServerUser, say: Say, deadline: float) -> None:
        _make_folders(cluster, user)
        server_programs = programs.server_bin(user, cluster.state)
        if not cluster.data.exists():
            if cluster.initialized:
                raise PostgresError(f"{cluster.data} is missing: put it back, or restore a backup (openiop restore).")
            say("Creating the database (PostgreSQL 18)")
            initdb.create_files(cluster, server_programs, user, sync=self._durable)
        self._run_until_ready(server_programs, user, say, deadline)

    def _expected_data(self) -> Path:
        known = load_cluster(self.home)
        return known.data if known else self.home / "data"

    def _run_until_ready(self, server_programs: Path, user: programs.ServerUser, say: Say, deadline: float) -> None:
        """Launch the server when it is down, wait while it works, restart it when it is mute."""
        data, attempts, mute_since, told = self.cluster.data, 0, time.monotonic(), time.monotonic()
        while (answer := self._ask()) is not Answer.READY:
            now = time.monotonic()
            if now > deadline:
                raise PostgresError(f"PostgreSQL did not get ready in time. {self._last_words()}")
            if answer is Answer.BUSY:
                mute_since = now
            elif _alive(data):
                if now - mute_since > MUTE_TIMEOUT:
                    say("PostgreSQL runs but does not listen; restarting it")
                    stop_server(data, say)
            elif attempts == 10 or (attempts and "still in use" not in self._last_words()):
                raise PostgresError(f"PostgreSQL does not start. {self._last_words()}")
            else:
                attempts, mute_since = attempts + 1, now
                # The last processes of a killed server may still hold its memory for a moment.
                time.sleep(min(0.3 * (attempts - 1), 3))
                self._launch(server_programs, user, say if attempts == 1 else quiet)
            if now - told > 5:
                told = now
                say(f"PostgreSQL is getting ready (after a crash it replays its log): {deadline - now:.0f} s left")
            time.sleep(0.03)

    def _launch(self, server_programs: Path, user: programs.ServerUser, say: Say) -> None:
        cluster = self.cluster
        processes.remove_stale_claims(cluster.data, cluster.socket_folder)
        say("Starting PostgreSQL")
        fixed = {
            "listen_addresses": "",
            "unix_socket_directories": str(cluster.socket_folder),
            "unix_socket_permissions": "0700",
            "log_directory": str(cluster.log),
        }
        command = [str(server_programs / "postgres"), "-D", str(cluster.data)]
        for name, value in (self._settings | fixed).items():
            command += ["-c", f"{name}={value}"]
        with (cluster.state / "start.log").open("wb") as log:
            # A session of its own: Ctrl-C in the terminal is for us, not for the server.
            _CHILDREN[cluster.data] = subprocess.Popen(  # type: ignore[call-overload]
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=programs.clean_environment(),
                start_new_session=True,
                **user.popen_arguments(),
            )

    def _prepare(self) -> None:
        with self.connect(database="postgres") as connection:
            initdb.ensure_roles(connection, self.cluster.passwords)
        with self.connect() as connection:
            initdb.ensure_schema(connection)

    def _ask(self) -> Answer:
        """Ask the server at our socket who it is. Raises PostgresError when a stranger answers."""
        cluster = self.cluster
        try:
            with psycopg.connect(cluster.url("superuser", "postgres"), autocommit=True) as connection:
                row = connection.execute(IDENTITY).fetchone()
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise PostgresError(f"A PostgreSQL that is not ours is at {cluster.socket_folder}: stop it.") from error
            return Answer.BUSY if any(words in str(error) for words in BUSY_WORDS) else Answer.SILENT
        assert row is not None
        if Path(row[0]).resolve() != cluster.data.resolve() or _identity(row[1]) != _own_identity(cluster.data):
            raise PostgresError(f"The PostgreSQL at {cluster.socket_folder} does not serve {cluster.data}: stop it.")
        return Answer.READY

    def _last_words(self) -> str:
        """The ends of the newest log files, for an error message."""
        files = [self.cluster.state / "start.log", *sorted(self.cluster.log.glob("*.log"), key=os.path.getmtime)[-1:]]
        lines = [
            line for file in files if file.exists() for line in file.read_text("utf-8", "replace").splitlines()[-5:]
        ]
        return f"Its log in {self.cluster.log} ends: {' | '.join(lines)[-900:]}"

    def _leave(self) -> bool:
        share, self._share = self._share, None
        return share.leave() if share else False


def _adopt(cluster: Cluster, user: programs.ServerUser, say: Say) -> None:
    """Make the data directory of a home that lost its record obey the new one."""
    if cluster.data.exists():
        say("The record of the passwords is gone; giving the roles new ones")
        stop_server(cluster.data, say)
        processes.remove_stale_claims(cluster.data, cluster.socket_folder)
        initdb.set_passwords(cluster, cluster.data, programs.server_bin(user, cluster.state), user)


def stop_server(data: Path, say: Say = quiet) -> None:
    """Stop the server of a data directory: politely, and after STOP_TIMEOUT at once (it then recovers at its start)."""
    pid = processes.live_postmaster(data)
    if pid is None:
        return
    say("Stopping PostgreSQL")
    for kind in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        os.kill(pid, kind)
        deadline = time.monotonic() + STOP_TIMEOUT
        while time.monotonic() < deadline:
            if not _alive(data):
                _collect(data)
                return
            time.sleep(0.02)
    raise PostgresError(f"PostgreSQL (process {pid}) does not stop.")


def _own_identity(data: Path) -> list[str]:
    try:
        return _identity((data / processes.PID_FILE).read_text("utf-8", "replace"))
    except FileNotFoundError:
        return []


def _identity(pid_file: str) -> list[str]:
    """Its first three lines: pid, data directory and time of start."""
    return pid_file.splitlines()[:3]


def _alive(data: Path) -> bool:
    child = _CHILDREN.get(data)
    started_here = child is not None and child.poll() is None
    return started_here or processes.live_postmaster(data) is not None


def _collect(data: Path) -> None:
    child = _CHILDREN.pop(data, None)
    if child:
        child.wait()


def make_home(home: Path) -> None:
    """Make the home when it is missing: private, but root's can be passed through by the server's user."""
    if not home.exists():
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o711 if os.geteuid() == 0 else 0o700)


def _make_folders(cluster: Cluster, user: programs.ServerUser) -> None:
    private_folder(cluster.socket_folder, user)
    private_folder(cluster.log, user)
