"""Clinical content is data with a source, a license and a version or date (law 10)."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import openiop

SOURCE = Path(openiop.__file__).parent
FILES = sorted(SOURCE.glob("*/content/**/*.toml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_every_content_file_names_its_license_and_sources(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tomllib.loads(text)
    assert "license" in text, "say under which license these words may be used"
    assert "source" in text, "say where each row comes from"
