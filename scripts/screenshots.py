"""The README's pictures, taken from a running demo: `openiop demo`, then `python scripts/screenshots.py [ADDRESS]`."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, sync_playwright

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "images"
PHONE, LAPTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}


class Shot(NamedTuple):
    """A picture: its name, the door to enter by (none for the public site), the page, the window."""

    name: str
    door: str
    path: str
    size: dict[str, int]


SHOTS = (
    Shot("site", "", "/", LAPTOP),
    Shot("portal", "client", "/portal/", PHONE),
    Shot("family", "family", "/family/", PHONE),
    Shot("desk", "counselor", "/desk/", LAPTOP),
)


def main(address: str) -> None:
    """Take each picture as the person behind its door."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for shot in SHOTS:
            take(browser, address, shot)
        browser.close()


def take(browser: Browser, address: str, shot: Shot) -> None:
    """One picture, in a browser of its own."""
    page = browser.new_context(base_url=address, viewport=shot.size).new_page()
    if shot.door:
        page.goto("/accounts/login/")
        page.locator(f"form[action='/demo/enter/{shot.door}'] button").click()
        page.wait_for_load_state()
    page.goto(shot.path)
    page.screenshot(path=PICTURES / f"{shot.name}.png")
    print(f"docs/images/{shot.name}.png")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
