"""`openiop place CASE.json`: the level-of-care recommendation with its reasons."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from openiop.admissions.engine import placement
from openiop.cli import json_input
from openiop.kernel.errors import InputError


def run(case: dict[str, Any], *, today: date) -> dict[str, Any]:
    """The recommendation for the case, as printed; InputError if the case cannot be read."""
    parsed = placement.parse_case(case, today=today)
    return placement.as_json(parsed, placement.recommend(parsed))


@click.command("place")
@click.argument("case", required=False)
@click.option("--schema", "wants_schema", is_flag=True, help="Print the JSON Schema of CASE and stop.")
@json_input.exits_2_on_bad_input
def command(case: str | None, wants_schema: bool) -> None:
    """Recommend a level of care for CASE (a JSON file, or - for standard input).

    It never decides: it names its rules, inputs and sources, and says what is missing.
    """
    if wants_schema:
        json_input.write(placement.schema())
    elif case is None:
        raise InputError("file", held=None, allowed="name a JSON file, or - for standard input")
    else:
        json_input.write(run(json_input.read_object(case), today=date.today()))  # noqa: DTZ011 - the day of whoever types the command
