"""A real installation, from an empty folder on: set up, examined, served, stopped politely and killed."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from openiop.shared.postgres.processes import live_postmaster
from openiop.shared.postgres.server import EmbeddedServer
from openiop.shared.postgres.testing import temporary_home

CENTER = {
    "--center": "Hill House",
    "--phone": "303-555-0100",
    "--time-zone": "America/Denver",
    "--site": "Main Street",
    "--address": "1 Main Street, Denver",
    "--admin-name": "Ada May Stone",
    "--admin-email": "ada@hillhouse.example",
}
PASSWORD = "seven green kettles sing"

Run = Callable[..., subprocess.CompletedProcess[str]]


def environment(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("OPENIOP_", "DATABASE_", "DJANGO_", "PORT"))}
    return kept | {"OPENIOP_HOME": str(home), "PYTHONWARNINGS": "default"}


def command_in(home: Path) -> Run:
    def run(*arguments: str, text_in: str = "", **extra: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "openiop.cli.main", *arguments],
            input=text_in,
            capture_output=True,
            text=True,
            check=False,
            env=environment(home) | extra,
        )

    return run


def setup(run: Run, password: str = PASSWORD, **changes: str) -> subprocess.CompletedProcess[str]:
    flags = CENTER | {f"--{name.replace('_', '-')}": value for name, value in changes.items()}
    words = [word for pair in flags.items() for word in pair]
    return run("setup", *words, "--password-stdin", text_in=password + "\n")


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A home in which `openiop setup` has opened a center."""
    with temporary_home() as path:
        done = setup(command_in(path))
        assert done.returncode == 0, done.stderr
        yield path


@pytest.fixture
def run(home: Path) -> Run:
    return command_in(home)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    (line,) = done.stderr.splitlines()
    return line


def test_setup_opens_one_center_with_an_administrator_who_can_sign_in(home: Path, run: Run) -> None:
    server = EmbeddedServer(home)
    server.start()
    with server.connect() as connection:
        assert connection.execute("SELECT name, time_zone FROM people_center").fetchall() == [
            ("Hill House", "America/Denver")
        ]
        assert connection.execute(
            "SELECT s.first_name, s.last_name, u.email, m.role FROM people_staff s"
            " JOIN accounts_user u ON u.id = s.user_id JOIN accounts_membership m ON m.user_id = u.id"
        ).fetchall() == [("Ada May", "Stone", "ada@hillhouse.example", "administrator")]
        assert connection.execute("SELECT kind FROM shared_installation").fetchall() == [("real",)]
    server.stop()
    again = setup(run)
    assert again.returncode == 1
    assert "holds a center already" in one_line(again)


@pytest.mark.parametrize(
    ("changes", "password", "said"),
    [
        ({"time_zone": "Mars/Olympus"}, PASSWORD, "'Mars/Olympus' is not a time zone"),
        ({"admin_name": "Ada"}, PASSWORD, "needs a first and a last name"),
        ({"center": "  "}, PASSWORD, "may not be empty"),
        ({"admin_email": "ada at home"}, PASSWORD, "valid email"),
        ({}, "too short", "at least 15"),
    ],
)
def test_setup_names_what_is_wrong_in_one_line(changes: dict[str, str], password: str, said: str) -> None:
    with temporary_home() as empty:
        done = setup(command_in(empty), password, **changes)
    assert done.returncode == 2
    assert said in one_line(done)


def test_the_demo_does_not_touch_a_real_center(run: Run) -> None:
    for arguments in (["demo", "--no-serve"], ["demo", "--no-serve", "--reset"]):
        done = run(*arguments)
        assert done.returncode == 1
        assert "real center" in one_line(done)


def test_the_doctor_says_what_a_real_center_lacks_and_what_to_do(run: Run) -> None:
    done = run("doctor")
    lines = done.stdout.splitlines()
    assert done.returncode == 1
    assert any(line.startswith("ok    The web signs in as openiop_web") for line in lines)
    assert any(line.startswith("ok    Row-level security guards all") for line in lines)
    for name in ("OPENIOP_ALLOWED_HOSTS", "OPENIOP_BEHIND_PROXY", "OPENIOP_SMTP_HOST", "openiop backup"):
        assert any(line.startswith("fix") and name in line for line in lines), name


