"""What a protocol will cost: exactly, by counting every course at once, and by playing many courses.

Each visit is negative (or attended) with the same chance, apart from the others; otherwise it is positive (or missed).
Courses that stand at the same place after the same number of visits go on alike, so the exact mean and variance follow
from the chance of each place and the first two moments of what led there, in whole numbers without rounding.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import cache
from math import sqrt
from random import Random
from typing import Any, NamedTuple

from openiop.incentives.engine.schedules import Standing, start, step
from openiop.incentives.values import Event, Outcome, Protocol, Target
from openiop.kernel.errors import InputError

MOST_CLIENTS = 100_000
MOST_SIMULATED_VISITS = 5_000_000
MOST_PLACES = 20_000
RATE_DIGITS = 6
CENTS = 100
Z_95 = 1.959964


@dataclass(frozen=True, slots=True)
class Plan:
    """What is forecast. The rates are chances from 0 to 1 with at most six digits after the point."""

    protocol: Protocol
    clients: int
    visits: int
    negative_rate: Decimal
    bonus_rate: Decimal


@dataclass(frozen=True, slots=True)
class Spread:
    """A mean and a standard deviation, in dollars."""

    mean: float
    sd: float


@dataclass(frozen=True, slots=True)
class Exact:
    """What one client costs on average, with its spread, and what each visit costs on average."""

    client: Spread
    by_visit: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Simulated:
    """What the simulated clients cost together, what one of them did on average, and the range of 19 clients in 20."""

    total: float
    client: Spread
    middle_95: tuple[float, float]


class _Moments(NamedTuple):
    """Chance of a place, and the chance-weighted sum and sum of squares of what was earned until there."""

    chance: int
    total: int
    squares: int


def plan(
    protocol: Protocol, *, clients: int, negative_rate: str, bonus_rate: str = "0", visits: int | None = None
) -> Plan:
    """The checked question. `visits` is needed for a protocol without an end; InputError for what cannot be."""
    if not 1 <= clients <= MOST_CLIENTS:
        raise InputError("clients", held=clients, allowed=f"a whole number from 1 to {MOST_CLIENTS}")
    longest = protocol.schedule.visits
    chosen = longest if visits is None else visits
    if not 1 <= chosen <= (longest or MOST_SIMULATED_VISITS):
        allowed = f"a whole number from 1 to {longest}" if longest else "this protocol has no end: say how many visits"
        raise InputError("visits", held=visits, allowed=allowed)
    if clients * chosen > MOST_SIMULATED_VISITS:
        raise InputError("clients", held=clients, allowed=f"clients times visits is at most {MOST_SIMULATED_VISITS}")
    return Plan(protocol, clients, chosen, _rate("negative-rate", negative_rate), _rate("bonus-rate", bonus_rate))


def exact(asked: Plan) -> Exact | None:
    """Mean and spread of one client without simulation; None when there are too many places to count."""
    kinds, scale = _kinds(asked)
    places: dict[Standing, _Moments] = {start(asked.protocol.schedule): _Moments(1, 0, 0)}
    reached, total, by_visit = 1, Fraction(0), []
    for number in range(1, asked.visits + 1):
        places = _after(asked.protocol, places, kinds, number)
        if len(places) > MOST_PLACES:
            return None
        reached *= scale
        so_far = Fraction(sum(place.total for place in places.values()), reached)
        by_visit.append(so_far - total)
        total = so_far
    squares = Fraction(sum(place.squares for place in places.values()), reached)
    mean, variance = _in_cents(asked.protocol, total, squares - total**2)
    worth = mean / total if total else Fraction(0)
    return Exact(
        Spread(float(mean) / CENTS, sqrt(variance) / CENTS), tuple(float(one * worth) / CENTS for one in by_visit)
    )


def _after(
    protocol: Protocol, places: dict[Standing, _Moments], kinds: list[tuple[Event, int]], number: int
) -> dict[Standing, _Moments]:
    """The places one visit later."""
    found: dict[Standing, list[int]] = defaultdict(lambda: [0, 0, 0])
    for standing, (chance, total, squares) in places.items():
        for event, weight in kinds:
            later, visit = step(protocol.schedule, standing, number, event)
            earned = visit.draws if protocol.bowl else _cents(visit.amount + visit.bonus)
            sums = found[later]
            sums[0] += weight * chance
            sums[1] += weight * (total + earned * chance)
            sums[2] += weight * (squares + 2 * earned * total + earned * earned * chance)
    return {standing: _Moments(*sums) for standing, sums in found.items()}


def _in_cents(protocol: Protocol, mean: Fraction, variance: Fraction) -> tuple[Fraction, Fraction]:
    """Draws as cents: each is from the full bowl, apart from the others and from how many there are."""
    if protocol.bowl is None:
        return mean, variance
    size = protocol.bowl.size
    worth = Fraction(sum(_cents(slip.value) * slip.count for slip in protocol.bowl.slips), size)
    squares = Fraction(sum(_cents(slip.value) ** 2 * slip.count for slip in protocol.bowl.slips), size)
    return mean * worth, mean * (squares - worth**2) + variance * worth**2


def simulate(asked: Plan, seed: int) -> Simulated:
    """Play every client's course with dice from `seed`; the same seed plays the same courses."""
    dice = Random(seed)  # noqa: S311 - a forecast that must repeat, not a secret
    play = _player(asked)
    prizes = _prizes(asked.protocol, dice)
    costs = sorted(prizes(play(dice)) for _ in range(asked.clients))
    mean = sum(costs) / asked.clients
    variance = sum((cost - mean) ** 2 for cost in costs) / max(asked.clients - 1, 1)
    edge = asked.clients // 40
    return Simulated(
        total=sum(costs) / CENTS,
        client=Spread(mean / CENTS, sqrt(variance) / CENTS),
        middle_95=(costs[edge] / CENTS, costs[-1 - edge] / CENTS),
    )


