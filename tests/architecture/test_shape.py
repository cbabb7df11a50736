"""The shape of the code: small pieces, writes in one place, the same files in every room."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import openiop

SOURCE = Path(openiop.__file__).parent
MODULES = sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)
DOMAINS = [
    "programs",
    "consents",
    "messaging",
    "measures",
    "admissions",
    "plans",
    "schedule",
    "attendance",
    "incentives",
    "practice",
    "progress",
    "people",
]
ROOM_FILES = set(
    [
        "__init__",
        "apps",
        "content",
        "values",
        "rules",
        "engine",
        "models",
        "events",
        "queries",
        "actions",
        "receivers",
        "forms",
        "presenters",
        "tasks",
        "migrations",
    ]
)
VAGUE_NAMES = {"utils", "helper", "helpers", "manager", "managers", "misc", "common"}
WRITES = {"save", "create", "bulk_create", "bulk_update", "update_or_create", "get_or_create", "delete"}
NO_WRITES_IN = {"views", "forms", "presenters", "queries"}
# A form that comes from allauth, or a name that only looks like a write: named here with the reason.
EXCUSED_WRITES: dict[str, str] = {}
LONG_FUNCTIONS_EXCUSED: dict[str, str] = {}


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_module_fits_in_a_head(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    assert path.stem not in VAGUE_NAMES
    for function in functions(ast.parse(text)):
        size = (function.end_lineno or function.lineno) - function.lineno + 1
        name = f"{path.relative_to(SOURCE)}:{function.name}"
        assert size <= 50 or name in LONG_FUNCTIONS_EXCUSED, f"{name} has {size} lines"


def test_most_functions_are_short() -> None:
    sizes = sorted(
        (function.end_lineno or 0) - function.lineno + 1
        for path in MODULES
        for function in functions(ast.parse(path.read_text(encoding="utf-8")))
    )
    assert sizes[len(sizes) // 2] < 10
    assert sizes[int(len(sizes) * 0.95)] <= 30


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_room_has_the_same_files(domain: str) -> None:
    found = {path.stem for path in (SOURCE / domain).iterdir() if not path.name.startswith("__pycache__")}
    assert found <= ROOM_FILES, found - ROOM_FILES


def is_write(call: ast.Call) -> bool:
    """`x.save()`, `Model.objects.create()`; a dict's `update` or a form's own methods are none."""
    return isinstance(call.func, ast.Attribute) and call.func.attr in WRITES


READERS = [path for path in MODULES if NO_WRITES_IN & {path.stem, *path.relative_to(SOURCE).parts[:-1]}]


@pytest.mark.parametrize("path", READERS, ids=lambda path: str(path.relative_to(SOURCE)))
def test_only_actions_write(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and is_write(node):
            name = f"{path.relative_to(SOURCE)}:{ast.unparse(node.func)}"
            assert name in EXCUSED_WRITES, f"{name} in line {node.lineno} writes; call an action instead"


def test_no_sql_is_put_together_from_strings() -> None:
    """After CVE-2026-24908 and CVE-2026-23627. The seal's and supervisor's names are no request's."""
    allowed = {"shared/seal.py", "cli/installation.py"}  # names and constants of our own
    for path in MODULES:
        if str(path.relative_to(SOURCE)) in allowed or "postgres" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "execute":
                assert not isinstance(node.args[0], ast.JoinedStr | ast.BinOp), f"{path}:{node.lineno}"


FORBIDDEN_CALLS = {"pickle.loads", "pickle.load", "yaml.load", "eval", "exec", "mark_safe"}
SAFE_MARKUP = {
    "ui/components/drawing.py": "joins what format_html has escaped",
    "ui/icons.py": "reads our own file",
}


def test_no_dangerous_calls() -> None:
    """After CVE-2018-19276, CVE-2026-32238 and CVE-2022-24643."""
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                name = str(path.relative_to(SOURCE))
                assert called not in FORBIDDEN_CALLS or name in SAFE_MARKUP, f"{name}:{node.lineno} calls {called}"
                assert not any(k.arg == "shell" and ast.unparse(k.value) == "True" for k in node.keywords)


def test_settings_of_a_connection_never_outlive_a_transaction() -> None:
    """A center set for a whole connection leaks to the next user of the pool."""
    for path in MODULES:
        assert "set_config('app." not in path.read_text(encoding="utf-8") or path.name == "scope.py"
    text = (SOURCE / "shared" / "scope.py").read_text(encoding="utf-8")
    assert text.count("set_config") == text.count(", true)")
