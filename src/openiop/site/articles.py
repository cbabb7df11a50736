"""The public articles with the people behind them. Honest about review: who has not read a page is not named on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.conf import settings

from openiop.kernel.content import read_toml


@dataclass(frozen=True, slots=True)
class Source:
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """One page of words. `reviewed_on` is None until a clinician has read it."""

    slug: str
    title: str
    lead: str
    author: str
    updated_on: date
    reviewer: str
    reviewed_on: date | None
    sources: tuple[Source, ...]

    @property
    def template(self) -> str:
        return f"site/articles/{self.slug.replace('-', '_')}.html"


def articles() -> tuple[Article, ...]:
    """Every article, in the order of the site."""
    return tuple(article(slug) for slug in _rows())


def article(slug: str) -> Article:
    """The article with this slug; KeyError if there is none. The center's reviewer stands in where the row has none."""
    row, sources = _rows()[slug], _content()["source"]
    reviewer = row["reviewer"] or settings.OPENIOP_CLINICAL_REVIEWER
    reviewed = row["reviewed_on"] or settings.OPENIOP_CLINICAL_REVIEWED_ON
    is_reviewed = bool(reviewer and reviewed)
    return Article(
        slug=slug,
        title=row["title"],
        lead=row["lead"],
        author=row["author"],
        updated_on=row["updated_on"],
        reviewer=reviewer if is_reviewed else "",
        reviewed_on=date.fromisoformat(str(reviewed)) if is_reviewed else None,
        sources=tuple(Source(**sources[name]) for name in row["sources"]),
    )


@cache
def _content() -> dict[str, Any]:
    return read_toml("openiop.site", "articles.toml")


@cache
def _rows() -> dict[str, dict[str, Any]]:
    return {row["slug"]: row for row in _content()["article"]}
