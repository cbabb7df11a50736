"""What this installation's database holds, asked with plain SQL: several commands decide by it before Django starts."""

from __future__ import annotations

from typing import Literal

import psycopg

from openiop.shared.postgres.location import database_urls

# The comment on a table that says that the demo was filled to its end.
WHOLE = "demo filled"

Kind = Literal["empty", "real", "demo", "unfinished demo"]


def installation() -> Kind:
    """What the database says it is. Raises psycopg.Error when it does not answer."""
    with psycopg.connect(database_urls()["owner"], autocommit=True) as connection:
        if connection.execute("SELECT to_regclass('people_center')").fetchone() == (None,):
            return "empty"
        row = connection.execute(
            "SELECT (SELECT kind FROM shared_installation), EXISTS (SELECT FROM people_center),"
            " obj_description('shared_installation'::regclass)"
        ).fetchone()
    assert row is not None
    kind, has_center, comment = row
    if kind == "demo":
        return "demo" if comment == WHOLE else "unfinished demo"
    return "real" if kind or has_center else "empty"


def mark_demo_as_whole() -> None:
    """Say in the database that its demo was filled to the end."""
    with psycopg.connect(database_urls()["owner"], autocommit=True) as connection:
        connection.execute(f"COMMENT ON TABLE shared_installation IS '{WHOLE}'")
