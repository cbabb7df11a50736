"""`openiop incentives PROTOCOL EVENTS.json`: what each visit of a contingency-management course earns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import click

from openiop.cli import json_input
from openiop.incentives import engine
from openiop.kernel.errors import InputError


def run(name: str, events: Mapping[str, Any], settings: Mapping[str, str]) -> dict[str, Any]:
    """The visits and totals as printed; InputError if the protocol, a setting or an event cannot be used."""
    protocol = engine.adjusted(engine.protocol(name), settings)
    return engine.as_json(protocol, engine.run(protocol, engine.parse_events(events)))


def parse_settings(pairs: Iterable[str]) -> dict[str, str]:
    """`["cap=10"]` as `{"cap": "10"}`; InputError for a pair without `=` or a name that stands twice."""
    settings: dict[str, str] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or name in settings:
            raise InputError("set", held=pair, allowed="name=value, each name once")
        settings[name] = value
    return settings


@click.command("incentives")
@click.argument("protocol")
@click.argument("events")
@click.option("--set", "pairs", multiple=True, metavar="NAME=VALUE", help="Override a parameter of the protocol.")
@json_input.exits_2_on_bad_input
def command(protocol: str, events: str, pairs: tuple[str, ...]) -> None:
    """Show visit by visit what the EVENTS (a JSON file, or - for standard input) earn under PROTOCOL.

    EVENTS looks like {"visits": [{"result": "negative", "bonus": true}, {"result": "excused"}]}.
    """
    json_input.write(run(protocol, json_input.read_object(events), parse_settings(pairs)))
