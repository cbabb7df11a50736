"""What the incentive engine promises besides the tables: next step, settings, limits, fair draws, refusals."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from click.testing import CliRunner

from openiop.cli.incentives import command, parse_settings, run
from openiop.incentives import engine
from openiop.incentives.values import Event, Outcome
from openiop.kernel.errors import InputError

SEED = bytes(range(32))
NEGATIVE = Event(Outcome.NEGATIVE)
CHI_SQUARE_3 = 16.27  # with 3 degrees of freedom, chance passes it once in a thousand seeds; this seed is fixed
FROZEN = [54, 434, 166, 268, 322, 75, 38, 149]


def test_the_next_step_is_what_the_next_good_visit_earns() -> None:
    miedar = engine.protocol("miedar")
    assert engine.next_draws(miedar, []) == 1
    assert engine.next_draws(miedar, [NEGATIVE] * 4) == 3
    assert engine.next_draws(miedar, [NEGATIVE] * 4, bonus=True) == 5
    assert engine.next_draws(miedar, [NEGATIVE] * 4 + [Event(Outcome.POSITIVE)]) == 1
    assert engine.next_draws(engine.protocol("attendance-prizes"), [Event(Outcome.ATTENDED)] * 2) == 3


def test_a_finished_protocol_has_no_next_step() -> None:
    miedar = engine.protocol("miedar")
    assert engine.next_visit(miedar, [NEGATIVE] * 24) is None
    assert engine.next_draws(miedar, [NEGATIVE] * 24) == 0


def test_a_voucher_protocol_says_the_next_amount() -> None:
    visit = engine.next_visit(engine.protocol("higgins-vouchers"), [NEGATIVE] * 2)
    assert visit is not None
    assert (visit.amount, visit.bonus) == (Decimal("5.00"), Decimal("10.00"))


def test_a_parameter_can_be_set() -> None:
    assert run("va-prize-bowl", {"visits": [{"result": "negative"}] * 4}, {"cap": "2"})["totals"]["draws"] == 7
    assert (
        run("higgins-vouchers", {"visits": [{"result": "negative"}]}, {"first": "3.00"})["totals"]["amount"] == "3.00"
    )


@pytest.mark.parametrize(
    "pairs",
    [["cap"], ["cap=1", "cap=2"], ["cup=1"], ["cap=-1"], ["cap=1.5"], ["cap=999999"], ["visits=x"], ["bowl=va"], ["="]],
)
def test_a_setting_that_cannot_be_used_is_refused(pairs: list[str]) -> None:
    with pytest.raises(InputError):
        run("va-prize-bowl", {"visits": []}, parse_settings(pairs))


@pytest.mark.parametrize(
    "pair",
    ["first=NaN", "first=Infinity", "first=-1", "first=1.005", "first=1e9", "restore_effective=never", "fixed=1"],
)
def test_a_voucher_setting_that_cannot_be_used_is_refused(pair: str) -> None:
    with pytest.raises(InputError):
        run("higgins-vouchers", {"visits": []}, parse_settings([pair]))


@pytest.mark.parametrize(
    ("name", "events", "field"),
    [
        ("bingo", {"visits": []}, "protocol"),
        ("miedar", {}, "visits"),
        ("miedar", {"visits": {}}, "visits"),
        ("miedar", {"visits": [], "more": 1}, "input"),
        ("miedar", {"visits": ["negative"]}, "visits.1"),
        ("miedar", {"visits": [{"result": "negative", "x": 1}]}, "visits.1"),
        ("miedar", {"visits": [{"result": "negative"}, {"result": "Negative"}]}, "visits.2.result"),
        ("miedar", {"visits": [{"result": None}]}, "visits.1.result"),
        ("miedar", {"visits": [{"result": ["negative"]}]}, "visits.1.result"),
        ("miedar", {"visits": [{"result": "attended"}]}, "visits.1.result"),
        ("attendance-prizes", {"visits": [{"result": "negative"}]}, "visits.1.result"),
        ("miedar", {"visits": [{"result": "negative", "bonus": 1}]}, "visits.1.bonus"),
        ("miedar", {"visits": [{"result": "negative"}] * 25}, "visits"),
    ],
)
def test_events_that_do_not_fit_are_refused_by_field(name: str, events: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as caught:
        run(name, events, {})
    assert caught.value.field == field


def test_the_command_prints_the_run_and_refuses_in_one_line() -> None:
    events = '{"visits": [{"result": "negative"}, {"result": "positive"}, {"result": "excused"}]}'
    good = CliRunner().invoke(command, ["higgins-vouchers", "-", "--set", "restore_effective=after_nth"], input=events)
    assert json.loads(good.stdout)["visits"][0] == {"visit": 1, "result": "negative", "amount": "2.50", "bonus": "0.00"}
    bad = CliRunner().invoke(command, ["miedar", "-", "--set", "cap=many"], input=events)
    assert bad.exit_code == 2
    assert bad.stderr.strip() == "set.cap: 'many' is not allowed; a whole number"


def test_every_protocol_says_its_source_and_what_rests_on_memory_needs_sign_off() -> None:
    names = [one.name for one in engine.protocols()]
    assert names == ["attendance-prizes", "california", "higgins-vouchers", "miedar", "va-prize-bowl"]
    for one in engine.protocols():
        assert one.source
        assert "yours to keep" in one.client_text
        assert one.needs_clinical_sign_off == (one.mark != "V")


def test_a_limit_is_found_by_its_day() -> None:
    """SAMHSA grant funds: $75 a year until 2024, $750 from 2025 (drugfree.org 2025-01-16)."""
    before, after = (engine.limit_in_force("samhsa-grant", day) for day in (date(2024, 12, 31), date(2025, 1, 1)))
    assert before is not None
    assert after is not None
    assert (before.amount, after.amount) == (Decimal(75), Decimal(750))


def test_a_draw_waits_when_even_the_largest_prize_could_break_the_limit() -> None:
    bowl = engine.bowls()["miedar"]
    assert engine.may_draw(bowl, already=Decimal(670), limit=Decimal(750))
    assert not engine.may_draw(bowl, already=Decimal("670.01"), limit=Decimal(750))


def test_the_commitment_is_the_plain_sha_256_of_the_seed() -> None:
    assert engine.commitment(SEED) == hashlib.sha256(SEED).hexdigest()


def test_draws_replay_from_the_seed_and_differ_by_client_and_seed() -> None:
    bowl = engine.bowls()["miedar"]
    first = engine.replay(SEED, "client-1", 50, bowl)
    assert first == tuple(engine.draw(SEED, "client-1", counter, bowl) for counter in range(1, 51))
    assert first != engine.replay(SEED, "client-2", 50, bowl)
    assert first != engine.replay(SEED[::-1], "client-1", 50, bowl)


def test_the_draw_algorithm_never_changes() -> None:
    """Draws already made must replay for ever: these numbers are part of the record."""
    bowl = engine.bowls()["miedar"]
    assert [prize.number for prize in engine.replay(SEED, "client-1", 8, bowl)] == FROZEN


def test_a_seed_that_could_be_guessed_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        engine.commitment(b"short")
    with pytest.raises(ValueError, match="counted from 1"):
        engine.draw(SEED, "client-1", 0, engine.bowls()["miedar"])


@pytest.mark.parametrize("name", ["miedar", "va"])
def test_a_hundred_thousand_draws_fit_the_slips(name: str) -> None:
    assert chi_square(name, 100_000) < CHI_SQUARE_3


@pytest.mark.slow
def test_a_million_draws_fit_the_slips() -> None:
    assert chi_square("miedar", 1_000_000) < CHI_SQUARE_3


def chi_square(name: str, count: int) -> float:
    """How far the kinds of slips in the first draws of one client stand from their shares of the bowl."""
    bowl = engine.bowls()[name]
    seen = Counter(engine.draw(SEED, "client-1", counter, bowl).key for counter in range(1, count + 1))
    expected = {slip.key: count * slip.count / bowl.size for slip in bowl.slips}
    return sum((seen[key] - expected[key]) ** 2 / expected[key] for key in expected)
