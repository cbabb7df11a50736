"""`openiop score INSTRUMENT ANSWERS.json`: scores, bands, flags and missing answers of one answer sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from openiop.cli import json_input
from openiop.kernel.errors import InputError
from openiop.measures import engine

KEYS: Mapping[str, object] = {"items": {}}


def run(code: str, sheet: object) -> dict[str, Any]:
    """The result for `{"items": {"1": 2, ...}}` as printed; InputError if the sheet cannot be scored."""
    instrument = engine.load(code)
    parsed = json_input.members(sheet, "input", KEYS)
    if "items" not in parsed:
        raise InputError("items", held=None, allowed='give the answers as {"items": {"1": 2, ...}}')
    items = parsed["items"]
    if not isinstance(items, dict):
        raise InputError("items", held=items, allowed='an object such as {"1": 2}')
    return engine.as_json(engine.score(instrument, items))


@click.command("score")
@click.argument("instrument")
@click.argument("answers")
@json_input.exits_2_on_bad_input
def command(instrument: str, answers: str) -> None:
    """Score the ANSWERS (a JSON file, or - for standard input) to INSTRUMENT, such as PHQ-9 or BAM-IOP.

    ANSWERS looks like {"items": {"1": 2, "2": 0}}: item ids and numbers as on the official form.
    """
    json_input.write(run(instrument, json_input.read_object(answers)))
