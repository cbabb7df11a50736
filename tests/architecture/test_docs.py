"""What the documents promise is there: settings, commands, rooms, decisions, pictures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import openiop
from openiop.cli.main import COMMANDS

SOURCE = Path(openiop.__file__).parent
ROOT = SOURCE.parent.parent
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
# Set by `openiop` itself for its own processes.
INTERNAL = {"OPENIOP_DB_ROLE", "OPENIOP_LOOPBACK", "OPENIOP_POOL", "OPENIOP_STATIC", "OPENIOP_DEMO"}


def test_every_setting_is_documented() -> None:
    read = re.compile(r"""(?:flag|environ(?:\.get)?)[(\[]\s*["'](OPENIOP_[A-Z_]+)["']""")
    named = {name for path in SOURCE.rglob("*.py") for name in read.findall(path.read_text(encoding="utf-8"))}
    smtp = {name for name in named if name.startswith("OPENIOP_SMTP_")}
    assert {name for name in named - INTERNAL - smtp if name not in OPERATIONS} == set()
    assert all(name.removeprefix("OPENIOP_SMTP") in OPERATIONS for name in smtp)


@pytest.mark.parametrize("command", [name for name in COMMANDS if name not in {"demo", "worker"}])
def test_every_command_is_documented(command: str) -> None:
    assert f"openiop {command}" in README + OPERATIONS


def test_every_room_is_drawn() -> None:
    rooms = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    assert {room for room in rooms if not re.search(rf"\b{room}\b", ARCHITECTURE)} == set()


def test_links_and_pictures_of_the_readme_exist() -> None:
    targets = re.findall(r'\]\(([^)#]+)\)|src="([^"]+)"', README)
    paths = [one or other for one, other in targets if not (one or other).startswith("http")]
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))
