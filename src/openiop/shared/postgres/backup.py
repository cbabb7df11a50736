"""Save the database: the server's own files (embedded server only) and a dump, in one new, private, verified folder."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from openiop.shared.postgres import verify
from openiop.shared.postgres.errors import PostgresError
from openiop.shared.postgres.location import database_urls, default_home, uses_embedded_server
from openiop.shared.postgres.programs import program, run

# In the home: when and where the last backup was written, for `openiop doctor`.
LAST_BACKUP = "last_backup.json"
# How the schemas begin that a restore has moved aside on a server of the operator.
ASIDE = "before_restore_"


def back_up(target: Path, *, at: datetime, say: Callable[[str], None]) -> Path:
    """Write a backup of the running database into a new folder below `target`, read it again, and return the folder.

    `at` (aware) names the folder. Nothing is visible under its final name before it is whole.
    Raises PostgresError when a program or the disk refuses.
    """
    name, target = f"openiop-{at:%Y%m%dT%H%M%SZ}", target.absolute()
    folder, unfinished = target / name, target / f".{name}.unfinished"
    try:
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished.mkdir(mode=0o700)
        _fill(unfinished, at, say)
        say("Verifying what was written")
        verify.verify(unfinished)
        unfinished.rename(folder)
        _note(folder, at)
    except OSError as error:
        raise PostgresError(f"The backup could not be written: {error}") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def _fill(folder: Path, at: datetime, say: Callable[[str], None]) -> None:
    urls = database_urls()
    reader = urls["superuser"] or urls["owner"]
    if uses_embedded_server():
        say("Copying the server's files")
        base = ["--manifest-checksums=SHA256", "--checkpoint=fast", "--wal-method=stream", "--no-password"]
        run_client("pg_basebackup", reader, ["-D", folder / verify.BASE, *base])
    say("Writing a dump")
    # Superuser and owner see every row in spite of row-level security. Old schemas are not taken along.
    run_client("pg_dump", reader, ["-Fc", "--no-password", "-N", f"{ASIDE}*", "-f", folder / verify.DUMP])
    with psycopg.connect(reader, autocommit=True) as connection:
        version, tables = connection.info.parameter_status("server_version") or "", count_tables(connection)
    files = {name: verify.sha256(folder / name) for name in _uncovered(folder)}
    described = verify.Description(at.isoformat(), importlib.metadata.version("openiop"), version, tables, files)
    described.write(folder)


def _uncovered(folder: Path) -> list[str]:
    """The files that pg_basebackup's manifest does not cover."""
    covered = set()
    if (folder / verify.BASE).exists():
        covered = {f"{verify.BASE}/{name}" for name, _, _ in verify.manifest_files(folder / verify.BASE)}
    names = (path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file())
    return [name for name in names if name not in covered]


def _note(folder: Path, at: datetime) -> None:
    default_home().mkdir(parents=True, exist_ok=True)
    note = {"at": at.isoformat(), "folder": str(folder.absolute())}
    (default_home() / LAST_BACKUP).write_text(json.dumps(note) + "\n", "utf-8")


def count_tables(connection: psycopg.Connection[tuple[object, ...]]) -> int:
    """How many tables the schema public has."""
    row = connection.execute("SELECT count(*)::int FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert row is not None
    return int(str(row[0]))


def run_client(name: str, url: str, arguments: list[str | Path]) -> str:
    """Run pg_dump and its kin against `url`; the password travels in the environment, where others cannot see it."""
    parts: dict[str, Any] = conninfo_to_dict(url)
    password = str(parts.pop("password", None) or "")
    return run([_client_program(name), "-d", make_conninfo(**parts), *arguments], password=password)


def _client_program(name: str) -> Path:
    """The wheel's program; for a server of the operator the system's, if it is new enough: the wheel's has no TLS."""
    installed = shutil.which(name)
    if uses_embedded_server() or installed is None:
        return program(name)
    words = run([installed, "--version"]).split()
    major = next((word.split(".")[0] for word in words if word[0].isdigit()), "0")
    return Path(installed) if int(major) >= 18 else program(name)


def free_share(path: Path) -> float:
    """The free part of the disk that holds `path`, from 0 to 1."""
    found = os.statvfs(path)
    return found.f_bavail / found.f_blocks if found.f_blocks else 1.0
