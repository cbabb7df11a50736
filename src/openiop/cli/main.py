"""`openiop COMMAND`: the table of commands, and one way to say that something went wrong.

A command's module holds a click command named `command`. It is imported only when it is called, so that
`openiop score` starts without Django and without a database.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from types import FrameType
from typing import NamedTuple

import click

from openiop.kernel.errors import InputError, Refusal
from openiop.shared.postgres.errors import PostgresError


class Entry(NamedTuple):
    """Where a command is and what it does."""

    module: str
    about: str


COMMANDS = {
    "demo": Entry("openiop.cli.demo.command", "Start a demo center with months of history, for a look around."),
    "serve": Entry("openiop.cli.serve", "Run the web site, its job worker and, without DATABASE_URL, its database."),
    "setup": Entry("openiop.cli.setup", "Create a real center and its first administrator on an empty database."),
    "migrate": Entry("openiop.cli.migrate", "Bring the database up to this version."),
    "worker": Entry("openiop.cli.worker", "Run the job worker alone."),
    "doctor": Entry("openiop.cli.doctor", "Check this installation and say what to do about each finding."),
    "backup": Entry("openiop.cli.backup", "Save the database into a new folder, verified."),
    "restore": Entry("openiop.cli.restore", "Verify a backup and bring it back."),
    "import-referral": Entry("openiop.cli.referral", "Read a hospital's referral (FHIR R4) as an inquiry."),
    "place": Entry("openiop.cli.place", "Recommend a level of care for a case (JSON)."),
    "score": Entry("openiop.cli.score", "Score an instrument's answers (JSON)."),
    "incentives": Entry("openiop.cli.incentives", "Play an incentive protocol over events (JSON)."),
}


class CommandTable(click.Group):
    """The group whose commands are the table above."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one command."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        command: click.Command = import_module(entry.module).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.about) for name, entry in COMMANDS.items()])


@click.group(cls=CommandTable, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="openiop", prog_name="openiop")
def group() -> None:
    """Run an Intensive Outpatient Program. `openiop COMMAND --help` says more about each command."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit: 0 done, 1 it could not be done, 2 it was asked for wrongly."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # what we started is stopped with us
        signal.signal(number, _interrupt)
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status; every foreseen problem is one line on stderr."""
    try:
        result = group.main(args=arguments, prog_name="openiop", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as done:
        return done.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("openiop: stopped", err=True)
        return 130
    except click.ClickException as error:
        return _complain(error.format_message(), 2)
    except InputError as error:
        return _complain(str(error), 2)
    except (PostgresError, Refusal) as error:
        return _complain(str(error), 1)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _complain(message: str, status: int) -> int:
    click.echo(f"openiop: {' '.join(message.split())}", err=True)
    return status


if __name__ == "__main__":
    main()
