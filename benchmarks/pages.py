"""How long the pages of the demo take: `make bench`. Prints one line a page; needs a quiet machine to mean anything.

Starts the demo on a free port, enters by each door, and asks for the page behind it and for the pages it links to:
one after the other (median, 95th percentile, ratio to a page without records asked for in turn), then by 16 at once
(pages a second and 95th percentile).
"""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

DOORS = ("client", "family", "counselor", "admissions", "scheduler", "director", "administrator")
ALONE, TOGETHER, CLIENTS = 40, 320, 16
LINKS_PER_DOOR = 6
BASELINE = "/help/"  # a page without records: what a request costs before any work is done
START_TIMEOUT = 600.0


@dataclass
class Visitor:
    """A browser as far as it matters here: one kept connection and its cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(self, path: str, body: str | None = None) -> tuple[int, str, str]:
        """Status, location and text of the answer."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{self.port}"}
        method = "GET" if body is None else "POST"
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        except http.client.RemoteDisconnected:  # the server closes a connection that was idle for long
            self.connection.close()
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.headers.get("Location") or "", text

    def enter(self, door: str) -> str:
        """Go through a door of the demo; returns the page behind it."""
        token = self._token(self.ask("/accounts/login/")[2])
        status, place, _ = self.ask(f"/demo/enter/{door}", f"csrfmiddlewaretoken={token}")
        while status in (301, 302, 303):
            path = place
            status, place, _ = self.ask(path)
        return path

    @staticmethod
    def _token(page: str) -> str:
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        if found is None:
            raise SystemExit("bench: the sign-in page has no form")
        return found[1]


def pages_of(visitor: Visitor, start: str) -> list[str]:
    """The page itself and the first pages of the same face that it links to, if they answer with 200."""
    face = start.split("/")[1]
    linked = re.findall(rf'href="(/{face}/[^"#?]*)"', visitor.ask(start)[2])
    pages = list(dict.fromkeys([start, *linked]))
    return [page for page in pages if visitor.ask(page)[0] == 200][:LINKS_PER_DOOR]


def seconds(visitor: Visitor, path: str) -> float:
    """How long one answer takes."""
    begun = time.perf_counter()
    visitor.ask(path)
    return time.perf_counter() - begun


def percentile(values: list[float], part: int) -> float:
    """The `part`th percentile, in milliseconds."""
    return statistics.quantiles(values, n=100)[part - 1] * 1000


def measure(label: str, visitor: Visitor, path: str, baseline: Visitor) -> None:
    """Print the figures of one page, and how it compares with the plainest page asked for in turn with it."""
    alone, plain = [], []
    for _ in range(ALONE):
        alone.append(seconds(visitor, path))
        plain.append(seconds(baseline, BASELINE))
    ratio = statistics.median(alone) / statistics.median(plain)
    crowd = [Visitor(visitor.port, dict(visitor.cookies)) for _ in range(CLIENTS)]
    begun = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        turns = pool.map(lambda one: [seconds(one, path) for _ in range(TOGETHER // CLIENTS)], crowd)
        together = [value for values in turns for value in values]
    rate = TOGETHER / (time.perf_counter() - begun)
    figures = f"{percentile(alone, 50):7.1f} {percentile(alone, 95):7.1f} {ratio:6.1f}"
    figures += f" {rate:9.0f} {percentile(together, 95):9.1f}"
    print(f"{label:<14} {path[:44]:<44} {figures}", flush=True)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(demo: subprocess.Popen[bytes], port: int) -> None:
    """Return when the demo answers."""
    deadline = time.monotonic() + START_TIMEOUT
    while demo.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise SystemExit("bench: the demo did not start")


def main() -> None:
    """Measure everything once."""
    port = free_port()
    command = [sys.executable, "-m", "openiop.cli.main", "demo", "--port", str(port)]
    demo = subprocess.Popen(command, env=os.environ | {"OPENIOP_DEMO": "1"})
    try:
        wait_until_ready(demo, port)
        print(f"\n{'':14} {'':44} {'one at a time':^22} {f'{CLIENTS} at once':^19}")
        print(f"{'who':<14} {'page':<44} {'p50 ms':>7} {'p95 ms':>7} {'ratio':>6} {'pages/s':>9} {'p95 ms':>9}")
        baseline = Visitor(port)
        measure("visitor", Visitor(port), "/", baseline)
        for door in DOORS:
            visitor = Visitor(port)
            for page in pages_of(visitor, visitor.enter(door)):
                measure(door, visitor, page, baseline)
    finally:
        demo.send_signal(signal.SIGTERM)
        demo.wait()


if __name__ == "__main__":
    main()
