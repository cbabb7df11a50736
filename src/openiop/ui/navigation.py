"""What a face tells the base pages about its navigation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NavItem:
    """One link of a navigation bar, a bottom bar, a breadcrumb or a row of tabs.

    `icon` is a name of `ui/icons.svg`; `count` is shown as a small number and left out when None or 0.
    """

    label: str
    url: str
    icon: str = ""
    is_current: bool = False
    count: int | None = None


def navigation(items: list[NavItem], *, path: str) -> list[NavItem]:
    """The items with the one marked as current whose address is the longest start of `path`.

    An item that is already marked stays marked, and no other is. A face's root (`/desk/`) matches only itself when
    a longer item matches too.
    """
    if any(item.is_current for item in items):
        return items
    matching = [item.url for item in items if path == item.url or (item.url != "/" and path.startswith(item.url))]
    best = max(matching, key=len, default=None)
    return [NavItem(item.label, item.url, item.icon, is_current=item.url == best, count=item.count) for item in items]
