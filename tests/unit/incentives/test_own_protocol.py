"""A site's own protocol: what can be used runs, what cannot is refused by field, held and allowed."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from openiop.cli.incentives import command
from openiop.incentives import engine
from openiop.incentives.values import Event, Outcome
from openiop.kernel.errors import InputError

OWN: dict[str, Any] = {
    "name": "riverbend-bowl",
    "title": "Our small bowl",
    "version": "1",
    "target": "test",
    "kind": "visit_draws",
    "bowl": {
        "slips": [
            {"key": "word", "label": "Good job", "count": 3, "value": 0},
            {"key": "bus", "label": "Bus pass", "count": 1, "value": "4.00"},
        ]
    },
    "client_text": "Each negative test gives you draws. What you have earned is yours to keep.",
    "source": "Our own rule",
    "schedule": {"visits": 12, "first": 1, "step": 1, "cap": 3, "bonus_draws": 0},
}
VOUCHERS: dict[str, Any] = {
    **{key: OWN[key] for key in ("name", "title", "version", "target", "client_text", "source")},
    "kind": "weekly_vouchers",
    "schedule": {
        "rising_weeks": 2,
        "visits_per_week": 2,
        "first": "5.00",
        "step": 1.5,
        "fixed": ["10.00", 7],
        "recover_after": 2,
        "recover_effective": "on_nth",
    },
}


def test_an_own_protocol_runs_and_waits_for_sign_off() -> None:
    own = engine.parse_protocol(OWN)
    found = engine.run(own, [Event(Outcome.NEGATIVE)] * 4)
    assert [visit.draws for visit in found.visits] == [1, 2, 3, 3]
    assert str(found.expected_value) == "9.00"
    assert own.needs_clinical_sign_off


def test_own_vouchers_run() -> None:
    found = engine.run(engine.parse_protocol(VOUCHERS), [Event(Outcome.NEGATIVE)] * 6)
    assert found.amount == 40


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("name",), "Riverbend Bowl", "name"),
        (("name",), "miedar", "name"),
        (("name",), None, "name"),
        (("title",), "", "title"),
        (("title",), "two\nlines", "title"),
        (("version",), 1, "version"),
        (("target",), "prayer", "target"),
        (("kind",), "bingo", "kind"),
        (("kind",), ["visit_draws"], "kind"),
        (("kind",), "weekly_draws", "schedule.visits_per_week"),
        (("mark",), "V", "mark"),
        (("more",), 1, "protocol"),
        (("bonus_goal",), "Also this", "bonus_goal"),
        (("bowl",), None, "bowl"),
        (("bowl",), "nine", "bowl"),
        (("bowl", "slips"), [], "bowl.slips"),
        (("bowl", "slips", 1, "key"), "word", "bowl.slips"),
        (("bowl", "slips", 1, "count"), 0, "bowl.slips.2.count"),
        (("bowl", "slips", 1, "count"), True, "bowl.slips.2.count"),
        (("bowl", "slips", 1, "value"), "-1", "bowl.slips.2.value"),
        (("bowl", "slips", 1, "value"), "1.005", "bowl.slips.2.value"),
        (("bowl", "slips", 1, "value"), float("nan"), "bowl.slips.2.value"),
        (("schedule",), [], "schedule"),
        (("schedule", "cap"), "3", "schedule.cap"),
        (("schedule", "cap"), 101, "schedule.cap"),
        (("schedule", "first"), 4, "schedule.cap"),
        (("schedule", "first"), 0, "schedule.first"),
        (("schedule", "visits"), 1001, "schedule.visits"),
        (("schedule", "steps"), 1, "schedule"),
    ],
)
def test_what_cannot_be_used_is_named(path: tuple[Any, ...], value: object, field: str) -> None:
    data = copy.deepcopy(OWN)
    held: Any = data
    for key in path[:-1]:
        held = held[key]
    held[path[-1]] = value
    with pytest.raises(InputError) as caught:
        engine.parse_protocol(data)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("fixed", "10", "schedule.fixed"),
        ("fixed", ["ten"], "schedule.fixed.1"),
        ("fixed", ["10", "1e9"], "schedule.fixed.2"),
        ("recover_effective", "never", "schedule.recover_effective"),
        ("recover_after", 0, "schedule.recover_after"),
        ("first", None, "schedule.first"),
    ],
)
def test_own_vouchers_that_cannot_be_used_are_named(name: str, value: object, field: str) -> None:
    data = {**VOUCHERS, "schedule": VOUCHERS["schedule"] | {name: value}}
    with pytest.raises(InputError) as caught:
        engine.parse_protocol(data)
    assert caught.value.field == field


def test_vouchers_take_no_bowl() -> None:
    with pytest.raises(InputError, match="vouchers are not drawn"):
        engine.parse_protocol(VOUCHERS | {"bowl": "miedar"})


def test_every_shipped_file_is_a_model_for_an_own_one() -> None:
    folder = Path(engine.__file__).parent.parent / "content" / "protocols"
    for path in folder.glob("*.toml"):
        result = CliRunner().invoke(command, ["--protocol", str(path), "-"], input='{"visits": []}')
        assert "a name that no shipped protocol has" in result.stderr


TOML = """
name = "ours"
title = "Ours"
version = "1"
target = "attendance"
kind = "visit_draws"
bowl = "va"
client_text = "Come and draw."
source = "Ours"
schedule = { visits = 0, first = 1, step = 0, cap = 0, bonus_draws = 0 }
"""


def test_the_command_reads_toml_and_json(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(TOML, encoding="utf-8")
    (tmp_path / "ours.json").write_text(json.dumps(OWN), encoding="utf-8")
    for file, result, draws in (("ours.toml", "attended", 2), ("ours.json", "negative", 3)):
        events = json.dumps({"visits": [{"result": result}] * 2})
        answer = CliRunner().invoke(command, ["--protocol", str(tmp_path / file), "-"], input=events)
        assert json.loads(answer.stdout)["totals"]["draws"] == draws


@pytest.mark.parametrize(
    "content", [b"name = ", b"\xff\xfe", b"x = 1\n" * 400_000, b"a = " + b"[" * 5000, b"n = " + b"9" * 9000, b""]
)
def test_a_file_that_is_no_table_is_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.toml").write_bytes(content)
    answer = CliRunner().invoke(command, ["--protocol", str(tmp_path / "bad.toml"), "-"], input="{}")
    assert answer.exit_code == 2
    assert answer.stderr.count("\n") == 1
