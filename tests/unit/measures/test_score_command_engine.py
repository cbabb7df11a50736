"""`openiop score`: what it prints, and how it says no."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from openiop.cli.score import command


def test_it_prints_scores_bands_flags_and_missing_answers(tmp_path: Path) -> None:
    sheet = tmp_path / "answers.json"
    sheet.write_text(json.dumps({"items": {str(n): 1 for n in range(1, 10)}}))
    result = CliRunner().invoke(command, ["PHQ-9", str(sheet)])
    assert result.exit_code == 0
    printed = json.loads(result.stdout)
    assert list(printed) == ["instrument", "version", "scores", "bands", "flags", "missing"]
    assert printed["scores"] == {"total": 9}
    assert printed["bands"] == {"total": "mild"}
    assert [flag["severity"] for flag in printed["flags"]] == ["now"]


def test_it_reads_standard_input() -> None:
    result = CliRunner().invoke(command, ["phq-2", "-"], input='{"items": {"1": 3, "2": 3}}')
    assert json.loads(result.stdout)["scores"] == {"total": 6}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not json",
        "[]",
        "null",
        "{}",
        '{"items": []}',
        '{"items": {"1": NaN}}',
        '{"items": {"1": Infinity}}',
        '{"items": {"1": 1, "1": 2}}',
        '{"items": {"1": true}}',
        '{"items": {"1": 1e400}}',
        '{"items": {"99": 1}}',
        '{"items": {"1": 1}, "extra": 1}',
        '{"items": {"1": ' + "9" * 5000 + "}}",
        '{"items": ' + "[" * 100_000,
        '{"items": "' + "x" * 1_000_001 + '"}',
        '{"items": {"\\ud800": 1}}',
    ],
)
def test_bad_input_is_one_line_and_status_2(text: str) -> None:
    result = CliRunner().invoke(command, ["PHQ-9", "-"], input=text)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert len(result.stderr.strip().splitlines()) == 1
    assert "Traceback" not in result.stderr


def test_bytes_that_are_not_utf_8_are_refused(tmp_path: Path) -> None:
    sheet = tmp_path / "answers.json"
    sheet.write_bytes(b'{"items": {"\xff": 1}}')
    assert CliRunner().invoke(command, ["PHQ-9", str(sheet)]).exit_code == 2


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, ["PHQ-9", str(tmp_path / "nowhere.json")])
    assert result.exit_code == 2
    assert "file" in result.stderr


def test_an_unknown_instrument_is_refused_by_name() -> None:
    result = CliRunner().invoke(command, ["BDI", "-"], input='{"items": {}}')
    assert result.exit_code == 2
    assert "PHQ-9" in result.stderr
