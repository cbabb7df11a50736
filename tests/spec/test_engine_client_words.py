"""Words that clients read are plain: grade 6 or below, and nothing that shames."""

from __future__ import annotations

import re
import statistics

import pytest

from openiop.admissions.engine import placement
from openiop.incentives import engine as incentives
from openiop.measures import engine as measures
from tests.reading_grade import grade

HARSH = re.compile(
    r"\b(addict|addicts|abuse|abuser|clean|dirty|relapse|relapsed|non-compliant|noncompliant|denies|failed|failure)\b",
    re.I,
)


def client_texts() -> dict[str, str]:
    """Every text of the engines that is written for clients; instruments' own items keep their official words."""
    sheet = placement.worksheet()
    texts = {f"rule {rule.id}": rule.client for rule in sheet.rules}
    texts |= {f"action {action.id}": action.client for action in sheet.actions.values()}
    texts |= {f"support {support.id}": support.client for support in sheet.supports.values()}
    texts |= {f"level {level}": text for level, text in sheet.client_levels.items()}
    texts |= {f"protocol {one.name}": one.client_text for one in incentives.protocols()}
    texts |= {
        f"flag {instrument.code} {flag.id}": flag.client_text
        for instrument in measures.catalog()
        for flag in instrument.flags
        if flag.client_text
    }
    return texts


@pytest.mark.parametrize(("name", "text"), client_texts().items())
def test_a_text_for_clients_is_kind(name: str, text: str) -> None:
    assert not HARSH.search(text), name


@pytest.mark.parametrize(("name", "text"), [(n, t) for n, t in client_texts().items() if len(t.split()) >= 25])
def test_a_longer_text_for_clients_reads_at_grade_6_or_below(name: str, text: str) -> None:
    assert grade(text) <= 6, name


def test_the_texts_for_clients_read_at_grade_6_or_below_together() -> None:
    """A grade means little for one short sentence, so the short ones are measured together and in the middle."""
    texts = list(client_texts().values())
    assert grade(" ".join(texts)) <= 6
    assert statistics.median(grade(text) for text in texts) <= 6
