"""`openiop restore DIR`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from openiop.cli.session import say
from openiop.shared.postgres.restore import restore


@click.command()
@click.argument("backup", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Move an existing database aside (it is kept) and take its place.")
@click.option("--from-dump", is_flag=True, help="Use the dump even where the server's files could be used.")
def command(backup: Path, replace: bool, from_dump: bool) -> None:
    """Verify the folder BACKUP and make it the database of this installation."""
    say(f"Restored: {restore(backup, at=datetime.now(UTC), say=say, replace=replace, from_dump=from_dump)}")
