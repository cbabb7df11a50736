"""What can go wrong with the database server, said in one sentence for the person who runs it."""

from __future__ import annotations


class PostgresError(Exception):
    """A database server that cannot be used; the text says what is wrong and what to do."""
