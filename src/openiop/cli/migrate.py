"""`openiop migrate`: roles, tables, the seal around each center, and the static files of the pages."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import click

from openiop.cli.session import load_django, running_database, say
from openiop.shared.postgres.location import database_urls, uses_embedded_server
from openiop.shared.postgres.roles import prepare_roles


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; exit status 1 when migrations wait.")
def command(check: bool) -> int:
    """Bring the database up to this version of OpenIOP. Safe to repeat."""
    with running_database():
        if check:
            return 1 if waiting_migrations() else 0
        if not uses_embedded_server():
            urls = database_urls()
            prepare_roles(urls["owner"], urls["web"])
        migrate()
        collect_static_files()
    return 0


def waiting_migrations() -> int:
    """How many migrations the database lacks. Django runs as the owner from here on."""
    load_django("owner")
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    connection.close()
    return len(plan)


def migrate() -> None:
    """Apply what is not applied yet, and the seal."""
    waiting = waiting_migrations()
    from django.core.management import call_command
    from django.db import connection

    if waiting:
        say(f"Preparing the tables ({waiting} steps)")
    call_command("migrate", interactive=False, verbosity=0)
    connection.close()


def collect_static_files() -> None:
    """Copy the style sheets, scripts and pictures to where the web server finds them, if any has changed."""
    from django.conf import settings
    from django.core.management import call_command

    mark = Path(settings.STATIC_ROOT) / ".collected"
    state = _static_state()
    if mark.exists() and mark.read_text("ascii") == state:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    mark.write_text(state, "ascii")


def _static_state() -> str:
    """A digest of the names, sizes and times of all static files, and of the storage that prepares them."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders

    state = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = os.stat(storage.path(name))
            state.update(f"{name} {found.st_size} {found.st_mtime_ns}\n".encode())
    return state.hexdigest()
