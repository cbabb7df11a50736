"""A client's course through a protocol: events in, visits and totals out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from openiop.incentives.engine.schedules import visits_of
from openiop.incentives.values import CENT, MOST_VISITS, OUTCOMES, Event, Outcome, Protocol, Run, Target, Visit
from openiop.kernel.errors import InputError


def run(protocol: Protocol, events: Sequence[Event]) -> Run:
    """What every visit of `events` earns under `protocol`; InputError when they do not fit it."""
    _check(protocol, events)
    visits = tuple(visits_of(protocol.schedule, events))
    draws = sum(visit.draws for visit in visits)
    if protocol.bowl is not None:
        return Run(protocol.name, protocol.version, visits, draws, protocol.bowl.expected_value * draws, amount=None)
    amount = sum((visit.amount + visit.bonus for visit in visits), Decimal(0))
    return Run(protocol.name, protocol.version, visits, draws, amount, amount=amount)


def next_visit(protocol: Protocol, events: Sequence[Event], *, bonus: bool = False) -> Visit | None:
    """What the next visit earns if it goes well; None when the protocol has ended."""
    if len(events) >= _most_visits(protocol):
        return None
    goal = Outcome.ATTENDED if protocol.target is Target.ATTENDANCE else Outcome.NEGATIVE
    return run(protocol, [*events, Event(goal, bonus=bonus)]).visits[-1]


def next_draws(protocol: Protocol, events: Sequence[Event], *, bonus: bool = False) -> int:
    """Draws that the next visit earns if it goes well; 0 when the protocol has ended or pays vouchers."""
    visit = next_visit(protocol, events, bonus=bonus)
    return 0 if visit is None else visit.draws


def parse_events(data: Mapping[str, Any]) -> tuple[Event, ...]:
    """The events in `{"visits": [{"result": "negative", "bonus": true}, ...]}`; InputError names the visit."""
    for key in data:
        if key != "visits":
            raise InputError("input", held=key, allowed="the only key is visits")
    rows = data.get("visits")
    if not isinstance(rows, list):
        raise InputError("visits", held=rows, allowed='a list such as [{"result": "negative"}]')
    return tuple(_event(f"visits.{number}", row) for number, row in enumerate(rows, start=1))


def as_json(protocol: Protocol, found: Run) -> dict[str, Any]:
    """The run in the shape that `openiop incentives` prints; dollars are texts with cents."""
    return {
        "protocol": found.protocol,
        "version": found.version,
        "visits": [_visit(visit, draws=protocol.gives_draws) for visit in found.visits],
        "totals": {
            "draws": found.draws,
            "expected_value": dollars(found.expected_value),
            "amount": None if found.amount is None else dollars(found.amount),
        },
    }


def dollars(value: Decimal) -> str:
    """`Decimal("339.768")` as `339.77`."""
    return str(value.quantize(CENT, rounding=ROUND_HALF_UP))


def _visit(visit: Visit, *, draws: bool) -> dict[str, Any]:
    row: dict[str, Any] = {"visit": visit.number, "result": visit.result.value}
    if draws:
        return row | {"draws": visit.draws}
    return row | {"amount": dollars(visit.amount), "bonus": dollars(visit.bonus)}


def _event(field: str, row: object) -> Event:
    if not isinstance(row, dict):
        raise InputError(field, held=row, allowed='an object such as {"result": "negative"}')
    for key in row:
        if key not in ("result", "bonus"):
            raise InputError(field, held=key, allowed="known keys are result, bonus")
    result, bonus = row.get("result"), row.get("bonus", False)
    if not isinstance(result, str) or result not in list(Outcome):
        raise InputError(f"{field}.result", held=result, allowed="one of " + ", ".join(Outcome))
    if not isinstance(bonus, bool):
        raise InputError(f"{field}.bonus", held=bonus, allowed="true or false")
    return Event(Outcome(result), bonus=bonus)


def _most_visits(protocol: Protocol) -> int:
    return protocol.schedule.visits or MOST_VISITS


def _check(protocol: Protocol, events: Sequence[Event]) -> None:
    most = _most_visits(protocol)
    if len(events) > most:
        raise InputError("visits", held=len(events), allowed=f"{protocol.name} has at most {most} visits")
    allowed = OUTCOMES[protocol.target]
    for number, event in enumerate(events, start=1):
        if event.result not in allowed:
            raise InputError(f"visits.{number}.result", held=event.result.value, allowed="one of " + ", ".join(allowed))
