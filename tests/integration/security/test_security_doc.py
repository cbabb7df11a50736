"""`docs/security.md` names tests that exist, and what it says the code never does, the code never does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SOURCE = ROOT / "src" / "openiop"
NAMED = re.compile(r"`(test_\w+\.py)::(test_\w+)`")


def test_every_test_that_the_document_names_exists() -> None:
    text = (ROOT / "docs" / "security.md").read_text("utf-8")
    named = NAMED.findall(text)
    missing = [
        f"{file}::{name}"
        for file, name in named
        if not any(f"def {name}(" in path.read_text("utf-8") for path in (ROOT / "tests").rglob(file))
    ]
    assert not missing
    rows = re.findall(r"^\| (\d+) \|.*$", text, re.MULTILINE)
    assert rows == [str(number) for number in range(1, 21)]
    assert all(NAMED.search(line) for line in text.splitlines() if re.match(r"\| (\d+|V\d)", line))


def trees(*but: str) -> Iterator[tuple[str, ast.AST]]:
    for path in SOURCE.rglob("*.py"):
        place = path.relative_to(SOURCE).as_posix()
        if not place.startswith(but or ("\0",)) and "/migrations/" not in place:
            yield place, ast.parse(path.read_text("utf-8"))


def imported(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module.partition(".")[0]}
    return found


def test_nothing_is_deserialized_into_code() -> None:
    dangerous = {"pickle", "marshal", "shelve", "dill", "yaml", "xml", "lxml"}
    assert not {place: names for place, tree in trees() if (names := imported(tree) & dangerous)}
    calls = {"eval", "exec", "compile", "__import__"}
    wrong = [
        f"{place}:{node.lineno}"
        for place, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in calls
    ]
    assert not wrong


def test_no_shell_is_ever_asked() -> None:
    wrong = [
        f"{place}:{node.lineno}"
        for place, tree in trees()
        for node in ast.walk(tree)
        if (isinstance(node, ast.keyword) and node.arg == "shell")
        or (isinstance(node, ast.Attribute) and node.attr in {"system", "popen"} and _is_os(node.value))
    ]
    assert not wrong
    # Programs are started by the operator's commands and the embedded server alone, never by a page.
    assert not [place for place, tree in trees("cli/", "shared/postgres/") if "subprocess" in imported(tree)]


def _is_os(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "os"


def test_no_upload_is_unpacked() -> None:
    assert not [p for p, tree in trees("cli/", "shared/postgres/") if imported(tree) & {"zipfile", "tarfile", "shutil"}]


def test_no_request_leaves() -> None:
    """Neither a library nor a socket: there is nowhere to send to."""
    clients = {"requests", "httpx", "aiohttp", "urllib3", "socket", "ftplib", "smtplib", "http"}
    found = {place: names for place, tree in trees("cli/", "shared/postgres/") if (names := imported(tree) & clients)}
    assert not found
    opened = [p for p, tree in trees() for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr == "urlopen"]
    assert not opened


def test_request_data_is_never_expanded() -> None:
    """`**request.POST` or `**form.data` into anything would let a sender choose names."""
    wrong = [
        f"{place}:{node.value.lineno}"
        for place, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg is None and re.search(r"\b(POST|GET|data)\b", _plain(node.value))
    ]
    assert not wrong


def _plain(node: ast.AST) -> str:
    return re.sub(r"cleaned_data", "", ast.unparse(node))


def test_sql_is_never_put_together_from_what_people_send() -> None:
    """Pages write no SQL at all."""
    faces = ("site/", "portal/", "family/", "desk/")
    wrong = [
        f"{place}:{node.lineno}"
        for place, tree in trees()
        if place.startswith(faces)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"cursor", "raw", "RawSQL", "extra"}
    ]
    assert not wrong


def test_templates_never_switch_escaping_off() -> None:
    """`|safe` and `autoescape off` stand in no template; strings marked safe are made in the design system only."""
    wrong = [
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.html")
        if re.search(r"\|\s*safe\b|autoescape\s+off|safeseq", path.read_text("utf-8"))
    ]
    assert not wrong
    assert not [place for place, tree in trees("ui/") if "mark_safe" in ast.unparse(tree)]
