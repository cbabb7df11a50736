"""What a visit gives out of what a limit still leaves: asked before each draw, so that no prize can pass a limit."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from openiop.incentives.engine.draws import draw, may_draw
from openiop.incentives.values import Prize, Protocol, Visit


@dataclass(frozen=True, slots=True)
class Award:
    """Prizes drawn, dollars in all, and whether a limit kept something back. What was earned stays earned."""

    prizes: tuple[Prize, ...]
    amount: Decimal
    is_limited: bool


def award(protocol: Protocol, visit: Visit, *, seed: bytes, client_key: str, first: int, room: Decimal | None) -> Award:
    """Draw what `visit` earned, or pay its vouchers, within `room` dollars (None: no limit).

    `first` is the number of the next draw of the course. Once even the largest prize of the bowl could pass the limit,
    no further draw is made, and its number is not used up.
    """
    if protocol.bowl is None:
        earned = visit.amount + visit.bonus
        paid = earned if room is None else min(earned, max(room, Decimal(0)))
        return Award((), paid, is_limited=paid < earned)
    prizes: list[Prize] = []
    total = Decimal(0)
    for counter in range(first, first + visit.draws):
        if room is not None and not may_draw(protocol.bowl, already=total, limit=room):
            break
        prizes.append(draw(seed, client_key, counter, protocol.bowl))
        total += prizes[-1].value
    return Award(tuple(prizes), total, is_limited=len(prizes) < visit.draws)
