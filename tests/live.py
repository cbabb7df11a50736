"""A whole installation for browser tests: `openiop serve` with web server and worker on a database of its own.

Mails land in a folder, requests and complaints of the browser are written down, and nothing is told to third parties.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_string, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request, Response

from tests.settings import SERVER

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 60.0
MAIL_END = re.compile(r"^-{79}$", re.MULTILINE)
# The browser complains about every answer of 400 and more; a refused form is none of its business.
EXPECTED_COMPLAINT = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")


@dataclass
class Installation:
    """The environment of one installation: its database, its folders, and what runs on it."""

    database: str
    folder: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The address; a name, because passkeys do not work on a number."""
        return f"http://localhost:{self.port}"

    @property
    def mail(self) -> Path:
        return self.folder / "mail"

    @property
    def environment(self) -> dict[str, str]:
        """What `openiop` is given: nothing of the test run's own."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("OPENIOP_", "DATABASE_", "DJANGO_", "PORT"))}
        return kept | {
            "DATABASE_URL": SERVER.url("web", self.database),
            "DATABASE_OWNER_URL": SERVER.url("owner", self.database),
            "OPENIOP_HOME": str(self.folder / "home"),
            "OPENIOP_STATIC": str(self.folder / "static"),
            "OPENIOP_MAIL_DIR": str(self.mail),
            "OPENIOP_SECRET_KEY": os.environ["OPENIOP_SECRET_KEY"],
            **self.settings,
        }

    def command(self, *arguments: str, text_in: str = "") -> subprocess.CompletedProcess[str]:
        """Run `openiop` on this installation."""
        return subprocess.run(
            [sys.executable, "-m", "openiop.cli.main", *arguments],
            input=text_in,
            capture_output=True,
            text=True,
            check=False,
            env=self.environment,
        )

    def python(self, script: str) -> None:
        """Run a script inside this installation, as the web role, for what a journey does not walk through."""
        whole = "import django; django.setup()\n" + script
        environment = self.environment | {"DJANGO_SETTINGS_MODULE": "openiop.config.settings"}
        done = subprocess.run(
            [sys.executable, "-c", whole], capture_output=True, text=True, check=False, env=environment
        )
        assert done.returncode == 0, done.stderr

    def sql(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows as the superuser sees them, of every center."""
        with SERVER.connect(database=self.database) as connection:
            cursor = connection.execute(query, values)
            return cursor.fetchall() if cursor.description else []

    def mails(self, to: str) -> list[EmailMessage]:
        """Mails that were sent to the address, oldest first."""
        texts = [
            text.strip()
            for file in sorted(self.mail.glob("*.log"), key=lambda file: file.stat().st_mtime_ns)
            for text in MAIL_END.split(file.read_text("utf-8"))
        ]
        mails = [message_from_string(text, policy=policy.default) for text in texts if text]
        return [mail for mail in mails if to in str(mail["To"])]  # type: ignore[misc]

    def wait_for_mail(self, to: str, number: int = 1) -> str:
        """The text of the so-manieth mail to the address, once it has arrived."""
        deadline = time.monotonic() + PATIENCE
        while len(found := self.mails(to)) < number:
            assert time.monotonic() < deadline, f"no mail number {number} to {to}"
            time.sleep(0.1)
        return str(found[number - 1].get_content())

    def age_sessions(self, by: timedelta) -> None:
        """Let every signed-in session have sat idle for that long."""
        store = SessionStore()
        for key, data in self.sql("SELECT session_key, session_data FROM django_session"):
            held = store.decode(data)
            if "seen_at" in held:
                held["seen_at"] -= by.total_seconds()
                encoded = store.encode(held)
                self.sql("UPDATE django_session SET session_data = %s WHERE session_key = %s", encoded, key)


@contextmanager
def serving(installation: Installation) -> Iterator[Installation]:
    """`openiop serve` on a free port, ready; stopped politely at the end."""
    installation.port = free_port()
    installation.mail.mkdir(parents=True, exist_ok=True)
    log = installation.folder / "serve.log"
    command = [sys.executable, "-m", "openiop.cli.main", "serve", "--workers", "1", "--port", str(installation.port)]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, env=installation.environment, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
    installation.process = process
    try:
        _wait_until_ready(process, log)
        yield installation
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while "Ready:" not in log.read_text("utf-8"):
        assert process.poll() is None, log.read_text("utf-8")
        assert time.monotonic() < deadline, log.read_text("utf-8")
        time.sleep(0.1)


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def chromium(playwright: Playwright) -> Browser:
    """The system's Chromium, from $CHROMIUM or where `scripts/chromium.sh` finds it."""
    names = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    path = next((found for name in names if name and (found := shutil.which(name))), None)
    assert path, "The browser tests need Chromium: run scripts/chromium.sh, or set CHROMIUM to its path"
    return playwright.chromium.launch(executable_path=path, args=QUIET)


class Visitor:
    """One person's browser. `page` is their tab; what went wrong in it is gathered in `complaints`."""

    def __init__(self, browser: Browser, url: str, **options: Any) -> None:
        self.url = url
        self.complaints: list[str] = []
        self.context: BrowserContext = browser.new_context(base_url=url, **options)
        self.context.set_default_timeout(PATIENCE * 500)
        self.context.on("page", self._watch)
        self.page = self.context.new_page()

    def _watch(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("request", self._request)
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not EXPECTED_COMPLAINT.match(message.text):
            self.complaints.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.url, "data:", "about:")):
            self.complaints.append(f"third party: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.status}: {response.request.method} {response.url}")

    def go(self, path: str) -> Page:
        """Open a path of the site."""
        self.page.goto(path)
        return self.page

    def fill(self, **fields: str) -> None:
        """Type into the inputs of these names."""
        for name, text in fields.items():
            self.page.locator(f"[name='{name}']:not([type=hidden])").first.fill(text)

    def press(self, name: str) -> Page:
        """Press the button, or without one follow the link, with exactly these words, and wait for what it loads."""
        words = re.compile(rf"^\s*{re.escape(name)}\s*$")
        button, link = self.page.get_by_role("button", name=words), self.page.get_by_role("link", name=words)
        button.or_(link).first.wait_for()
        (button if button.count() else link).first.click()
        self.page.wait_for_load_state()
        return self.page


def refuse_violations(page: Page, widths: Sequence[int] = (390, 1440)) -> None:
    """Fails unless axe finds nothing at these widths, and the page does not scroll sideways at 320."""
    before = page.viewport_size
    for width in widths:
        page.set_viewport_size({"width": width, "height": 844})
        found = Axe().run(page).response["violations"]
        problems = [f"{one['id']}: {one['help']}: {[node['html'][:200] for node in one['nodes']]}" for one in found]
        assert not problems, f"{page.url} at {width} px:\n" + "\n".join(problems)
    if before:
        page.set_viewport_size(before)
    refuse_sideways_scroll(page)


def refuse_sideways_scroll(page: Page, width: int = 320) -> None:
    """Fails when the page is wider than a window of `width` pixels."""
    before = page.viewport_size
    page.set_viewport_size({"width": width, "height": 844})
    wide = page.evaluate("document.documentElement.scrollWidth")
    if before:
        page.set_viewport_size(before)
    assert wide <= width, f"{page.url} is {wide} px wide in a window of {width}"
