"""Waiting in line for a resource, always in the same order."""

from __future__ import annotations

from uuid import UUID

from django.db import connection


def hold(*keys: UUID | None) -> None:
    """Hold rooms, staff or clients until the transaction ends.

    Two bookings that take the same resources in opposite order would wait for each other for ever; both take them
    in the order of their keys. One statement, whatever the number.
    """
    wanted = sorted({str(key) for key in keys if key is not None})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(key, 3)) FROM "
            "(SELECT key FROM unnest(%s::text[]) AS key ORDER BY key) AS ordered",
            [wanted],
        )
