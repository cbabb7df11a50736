"""The record of one embedded database: where its files are and with which passwords its roles sign in.

The home of an installation (`OPENIOP_HOME`) holds `cluster.json`, readable by its owner only. The files of the server
are in the home too, except when root runs OpenIOP and the server's user cannot get there (a clone in /root): then
they are in a folder of /var/lib/openiop.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from openiop.shared.postgres.errors import PostgresError
from openiop.shared.postgres.programs import ServerUser

Role = Literal["superuser", "owner", "web"]

ROLE_NAMES: dict[Role, str] = {"superuser": "openiop_super", "owner": "openiop_owner", "web": "openiop_web"}
DATABASE = "openiop"
PORT = 5432
RECORD = "cluster.json"
SYSTEM_STATE = Path("/var/lib/openiop")
# A socket's path has at most 107 bytes on Linux and 103 on macOS.
LONGEST_SOCKET_PATH = 103


@dataclass(frozen=True)
class Cluster:
    """What has to be known to reach one embedded database. `elsewhere` is set when its files are not in the home."""

    home: Path
    passwords: dict[Role, str] = field(repr=False)
    elsewhere: str = ""
    initialized: bool = False

    @property
    def state(self) -> Path:
        """The folder that holds data, log and socket."""
        return Path(self.elsewhere) if self.elsewhere else self.home

    @property
    def data(self) -> Path:
        """PGDATA."""
        return self.state / "data"

    @property
    def log(self) -> Path:
        """The folder of the server's log files."""
        return self.state / "log"

    @property
    def socket_folder(self) -> Path:
        """Where the server listens: below the state, or a short private folder when that path is too long."""
        near = self.state / "run"
        if len(os.fsencode(near / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET_PATH:
            return near
        if os.geteuid() == 0:
            return Path("/run/openiop") / _digest(self.state)
        return Path("/tmp") / f"openiop-{os.geteuid()}-{_digest(self.state)}"  # noqa: S108 (private_folder checks it)

    def url(self, role: Role, database: str = DATABASE) -> str:
        """The libpq URL with which `role` reaches `database`."""
        user, password = ROLE_NAMES[role], self.passwords[role]
        folder = quote(str(self.socket_folder), safe="")
        return f"postgresql://{user}:{password}@/{database}?host={folder}&port={PORT}&connect_timeout=3"

    def save(self) -> None:
        """Write the record in one step, readable by its owner only."""
        content = asdict(self) | {"home": None}
        unfinished = self.home / f".{RECORD}.{os.getpid()}"
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({key: value for key, value in content.items() if value is not None}, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self.home / RECORD)

    def as_initialized(self) -> Cluster:
        """The same cluster, saved with the mark that its data directory must exist from now on."""
        marked = replace(self, initialized=True)
        marked.save()
        return marked


def new_cluster(home: Path, user: ServerUser) -> Cluster:
    """A cluster with fresh passwords, not yet saved. Makes the folder in /var/lib when `user` cannot enter the home."""
    passwords = {role: secrets.token_urlsafe(24) for role in ROLE_NAMES}
    if not user.is_someone_else or user.can("-x", home):
        return Cluster(home, passwords)
    # A part by chance: a new clone at the path of a removed one must not meet the old one's data.
    state = SYSTEM_STATE / f"{_digest(home)}-{secrets.token_hex(3)}"
    for folder in (SYSTEM_STATE, state):
        if not folder.exists():
            folder.mkdir(exist_ok=True)
            folder.chmod(0o755)
    (state / "home").write_text(f"{home}\n", "utf-8")
    return Cluster(home, passwords, elsewhere=str(state))


def load_cluster(home: Path) -> Cluster | None:
    """The cluster of this home, or None when there is none yet. Raises PostgresError when its record is unreadable."""
    path = home / RECORD
    try:
        content = json.loads(path.read_text("utf-8"))
        return Cluster(
            home,
            {role: content["passwords"][role] for role in ROLE_NAMES},
            content["elsewhere"],
            content["initialized"],
        )
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise PostgresError(f"{path} belongs to another user: run as that user, or set OPENIOP_HOME.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise PostgresError(f"{path} is damaged ({error!r}): put it back from a copy, or restore a backup.") from error


def private_folder(path: Path, user: ServerUser) -> Path:
    """Make `path` a folder that only `user` can enter; an existing one must already be that.

    Raises PostgresError when it belongs to someone else or is a link: in /tmp anyone could have put it there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.mkdir(mode=0o700)
        path.chmod(0o700)
        user.own(path)
    except FileExistsError:
        found = path.lstat()
        if path.is_symlink() or not path.is_dir() or found.st_uid != user.uid:
            raise PostgresError(f"{path} belongs to someone else: remove it, or set OPENIOP_HOME.") from None
        if found.st_mode & 0o077:
            raise PostgresError(f"{path} is open to others: chmod 700 {path}") from None
    return path


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
