"""`openiop migrate`: roles, tables, the seal around each center, and the static files of the pages."""

from __future__ import annotations

import click

from openiop.cli.session import load_django, running_database, say
from openiop.shared.postgres.location import database_urls, uses_embedded_server
from openiop.shared.postgres.roles import prepare_roles


@click.command()
def command() -> None:
    """Bring the database up to this version of OpenIOP. Safe to repeat."""
    with running_database():
        if not uses_embedded_server():
            urls = database_urls()
            prepare_roles(urls["owner"], urls["web"])
        load_django("owner")
        migrate()
        collect_static_files()


def migrate() -> None:
    """Apply what is not applied yet and say what that was; Django runs as the owner of the database."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        say(f"Preparing the tables ({len(plan)} steps)")
    call_command("createcachetable", verbosity=0)  # first, so that the seal grants it to the web role
    call_command("migrate", interactive=False, verbosity=0)
    connection.close()


def collect_static_files() -> None:
    """Copy the style sheets, scripts and pictures to where the web server finds them."""
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)
