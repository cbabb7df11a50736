"""The schedules of the incentive protocols, visit by visit, with the source that states each."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from openiop.cli.incentives import run
from openiop.incentives import engine

RESULTS = {
    "N": "negative",
    "P": "positive",
    "M": "missed",
    "R": "refused",
    "I": "invalid",
    "E": "excused",
    "A": "attended",
}


def visits(name: str, letters: str, *, bonus: bool = False, **settings: str) -> dict[str, Any]:
    """What the course spelled by `letters` (N negative, P positive, M missed, E excused, A attended) earns."""
    events = [{"result": RESULTS[letter], "bonus": bonus} for letter in letters]
    return run(name, {"visits": events}, settings)


def draws(name: str, letters: str, *, bonus: bool = False, **settings: str) -> list[int]:
    return [visit["draws"] for visit in visits(name, letters, bonus=bonus, **settings)["visits"]]


def amounts(name: str, letters: str, **settings: str) -> list[str]:
    return [visit["amount"] for visit in visits(name, letters, **settings)["visits"]]


@pytest.mark.parametrize(("bowl", "expected"), [("miedar", Decimal(1089) / 500), ("va", Decimal(1109) / 500)])
def test_a_bowl_has_500_slips_and_the_published_expected_value(bowl: str, expected: Decimal) -> None:
    """CTN-0007 probabilities .500/.418/.080/.002; $0/1/20/80 (VA: jumbo $100)."""
    shipped = engine.bowls()[bowl]
    assert [slip.count for slip in shipped.slips] == [250, 209, 40, 1]
    assert shipped.size == 500
    assert shipped.expected_value == expected


def test_miedar_perfect() -> None:
    """NIDA CTN-0006/0007: 156 draws, expected $339.77."""
    found = visits("miedar", "N" * 24)
    assert [v["draws"] for v in found["visits"]] == [week for week in range(1, 13) for _ in range(2)]
    assert found["totals"] == {"draws": 156, "expected_value": "339.77", "amount": None}


def test_miedar_perfect_with_the_opioid_bonus() -> None:
    """NIDA CTN-0006/0007: two more draws on each visit, 204 draws, expected $444.31."""
    found = visits("miedar", "N" * 24, bonus=True)
    assert [v["draws"] for v in found["visits"]] == [week + 2 for week in range(1, 13) for _ in range(2)]
    assert (found["totals"]["draws"], found["totals"]["expected_value"]) == (204, "444.31")


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("NNNNPNNN", [1, 1, 2, 2, 0, 1, 2, 2]),  # lost on the first visit of a week: the second starts at one
        ("NNNPNN", [1, 1, 2, 0, 1, 1]),  # lost on the second visit: the next week starts at one
        ("NNMNNN", [1, 1, 0, 1, 2, 2]),  # an unexcused miss is as a positive
        ("NNRNNN", [1, 1, 0, 1, 2, 2]),
        ("NNINNN", [1, 1, 0, 1, 2, 2]),
        ("NNENNN", [1, 1, 0, 1, 2, 2]),  # an excused first visit: the count stays, and the week does not raise it
        ("NNNENN", [1, 1, 2, 0, 3, 3]),
    ],
)
def test_miedar_after_a_slip(letters: str, expected: list[int]) -> None:
    """Am J Psychiatry 2006;163:1993: reset to one after a missed or positive sample; an excused miss freezes."""
    assert draws("miedar", letters) == expected


@pytest.mark.parametrize("slip", "PMRI")
@pytest.mark.parametrize("place", range(1, 25))
def test_miedar_with_one_slip_at_each_visit(place: int, slip: str) -> None:
    """Am J Psychiatry 2006;163:1993. A slip on a week's first visit: its second starts at one. Else the next week does."""
    before = [week for week in range(1, 13) for _ in range(2)][: place - 1]
    again = [week for week in range(1, 13) for _ in range(2)]
    after = (again[1:] if place % 2 else again)[: 24 - place]
    assert draws("miedar", "N" * (place - 1) + slip + "N" * (24 - place)) == [*before, 0, *after]


