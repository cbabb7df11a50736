"""Every route says who may come through it. A route that says nothing lets nobody in.

    @gate.public                              # anyone
    @gate.needs(Permission.MANAGE_INQUIRIES)  # signed-in people with that permission

The middleware reads the mark; a test walks the URLs and fails on one without. Which *record* a person may open is decided
again, by the query that loads it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from openiop.shared.access import Permission

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Gate:
    """`permission` None means public. A `passive` route never keeps a session awake (see `middleware`)."""

    permission: Permission | None
    passive: bool = False


def public(view: View) -> View:
    """Anyone may come, signed in or not."""
    view.gate = Gate(None)  # type: ignore[attr-defined]
    return view


def needs(permission: Permission, *, passive: bool = False) -> Callable[[View], View]:
    """Only people one of whose roles holds the permission. `passive` is for routes that a page polls by itself."""

    def mark(view: View) -> View:
        view.gate = Gate(permission, passive)  # type: ignore[attr-defined]
        return view

    return mark


def gate_of(view: object) -> Gate | None:
    """The mark of a view function, None if it has none."""
    found = getattr(view, "gate", None)
    return found if isinstance(found, Gate) else None
