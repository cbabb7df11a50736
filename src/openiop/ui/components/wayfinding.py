"""Where am I, where can I go: tabs, breadcrumbs, back links, and help."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal

from django.utils.safestring import SafeString

from openiop.ui.components.drawing import drawn, one_of
from openiop.ui.navigation import NavItem

HELP_URL = "/help/"


def tabs(items: Sequence[NavItem], label: str) -> SafeString:
    """Links that look like tabs; each is a page of its own."""
    return drawn("tabs", items=items, label=label)


def breadcrumbs(items: Sequence[NavItem]) -> SafeString:
    """The way down to this page; the last item is this page."""
    return drawn("breadcrumbs", items=items)


def back_link(url: str, label: str = "Back") -> SafeString:
    """The way back, above the heading."""
    return drawn("back_link", url=url, label=label)


def help_now(context: dict[str, Any], variant: Literal["bar", "block"] = "bar") -> SafeString:
    """Help now: 988, 911, the center, and the person's own contacts (`help_contacts` in the context).

    Works without script, and leads to the help page for the rest.
    """
    return drawn(
        "help_now",
        variant=one_of(variant, ("bar", "block")),
        center=context.get("center"),
        contacts=context.get("help_contacts") or (),
        help_url=context.get("help_url") or HELP_URL,
    )


def lifelines(context: dict[str, Any]) -> SafeString:
    """The list of numbers of "Get help now", for the help page itself."""
    return drawn("lifelines", center=context.get("center"), contacts=context.get("help_contacts") or ())


def tel(number: object) -> str:
    """The `tel:` address of a phone number as people write it, with its extension if it has one.

    >>> tel("(555) 010-0134")
    'tel:+15550100134'
    >>> tel("988")
    'tel:988'
    """
    main, _, extension = re.sub(r"(?i)\s*(?:ext\.?|x)\s*", ";", str(number)).partition(";")
    digits = re.sub(r"\D", "", main)
    # Ten digits are a North American number without its country code.
    if len(digits) == 10:
        digits = "1" + digits
    plus = "+" if len(digits) > 6 else ""
    return f"tel:{plus}{digits}" + (f";ext={re.sub(r'[^0-9]', '', extension)}" if extension else "")
