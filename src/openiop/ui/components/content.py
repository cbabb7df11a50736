"""Blocks that hold content: cards, notices, empty states, disclosures, timelines."""

from __future__ import annotations

from typing import Literal, get_args

from django.utils.safestring import SafeString

from openiop.ui.components.basics import TONES, Tone
from openiop.ui.components.drawing import drawn, one_of

CardVariant = Literal["", "tint", "quiet", "flush", "accent"]
Urgency = Literal["now", "today", "soon"]
NoticeTone = Literal["info", "ok", "warn", "danger"]

_CARDS: tuple[str, ...] = get_args(CardVariant)
_URGENCIES: tuple[str, ...] = get_args(Urgency)
_NOTICE_ICONS = {"info": "info", "ok": "check-circle", "warn": "warning", "danger": "danger"}
_URGENCY_WORDS = {"now": "Act now", "today": "Act today", "soon": "When you are ready"}
_URGENCY_ICONS = {"now": "danger", "today": "warning", "soon": "info"}


def card(
    content: str,
    *,
    title: str = "",
    variant: CardVariant = "",
    level: int = 2,
    id: str = "",
    hint: str = "",
    action: str = "",
    action_url: str = "",
) -> SafeString:
    """A white card. `hint` is a line under the title; `action` with `action_url` a link beside it.

    Never wrap a whole card in a link: put the link on its title or at its end.
    """
    return drawn(
        "card",
        content=content,
        title=title,
        variant=one_of(variant, _CARDS),
        level=level,
        id=id,
        hint=hint,
        action=action,
        action_url=action_url,
    )


def care_card(content: str, title: str, urgency: Urgency, *, level: int = 2) -> SafeString:
    """What to do about a health matter, in three urgencies (the idea is the NHS care card). Few to a page."""
    one_of(urgency, _URGENCIES)
    return drawn(
        "care_card",
        content=content,
        title=title,
        urgency=urgency,
        level=level,
        icon=_URGENCY_ICONS[urgency],
        words=_URGENCY_WORDS[urgency],
    )


def notice(content: str, tone: NoticeTone = "info", *, title: str = "", role: str = "") -> SafeString:
    """A message within the page. `role="alert"` only for what appears in answer to an action."""
    one_of(tone, tuple(_NOTICE_ICONS))
    return drawn("notice", content=content, tone=tone, title=title, role=role, icon=_NOTICE_ICONS[tone])


def empty_state(content: str, title: str, *, icon: str = "inbox", level: int = 2) -> SafeString:
    """What a list says when it has nothing to show: what would stand here, and what to do next."""
    return drawn("empty_state", content=content, title=title, icon=icon, level=level)


def disclosure(content: str, summary: str, *, open: bool = False, id: str = "") -> SafeString:
    """A line that opens to more; works without script."""
    return drawn("disclosure", content=content, summary=summary, open=open, id=id)


def dialog(content: str, label: str, *, title: str = "", variant: str = "line", icon: str = "") -> SafeString:
    """A button that opens a panel over the page: a sheet on a phone. Works without script, closes with Escape."""
    return drawn("dialog", content=content, label=label, title=title or label, variant=variant, icon=icon)


def timeline(content: str, label: str = "Timeline") -> SafeString:
    """The list that holds timeline items, newest first."""
    return drawn("timeline", content=content, label=label)


def timeline_item(
    content: str,
    title: str,
    *,
    when: str,
    icon: str = "note",
    tone: Tone | Literal[""] = "",
    url: str = "",
    who: str = "",
    level: int = 3,
) -> SafeString:
    """One thing that happened: its title, when, by whom, and a few lines."""
    if tone:
        one_of(tone, TONES)
    return drawn(
        "timeline_item",
        content=content,
        title=title,
        when=when,
        icon=icon,
        tone=tone,
        url=url,
        who=who,
        level=level,
    )
