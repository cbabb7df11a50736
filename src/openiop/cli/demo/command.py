"""`openiop demo`: a whole center to look around in, on this machine only."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click
import psycopg

from openiop.cli import ports
from openiop.cli.installation import installation, mark_demo_as_whole
from openiop.cli.serve import address, check_address, default_workers, serve
from openiop.cli.session import load_django, run_command, running_database, say
from openiop.shared.postgres.errors import PostgresError
from openiop.shared.postgres.location import database_urls

HOST = "127.0.0.1"


@click.command()
@click.option("--port", type=int, default=None, help="Port to listen on [default: PORT from the environment, or 8000].")
@click.option("--reset", is_flag=True, help="Throw the demo's data away and start over.")
@click.option("--no-serve", is_flag=True, help="Only prepare the demo, do not serve it.")
def command(port: int | None, reset: bool, no_serve: bool) -> None:
    """Start the demo center, made up and filled with months of history; nobody in it is real."""
    os.environ["OPENIOP_DEMO"] = "1"
    chosen = ports.chosen_port(port)
    if not no_serve:
        check_address(HOST, chosen)
    with running_database() as database:
        if reset:
            throw_away()
        prepare()
        if not no_serve:
            serve(HOST, chosen, database, workers=default_workers(), when_ready=lambda: welcome(chosen))


def prepare() -> None:
    """Migrate, and fill the database when it holds no whole demo yet. Refuses the database of a real center."""
    found = installation()
    if found == "real":
        raise PostgresError(
            "This database belongs to a real center, so it is not shown as a demo: use `openiop serve`."
        )
    if found == "unfinished demo":
        say("The demo was not filled to its end the last time; starting over")
        throw_away()
    if found == "demo":
        run_command(["migrate"])
        return
    with lazy_commits():
        run_command(["migrate"])
        say("Filling the demo center (about a minute, only this once)")
        fill()


@contextmanager
def lazy_commits() -> Iterator[None]:
    """Let new connections not wait for the disk: a demo that a power cut catches half filled is filled anew."""
    os.environ["PGOPTIONS"] = "-c synchronous_commit=off"
    try:
        yield
    finally:
        del os.environ["PGOPTIONS"]


def fill() -> None:
    """Make the demo center through the same services as the screens, and mark it as whole."""
    load_django("owner")  # only the owner may open a center
    from openiop.cli.demo.fill import fill as fill_center

    fill_center(say)
    mark_demo_as_whole()


def throw_away() -> None:
    """Empty the database. Raises PostgresError unless it is marked as a demo, or empty."""
    found = installation()
    if found == "real":
        raise PostgresError("This database belongs to a real center; it is not thrown away.")
    if found == "empty":
        return
    say("Throwing the old demo away")
    with psycopg.connect(database_urls()["owner"], autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


def welcome(port: int) -> None:
    """Say where the demo is and how to enter."""
    click.echo(
        f"\n  OpenIOP is ready: {address(HOST, port)}\n"
        f"  To enter: open {address(HOST, port)}accounts/login/ and press the button of a role\n"
        "  (client, family, counselor, admissions, scheduler, director, administrator).\n"
        "  Everyone in it is made up. Ctrl-C stops it; the data stay. `make demo-reset` starts over.\n"
    )
