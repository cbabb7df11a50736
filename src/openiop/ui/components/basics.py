"""Buttons, badges, icons, avatars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args

from django.utils.html import format_html
from django.utils.safestring import SafeString

from openiop.ui.components.drawing import attributes, drawn, one_of
from openiop.ui.icons import icon_svg

ButtonVariant = Literal["primary", "line", "quiet", "danger", "danger-line", "deep", "light"]
Size = Literal["", "sm", "lg"]
Tone = Literal["now", "today", "soon", "ok", "neutral"]

_VARIANTS: tuple[str, ...] = get_args(ButtonVariant)
_SIZES: tuple[str, ...] = get_args(Size)
TONES: tuple[str, ...] = get_args(Tone)


def icon(name: str, *, label: str = "", size: Literal["", "lg"] = "") -> SafeString:
    """An icon; give it a `label` only when no words stand beside it."""
    return icon_svg(name, label=label, size=size)


def _button_class(variant: str, size: str, block: bool) -> str:
    parts = ["btn", f"btn-{one_of(variant, _VARIANTS)}"]
    if one_of(size, _SIZES):
        parts.append(f"btn-{size}")
    if block:
        parts.append("btn-block")
    return " ".join(parts)


def button(
    label: str,
    variant: ButtonVariant = "primary",
    *,
    icon: str = "",
    size: Size = "",
    type: Literal["submit", "button", "reset"] = "submit",
    name: str = "",
    value: str = "",
    block: bool = False,
    attrs: Mapping[str, Any] | None = None,
) -> SafeString:
    """A button of a form. `attrs` are further attributes such as `data-hx-post`."""
    extra = {"name": name or None, "value": value or None, **(attrs or {})}
    return drawn(
        "button",
        label=label,
        icon=icon,
        type=one_of(type, ("submit", "button", "reset")),
        css=_button_class(variant, size, block),
        attrs=attributes(extra),
    )


def link_button(
    label: str,
    url: str,
    variant: ButtonVariant = "primary",
    *,
    icon: str = "",
    size: Size = "",
    block: bool = False,
    attrs: Mapping[str, Any] | None = None,
) -> SafeString:
    """A link that looks like a button; for going somewhere, never for changing something."""
    return drawn(
        "link_button",
        label=label,
        url=url,
        icon=icon,
        css=_button_class(variant, size, block),
        attrs=attributes(attrs),
    )


def badge(label: str, tone: Tone = "neutral", *, icon: str = "") -> SafeString:
    """A few words with a tone; the words carry the meaning, the color only helps."""
    return drawn("badge", label=label, tone=one_of(tone, TONES), icon=icon)


def initials(name: str) -> str:
    """At most two letters: of the first and of the last word of a name."""
    words = [word for word in name.split() if word[0].isalpha()]
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[0] for word in words]
    return "".join(letters).upper() or "?"


def avatar(name: str, *, size: Literal["", "lg"] = "") -> SafeString:
    """A person's initials in a circle, always in the same color; decoration beside the name."""
    hue = sum(map(ord, name)) % 5
    css = f"oi-avatar oi-avatar--{hue}" + (f" oi-avatar--{one_of(size, ('lg',))}" if size else "")
    return format_html('<span class="{}" aria-hidden="true">{}</span>', css, initials(name))
