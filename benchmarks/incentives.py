"""How long a budget of 10,000 clients takes: part of `make bench`. Prints one line a protocol; the limit is 5 seconds."""

from __future__ import annotations

import time

from openiop.incentives import engine
from openiop.incentives.engine import budget

CLIENTS = 10_000
LIMIT = 5.0
OPEN_END = 60  # visits of a protocol without an end


def main() -> None:
    """Forecast each shipped protocol, exactly and by simulation."""
    slowest = 0.0
    for protocol in engine.protocols():
        asked = budget.plan(protocol, clients=CLIENTS, negative_rate="0.8", visits=protocol.schedule.visits or OPEN_END)
        start = time.perf_counter()
        budget.exact(asked)
        middle = time.perf_counter()
        budget.simulate(asked, seed=1)
        end = time.perf_counter()
        slowest = max(slowest, end - start)
        print(f"{protocol.name:20} exact {middle - start:5.2f} s   {CLIENTS} clients played {end - middle:5.2f} s")
    print(f"slowest budget {slowest:.2f} s, at most {LIMIT} s: {'ok' if slowest <= LIMIT else 'TOO SLOW'}")
    if slowest > LIMIT:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