def test_the_doctor_is_content_with_a_real_center_that_has_everything(run: Run, tmp_path: Path) -> None:
    assert run("backup", str(tmp_path / "backups")).returncode == 0
    with socket.create_server(("127.0.0.1", 0)) as mail:
        greeter = subprocess.Popen([sys.executable, "-c", GREETER, str(mail.fileno())], pass_fds=[mail.fileno()])
        done = run(
            "doctor",
            OPENIOP_ALLOWED_HOSTS="iop.example.org",
            OPENIOP_BEHIND_PROXY="1",
            OPENIOP_SMTP_HOST="127.0.0.1",
            OPENIOP_SMTP_PORT=str(mail.getsockname()[1]),
            OPENIOP_MAIL_FROM="care@example.org",
        )
        greeter.kill()
        greeter.wait()
    assert [line for line in done.stdout.splitlines() if line.startswith("fix")] == []
    assert done.returncode == 0


GREETER = """
import socket, sys
server = socket.socket(fileno=int(sys.argv[1]))
talk, _ = server.accept()
talk.sendall(b"220 hello\\r\\n")
while said := talk.recv(100):
    talk.sendall(b"221 bye\\r\\n" if said.upper().startswith(b"QUIT") else b"250 fine\\r\\n")
"""


def test_the_doctor_finds_a_missing_fence_and_migrate_puts_it_back(home: Path, run: Run) -> None:
    server = EmbeddedServer(home)
    server.start()
    with server.connect() as connection:
        connection.execute("ALTER TABLE people_client DISABLE ROW LEVEL SECURITY")
    assert "fix   Row-level security is missing on people_client" in run("doctor").stdout
    assert run("migrate").returncode == 0
    with server.connect() as connection:
        guarded = connection.execute("SELECT relrowsecurity FROM pg_class WHERE relname = 'people_client'").fetchone()
    assert guarded == (True,)
    server.stop()


def test_the_doctor_of_a_database_that_does_not_answer_says_so(run: Run) -> None:
    done = run("doctor", DATABASE_URL="postgresql://nobody@127.0.0.1:9/none")
    assert done.returncode == 1
    assert done.stdout.startswith("fix")
    assert "DATABASE_URL" in done.stdout


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return False


class Served:
    """`openiop serve` in a process of its own."""

    def __init__(self, home: Path, port: int) -> None:
        self.log, self.port = home / "served.txt", port
        with self.log.open("w") as log:  # a pipe that nobody reads would stop the web server once it is full
            self.process = subprocess.Popen(
                [sys.executable, "-m", "openiop.cli.main", "serve", "--port", str(port)],
                stdout=log,
                stderr=log,
                env=environment(home),
            )
        assert within(60, lambda: "Ready:" in self.log.read_text() or self.process.poll() is not None)
        assert self.process.poll() is None, self.log.read_text()

    def status(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path)
        status = connection.getresponse().status
        connection.close()
        return status

    def ends(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=40)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_serving_answers_and_a_signal_stops_everything(home: Path, run: Run, port: int) -> None:
    served = Served(home, port)
    assert served.status("/") == 200
    second = run("serve", "--port", str(port))
    assert second.returncode == 2
    assert "choose another, e.g. PORT=" in one_line(second)
    assert served.ends(signal.SIGTERM) == 0
    assert not listens(port)
    assert live_postmaster(home / "data") is None


def test_a_killed_database_comes_back_and_killed_serving_leaves_no_web_server(home: Path, port: int) -> None:
    killed = Served(home, port)
    pid = live_postmaster(home / "data")
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    time.sleep(0.3)
    assert within(20, lambda: killed.status("/") == 200)
    killed.ends(signal.SIGKILL)
    assert within(30, lambda: not listens(port))
    served = Served(home, port)
    assert served.status("/") == 200
    assert served.ends(signal.SIGINT) == 0
    assert live_postmaster(home / "data") is None


def test_an_empty_database_is_not_served(port: int) -> None:
    with temporary_home() as empty:
        done = command_in(empty)("serve", "--port", str(port))
    assert done.returncode == 1
    assert "run `openiop migrate` first" in one_line(done)


@pytest.mark.parametrize(
    ("arguments", "extra", "said"),
    [
        (["serve"], {"PORT": "http"}, "'http' is not a port"),
        (["serve", "--port", "70000"], {}, "'70000' is not a port"),
        (["serve", "--host", "0.0.0.0"], {"OPENIOP_DEMO": "1"}, "not served on 0.0.0.0"),
        (["serve", "--colour"], {}, "No such option"),
        (["sing"], {}, "No such command 'sing'"),
    ],
)
def test_bad_usage_is_one_line(run: Run, arguments: list[str], extra: dict[str, str], said: str) -> None:
    done = run(*arguments, **extra)
    assert done.returncode == 2
    assert said in one_line(done)


def test_help_and_engines_start_without_django(run: Run) -> None:
    done = run("--help")
    assert done.returncode == 0
    assert "doctor" in done.stdout
    script = "import sys, openiop.cli.main as m; m.run(['score', '--help']); assert 'django' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], check=True, stdout=subprocess.DEVNULL)
