"""The center that a piece of work happens in, and the person who does it.

All work on records happens inside a scope: one transaction that knows its center and its actor. Python
reads the scope from a context variable, PostgreSQL from two settings that end with the transaction, so that nothing
leaks to the next user of a pooled connection (a setting of the connection would).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
    _noted: list[tuple[Model, Callable[[], None]]] = field(default_factory=list)

    def note(self, row: Model) -> None:
        """Keep a row to be written last, unless the step of the work that it tells of is undone by then."""

        def stands() -> None:
            """Does nothing: Django forgets it together with the savepoint that is rolled back."""

        transaction.on_commit(stands)
        self._noted.append((row, stands))

    def take_notes(self) -> list[Model]:
        """The rows of all that still stands, each given once."""
        standing = {callback for _, callback, *_ in connection.run_on_commit}
        rows = [row for row, stands in self._noted if stands in standing]
        self._noted.clear()
        return rows


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
    if rows := scope.take_notes():
        type(rows[0])._default_manager.bulk_create(rows)


def _tell(center_id: str, user_id: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.center_id', %s, true), set_config('app.user_id', %s, true)", [center_id, user_id]
        )
