"""Every pair of colors that meets on a screen is readable: WCAG 2.2 AA, computed from the committed style sheet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import openiop

CSS = (Path(openiop.__file__).parent / "ui" / "static" / "ui" / "openiop.css").read_text(encoding="utf-8")
TOKENS = dict(re.findall(r"--oi-([a-z-]+):\s*(#[0-9a-f]{3,6})\b", CSS))

TEXT = 4.5  # WCAG 1.4.3
SHAPE = 3.0  # WCAG 1.4.11: borders of controls, focus rings, lines of charts

PAIRS = [
    *[
        (text, ground, TEXT)
        for text in ("ink", "muted", "primary", "now-ink")
        for ground in ("ground", "surface", "sunken")
    ],
    *[(f"{tone}-ink", f"{tone}-tint", TEXT) for tone in ("now", "today", "soon", "ok", "neutral")],
    *[("ink", f"{tone}-tint", TEXT) for tone in ("now", "today", "soon", "ok", "neutral", "primary")],
    ("primary", "primary-tint", TEXT),
    ("muted", "primary-tint", TEXT),
    ("neutral-ink", "sunken", TEXT),
    ("neutral-ink", "primary-tint", TEXT),
    ("neutral-ink", "now-tint", TEXT),
    ("on-deep", "deep", TEXT),
    ("on-deep-muted", "deep", TEXT),
    ("on-deep", "deep-raised", TEXT),
    *[("surface", solid, TEXT) for solid in ("primary", "primary-hover", "now-solid", "now-solid-hover", "ok-solid")],
    ("surface", "neutral-ink", TEXT),
    ("ink", "glow", TEXT),
    *[("control-line", ground, SHAPE) for ground in ("ground", "surface")],
    *[("focus", ground, SHAPE) for ground in ("ground", "surface", "sunken", "primary-tint")],
    *[("glow", ground, SHAPE) for ground in ("deep", "deep-raised")],
    ("today-solid", "surface", SHAPE),
    ("primary", "neutral-tint", SHAPE),
]


def luminance(color: str) -> float:
    """Relative luminance of a hex color (WCAG 2.2, glossary)."""
    digits = color.lstrip("#")
    full = "".join(d * 2 for d in digits) if len(digits) == 3 else digits
    linear = []
    for start in (0, 2, 4):
        part = int(full[start : start + 2], 16) / 255
        linear.append(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two hex colors, 1 to 21."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_the_formula_is_right() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("front", "back", "least"), PAIRS, ids=lambda part: str(part))
def test_a_pair_of_colors_is_readable(front: str, back: str, least: float) -> None:
    assert contrast(TOKENS[front], TOKENS[back]) >= least
