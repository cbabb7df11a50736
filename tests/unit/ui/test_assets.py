"""What the browser is sent: small, ours or checked, and nothing that remembers a person."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

import openiop
from openiop.ui.icons import sprite

PACKAGE = Path(openiop.__file__).parent
STATIC = PACKAGE / "ui" / "static"
ASSETS = PACKAGE.parent.parent / "assets"
TEMPLATES = sorted(PACKAGE.rglob("templates/**/*.html"))
CSS = (STATIC / "ui" / "openiop.css").read_text(encoding="utf-8")
SCRIPT = (STATIC / "ui" / "openiop.js").read_text(encoding="utf-8")
KNOWN_CLASSES = set(re.findall(r"\.(-?[_a-zA-Z][\w-]*)", CSS))


def test_style_and_script_stay_within_the_budget_of_a_poor_connection() -> None:
    htmx = next((STATIC / "ui").glob("htmx-*.min.js")).read_bytes()
    assert len(gzip.compress(CSS.encode(), 9)) <= 25 * 1024
    assert len(gzip.compress(SCRIPT.encode(), 9)) + len(gzip.compress(htmx, 9)) <= 20 * 1024


def test_vendored_files_are_the_ones_in_the_lock() -> None:
    for row in json.loads((ASSETS / "vendor.lock.json").read_text(encoding="utf-8")):
        for file in row["files"].values():
            digest = hashlib.sha512((STATIC / file["to"]).read_bytes()).digest()
            assert base64.b64encode(digest).decode() == file["sha512"]


def test_nothing_is_kept_in_the_browser() -> None:
    assert not re.search(r"localStorage|sessionStorage|indexedDB|document\.cookie|caches\.", SCRIPT)


@pytest.mark.parametrize("path", [STATIC / "ui" / "openiop.css", STATIC / "ui" / "openiop.js"], ids=lambda p: p.name)
def test_no_file_of_ours_fetches_from_elsewhere(path: Path) -> None:
    text = re.sub(r"http://www\.w3\.org/2000/svg", "", path.read_text(encoding="utf-8"))
    assert not re.search(r"https?://|@import|url\(\s*[\"']?//", text)


def plain_classes(text: str) -> set[str]:
    """The class names a template writes out; what a variable completes is left to the component's own test."""
    text = re.sub(r"\{%.*?%\}", " ", text, flags=re.DOTALL)
    text = re.sub(r"[\w-]*\{\{.*?\}\}[\w-]*", " ", text)
    return {name for names in re.findall(r'class="([^"]*)"', text) for name in names.split()}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_class_in_a_template_has_a_style(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    own = set(re.findall(r"\.([\w-]+)", "".join(re.findall(r"<style>(.*?)</style>", text, re.DOTALL))))  # PDF letters
    unknown = plain_classes(text) - KNOWN_CLASSES - own
    assert not unknown, f"no style for {sorted(unknown)}; see /styleguide/"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_icon_in_a_template_exists(path: Path) -> None:
    named = re.findall(r"\{% icon \"([^\"]+)\"|\bicon=\"([^\"]+)\"", path.read_text(encoding="utf-8"))
    assert {name for pair in named for name in pair if name} <= set(sprite())
