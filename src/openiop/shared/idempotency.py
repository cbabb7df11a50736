"""Sending a form twice makes one row.

Every form that creates something carries a key made when the page was rendered. The first submission stores what it
made under that key; a second one, however close behind, gets the same row.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID, uuid5

from django.db import connection
from django.db.models import Model

from openiop.shared.models import IdempotencyKey
from openiop.shared.scope import current_scope

M = TypeVar("M", bound=Model)


def once(key: UUID, verb: str, model: type[M], make: Callable[[], M]) -> M:
    """The row that `make` returns for the first submission of `key`, and that same row for every later one.

    A key means something to its sender and for one verb only: nobody is handed a row that another person made.
    """
    key = uuid5(key, f"{verb}:{current_scope().actor.user_id}")
    with connection.cursor() as cursor:
        # Two submissions at the same moment: the second waits here until the first has committed.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(key)])
    known = IdempotencyKey.objects.filter(key=key, verb=verb).first()
    if known:
        return model._default_manager.get(pk=known.made_id)
    made = make()
    IdempotencyKey.objects.create(key=key, verb=verb, made_id=made.pk)
    return made
