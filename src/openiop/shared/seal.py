"""What PostgreSQL enforces on every table of a center, whatever the code above it does.

After each migrate the seal walks the models and gives each table its grants, its row-level security, a composite foreign
key for every relation to another table of a center (so that a row cannot point into another center), a history trigger,
and the locks its `class Seal` asks for:

    class Seal:
        append_only = True                              # no update at all
        locked_when = "OLD.signed_at IS NOT NULL"       # no update once this holds, ...
        but_may_change = ("addendum_count",)            # ... except of these columns

Every statement may be run again; nothing here is lost when a table is altered by a migration.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections, models

from openiop.shared.models import CenterModel

POLICY = "center_id = current_setting('app.center_id')::uuid"


def center_models() -> list[type[CenterModel]]:
    """Every concrete model whose rows belong to a center."""
    return [model for model in apps.get_models() if issubclass(model, CenterModel)]


def seal_after_migrate(*, using: str, plan: object = None, **_: Any) -> None:
    """Seal the database that was just migrated."""
    seal(using)


def seal(using: str = "default") -> None:
    """Apply the seal to all tables that exist by now."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    if CenterModel.__subclasses__() and "shared_historyentry" not in existing:
        return
    with connection.cursor() as cursor:
        cursor.execute((files("openiop.shared") / "sql" / "functions.sql").read_text(encoding="utf-8"))
        for statement in statements(existing):
            cursor.execute(statement)


def statements(existing: set[str]) -> Iterator[str]:
    """The SQL of the seal, for those tables that exist."""
    role = settings.OPENIOP_WEB_ROLE
    yield f"GRANT USAGE ON SCHEMA public TO {role}"
    yield CLOSED_FUNCTIONS
    yield f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}"
    centered = {model._meta.db_table: model for model in center_models()}
    for table in sorted(existing - centered.keys()):
        yield f'GRANT {_plain_rights(table)} ON "{table}" TO {role}'
    for table, model in centered.items():
        if table in existing:
            yield from _fence(model, role)
            yield from _locks(model)
    for table, model in centered.items():
        if table in existing:
            yield from _same_center_keys(model, existing)


# Functions with the owner's rights are for the web role, not for every login of the server.
CLOSED_FUNCTIONS = """
    DO $$ DECLARE one regprocedure; BEGIN
        FOR one IN SELECT oid FROM pg_proc
            WHERE pronamespace = 'public'::regnamespace AND prosecdef AND pg_has_role(proowner, 'USAGE')
        LOOP EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', one); END LOOP;
    END $$"""

# The center itself has the center's key as its own; it is fenced by people's first migration.
READ_ONLY_TABLES = frozenset({"django_migrations", "shared_installation", "people_center"})


def _plain_rights(table: str) -> str:
    return "SELECT" if table in READ_ONLY_TABLES else "SELECT, INSERT, UPDATE, DELETE"


def _fence(model: type[CenterModel], role: str) -> Iterator[str]:
    table = model._meta.db_table
    rights = "SELECT, INSERT" if _seal_of(model, "append_only") else "SELECT, INSERT, UPDATE"
    yield f'REVOKE ALL ON "{table}" FROM {role}'
    yield f'GRANT {rights} ON "{table}" TO {role}'
    yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'
    yield f'DROP POLICY IF EXISTS same_center ON "{table}"'
    yield f'CREATE POLICY same_center ON "{table}" USING ({POLICY}) WITH CHECK ({POLICY})'


def _locks(model: type[CenterModel]) -> Iterator[str]:
    table = model._meta.db_table
    label = str(model._meta.verbose_name)
    yield _trigger(table, "no_delete", "BEFORE DELETE", f"A {label} is never deleted. Mark it as removed instead.")
    yield _trigger(
        table,
        "no_truncate",
        "BEFORE TRUNCATE",
        f"A {label} is never deleted. Mark it as removed instead.",
        each="STATEMENT",
    )
    if _seal_of(model, "append_only"):
        yield _trigger(table, "no_update", "BEFORE UPDATE", f"A {label} is never changed. Add a correcting one.")
        return
    yield (
        f'CREATE OR REPLACE TRIGGER keep_history AFTER UPDATE ON "{table}" '
        "FOR EACH ROW EXECUTE FUNCTION openiop_history()"
    )
    condition = _seal_of(model, "locked_when")
    if condition:
        when = f"({condition}) AND {_changed(model)}"
        yield _trigger(table, "locked", "BEFORE UPDATE", f"This {label} is locked. Add an addendum instead.", when=when)


def _changed(model: type[CenterModel]) -> str:
    free = set(_seal_of(model, "but_may_change") or ())
    columns = [f.column for f in model._meta.concrete_fields if f.name not in free]
    return "(" + " OR ".join(f'OLD."{c}" IS DISTINCT FROM NEW."{c}"' for c in columns) + ")"


def _trigger(table: str, name: str, event: str, message: str, *, each: str = "ROW", when: str = "") -> str:
    condition = f"WHEN ({when}) " if when else ""
    text = message.replace("'", "''")
    return (
        f'CREATE OR REPLACE TRIGGER {name} {event} ON "{table}" FOR EACH {each} '
        f"{condition}EXECUTE FUNCTION openiop_refuse('{text}')"
    )


def _seal_of(model: type[models.Model], name: str) -> Any:
    return getattr(getattr(model, "Seal", None), name, None)


def _same_center_keys(model: type[CenterModel], existing: set[str]) -> Iterator[str]:
    for field in model._meta.concrete_fields:
        target = field.related_model
        if not isinstance(target, type) or not issubclass(target, CenterModel):
            continue
        if target._meta.db_table in existing:
            yield from _pair_key(target._meta.db_table)
            yield _composite_key(model._meta.db_table, str(field.column), target._meta.db_table)


def _pair_key(table: str) -> Iterator[str]:
    yield f'CREATE UNIQUE INDEX IF NOT EXISTS "{table}_pair" ON "{table}" (center_id, id)'


def _composite_key(table: str, column: str, target: str) -> str:
    name = f"{table[:25]}_{column[:25]}_center"
    return f"""
    DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = '{name}' AND conrelid = '"{table}"'::regclass) THEN
            ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY (center_id, "{column}")
            REFERENCES "{target}" (center_id, id) DEFERRABLE INITIALLY DEFERRED;
        END IF;
    END $$"""