def _player(asked: Plan) -> Callable[[Random], int]:
    """Plays one course: draws, or cents of vouchers. Steps once taken are remembered: clients share most of them."""
    kinds, scale = _kinds(asked)
    first, schedule, bowl = start(asked.protocol.schedule), asked.protocol.schedule, asked.protocol.bowl
    bounds = [sum(weight for _, weight in kinds[: place + 1]) / scale for place in range(len(kinds) - 1)]

    @cache
    def stepped(standing: Standing, number: int, kind: int) -> tuple[Standing, int]:
        later, visit = step(schedule, standing, number, kinds[kind][0])
        return later, visit.draws if bowl else _cents(visit.amount + visit.bonus)

    def play(dice: Random) -> int:
        standing, earned = first, 0
        for number in range(1, asked.visits + 1):
            thrown = dice.random()
            kind = sum(thrown >= bound for bound in bounds)
            standing, more = stepped(standing, number, kind)
            earned += more
        return earned

    return play


def _prizes(protocol: Protocol, dice: Random) -> Callable[[int], int]:
    """Turns what a course earned into cents: draws from the bowl, or the vouchers as they are."""
    if protocol.bowl is None:
        return lambda cents: cents
    values = [_cents(slip.value) for slip in protocol.bowl.slips for _ in range(slip.count)]
    return lambda draws: sum(dice.choices(values, k=draws))


def as_json(asked: Plan, *, seed: int) -> dict[str, Any]:
    """The forecast in the shape that `openiop incentives --budget` prints; dollars are texts with cents."""
    known, played = exact(asked), simulate(asked, seed)
    half = Z_95 * played.client.sd * sqrt(asked.clients)
    return {
        "protocol": asked.protocol.name,
        "version": asked.protocol.version,
        "clients": asked.clients,
        "visits": asked.visits,
        "negative_rate": f"{asked.negative_rate:f}",
        "bonus_rate": f"{asked.bonus_rate:f}",
        "exact": None if known is None else _exact_json(known, asked.clients),
        "simulation": {
            "seed": seed,
            "per_client": _spread(played.client) | {"middle_95": [_dollars(one) for one in played.middle_95]},
            "total": {
                "amount": _dollars(played.total),
                "interval_95": [_dollars(max(played.total - half, 0)), _dollars(played.total + half)],
            },
        },
    }


def _exact_json(known: Exact, clients: int) -> dict[str, Any]:
    together = Spread(known.client.mean * clients, known.client.sd * sqrt(clients))
    by_visit = [_dollars(one) for one in known.by_visit]
    return {"per_client": _spread(known.client) | {"by_visit": by_visit}, "total": _spread(together)}


def _spread(one: Spread) -> dict[str, Any]:
    return {"mean": _dollars(one.mean), "sd": _dollars(one.sd)}


def _dollars(value: float) -> str:
    return f"{value:.2f}"


def _kinds(asked: Plan) -> tuple[list[tuple[Event, int]], int]:
    """How a visit can go, with the weight of each in whole numbers, and the sum of the weights."""
    attendance = asked.protocol.target is Target.ATTENDANCE
    good, bad = (Outcome.ATTENDED, Outcome.MISSED) if attendance else (Outcome.NEGATIVE, Outcome.POSITIVE)
    unit = 10**RATE_DIGITS
    goes_well, extra = int(asked.negative_rate * unit), int(asked.bonus_rate * unit)
    weights = [
        (Event(good, bonus=True), goes_well * extra),
        (Event(good), goes_well * (unit - extra)),
        (Event(bad), (unit - goes_well) * unit),
    ]
    return [(event, weight) for event, weight in weights if weight], unit * unit


def _rate(field: str, text: str) -> Decimal:
    allowed = f"a chance from 0 to 1 with at most {RATE_DIGITS} digits after the point, such as 0.8"
    try:
        rate = Decimal(text)
    except InvalidOperation:
        raise InputError(field, held=text, allowed=allowed) from None
    if not rate.is_finite() or not 0 <= rate <= 1 or rate != round(rate, RATE_DIGITS):
        raise InputError(field, held=text, allowed=allowed)
    return rate


def _cents(amount: Decimal) -> int:
    return int(amount * CENTS)
