"""Turns the database's no into a sentence for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from openiop.kernel.errors import Refusal


@contextmanager
def refused_by(constraints: Mapping[str, Refusal]) -> Iterator[None]:
    """Run the body in a savepoint; if one of the named constraints refuses it, raise its `Refusal` instead.

    The database decides, not a look beforehand: between a look and a write someone else can take the last seat.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        diagnostics = getattr(error.__cause__, "diag", None)
        refusal = constraints.get(getattr(diagnostics, "constraint_name", None) or "")
        if refusal is None:
            raise
        raise refusal from error
