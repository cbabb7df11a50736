"""Is a backup still what was written? Every byte of it is covered by a SHA-256, and the first wrong file is named.

The wheel's pg_verifybackup crashes, so the manifest of pg_basebackup is read here. The manifest leaves out the
write-ahead log; `backup.json` covers that, the manifest and the dump.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openiop.shared.postgres.errors import PostgresError

DESCRIPTION = "backup.json"
DUMP = "openiop.dump"
BASE = "base"
MANIFEST = "backup_manifest"
FORMAT = 1


@dataclass(frozen=True)
class Description:
    """What `backup.json` says; `files` maps each path that no manifest covers to its SHA-256. `created_at` is UTC."""

    created_at: str
    openiop: str
    postgresql: str
    tables: int
    files: dict[str, str]

    @property
    def has_base(self) -> bool:
        """True when the backup holds the files of the server, not only a dump."""
        return f"{BASE}/{MANIFEST}" in self.files

    def write(self, folder: Path) -> None:
        """Write it with a checksum of itself."""
        content = {"format": FORMAT, **self.__dict__}
        text = json.dumps(content | {"sha256": _own_checksum(content)}, indent=2)
        (folder / DESCRIPTION).write_text(text + "\n", "utf-8")


def verify(folder: Path) -> Description:
    """Read the whole backup. Raises PostgresError that names the first file which is missing, changed or unknown."""
    described = _read_description(folder)
    for name, checksum in described.files.items():
        _check(folder / name, name, checksum)
    known = set(described.files) | {DESCRIPTION}
    if described.has_base:
        for name, size, checksum in manifest_files(folder / BASE):
            _check(folder / BASE / name, f"{BASE}/{name}", checksum, size)
            known.add(f"{BASE}/{name}")
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in known:
            raise PostgresError(f"The backup holds a file that does not belong to it: {name}")
    return described


def manifest_files(base: Path) -> Iterator[tuple[str, int, str]]:
    """Path, size in bytes and SHA-256 of each file in pg_basebackup's manifest; the manifest checks itself first."""
    text = (base / MANIFEST).read_bytes()
    try:
        manifest = json.loads(text)
        # Its last line holds the checksum of all lines before it.
        body = text[: text.rstrip(b"\n").rindex(b"\n") + 1]
        if hashlib.sha256(body).hexdigest() != manifest["Manifest-Checksum"]:
            raise ValueError("its own checksum differs")
        rows = [_manifest_row(row) for row in manifest["Files"]]
    except (ValueError, KeyError, TypeError) as error:
        raise PostgresError(f"The backup is damaged: {BASE}/{MANIFEST} ({error})") from error
    yield from rows


def _manifest_row(row: dict[str, Any]) -> tuple[str, int, str]:
    name = row["Path"] if "Path" in row else bytes.fromhex(row["Encoded-Path"]).decode("utf-8", "surrogateescape")
    if row["Checksum-Algorithm"] != "SHA256":
        raise ValueError(f"{name} has a {row['Checksum-Algorithm']} checksum")
    return str(name), int(row["Size"]), str(row["Checksum"])


def sha256(path: Path) -> str:
    """The SHA-256 of a file, as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_description(folder: Path) -> Description:
    path = folder / DESCRIPTION
    try:
        content = json.loads(path.read_text("utf-8"))
        checksum = content.pop("sha256")
        if checksum != _own_checksum(content):
            raise ValueError("its own checksum differs")
        if content.pop("format") != FORMAT:
            raise ValueError("it was written by another version of OpenIOP")
        return Description(**content)
    except (FileNotFoundError, NotADirectoryError):
        raise PostgresError(f"{folder} is not a backup: it has no {DESCRIPTION}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PostgresError(f"The backup is damaged: {DESCRIPTION} ({error})") from error


def _own_checksum(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _check(path: Path, name: str, checksum: str, size: int | None = None) -> None:
    if not path.is_file():
        raise PostgresError(f"The backup is damaged: {name} is missing")
    if (size is not None and path.stat().st_size != size) or sha256(path) != checksum:
        raise PostgresError(f"The backup is damaged: {name} has changed since it was written")
