"""Icons, drawn into the page itself: no request, and they print."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

SPRITE = Path(__file__).parent / "icons.svg"
_SYMBOL = re.compile(r'<symbol id="([a-z0-9-]+)" viewBox="([0-9 ]+)">(.*?)</symbol>')


@lru_cache(maxsize=1)
def sprite() -> dict[str, tuple[str, str]]:
    """Name of each icon with its viewBox and its shapes."""
    return {name: (box, shapes) for name, box, shapes in _SYMBOL.findall(SPRITE.read_text(encoding="utf-8"))}


def icon_svg(name: str, *, label: str = "", size: str = "") -> SafeString:
    """The icon as inline SVG; hidden from screen readers unless it has a `label`. KeyError if there is no such icon."""
    box, shapes = sprite()[name]
    css = f"oi-icon oi-icon--{size}" if size else "oi-icon"
    # The shapes are a committed file of this package, not input.
    drawn = mark_safe(shapes)  # noqa: S308
    if label:
        return format_html('<svg class="{}" viewBox="{}" role="img" aria-label="{}">{}</svg>', css, box, label, drawn)
    return format_html('<svg class="{}" viewBox="{}" aria-hidden="true" focusable="false">{}</svg>', css, box, drawn)
