"""A script in every text of every table is shown as text and runs nowhere (CVE-2026-32121, 2022-24643, 2021-40374).

The canary is put into the columns themselves, past every form, so that no page may rely on what a form refuses.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import psycopg
import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.core import mail
from django.db import models, transaction
from psycopg import sql
from pypdf import PdfReader

from openiop.messaging.tasks import deliver
from openiop.people.models import Center
from openiop.shared.seal import center_models
from tests.conftest import copy_database
from tests.integration.security.browsing import signed_in
from tests.integration.security.conftest import CASES, working_in
from tests.integration.security.pages import pages
from tests.integration.security.records import Cases
from tests.settings import SERVER, WORKER
from tests.world import OUR_CENTER

CANARY = """<script>alert("canary")</script>"'><img src=x onerror=alert(1)>"""
SHORT = "\"'><u x>"
DATABASE = f"canary_{WORKER}"

# Columns that a program reads and no person writes: names of instruments, kinds, hashes, keys.
MACHINE = {
    "accounts.Membership": {"role"},
    "admissions.Recommendation": {"content_version"},
    "consents.Disclosure": {"notice"},
    "incentives.Course": {"protocol", "version", "commitment", "limit"},
    "incentives.Draw": {"prize"},
    "incentives.Earning": {"source", "result"},
    "measures.Administration": {"instrument", "version"},
    "messaging.Alert": {"kind", "source"},
    "messaging.Mail": {"key", "to", "subject"},
    "people.Center": {"time_zone", "jurisdiction", "client_prefix"},
    "shared.AuditEntry": {"verb", "object_type"},
    "shared.HistoryEntry": {"table_name"},
    "shared.IdempotencyKey": {"verb"},
}

ONLY_WHERE_FILLED = {("consents.Consent", "signed_name")}
"""A constraint says that it stays empty until then."""


def text_fields() -> Iterator[tuple[type[models.Model], models.Field[Any, Any]]]:
    """Every column of words, in every table of a center and the center's own."""
    for model in [*center_models(), Center]:
        for field in model._meta.concrete_fields:
            is_text = isinstance(field, models.CharField | models.TextField) and not field.choices
            if is_text and field.name not in MACHINE.get(model._meta.label, ()):
                yield model, field


def canary_for(field: models.Field[Any, Any]) -> str:
    """As much of the canary as fits with four letters to spare, which keep names apart."""
    room = (field.max_length or 1000) - 4
    return CANARY if room >= len(CANARY) else SHORT if room >= len(SHORT) else ""


def poisoned(value: Any) -> Any:
    """The same JSON with the canary in every text that a person wrote: those of more than one word."""
    if isinstance(value, dict):
        return {key: poisoned(one) for key, one in value.items()}
    if isinstance(value, list):
        return [poisoned(one) for one in value]
    return CANARY if isinstance(value, str) and " " in value else value


def poison(database: str) -> None:
    with SERVER.connect(database=database) as connection:
        connection.execute("SET session_replication_role = replica")
        for model, field in text_fields():
            table, column = sql.Identifier(model._meta.db_table), sql.Identifier(str(field.column))
            statement = "UPDATE {0} SET {1} = %s || left(id::text, 4)"
            if (model._meta.label, field.name) in ONLY_WHERE_FILLED:
                statement += " WHERE {1} <> ''"
            connection.execute(sql.SQL(statement).format(table, column), [canary_for(field)])
        for model in center_models():
            for field in model._meta.concrete_fields:
                if isinstance(field, models.JSONField):
                    _poison_json(connection, model._meta.db_table, str(field.column))


def _poison_json(connection: psycopg.Connection[Any], table: str, column: str) -> None:
    names = {"table": sql.Identifier(table), "column": sql.Identifier(column)}
    for key, value in connection.execute(sql.SQL("SELECT id, {column} FROM {table}").format(**names)).fetchall():
        connection.execute(
            sql.SQL("UPDATE {table} SET {column} = %s WHERE id = %s").format(**names),
            [json.dumps(poisoned(value)), key],
        )


