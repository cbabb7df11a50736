"""The center that a piece of work happens in, and the person who does it.

All work on records happens inside a scope: one transaction that knows its center and its actor. Python
reads the scope from a context variable, PostgreSQL from two settings that end with the transaction, so that nothing
leaks to the next user of a pooled connection (a setting of the connection would).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Model

if TYPE_CHECKING:
    from openiop.shared.access import Actor


class NoCenter(RuntimeError):
    """Work on a center's records was tried outside any scope."""


@dataclass
class Scope:
    """One center, one actor, and the audit rows that are written as the last act of the scope."""

    center_id: UUID
    actor: Actor
    unwritten: list[Model] = field(default_factory=list)


_scope: ContextVar[Scope | None] = ContextVar("openiop_scope", default=None)


def current_scope() -> Scope:
    """The scope in force; raises `NoCenter` outside of one."""
    scope = _scope.get()
    if scope is None:
        raise NoCenter("No center: open a center_scope first")
    return scope


def current_center_id() -> UUID:
    """The center in force: the default of every table's `center` column."""
    return current_scope().center_id


@contextmanager
def center_scope(center_id: UUID, actor: Actor) -> Iterator[Scope]:
    """One transaction inside a center, told to Python and to PostgreSQL; its audit rows are written last."""
    with transaction.atomic(), entered(center_id, actor, tell_database=True) as scope:
        yield scope


@contextmanager
def entered(center_id: UUID, actor: Actor, *, tell_database: bool) -> Iterator[Scope]:
    """The inside of `center_scope`, for a caller that holds the transaction and may have told PostgreSQL already."""
    outer = _scope.get()
    scope = Scope(center_id, actor)
    if tell_database:
        _tell(str(center_id), str(actor.user_id or ""))
    token = _scope.set(scope)
    try:
        yield scope
        if not connection.needs_rollback:
            _write(scope)
            # Inside a longer transaction the settings would outlive the scope: give them back.
            if outer is not None:
                _tell(str(outer.center_id), str(outer.actor.user_id or ""))
            elif len(connection.savepoint_ids) > 0:
                _tell("", "")
    finally:
        _scope.reset(token)


def _write(scope: Scope) -> None:
    if scope.unwritten:
        type(scope.unwritten[0])._default_manager.bulk_create(scope.unwritten)
        scope.unwritten.clear()


def _tell(center_id: str, user_id: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.center_id', %s, true), set_config('app.user_id', %s, true)", [center_id, user_id]
        )
