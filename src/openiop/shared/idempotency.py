"""Sending a form twice makes one row.

Every form that creates something carries a key made when the page was rendered. The first submission stores what it
made under that key; a second one, however close behind, gets the same row.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Model

from openiop.shared.models import IdempotencyKey

M = TypeVar("M", bound=Model)


def once(key: UUID, verb: str, model: type[M], make: Callable[[], M]) -> M:
    """The row that `make` returns for the first submission of `key`, and that same row for every later one."""
    with connection.cursor() as cursor:
        # Two submissions at the same moment: the second waits here until the first has committed.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(key)])
    known = IdempotencyKey.objects.filter(key=key, verb=verb).first()
    if known:
        return model._default_manager.get(pk=known.made_id)
    made = make()
    IdempotencyKey.objects.create(key=key, verb=verb, made_id=made.pk)
    return made
