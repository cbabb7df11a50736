"""The secret key of an installation that was given none: made once, kept in a file that only its owner reads."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from openiop.shared.postgres.location import default_home


def local_secret() -> str:
    """The key in the installation's home, made on first use. Two starts at once agree on one key."""
    path: Path = default_home() / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _offer(path, secrets.token_urlsafe(50))
    return path.read_text(encoding="ascii")


def _offer(path: Path, key: str) -> None:
    """Put the key there unless another start has been faster. The file appears whole or not at all."""
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key)
    try:
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(name)
