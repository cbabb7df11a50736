"""`openiop import-referral FILE`: a hospital's referral becomes an inquiry, after a person has seen what it says."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from openiop.admissions.engine.referral import MAX_BYTES, read_referral
from openiop.admissions.engine.referral.keeping import GROUPS, as_record, as_referral, kept
from openiop.cli.session import load_django, running_database
from openiop.kernel.errors import InputError, Refusal

if TYPE_CHECKING:
    from openiop.people.models import Center

COLUMNS = ("first_name", "last_name", "phone", "email", "language", "coverage")


@click.command("import-referral")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Keep everything without asking.")
@click.option("--center", "named", help="Name of the center, where there are several.")
def command(file: Path, yes: bool, named: str | None) -> None:
    """Read FILE, a FHIR R4 bundle (JSON), show what it says, ask, and keep it as an inquiry."""
    record = as_record(read_referral(_bytes(file)))
    _show(record)
    with running_database(lambda text: None):
        load_django("web")
        _keep(record, _center(named), yes)


def _bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError("file", held=str(file), allowed=f"name a file that can be read ({error.strerror})") from None


def _show(record: dict[str, Any]) -> None:
    person = record["person"]
    click.echo(f"{person['first_name']} {person['last_name']}, born {person['birth_date'] or 'unknown'}")
    for label in ("phone", "email", "address", "language", "coverage"):
        if person[label]:
            click.echo(f"  {label}: {person[label]}")
    if record["referrer"]["organization"]:
        click.echo(f"  referred by: {record['referrer']['organization']}")
    for group, heading in GROUPS.items():
        facts = [fact for fact in record["facts"] if fact["group"] == group]
        if facts:
            click.echo(f"{heading} ({len(facts)})")
        for fact in facts:
            beside = ", ".join(part for part in (fact.get("date"), fact.get("status"), fact.get("code")) if part)
            click.echo(f"  - {fact['text']}{f' ({beside})' if beside else ''}")
    for sentence in record["missing"]:
        click.echo(f"Note: {sentence}")


def _center(named: str | None) -> Center:
    from openiop.people.models import Center
    from openiop.shared.access import Actor
    from openiop.shared.jobs import all_center_ids
    from openiop.shared.scope import center_scope

    centers = []
    for key in all_center_ids():
        with center_scope(key, Actor.system("import-referral", key)):
            centers.append(Center.objects.get(pk=key))
    chosen = [one for one in centers if named is None or one.name.casefold() == named.casefold()]
    if len(chosen) == 1:
        return chosen[0]
    if not centers:
        raise Refusal("There is no center yet. Create one with `openiop setup` first.")
    names = ", ".join(sorted(one.name for one in centers))
    raise InputError("--center", held=named, allowed=f"name one of: {names}")


def _keep(record: dict[str, Any], center: Center, yes: bool) -> None:
    """Ask first: nothing is stored before the answer."""
    from openiop.shared.access import Actor
    from openiop.shared.scope import center_scope

    actor = Actor.system("import-referral", center.pk)
    with center_scope(center.pk, actor):
        _show_matches(record)
    if not yes and not click.confirm(f"Keep this as an inquiry at {center.name}?"):
        click.echo("Nothing was kept.")
        return
    with center_scope(center.pk, actor):
        key = _receive(record, actor)
    click.echo(f"Kept as inquiry {key}. It waits on the desk under Inquiries.")


def _show_matches(record: dict[str, Any]) -> None:
    from openiop.admissions.queries import matches

    for match in matches(as_referral(record)):
        name = f"{match.person.given} {match.person.family}".strip()
        click.echo(f"Maybe known already: {name}. {'; '.join(match.reasons)}")


def _receive(record: dict[str, Any], actor: Any) -> UUID:
    from django.utils import timezone

    from openiop.admissions.actions import receive_inquiry
    from openiop.admissions.models import Source
    from openiop.people.models import SafeContact

    person = record["person"]
    facts = kept(record, {fact["key"] for fact in record["facts"]})
    inquiry = receive_inquiry(
        source=Source.REFERRAL,
        birth_date=date.fromisoformat(person["birth_date"]) if person["birth_date"] else None,
        # The person has not told us yet what is safe, so the careful choice stands until they do.
        safe_contact=SafeContact.NO_VOICEMAIL,
        referral={**facts, "person": {"sex": person["sex"], "address": person["address"]}},
        by=actor,
        at=timezone.now(),
        **{name: person[name] for name in COLUMNS},
    )
    return UUID(str(inquiry.pk))
