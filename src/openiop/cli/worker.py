"""`openiop worker`: the process that does queued jobs."""

from __future__ import annotations

import click

from openiop.cli.session import load_django


@click.command()
def command() -> None:
    """Do queued jobs until stopped. `openiop serve` starts one by itself."""
    load_django("web")
    from django.core.management import call_command

    call_command("procrastinate", "worker", "--concurrency", "4", "--name", "openiop")
