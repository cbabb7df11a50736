"""Which heading a code or a phrase belongs under: the rows of `content/referral_codes.toml`, compiled once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from openiop.admissions.engine.referral.elements import Concept
from openiop.kernel.content import read_toml

PREFIX_SYSTEMS = {"ICD-10-CM"}  # hierarchical: F10 includes F10.20


@dataclass(frozen=True, slots=True)
class Category:
    id: str
    group: str
    label: str
    order: int


@dataclass(frozen=True, slots=True)
class Words:
    """A pattern on display words. `kinds` limits it to medicines; patterns without kinds apply to all else."""

    category: str
    pattern: re.Pattern[str]
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CodeBook:
    version: str
    systems: dict[str, str]
    categories: dict[str, Category]
    codes: dict[str, dict[str, str]]
    words: tuple[Words, ...]
    negation: re.Pattern[str]
    marital: dict[str, str]

    def system_name(self, uri: str) -> str:
        """A name people know (`ICD-10-CM`), or the address itself."""
        return self.systems.get(uri, uri)

    def category_of(self, concept: Concept, kind: str = "") -> Category | None:
        """By code where a row knows it, else by words. `kind` is "medicine" for medicines."""
        for uri, code in concept.codings:
            if found := self._by_code(self.system_name(uri), code):
                return self.categories[found]
        found = _by_words(concept.words, kind)
        return self.categories[found] if found else None

    def _by_code(self, system: str, code: str) -> str:
        known = self.codes.get(system, {})
        if system not in PREFIX_SYSTEMS:
            return known.get(code, "")
        upper = code.upper()
        return next((known[upper[:size]] for size in range(len(upper), 2, -1) if upper[:size] in known), "")


@cache
def code_book() -> CodeBook:
    """The content file, read once."""
    raw = read_toml("openiop.admissions", "referral_codes.toml")
    codes: dict[str, dict[str, str]] = {}
    for row in raw["codes"]:
        codes.setdefault(row["system"], {}).update(dict.fromkeys(row["codes"], row["category"]))
    return CodeBook(
        version=raw["version"],
        systems=raw["systems"],
        categories={row["id"]: Category(**row, order=place) for place, row in enumerate(raw["category"])},
        codes=codes,
        words=tuple(_words(row) for row in raw["words"]),
        negation=re.compile(raw["negation"]["pattern"], re.IGNORECASE),
        marital=raw["marital"],
    )


def _words(row: dict[str, Any]) -> Words:
    return Words(row["category"], re.compile(row["pattern"], re.IGNORECASE), tuple(row.get("kinds", ())))


@lru_cache(maxsize=4096)
def _by_words(words: str, kind: str) -> str:
    """The first pattern that matches with nothing before it that turns the meaning around."""
    book = code_book()
    for row in book.words:
        if (kind in row.kinds) if kind else not row.kinds:
            match = row.pattern.search(words)
            if match and not book.negation.search(words[: match.start()]):
                return row.category
    return ""
