"""`openiop serve`: the web server and the job worker, watched until someone stops them."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import click

from openiop.cli import ports
from openiop.cli.session import SETTINGS, STOP_SIGNALS, running_database, say, try_command
from openiop.shared.postgres.errors import PostgresError
from openiop.shared.postgres.location import default_home
from openiop.shared.postgres.server import EmbeddedServer

START_TIMEOUT = 120.0
STOP_TIMEOUT = 30.0
WORKER_PAUSE = 5.0
# Every web process keeps up to 4 connections; PostgreSQL's 100 must be enough for all of them.
MOST_WORKERS = 16
PR_SET_PDEATHSIG = 1  # linux/prctl.h


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=int, default=None, help="Port to listen on [default: PORT from the environment, or 8000].")
@click.option("--workers", type=click.IntRange(1, MOST_WORKERS), default=None, help="Web processes [default: cores].")
def command(host: str, port: int | None, workers: int | None) -> None:
    """Serve until Ctrl-C. Put a proxy with TLS in front before anyone but this machine may reach it."""
    chosen = ports.chosen_port(port)
    check_address(host, chosen)
    with running_database() as database:
        refuse_old_tables()
        serve(
            host,
            chosen,
            database,
            workers=workers or default_workers(),
            when_ready=lambda: say(f"Ready: {address(host, chosen)}"),
        )


def check_address(host: str, port: int) -> None:
    """Raises UsageError when the address is taken, or when demo doors would open to other machines."""
    if os.environ.get("OPENIOP_DEMO", "").lower() in {"1", "true", "yes"} and not ports.is_loopback(host):
        raise click.UsageError(f"the demo lets everyone in, so it is not served on {host}; unset OPENIOP_DEMO")
    ports.refuse_taken_port(host, port)


def address(host: str, port: int) -> str:
    """The address to type into a browser."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def default_workers() -> int:
    """One web process for each core that this process may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MOST_WORKERS)


@dataclass
class Processes:
    """The web server and the worker, both in sessions of their own: Ctrl-C reaches only this process."""

    environment: dict[str, str]
    web_command: list[str]
    web: subprocess.Popen[bytes] | None = None
    worker: subprocess.Popen[bytes] | None = None
    worker_started: float = field(default=0.0)

    def start_web(self) -> None:
        """Start the web server."""
        self.web = self._start(self.web_command)

    def keep_worker(self) -> None:
        """Start the worker, again when it has died, but not faster than every few seconds."""
        if self.worker is not None and self.worker.poll() is None:
            return
        if time.monotonic() - self.worker_started > WORKER_PAUSE:
            if self.worker is not None:
                say(f"The job worker stopped with status {self.worker.returncode}; starting it again")
            self.worker_started = time.monotonic()
            self.worker = self._start([sys.executable, "-m", "openiop.cli.main", "worker"])

    def refuse_dead_web(self) -> None:
        """Raises PostgresError when the web server has ended by itself."""
        if self.web is None or self.web.poll() is not None:
            status = self.web.returncode if self.web else None
            raise PostgresError(f"The web server stopped with status {status}; its reason is above.")

    def stop(self) -> None:
        """Ask both to end, and end them when they do not."""
        running = [process for process in (self.web, self.worker) if process is not None and process.poll() is None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + STOP_TIMEOUT
        for process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, env=self.environment, start_new_session=True, preexec_fn=_end_with_parent)


def _end_with_parent() -> None:
    """On Linux: should this process be killed without a chance to clean up, its children are asked to end."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def serve(
    host: str, port: int, database: EmbeddedServer | None, *, workers: int, when_ready: Callable[[], None]
) -> None:
    """Run both processes, and the embedded `database` if there is one, until a signal asks to stop.

    The tables must fit this version.
    """
    processes = Processes(web_environment(host), web_command(host, port, workers))
    try:
        processes.start_web()
        _wait_until_ready(processes, host, port)
        when_ready()
        while True:
            if database is not None:
                database.keep(say)
            processes.keep_worker()
            processes.refuse_dead_web()
            time.sleep(0.5)
    except KeyboardInterrupt:
        say("Stopping")
    finally:
        for number in STOP_SIGNALS:  # a second Ctrl-C must not cut the clean end short
            signal.signal(number, signal.SIG_IGN)
        processes.stop()


def refuse_old_tables() -> None:
    """Raises PostgresError when migrations wait, which the database itself is asked about."""
    if not try_command(["migrate", "--check"]):
        raise PostgresError("The database does not fit this version: run `openiop migrate` first.")


def web_environment(host: str) -> dict[str, str]:
    """What the web process must know beyond this process's environment."""
    loopback = "1" if ports.is_loopback(host) else "0"
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "OPENIOP_DB_ROLE": "web",
        "OPENIOP_HOME": str(default_home()),
        "OPENIOP_LOOPBACK": loopback,
        "OPENIOP_POOL": "1",
    }


def web_command(host: str, port: int, workers: int) -> list[str]:
    """Granian with the figures that measured best."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    command += ["--workers", str(workers), "--blocking-threads", "4", "--no-ws", "--log-level", "warning"]
    command += ["--workers-kill-timeout", "10"]
    return [*command, "openiop.config.wsgi:application"]


def _wait_until_ready(processes: Processes, host: str, port: int) -> None:
    say("Starting the web server")
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (asked from here)
    deadline = time.monotonic() + START_TIMEOUT
    while not ports.answers(reachable, port):
        processes.refuse_dead_web()
        if time.monotonic() > deadline:
            raise PostgresError(f"The web server did not answer within {START_TIMEOUT:.0f} s.")
        time.sleep(0.1)
