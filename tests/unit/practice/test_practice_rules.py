"""Check-ins: what staff hear of, and what the client reads."""

from __future__ import annotations

import pytest

from openiop.practice import rules
from tests.reading_grade import grade


@pytest.mark.parametrize(
    ("craving", "mood", "before", "kinds"),
    [
        (7, 2, 1, []),
        (8, 3, None, ["check_in.craving"]),
        (10, 1, 1, ["check_in.craving", "check_in.mood"]),
        (0, 1, None, []),
        (0, 1, 2, []),
        (0, 1, 1, ["check_in.mood"]),
    ],
)
def test_what_staff_hear_of(craving: int, mood: int, before: int | None, kinds: list[str]) -> None:
    found = rules.concerns(craving=craving, mood=mood, mood_before=before)
    assert [concern.kind for concern in found] == kinds


def test_help_is_shown_on_a_hard_day_only() -> None:
    assert rules.wants_help_shown(craving=8, mood=5)
    assert rules.wants_help_shown(craving=0, mood=1)
    assert not rules.wants_help_shown(craving=7, mood=2)


def test_every_answer_gets_a_kind_sentence_that_is_easy_to_read() -> None:
    said = {rules.kind_words(craving=craving, mood=mood) for craving in range(11) for mood in range(1, 6)}
    assert len(said) == 6
    for text in (*said, *rules.WAYS_TO_COPE):
        assert grade(text) <= 6, text


def test_a_hard_day_is_never_answered_with_cheer() -> None:
    assert "Enjoy" not in rules.kind_words(craving=9, mood=5)
    assert "not alone" in rules.kind_words(craving=0, mood=1)
