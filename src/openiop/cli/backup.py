"""`openiop backup DIR`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from openiop.cli.session import running_database, say
from openiop.shared.postgres.backup import back_up


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
def command(directory: Path) -> None:
    """Save the database into a new dated folder in DIRECTORY and verify it.

    It holds the records of people in treatment and is not encrypted: keep DIRECTORY on an encrypted disk, or encrypt
    the folder before it leaves this machine.
    """
    with running_database():
        folder = back_up(directory, at=datetime.now(UTC), say=say)
    say(f"Saved and verified: {folder}")
