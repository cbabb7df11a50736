"""`openiop score INSTRUMENT ANSWERS.json`: scores, bands, flags and missing answers of one answer sheet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
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


def catalog_lines() -> list[str]:
    """One line for each instrument: its code, its title, and its terms."""
    return [
        f"{one.code:<18} {one.title} ({'no questions: ' if one.needs_text else ''}{one.license})"
        for one in engine.catalog()
    ]


@click.command("score")
@click.argument("instrument", required=False)
@click.argument("answers", required=False)
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    multiple=True,
    envvar="OPENIOP_INSTRUMENT_FOLDERS",
    help="Read more instruments from this folder; may be given more than once.",
)
@click.option("--list", "is_list", is_flag=True, help="List the instruments and their terms.")
@json_input.exits_2_on_bad_input
def command(instrument: str | None, answers: str | None, folder: tuple[Path, ...], is_list: bool) -> None:
    """Score the ANSWERS (a JSON file, or - for standard input) to INSTRUMENT, such as PHQ-9 or BAM-IOP.

    ANSWERS looks like {"items": {"1": 2, "2": 0}}: item ids and numbers as on the official form.
    """
    engine.use_folders(*folder)
    if is_list:
        click.echo("\n".join(catalog_lines()))
    elif instrument is None or answers is None:
        raise click.UsageError("Give an instrument and a file of answers, or --list.")
    else:
        json_input.write(run(instrument, json_input.read_object(answers)))
