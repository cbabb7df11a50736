"""Content files: what the field knows, as TOML beside the code that reads it."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any


def read_toml(package: str, name: str) -> dict[str, Any]:
    """The parsed TOML file `name` in the content folder of `package` (a dotted name such as `openiop.measures`)."""
    return tomllib.loads((files(package) / "content" / name).read_text(encoding="utf-8"))
