"""The database refuses foreign rows and locked rows on every table, whatever the code above it does (laws 1, 2 and 4)."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from openiop.shared.models import CenterModel
from openiop.shared.seal import center_models
from tests.integration.security.conftest import CASES, as_superuser
from tests.integration.security.records import Cases
from tests.settings import SERVER
from tests.world import OTHER_CENTER, OUR_CENTER

MODELS = sorted(center_models(), key=lambda model: model._meta.db_table)


def sql(statement: str, *params: object) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall() if cursor.description else []


def enter(center: object = OUR_CENTER) -> None:
    sql("SELECT set_config('app.center_id', %s, true), set_config('app.user_id', '', true)", str(center))


def refusal(statement: str, *params: object) -> str:
    """What the database says to it, "" if it allows it."""
    try:
        with transaction.atomic():
            sql(statement, *params)
            sql("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)
    except DatabaseError as error:
        return str(error).splitlines()[0]
    return ""


def seal_of(model: type[CenterModel], name: str) -> Any:
    return getattr(getattr(model, "Seal", None), name, None)


def test_both_centers_have_rows_in_every_table(cases_seen_by_all: Cases) -> None:
    """Guards the tests below: an empty table refuses nothing."""
    with as_superuser():
        empty = [
            (model._meta.db_table, center)
            for model in MODELS
            for center in (OUR_CENTER, OTHER_CENTER)
            if not sql(f'SELECT 1 FROM "{model._meta.db_table}" WHERE center_id = %s LIMIT 1', center)
        ]
    # Keys of submissions are made by pages only.
    assert {table for table, _ in empty} <= {"shared_idempotencykey"}


def test_no_foreign_row_is_read_by_its_key(cases_seen_by_all: Cases) -> None:
    wrong = []
    for model in MODELS:
        table = model._meta.db_table
        with as_superuser():
            keys = [row[0] for row in sql(f'SELECT id FROM "{table}" WHERE center_id = %s', OTHER_CENTER)]
        enter()
        if sql(f'SELECT 1 FROM "{table}" WHERE id = ANY(%s)', keys):
            wrong.append(table)
    assert not wrong


def test_no_foreign_row_is_changed(cases_seen_by_all: Cases) -> None:
    wrong = []
    for model in MODELS:
        table = model._meta.db_table
        enter()
        with connection.cursor() as cursor:
            try:
                with transaction.atomic():
                    cursor.execute(f'UPDATE "{table}" SET created_at = now() WHERE center_id = %s', [OTHER_CENTER])
                    if cursor.rowcount:
                        wrong.append(table)
            except DatabaseError as error:
                if "permission denied" not in str(error):
                    wrong.append(f"{table}: {error}")
    assert not wrong


def test_no_row_is_written_into_or_moved_to_another_center(cases_seen_by_all: Cases) -> None:
    wrong = []
    for model in MODELS:
        table = model._meta.db_table
        columns = ", ".join(
            f'"{field.column}"' for field in model._meta.concrete_fields if field.name not in {"id", "center"}
        )
        copy = f'INSERT INTO "{table}" (id, center_id, {columns}) SELECT gen_random_uuid(), %s, {columns} '
        copy += f'FROM "{table}" LIMIT 1'
        enter()
        if sql(f'SELECT 1 FROM "{table}" LIMIT 1') and "row-level security" not in (
            said := refusal(copy, OTHER_CENTER)
        ):
            wrong.append(f"insert into {table}: {said}")
        said = refusal(f'UPDATE "{table}" SET center_id = %s', OTHER_CENTER)
        if sql(f'SELECT 1 FROM "{table}" LIMIT 1') and not said:
            wrong.append(f"move of {table}")
    assert not wrong, "\n".join(wrong)


def test_no_row_points_into_another_center(cases_seen_by_all: Cases) -> None:
    """Each relation to a table of a center is checked together with the center."""
    wrong = []
    for model in MODELS:
        for field in model._meta.concrete_fields:
            target = field.related_model
            if isinstance(target, type) and issubclass(target, CenterModel) and not _is_locked(model):
                table, other = model._meta.db_table, target._meta.db_table
                with as_superuser():
                    [[key]] = sql(f'SELECT id FROM "{other}" WHERE center_id = %s LIMIT 1', OTHER_CENTER)
                enter()
                if sql(f'SELECT 1 FROM "{table}" LIMIT 1') and not refusal(
                    f'UPDATE "{table}" SET "{field.column}" = %s WHERE id = (SELECT id FROM "{table}" LIMIT 1)', key
                ):
                    wrong.append(f"{table}.{field.column}")
    assert not wrong


def _is_locked(model: type[CenterModel]) -> bool:
    return bool(seal_of(model, "append_only"))


def test_rows_written_once_are_never_changed(cases_seen_by_all: Cases) -> None:
    """Not by the web role, which lacks the right, and not by the owner of the table, whom a trigger stops."""
    wrong = []
    for model in MODELS:
        if not seal_of(model, "append_only"):
            continue
        table, enough = model._meta.db_table, f'SELECT 1 FROM "{model._meta.db_table}" LIMIT 1'
        enter()
        update = f'UPDATE "{table}" SET created_at = now()'
        if "permission denied" not in refusal(update):
            wrong.append(f"web role changes {table}")
        with as_superuser():
            if sql(enough) and "never changed" not in refusal(update):
                wrong.append(f"owner changes {table}")
    assert not wrong, wrong


def test_signed_and_ended_rows_are_locked(cases_seen_by_all: Cases) -> None:
    """Every column but those that may change, one by one, as web role and as owner."""
    wrong = []
    for model in MODELS:
        condition = seal_of(model, "locked_when")
        if condition:
            wrong += list(_unlocked(model, condition))
    assert not wrong, wrong


def _unlocked(model: type[CenterModel], condition: str) -> list[str]:
    table, free = model._meta.db_table, set(seal_of(model, "but_may_change") or ())
    # A condition on the old and the new row, read for a change of another column: both are the row that stands.
    held = condition.replace("OLD.", "").replace("NEW.", "")
    enter()
    found = sql(f'SELECT id FROM "{table}" WHERE {held} LIMIT 1')
    if not found:
        return [f"{table}: nothing locked to try"]
    changes = ["created_at = now() + interval '1 day'"]
    changes += [
        f"\"{field.column}\" = 'changed'"
        for field in model._meta.concrete_fields
        if field.get_internal_type() in {"CharField", "TextField"} and field.name not in free
    ]
    wrong = []
    for change in changes:
        update = f'UPDATE "{table}" SET {change} WHERE id = %s'
        if "locked" not in refusal(update, found[0][0]):
            wrong.append(f"{table}: {change}")
        with as_superuser():
            if "locked" not in refusal(update, found[0][0]):
                wrong.append(f"{table}: {change} as owner")
    return wrong


@pytest.mark.parametrize("statement", ["DELETE FROM", "TRUNCATE"])
def test_nothing_is_deleted_even_by_the_owner(cases_seen_by_all: Cases, statement: str) -> None:
    wrong = []
    with as_superuser():
        for model in MODELS:
            table = model._meta.db_table
            tail = " CASCADE" if statement == "TRUNCATE" else ""
            if sql(f'SELECT 1 FROM "{table}" LIMIT 1') and "never deleted" not in refusal(
                f'{statement} "{table}"{tail}'
            ):
                wrong.append(table)
    assert not wrong


def test_the_settings_of_a_request_end_with_it(cases_seen_by_all: Cases) -> None:
    """`set_config(…, true)`: the next user of the connection finds no center (after the tried leak of pooled settings)."""
    with psycopg.connect(SERVER.url("web", CASES)) as own:
        own.execute("SELECT set_config('app.center_id', %s, true)", [str(OUR_CENTER)])
        assert own.execute("SELECT count(*) FROM people_client").fetchone() != (0,)
        own.commit()
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            own.execute("SELECT count(*) FROM people_client")
