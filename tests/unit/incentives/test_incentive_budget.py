"""A forecast is exact where it can be counted, and the simulation agrees with it."""

from __future__ import annotations

import itertools
import json
from decimal import Decimal
from typing import Any

import pytest
from click.testing import CliRunner

from openiop.cli.incentives import command
from openiop.incentives import engine
from openiop.incentives.engine import budget
from openiop.incentives.values import Event, Outcome
from openiop.kernel.errors import InputError

TESTS = ["california", "higgins-vouchers", "miedar", "va-prize-bowl"]


def plan(name: str, rate: str, clients: int = 1, **more: Any) -> budget.Plan:
    return budget.plan(engine.protocol(name), clients=clients, negative_rate=rate, **more)


@pytest.mark.parametrize(
    ("name", "bonus", "mean"),
    [
        ("miedar", "0", "339.77"),
        ("miedar", "1", "444.31"),
        ("va-prize-bowl", "0", "363.75"),
        ("higgins-vouchers", "0", "997.50"),
        ("california", "0", "599.00"),
    ],
)
def test_perfect_clients_cost_what_the_tables_say(name: str, bonus: str, mean: str) -> None:
    known = budget.exact(plan(name, "1", bonus_rate=bonus))
    assert known is not None
    assert f"{known.client.mean:.2f}" == mean
    assert sum(known.by_visit) == pytest.approx(known.client.mean)


@pytest.mark.parametrize("name", TESTS)
def test_the_exact_mean_and_spread_are_those_of_all_courses_one_by_one(name: str) -> None:
    """Ten visits have 1024 courses: count each with its chance, and compare."""
    protocol, visits, rate = engine.protocol(name), 10, 0.7
    mean = square = 0.0
    for results in itertools.product((Outcome.NEGATIVE, Outcome.POSITIVE), repeat=visits):
        found = engine.run(protocol, [Event(one) for one in results])
        chance = rate ** results.count(Outcome.NEGATIVE) * (1 - rate) ** results.count(Outcome.POSITIVE)
        worth, draws = float(found.expected_value), found.draws
        own = draws * variance_of_a_draw(name)
        mean, square = mean + chance * worth, square + chance * (worth**2 + own)
    known = budget.exact(plan(name, "0.7", visits=visits))
    assert known is not None
    assert known.client.mean == pytest.approx(mean)
    assert known.client.sd == pytest.approx((square - mean**2) ** 0.5)


def variance_of_a_draw(name: str) -> float:
    """Clinical tables: the MIEDAR bowl has a standard deviation of $6.36, the VA bowl of $6.89."""
    bowl = engine.protocol(name).bowl
    if bowl is None:
        return 0.0
    mean = float(bowl.expected_value)
    return sum(float(slip.value) ** 2 * slip.count for slip in bowl.slips) / bowl.size - mean**2


def test_the_bowls_spread_as_published() -> None:
    assert f"{variance_of_a_draw('miedar') ** 0.5:.2f}" == "6.36"
    assert f"{variance_of_a_draw('va-prize-bowl') ** 0.5:.2f}" == "6.89"


@pytest.mark.parametrize("name", [*TESTS, "attendance-prizes"])
@pytest.mark.parametrize("rate", ["0.5", "0.85"])
def test_simulation_and_count_agree(name: str, rate: str) -> None:
    """4,000 clients: the simulated mean stands within four standard errors; the seed is fixed."""
    asked = plan(name, rate, clients=4000, visits=24, bonus_rate="0.3")
    known, played = budget.exact(asked), budget.simulate(asked, seed=5)
    assert known is not None
    assert abs(played.client.mean - known.client.mean) < 4 * known.client.sd / 4000**0.5
    assert played.client.sd == pytest.approx(known.client.sd, rel=0.1)
    assert played.middle_95[0] <= known.client.mean <= played.middle_95[1]
    assert budget.simulate(asked, seed=5) == played