@pytest.mark.parametrize("place", range(1, 25))
def test_miedar_with_one_excused_visit(place: int) -> None:
    """An excused visit pays nothing and resets nothing; a week whose first visit is excused does not rise."""
    lag = place % 2 if place > 1 else 0
    before = [(n + 1) // 2 for n in range(1, place)]
    after = [(n + 1) // 2 - lag for n in range(place + 1, 25)]
    assert draws("miedar", "N" * (place - 1) + "E" + "N" * (24 - place)) == [*before, 0, *after]


def test_the_bonus_goes_only_with_a_negative_visit() -> None:
    assert draws("miedar", "NPN", bonus=True) == [3, 0, 3]


def test_va_prize_bowl_perfect() -> None:
    """VA roll-out style: one more draw per negative sample, at most 8; 164 draws, expected $363.75."""
    found = visits("va-prize-bowl", "N" * 24)
    assert [v["draws"] for v in found["visits"]] == [1, 2, 3, 4, 5, 6, 7, 8] + [8] * 16
    assert (found["totals"]["draws"], found["totals"]["expected_value"]) == (164, "363.75")


@pytest.mark.parametrize("place", range(24))
def test_va_prize_bowl_with_one_miss_at_each_visit(place: int) -> None:
    letters = "N" * place + "M" + "N" * (23 - place)
    before = [min(n, 8) for n in range(1, place + 1)]
    after = [min(n, 8) for n in range(1, 24 - place)]
    assert draws("va-prize-bowl", letters) == [*before, 0, *after]


def test_higgins_perfect() -> None:
    """NIDA Therapy Manual 2: 36 samples, first $2.50, steps of $1.25, $10 for three in a row; $997.50 in all."""
    found = visits("higgins-vouchers", "N" * 36)
    paid = [Decimal(v["amount"]) for v in found["visits"]]
    assert paid == [Decimal("2.50") + Decimal("1.25") * n for n in range(36)]
    assert [v["bonus"] for v in found["visits"]] == ["0.00", "0.00", "10.00"] * 12
    assert found["totals"] == {"draws": 0, "expected_value": "997.50", "amount": "997.50"}
    assert [paid[n - 1] for n in (9, 12, 18, 24, 30, 36)] == [
        Decimal(text) for text in ("12.50", "16.25", "23.75", "31.25", "38.75", "46.25")
    ]


def test_higgins_restores_the_value_on_or_after_the_fifth_negative() -> None:
    """CRA6.html: five consecutive negatives return the value to where it was."""
    letters = "N" * 10 + "P" + "N" * 7
    on = amounts("higgins-vouchers", letters)[10:]
    after = amounts("higgins-vouchers", letters, restore_effective="after_nth")[10:]
    assert on == ["0.00", "2.50", "3.75", "5.00", "6.25", "13.75", "15.00", "16.25"]
    assert after == ["0.00", "2.50", "3.75", "5.00", "6.25", "7.50", "13.75", "15.00"]


def test_higgins_never_pays_less_by_restoring() -> None:
    assert amounts("higgins-vouchers", "NPNNNNNN")[2:] == ["2.50", "3.75", "5.00", "6.25", "7.50", "8.75"]


def test_higgins_run_for_the_bonus_restarts_at_a_reset_and_an_excused_miss_keeps_it() -> None:
    def bonuses(letters: str) -> list[str]:
        return [v["bonus"] for v in visits("higgins-vouchers", letters)["visits"]]

    assert bonuses("NNPNNN") == ["0.00"] * 5 + ["10.00"]
    assert bonuses("NNEN") == ["0.00"] * 3 + ["10.00"]


@pytest.mark.parametrize("effective", ["on_nth", "after_nth"])
@pytest.mark.parametrize("place", range(1, 37))
def test_higgins_with_one_slip_at_each_visit(place: int, effective: str) -> None:
    """CRA6.html: back to $2.50, and the value before returns with the fifth negative (or the one after it)."""
    ladder = [Decimal("2.50") + Decimal("1.25") * n for n in range(36)]
    lost = ladder[place - 2] if place > 1 else Decimal(0)
    again = 4 if effective == "on_nth" else 5
    top = max(ladder[again], lost)
    after = [*ladder[:again], *(top + Decimal("1.25") * n for n in range(36))][: 36 - place]
    found = visits("higgins-vouchers", "N" * (place - 1) + "P" + "N" * (36 - place), restore_effective=effective)
    assert [Decimal(v["amount"]) for v in found["visits"]] == [*ladder[: place - 1], 0, *after]
    runs = [*range(1, place), 0, *range(1, 37 - place)]
    assert [v["bonus"] for v in found["visits"]] == ["10.00" if run and run % 3 == 0 else "0.00" for run in runs]


def test_california_perfect() -> None:
    """Medi-Cal schedule as remembered: $438.00 in weeks 1-12, $161.00 in weeks 13-24, $599.00 in all; top $26.50."""
    found = visits("california", "N" * 36)
    paid = [Decimal(v["amount"]) for v in found["visits"]]
    assert paid[:24] == [Decimal("10.00") + Decimal("1.50") * week for week in range(12) for _ in range(2)]
    assert sum(paid[:24]) == Decimal("438.00")
    assert sum(paid[24:]) == Decimal("161.00")
    assert found["totals"]["amount"] == "599.00"
    assert max(paid) == Decimal("26.50")


FIXED = [Decimal(15)] * 6 + [Decimal(10)] * 5 + [Decimal(21)]


@pytest.mark.parametrize("place", range(1, 25))
def test_california_with_one_slip_at_each_rising_visit(place: int) -> None:
    """Back to $10, the value before returns with the second negative, and a week of two negatives then rises it."""
    ladder = [Decimal(10) + Decimal("1.50") * ((n - 1) // 2) for n in range(1, 25)]
    held = ladder[place - 1]
    rises = [held + Decimal("1.50") * week for week in range(1, 12) for _ in range(2)]
    back = [Decimal(10), held, held] if place % 2 else [Decimal(10), held]
    expected = [*ladder[: place - 1], Decimal(0), *[*back, *rises][: 24 - place], *FIXED]
    found = amounts("california", "N" * (place - 1) + "M" + "N" * (36 - place))
    assert [Decimal(amount) for amount in found] == expected


@pytest.mark.parametrize("place", range(25, 37))
def test_california_with_one_slip_at_each_fixed_visit(place: int) -> None:
    """Weeks 13 to 24 pay their amounts for each negative, whatever came before."""
    found = amounts("california", "N" * (place - 1) + "P" + "N" * (36 - place))[24:]
    assert [Decimal(amount) for amount in found] == [0 if n == place - 25 else FIXED[n] for n in range(12)]


def test_california_brings_the_value_back_after_two_negatives() -> None:
    letters = "NNNP" + "NNNN"
    on = amounts("california", letters)
    after = amounts("california", letters, recover_effective="after_nth")
    assert on == ["10.00", "10.00", "11.50", "0.00", "10.00", "11.50", "13.00", "13.00"]
    assert after == ["10.00", "10.00", "11.50", "0.00", "10.00", "10.00", "11.50", "11.50"]


def test_california_keeps_the_value_through_a_second_slip_and_an_excused_miss() -> None:
    assert amounts("california", "NNNNPNPNNN") == [
        "10.00", "10.00", "11.50", "11.50", "0.00", "10.00", "0.00", "10.00", "13.00", "13.00",
    ]  # fmt: skip
    assert amounts("california", "NNENNN") == ["10.00", "10.00", "0.00", "11.50", "11.50", "11.50"]


def test_attendance_prizes_rise_by_the_day_up_to_five() -> None:
    """OpenIOP's own rule, stated as such in its data."""
    assert draws("attendance-prizes", "AAAAAAA") == [1, 2, 3, 4, 5, 5, 5]
    assert draws("attendance-prizes", "AAEAMA") == [1, 2, 0, 3, 0, 1]
    assert engine.protocol("attendance-prizes").mark == "own"


@pytest.mark.parametrize("place", range(1, 13))
def test_attendance_prizes_with_one_miss_on_each_day(place: int) -> None:
    before, after = ([min(n, 5) for n in range(1, most)] for most in (place, 13 - place))
    assert draws("attendance-prizes", "A" * (place - 1) + "M" + "A" * (12 - place)) == [*before, 0, *after]
