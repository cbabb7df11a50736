"""The portal's fixed texts: grade 6 or lower, and no word that hurts."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from openiop.incentives import engine as incentives
from openiop.measures import presenters
from openiop.portal.presenters import CAME_WORDS
from tests.reading_grade import grade

OURS = (
    "home", "schedule", "_day", "_visit", "progress", "cannot_come", "check_in", "check_in_done", "rewards", "help",
    "measures/start", "measures/question", "measures/help", "measures/end", "measures/thanks",
)  # fmt: skip
HURTFUL = re.compile(
    r"\b(addict|abus|alcoholic|clean|dirty|relapse|failed|failure|denie|complian|streak|lost your|punish)", re.I
)


def words_of(name: str) -> str:
    """The sentences of a template: text between tags, and the quoted words of components."""
    source = (files("openiop.portal") / "templates" / "portal" / f"{name}.html").read_text(encoding="utf-8")
    # Numbers, names and scores are put in by the program; the sentence around them is what is read.
    source = re.sub(r"\{\{.*?\}\}", "Sam", source)
    source = re.sub(r"\{%.*?%\}", " ", source)
    blocks = re.split(r"</?(?:p|li|h\d|div|section|ul|th|td|button|a)\b[^>]*>", source)
    texts = (re.sub(r"<[^>]+>", " ", block).strip() for block in blocks)
    return " ".join(text if text[-1] in ".!?" else text + "." for text in texts if re.search("[a-z]", text))


@pytest.mark.parametrize("name", OURS)
def test_every_page_reads_at_grade_six(name: str) -> None:
    text = words_of(name)
    assert grade(text) <= 6, text
    assert not HURTFUL.search(text), text


def test_the_words_about_questionnaires_do_too() -> None:
    for text in (*presenters.ABOUT.values(), *presenters.WHY.values(), *presenters.READING.values()):
        assert not HURTFUL.search(text)
    for text in (*presenters.WHY.values(), *presenters.READING.values(), presenters.why_we_ask("AUDIT-C")):
        assert grade(text) <= 6, text


def test_the_words_about_rewards_and_sessions_do_not_shame() -> None:
    for text in (*CAME_WORDS.values(), *(one.client_text for one in incentives.protocols())):
        assert not HURTFUL.search(text), text
