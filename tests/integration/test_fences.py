"""Law 1 and 2: the database itself keeps centers apart and the trail unchanged, whatever the code above it does."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from openiop.people.models import Client
from openiop.shared.models import AuditEntry, CenterModel, HistoryEntry
from openiop.shared.scope import NoCenter
from openiop.shared.seal import center_models
from tests.world import OTHER_CENTER, OUR_CENTER, World

TABLES = sorted(model._meta.db_table for model in center_models())


def sql(statement: str, *params: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall() if cursor.description else []


def test_the_web_role_is_neither_owner_nor_superuser(world: World) -> None:
    [(name, is_super, bypasses)] = sql(
        "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
    )
    assert (name, is_super, bypasses) == ("openiop_web", False, False)
    assert sql("SELECT count(*) FROM pg_tables WHERE tableowner = current_user") == [(0,)]


@pytest.mark.parametrize("table", TABLES)
def test_every_center_table_is_fenced(world: World, table: str) -> None:
    [(fenced,)] = sql("SELECT relrowsecurity FROM pg_class WHERE relname = %s AND relkind = 'r'", table)
    assert fenced
    with world.inside():
        foreign = sql(f'SELECT count(*) FROM "{table}" WHERE center_id = %s', OTHER_CENTER)
    assert foreign == [(0,)]


@pytest.mark.parametrize("table", TABLES)
def test_the_web_role_may_not_delete(world: World, table: str) -> None:
    assert sql("SELECT has_table_privilege(%s, 'DELETE'), has_table_privilege(%s, 'TRUNCATE')", table, table) == [
        (False, False)
    ]


def test_without_a_center_nothing_is_seen(world: World) -> None:
    with pytest.raises(NoCenter):
        Client.objects.count()
    with pytest.raises(Exception, match="invalid input syntax for type uuid"), transaction.atomic():
        sql("SELECT count(*) FROM people_client")


def test_a_row_cannot_be_written_into_another_center(world: World) -> None:
    with world.inside(), pytest.raises(Exception, match="row-level security"), transaction.atomic():
        Client.objects.create(center_id=OTHER_CENTER, number="X-1", first_name="A", last_name="B")


def test_a_row_cannot_point_into_another_center(world: World) -> None:
    with world.inside():
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError), transaction.atomic():
            Client.objects.create(number="X-1", first_name="A", last_name="B", counselor_id=world.foreign_director.pk)


def test_the_audit_trail_cannot_be_changed(world: World) -> None:
    with world.inside():
        entry = AuditEntry.objects.first()
        assert entry is not None
        entry.verb = "nothing.happened"
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            entry.save()


def test_a_change_leaves_what_stood_before_in_the_history(world: World) -> None:
    with world.inside():
        client = Client.objects.get(pk=world.client.pk)
        client.first_name = "Alexis"
        client.save()
        before = HistoryEntry.objects.filter(row_id=client.pk, table_name="people_client").values_list(
            "before", flat=True
        )
        assert "Alex" in [row["first_name"] for row in before]


def test_the_query_layer_filters_by_itself(world: World) -> None:
    with world.inside():
        assert set(Client.objects.values_list("center_id", flat=True)) == {OUR_CENTER}
    assert all(issubclass(model, CenterModel) for model in center_models())
