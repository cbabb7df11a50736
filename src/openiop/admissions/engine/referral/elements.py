"""Safe access to parts of a FHIR resource: each function takes anything and answers with a plain, clean value.

A hospital's file may hold a number where a list belongs. Such a part reads as absent; it never raises.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from openiop.admissions.engine.referral.values import PartialDate

Node = dict[str, Any]

TEXT_CAP = 300
SPACES = re.compile(r"\s+")
JOINERS = "\u200c\u200d"  # needed to write some names; other invisible characters go


def tidy(value: object, cap: int = TEXT_CAP) -> str:
    """Text without control characters and doubled spaces, at most `cap` characters; "" for anything but text."""
    if not isinstance(value, str):
        return ""
    if value.isascii() and value.isprintable() and "  " not in value:
        return value.strip()[:cap].rstrip()  # nothing to tidy, as almost always
    spaced = SPACES.sub(" ", value[: cap * 4])
    if not spaced.isascii() or not spaced.isprintable():
        spaced = "".join(char for char in spaced if char in JOINERS or unicodedata.category(char)[0] != "C")
    return unicodedata.normalize("NFC", spaced).strip()[:cap].rstrip()


def text(node: object, key: str, cap: int = TEXT_CAP) -> str:
    return tidy(node.get(key), cap) if isinstance(node, dict) else ""


def nodes(node: object, *path: str) -> list[Node]:
    """Every object reached by following the keys of `path`, through lists where there are lists."""
    current = [node] if isinstance(node, dict) else []
    for key in path:
        found = [one.get(key) for one in current]
        flat = [item for value in found for item in (value if isinstance(value, list) else [value])]
        current = [item for item in flat if isinstance(item, dict)]
    return current


def strings(node: object, key: str, cap: int = TEXT_CAP) -> list[str]:
    """The clean texts in a list of strings (or one string) under `key`."""
    value = node.get(key) if isinstance(node, dict) else None
    return [clean for item in (value if isinstance(value, list) else [value]) if (clean := tidy(item, cap))]


def first_date(node: object, paths: Iterable[str]) -> PartialDate | None:
    """The first readable date among dotted `paths` such as `onsetPeriod.start`."""
    for path in paths:
        *parents, key = path.split(".")
        for parent in nodes(node, *parents):
            if found := PartialDate.parse(parent.get(key)):
                return found
    return None


@dataclass(frozen=True, slots=True)
class Concept:
    """A CodeableConcept: the words to show and the code to check them by."""

    words: str = ""
    system: str = ""
    code: str = ""
    codings: tuple[tuple[str, str], ...] = ()


def concept(node: object) -> Concept:
    """Reads a CodeableConcept, or a bare Coding."""
    if not isinstance(node, dict):
        return Concept()
    codings = nodes(node, "coding") or ([node] if "code" in node else [])
    pairs = tuple((text(one, "system", 200), text(one, "code", 60)) for one in codings[:20])
    pairs = tuple(pair for pair in pairs if pair[1])
    shown = [display for one in codings if (display := text(one, "display"))]
    words = text(node, "text") or (shown[0] if shown else "")
    system, code = pairs[0] if pairs else ("", "")
    return Concept(words, system, code, pairs)


def concepts(node: object, *path: str) -> list[Concept]:
    """The non-empty concepts under a path."""
    read = (concept(one) for one in nodes(node, *path))
    return [one for one in read if one.words or one.code]


def status_code(node: object, key: str) -> str:
    """A status, whether FHIR wrote it as a code or as a concept, in lower case."""
    value = node.get(key) if isinstance(node, dict) else None
    return (tidy(value, 40) or concept(value).code or concept(value).words).lower()
