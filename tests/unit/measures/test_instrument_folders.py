"""Folders of instruments named on top of those shipped: what they may add, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from openiop.cli.score import command
from openiop.kernel.errors import InputError
from openiop.measures import engine

PACS = """text_for = "PACS"
instructions = "About the past week."
license = "Used with permission, 2026"
[items]
1 = "One?"
2 = "Two?"
3 = "Three?"
4 = "Four?"
5 = "Five?"
[options]
0 = "None"
1 = "A little"
2 = "Some"
3 = "Half"
4 = "Much"
5 = "Most"
6 = "All"
[item_options.2]
0 = "Never"
"""
PRAPARE = """code = "PRAPARE"
name = "PRAPARE"
title = "The site's own copy"
version = "1"
respondent = "client"
recall = "Now"
instructions = "A few questions."
license = "Used with permission, 2026"
source = "The owner's form"
mark = "V"
wording_checked = true
needs_clinical_sign_off = false
[[items]]
id = "1"
text = "Do you have a place to live?"
options = [[1, "Yes"], [0, "No"]]
"""


@pytest.fixture(autouse=True)
def as_shipped() -> Iterator[None]:
    yield
    engine.use_folders()


def write(folder: Path, text: str) -> Path:
    (folder / "one.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_site_gives_a_slot_its_words(tmp_path: Path) -> None:
    before = engine.load("PACS")
    engine.use_folders(write(tmp_path, PACS))
    pacs = engine.load("PACS")
    assert before.needs_text
    assert not pacs.needs_text
    assert pacs.by_id["3"].text == "Three?"
    assert (pacs.by_id["1"].label_of(0), pacs.by_id["2"].label_of(0)) == ("None", "Never")
    assert pacs.scores == before.scores
    assert pacs.license == "Used with permission, 2026"
    engine.use_folders()
    assert engine.load("PACS") == before


def test_a_site_puts_a_whole_instrument_in_the_place_of_a_slot(tmp_path: Path) -> None:
    engine.use_folders(write(tmp_path, PRAPARE))
    assert engine.score(engine.load("PRAPARE"), {"1": 1}).is_complete


@pytest.mark.parametrize(
    "text",
    [
        "not toml",
        'code = "X"',
        PRAPARE.replace('code = "PRAPARE"', 'code = "PHQ-9"'),
        PRAPARE.replace('mark = "V"', "mark = 1\nrespondent = 2"),
        PRAPARE.replace('text = "Do you have a place to live?"', ""),
        PACS.replace("PACS", "PHQ-9"),
        PACS.replace("PACS", "NOTHING"),
        PACS.replace('5 = "Five?"', ""),
        PACS.replace('5 = "Five?"', '5 = "Five?"\n6 = "Six?"'),
        PACS.replace('6 = "All"', ""),
        PACS.replace('instructions = "About the past week."', ""),
    ],
)
def test_a_file_that_is_not_right_is_refused_whole_and_by_name(tmp_path: Path, text: str) -> None:
    before = engine.catalog()
    with pytest.raises(InputError):
        engine.use_folders(write(tmp_path, text))
    assert engine.catalog() == before


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, ["PHQ-2", "-", "--folder", str(tmp_path / "nowhere")], input='{"items": {}}')
    assert result.exit_code == 2
    assert len(result.stderr.strip().splitlines()) == 1


def test_the_command_reads_folders_from_the_environment(tmp_path: Path) -> None:
    write(tmp_path, PRAPARE)
    environment = {"OPENIOP_INSTRUMENT_FOLDERS": str(tmp_path)}
    result = CliRunner().invoke(command, ["PRAPARE", "-"], input='{"items": {"1": 0}}', env=environment)
    assert result.exit_code == 0
    assert CliRunner().invoke(command, ["PRAPARE", "-"], input='{"items": {"1": 0}}').exit_code == 2


def test_the_list_says_which_have_no_questions_here() -> None:
    lines = CliRunner().invoke(command, ["--list"]).stdout.splitlines()
    assert len(lines) == len(engine.catalog())
    assert next(line for line in lines if line.startswith("URICA")).count("no questions:") == 1
    assert "no questions:" not in next(line for line in lines if line.startswith("PHQ-9"))


def test_without_an_instrument_the_command_says_what_to_give() -> None:
    result = CliRunner().invoke(command, [])
    assert result.exit_code == 2
    assert "--list" in result.stderr