def test_nobody_earns_at_a_chance_of_zero() -> None:
    known = budget.exact(plan("miedar", "0", bonus_rate="1"))
    assert known == budget.Exact(budget.Spread(0.0, 0.0), (0.0,) * 24)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"clients": 0, "negative_rate": "1"}, "clients"),
        ({"clients": 100_001, "negative_rate": "1"}, "clients"),
        ({"clients": 1, "negative_rate": "1.1"}, "negative-rate"),
        ({"clients": 1, "negative_rate": "-0.1"}, "negative-rate"),
        ({"clients": 1, "negative_rate": "NaN"}, "negative-rate"),
        ({"clients": 1, "negative_rate": "0.1234567"}, "negative-rate"),
        ({"clients": 1, "negative_rate": "1e-999999"}, "negative-rate"),
        ({"clients": 1, "negative_rate": "often"}, "negative-rate"),
        ({"clients": 1, "negative_rate": "1", "bonus_rate": "2"}, "bonus-rate"),
        ({"clients": 1, "negative_rate": "1", "visits": 25}, "visits"),
        ({"clients": 1, "negative_rate": "1", "visits": 0}, "visits"),
    ],
)
def test_a_question_that_cannot_be_is_refused_by_field(more: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as caught:
        budget.plan(engine.protocol("miedar"), **more)
    assert caught.value.field == field


def test_a_protocol_without_an_end_asks_for_visits() -> None:
    with pytest.raises(InputError, match="say how many visits"):
        plan("attendance-prizes", "1")


def ask(*arguments: str, stdin: str | None = None) -> tuple[int, str, str]:
    result = CliRunner().invoke(command, list(arguments), input=stdin)
    return result.exit_code, result.stdout, result.stderr


def test_the_command_forecasts_with_an_interval_around_the_exact_total() -> None:
    status, out, _ = ask("miedar", "--budget", "--clients", "400", "--negative-rate", "0.8", "--seed", "2")
    found = json.loads(out)
    low, high = map(Decimal, found["simulation"]["total"]["interval_95"])
    assert status == 0
    assert low < Decimal(found["exact"]["total"]["mean"]) < high
    assert low < Decimal(found["simulation"]["total"]["amount"]) < high
    assert found["exact"]["per_client"]["mean"] == "106.18"


@pytest.mark.parametrize(
    ("arguments", "starts"),
    [
        (["miedar", "--budget", "--clients", "4", "--seed", "1"], "negative-rate:"),
        (["miedar", "--budget", "--clients", "4", "--negative-rate", "1"], "seed:"),
        (["miedar", "--budget", "--clients", "4", "--negative-rate", "1", "--seed", "x"], "seed:"),
        (["miedar", "--budget", "--replay"], "replay:"),
        (["miedar", "-", "--budget"], "arguments:"),
        (["--budget"], "arguments:"),
        ([], "arguments:"),
        (["miedar", "--replay", "--seed", "00", "--client", "c", "--count", "1"], "seed:"),
        (["miedar", "--replay", "--seed", "0" * 64, "--client", "c", "--count", "0"], "count:"),
        (["miedar", "--replay", "--seed", "0" * 64, "--count", "1"], "client:"),
        (["california", "--replay", "--seed", "0" * 64, "--client", "c", "--count", "1"], "protocol:"),
        (["--protocol", "/nowhere.toml", "-"], "file:"),
    ],
)
def test_options_that_do_not_fit_are_one_line_and_status_2(arguments: list[str], starts: str) -> None:
    status, out, error = ask(*arguments)
    assert (status, out) == (2, "")
    assert error.startswith(starts)
    assert error.count("\n") == 1


def test_the_command_replays_what_a_course_drew() -> None:
    seed = bytes(range(32))
    status, out, _ = ask("miedar", "--replay", "--seed", seed.hex(), "--client", "client-1", "--count", "8")
    found = json.loads(out)
    assert status == 0
    assert found["commitment"] == engine.commitment(seed)
    drawn = engine.replay(seed, "client-1", 8, engine.bowls()["miedar"])
    assert [(row["slip"], row["prize"]) for row in found["draws"]] == [(one.number, one.key) for one in drawn]
    assert Decimal(found["total"]) == sum(one.value for one in drawn)