@pytest.fixture(scope="module")
def poisoned_cases(case_database: Cases, django_db_blocker: pytest.FixtureRequest) -> Iterator[Cases]:
    """The records with a canary in every text."""
    copy_database(DATABASE, CASES)
    poison(DATABASE)
    with django_db_blocker.unblock(), working_in(DATABASE), transaction.atomic():
        yield case_database
        transaction.set_rollback(True)
    SERVER.drop_database(DATABASE)


def alive(html: str) -> list[str]:
    """Where a canary has become part of the page."""
    soup = BeautifulSoup(html, "html.parser")
    found = [str(tag)[:120] for tag in soup.find_all("script") if not tag.get("src") and "canary" in tag.text]
    found += [str(tag)[:120] for tag in soup.find_all("u")]
    for tag in soup.find_all(True):
        found += [f"{tag.name} {name}" for name in tag.attrs if name.startswith("on") or name in {"u", "'"}]
        found += [
            f"{tag.name} {name}={value}" for name, value in tag.attrs.items() if str(value).startswith("javascript:")
        ]
    return found


def test_the_canary_sings_where_it_is_alive() -> None:
    """The detector finds what it looks for, in text and in an attribute."""
    assert alive(f"<p>{CANARY}</p>")
    assert alive(f'<input value="{CANARY}">')
    assert alive(f'<input value="{SHORT}">')
    assert not alive("<p>&lt;script&gt;alert(&quot;canary&quot;)&lt;/script&gt;</p>")


def test_every_page_shows_the_canary_as_text(poisoned_cases: Cases) -> None:
    wrong, shown = [], set()
    for page in pages(poisoned_cases):
        answer = page.open()
        about = f"{page.name} {page.path} as {page.who}"
        if answer.status >= 500:
            wrong.append(f"{about}: {answer} {answer.error}")
        if answer.response.get("Content-Type", "").startswith("text/html"):
            wrong += [f"{about}: {place}" for place in alive(answer.text)]
        if "canary" in answer.text:
            shown.add(page.name)
        if "canary" in answer.location:
            wrong.append(f"{about}: in the address {answer.location}")
    assert not wrong, "\n".join(wrong)
    # A canary that is never shown proves nothing.
    assert len(shown) > 35, sorted(shown)


def test_every_column_of_words_is_known() -> None:
    """A new column is poisoned unless it is named here as one of the machine's; names that are gone fail."""
    for label, names in MACHINE.items():
        assert names <= {field.name for field in apps.get_model(label)._meta.concrete_fields}, label
    assert len(list(text_fields())) > 60


def test_the_discharge_summary_prints_it_as_text(poisoned_cases: Cases) -> None:
    browser = signed_in(poisoned_cases.world.director.user)
    answer = browser.get(f"/desk/clients/{poisoned_cases.own.ids['former']}/discharge/summary.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="discharge-summary.pdf"'
    reader = PdfReader(BytesIO(answer.content))
    printed = "".join("".join(page.extract_text().split()) for page in reader.pages)
    assert '<script>alert("canary")</script>' in printed
    assert b"/JavaScript" not in answer.content
    assert b"/URI" not in answer.content


def test_mails_are_plain_text(poisoned_cases: Cases) -> None:
    """What a person is called cannot put a header or markup into a mail."""
    with SERVER.connect(database=DATABASE) as connection:
        waiting = "SELECT id FROM messaging_mail WHERE center_id = %s AND sent_at IS NULL"
        [key] = connection.execute(waiting, [OUR_CENTER]).fetchmany(1)[0]
    deliver(center_id=str(OUR_CENTER), mail_id=str(key))
    sent = mail.outbox[-1]
    assert sent.content_subtype == "plain"
    assert not getattr(sent, "alternatives", None)
    assert "canary" in sent.body
    assert "\n" not in sent.subject
