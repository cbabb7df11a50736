"""Fetches the browser code of others that OpenIOP ships, checks it against vendor.lock.json, and copies it.

`npm pack` brings the tarball from whichever registry npm is set up for; the sha512 in the lock decides whether
it is the right one. Nothing of the package runs.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
STATIC = HERE.parent / "src" / "openiop" / "ui" / "static"


def fetched(package: str, version: str, into: Path) -> Path:
    """The tarball of exactly this version."""
    command = ["npm", "pack", f"{package}@{version}", "--ignore-scripts", "--silent", "--pack-destination", str(into)]
    subprocess.run(command, check=True, capture_output=True)
    return next(into.glob("*.tgz"))


def integrity(file: Path) -> str:
    """The file's sha512 as npm writes it."""
    return "sha512-" + base64.b64encode(hashlib.sha512(file.read_bytes()).digest()).decode()


def vendor(row: dict[str, Any]) -> None:
    """Copies the files that one row of the lock names; stops when the tarball is another one."""
    with tempfile.TemporaryDirectory() as folder:
        tarball = fetched(row["package"], row["version"], Path(folder))
        if integrity(tarball) != row["integrity"]:
            raise SystemExit(f"{row['package']} {row['version']}: sha512 differs from vendor.lock.json; nothing copied")
        with tarfile.open(tarball) as archive:
            for inside, file in row["files"].items():
                member = archive.extractfile(inside)
                if member is None:
                    raise SystemExit(f"{row['package']} {row['version']} has no {inside}")
                (STATIC / file["to"]).write_bytes(member.read())
    print(f"{row['package']} {row['version']}: verified and copied")


def main() -> None:
    """Vendors every row."""
    for row in json.loads((HERE / "vendor.lock.json").read_text(encoding="utf-8")):
        vendor(row)


if __name__ == "__main__":
    main()
