"""`openiop setup`: the first center of a real installation and the person who administers it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from openiop.cli.installation import installation
from openiop.cli.session import load_django, run_command, running_database, say
from openiop.shared.postgres.errors import PostgresError


def _known_time_zone(context: click.Context, parameter: click.Parameter, value: str) -> str:
    try:
        return ZoneInfo(value).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise click.BadParameter(f"{value!r} is not a time zone; one is America/New_York") from None


def _two_words(context: click.Context, parameter: click.Parameter, value: str) -> tuple[str, str]:
    first, _, last = value.strip().rpartition(" ")
    if not first:
        raise click.BadParameter(f"{value!r} needs a first and a last name")
    return first, last


def _not_blank(context: click.Context, parameter: click.Parameter, value: str) -> str:
    if not value.strip():
        raise click.BadParameter("it may not be empty")
    return value.strip()


@click.command()
@click.option("--center", prompt="Name of the center", callback=_not_blank)
@click.option("--phone", prompt="Its phone number", callback=_not_blank)
@click.option(
    "--time-zone", prompt="Its time zone", default="America/New_York", show_default=True, callback=_known_time_zone
)
@click.option("--site", prompt="Name of its first site", callback=_not_blank)
@click.option("--address", prompt="Address of that site", callback=_not_blank)
@click.option("--admin-name", prompt="First and last name of the administrator", callback=_two_words)
@click.option("--admin-email", prompt="Their e-mail address", callback=_not_blank)
@click.option("--password-stdin", is_flag=True, help="Read their password from standard input instead of asking.")
def command(  # noqa: PLR0917 (click passes options by name)
    center: str,
    phone: str,
    time_zone: str,
    site: str,
    address: str,
    admin_name: tuple[str, str],
    admin_email: str,
    password_stdin: bool,
) -> None:
    """Create a real center and its first administrator on an empty database; asks for what no option says."""
    password = _password(password_stdin)
    with running_database():
        load_django("owner")
        refuse_used_database()
        check_credentials(admin_email, password)
        run_command(["migrate"])
        open_center(
            center={"name": center, "phone": phone, "time_zone": time_zone},
            site={"name": site, "address": address},
            administrator={
                "first_name": admin_name[0],
                "last_name": admin_name[1],
                "email": admin_email,
                "password": password,
            },
        )
    say(f"{center} is ready. Start it with `openiop serve`, sign in as {admin_email}, and set a second factor.")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt("Their password (15 characters or more)", hide_input=True, confirmation_prompt=True)
    return typed


def refuse_used_database() -> None:
    """Raises PostgresError when the database holds a center already."""
    found = installation()
    if found == "real":
        raise PostgresError("This database holds a center already; more staff and sites are added on the desk.")
    if found != "empty":
        raise PostgresError("This database holds the demo: set OPENIOP_HOME or DATABASE_URL to an empty one.")


def check_credentials(email: str, password: str) -> None:
    """Raises UsageError when the address or the password cannot be accepted."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    from openiop.accounts.models import User

    try:
        validate_email(email)
        validate_password(password, User(email=email))
    except ValidationError as error:
        raise click.UsageError(" ".join(error.messages)) from None


def open_center(*, center: dict[str, str], site: dict[str, str], administrator: dict[str, str]) -> None:
    """Make the center, its site and its administrator, all or nothing."""
    from openiop.people.actions import open_center_with_administrator
    from openiop.shared.models import Installation

    open_center_with_administrator(
        center=center, site=site, administrator=administrator, kind=Installation.Kind.REAL, at=datetime.now(UTC)
    )
