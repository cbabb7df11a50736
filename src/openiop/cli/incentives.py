"""`openiop incentives`: what a contingency-management course earns, what a protocol will cost, and old draws again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import click

from openiop.cli import json_input
from openiop.incentives import engine
from openiop.incentives.engine import budget
from openiop.incentives.engine.course import dollars
from openiop.incentives.values import Protocol
from openiop.kernel.errors import InputError

MOST_REPLAYED = 100_000


@dataclass(frozen=True, slots=True)
class Options:
    """What was typed after the names."""

    file: str | None
    pairs: tuple[str, ...]
    is_budget: bool
    is_replay: bool
    clients: int | None
    visits: int | None
    negative_rate: str | None
    bonus_rate: str
    seed: str | None
    client: str | None
    count: int | None


def run(name: str, events: Mapping[str, Any], settings: Mapping[str, str]) -> dict[str, Any]:
    """The visits and totals as printed; InputError if the protocol, a setting or an event cannot be used."""
    return _earned(engine.adjusted(engine.protocol(name), settings), events)


def parse_settings(pairs: Iterable[str]) -> dict[str, str]:
    """`["cap=10"]` as `{"cap": "10"}`; InputError for a pair without `=` or a name that stands twice."""
    settings: dict[str, str] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or name in settings:
            raise InputError("set", held=pair, allowed="name=value, each name once")
        settings[name] = value
    return settings


def answer(names: tuple[str, ...], given: Options) -> dict[str, Any]:
    """What the command prints for these names and options; InputError for what cannot be used."""
    if given.is_budget and given.is_replay:
        raise InputError("replay", held="--budget", allowed="one of --budget and --replay at a time")
    wanted = ([] if given.file else ["PROTOCOL"]) + ([] if given.is_budget or given.is_replay else ["EVENTS"])
    if len(names) != len(wanted):
        raise InputError("arguments", held=" ".join(names), allowed="give " + (" ".join(wanted) or "options only"))
    written = (
        engine.protocol(names[0]) if given.file is None else engine.parse_protocol(json_input.read_table(given.file))
    )
    protocol = engine.adjusted(written, parse_settings(given.pairs))
    if given.is_budget:
        return forecast(protocol, given)
    if given.is_replay:
        return replayed(protocol, given)
    return _earned(protocol, json_input.read_object(names[-1]))


def forecast(protocol: Protocol, given: Options) -> dict[str, Any]:
    """The answer to `--budget`."""
    asked = budget.plan(
        protocol,
        clients=_needed("clients", given.clients),
        negative_rate=_needed("negative-rate", given.negative_rate),
        bonus_rate=given.bonus_rate,
        visits=given.visits,
    )
    return budget.as_json(asked, seed=_number(_needed("seed", given.seed)))


def replayed(protocol: Protocol, given: Options) -> dict[str, Any]:
    """The answer to `--replay`."""
    if protocol.bowl is None:
        raise InputError("protocol", held=protocol.name, allowed="a protocol with draws; vouchers are not drawn")
    count = _needed("count", given.count)
    if not 1 <= count <= MOST_REPLAYED:
        raise InputError("count", held=count, allowed=f"a whole number from 1 to {MOST_REPLAYED}")
    seed, client = _secret(_needed("seed", given.seed)), _needed("client", given.client)
    prizes = engine.replay(seed, client, count, protocol.bowl)
    return {
        "protocol": protocol.name,
        "bowl": protocol.bowl.key,
        "commitment": engine.commitment(seed),
        "client": client,
        "draws": [
            {"draw": place, "slip": one.number, "prize": one.key, "label": one.label, "value": dollars(one.value)}
            for place, one in enumerate(prizes, start=1)
        ],
        "total": f"{sum(one.value for one in prizes):.2f}",
    }


def _earned(protocol: Protocol, events: Mapping[str, Any]) -> dict[str, Any]:
    return engine.as_json(protocol, engine.run(protocol, engine.parse_events(events)))


def _needed(option: str, value: Any) -> Any:
    if value is None:
        raise InputError(option, held=None, allowed=f"give it with --{option}")
    return value


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise InputError("seed", held=text, allowed="a whole number of at most 18 digits")
    return int(text)


def _secret(text: str) -> bytes:
    try:
        seed = bytes.fromhex(text)
    except ValueError:
        seed = b""
    if len(seed) < engine.MIN_SEED_BYTES:
        raise InputError("seed", held=text, allowed=f"at least {engine.MIN_SEED_BYTES} bytes in hexadecimal")
    return seed


@click.command("incentives")
@click.argument("names", nargs=-1, metavar="[PROTOCOL] [EVENTS]")
@click.option("--protocol", "file", metavar="FILE", help="A protocol of your own (JSON, or TOML if FILE ends so).")
@click.option("--set", "pairs", multiple=True, metavar="NAME=VALUE", help="Override a parameter of the protocol.")
@click.option("--budget", "is_budget", is_flag=True, help="Forecast what clients cost who share a chance of success.")
@click.option("--clients", type=int, help="Budget: how many clients.")
@click.option("--negative-rate", metavar="P", help="Budget: chance from 0 to 1 that a visit earns.")
@click.option(
    "--bonus-rate", metavar="P", default="0", help="Budget: chance that a visit that earns meets the bonus too."
)
@click.option("--visits", type=int, help="Budget: visits of each client; all of the protocol's if left out.")
@click.option("--replay", "is_replay", is_flag=True, help="Draw again what a revealed seed gave.")
@click.option("--client", metavar="KEY", help="Replay: the client's key.")
@click.option("--count", type=int, help="Replay: how many draws.")
@click.option("--seed", metavar="S", help="Budget: a whole number. Replay: the revealed seed in hexadecimal.")
@json_input.exits_2_on_bad_input
def command(names: tuple[str, ...], **given: Any) -> None:
    """Show what visits earn under PROTOCOL, what it will cost, or old draws again. JSON in, JSON out.

    EVENTS is a JSON file, or - for standard input, such as
    {"visits": [{"result": "negative", "bonus": true}, {"result": "excused"}]}. Results: negative, positive, missed,
    refused, invalid, excused; for attendance: attended, missed, excused.

    \b
    openiop incentives miedar EVENTS
      {"protocol", "version", "visits": [{"visit", "result", "draws"}], "totals":
       {"draws", "expected_value", "amount"}}; vouchers have "amount" and "bonus"
       in place of "draws". Dollars are texts such as "12.50".
    openiop incentives --protocol OURS.toml EVENTS
      the same under your own protocol, written as the shipped ones are: name, title,
      version, target (test, attendance), kind (weekly_draws, visit_draws,
      restoring_vouchers, weekly_vouchers), bowl (miedar, va, or a table with slips),
      client_text, source, schedule. What cannot be used is named.
    openiop incentives miedar --budget --clients 40 --negative-rate 0.7 --seed 1
      {"protocol", "version", "clients", "visits", "negative_rate", "bonus_rate",
       "exact": {"per_client": {"mean", "sd", "by_visit": [..]}, "total": {"mean", "sd"}}
       (null if it cannot be counted), "simulation": {"seed", "per_client": {"mean",
       "sd", "middle_95": [low, high]}, "total": {"amount", "interval_95": [low, high]}}}
      interval_95 holds the expected total of so many clients 19 times in 20;
      middle_95 is what 19 of 20 single clients cost.
    openiop incentives miedar --replay --seed HEX --client KEY --count 8
      {"protocol", "bowl", "commitment", "client", "draws": [{"draw", "slip", "prize",
       "label", "value"}], "total"}; the commitment is the one shown from the first day.
    """
    json_input.write(answer(names, Options(**given)))
