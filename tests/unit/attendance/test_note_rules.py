"""What a note says, whom it may name, and when two writers collide."""

from __future__ import annotations

import pytest

from openiop.attendance.rules import collides, names_in, note_text


def test_a_note_holds_the_groups_part_and_the_clients_own_line() -> None:
    text = note_text(title="DBT skills", topic="STOP", narrative=" Practiced. ", line="Took part.")
    assert text == "DBT skills: STOP\n\nPracticed.\n\nTook part."
    assert (
        note_text(title="Individual therapy", topic="", narrative="", line="Spoke.") == "Individual therapy\n\nSpoke."
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Alex spoke first.", ["Alex"]),
        ("We heard Alex's story.", ["Alex"]),
        ("We heard Alex\u2019s story.", ["Alex"]),
        ("They walked with grace and will go on.", []),
        ("Alexander is someone else.", []),
        ("O'Brien came.", ["O'Brien"]),
        ("", []),
    ],
)
def test_names_are_found_as_words_written_large(text: str, found: list[str]) -> None:
    assert names_in(text, ["Alex", "Grace", "Will", "O'Brien", ""]) == found


@pytest.mark.parametrize(
    ("saved", "typed", "was", "expected"),
    [
        ("theirs", "mine", "before", True),
        ("before", "mine", "before", False),
        ("same", "same", "before", False),
        ("theirs", None, "before", False),
        ("theirs", "mine", None, True),
    ],
)
def test_only_words_that_would_be_lost_collide(saved: str, typed: str | None, was: str | None, expected: bool) -> None:
    assert collides(saved, typed, was=was) is expected
