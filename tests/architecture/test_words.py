"""Words heal or hurt: person-first language in everything a person reads (NIDA, Words Matter)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import openiop

SOURCE = Path(openiop.__file__).parent
PAGES = sorted([*SOURCE.rglob("*.html"), *SOURCE.rglob("content/**/*.toml"), *SOURCE.rglob("*.txt")])
BANNED = re.compile(
    r"\b(addicts?|abusers?|alcoholics?|junkies?|(?:substance|drug|alcohol) abuse|clean (?:test|time|urine)|dirty (?:test|urine)"
    r"|relapse[ds]?|drug-free|non-?compliant|coming soon|lorem ipsum)\b",
    re.IGNORECASE,
)
# Names of methods, organizations and titles, and the official wording of instruments.
EXCUSED = re.compile(
    r"relapse prevention|avoiding relapse drift|relapse justification|alcoholics anonymous"
    r"|substance abuse and mental|substance abuse intensive outpatient programs|center for substance abuse"
    r"|national institute on (?:drug|alcohol) abuse|return to use \(relapse\)",
    re.IGNORECASE,
)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_page_uses_a_word_that_hurts(path: Path) -> None:
    text = re.sub(r"(?m)^\s*(source|license|notice|pattern|display)\s*=.*$", "", path.read_text(encoding="utf-8"))
    found = [match.group(0) for match in BANNED.finditer(EXCUSED.sub("", text))]
    assert not found, f"say it person-first: {found}"


TEMPLATES = sorted(SOURCE.rglob("templates/**/*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_template_breaks_the_content_security_policy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:", text), "no inline style or script"
    assert not re.search(r"<script(?![^>]*(\ssrc=|type=\"application/json\"))", text), "no inline script"
    assert not re.search(r"\|safe|autoescape off", text), "everything typed is escaped"
    for address in re.findall(r"(?:src|href|action)=\"(https?://[^\"]+)", text):
        assert "<a " in text, f"{address} would be fetched from elsewhere"
