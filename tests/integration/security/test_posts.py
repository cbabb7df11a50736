"""Nothing in a body changes what is not the sender's (after CVE-2026-25744 and CVE-2026-24890).

Every form of every page is sent with fields that nobody asked for and with keys of foreign objects; then the
database itself is read, past row-level security, for what changed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from openiop.shared.models import CenterModel
from openiop.shared.seal import center_models
from tests.integration.security.conftest import as_superuser
from tests.integration.security.pages import Form, all_forms
from tests.integration.security.records import Case, Cases
from tests.world import OTHER_CENTER

FORGED = "2001-02-03"
SIGNER = re.compile(r"(_by|^user|^staff)_id$")
# Whom something is about, chosen in a form on purpose; not who did it.
CHOSEN = {
    ("people_staff", "user_id"),
    ("people_client", "user_id"),
    ("people_familymember", "user_id"),
    ("accounts_membership", "user_id"),
    ("plans_intervention", "staff_id"),
    ("people_care", "staff_id"),
    ("shared_auditentry", "actor_user_id"),
}
LOGS = {"shared_historyentry", "shared_auditentry", "shared_idempotencykey"}


def columns(model: type[CenterModel]) -> list[str]:
    return [field.column for field in model._meta.concrete_fields]


def rows(sql: str, *params: object) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def digest(condition: str, key: object, *, having: str = "") -> dict[str, str]:
    """One hash for each table over the rows that the condition names."""
    parts = [
        f"SELECT '{model._meta.db_table}', md5(coalesce(string_agg(t::text, '|' ORDER BY id), '')) "
        f'FROM "{model._meta.db_table}" t WHERE {condition}'
        for model in center_models()
        if model._meta.db_table not in LOGS and (not having or having in columns(model))
    ]
    return dict(rows(" UNION ALL ".join(parts), *([key] * len(parts))))


def signers() -> set[tuple[str, str, str, str]]:
    """Who is named as the one who did something: table, row, column, key."""
    parts = [
        f"SELECT '{model._meta.db_table}', id::text, '{column}', \"{column}\"::text FROM \"{model._meta.db_table}\" "
        f'WHERE "{column}" IS NOT NULL'
        for model in center_models()
        for column in columns(model)
        if SIGNER.search(column) and (model._meta.db_table, column) not in CHOSEN
    ]
    return set(rows(" UNION ALL ".join(parts)))


def holding(text: str) -> set[str]:
    """Tables of ours in which a row holds this text."""
    parts = [
        f"SELECT DISTINCT '{model._meta.db_table}' FROM \"{model._meta.db_table}\" t "
        "WHERE t.center_id <> %s AND t::text LIKE %s"
        for model in center_models()
        if model._meta.db_table != "shared_historyentry"
    ]
    return {row[0] for row in rows(" UNION ALL ".join(parts), *([OTHER_CENTER, f"%{text}%"] * len(parts)))}


def forged_fields(cases: Cases) -> dict[str, object]:
    """Names under which a careless view might take a value."""
    foreign = cases.foreign
    return {
        "id": foreign.ids["client"],
        "pk": foreign.ids["client"],
        "client": foreign.ids["client"],
        "client_id": foreign.ids["client"],
        "center": OTHER_CENTER,
        "center_id": OTHER_CENTER,
        "episode": foreign.ids["episode"],
        "plan": foreign.ids["plan"],
        "signed_by": cases.world.foreign_director.pk,
        "signed_by_id": cases.world.foreign_director.pk,
        "signed_at": f"{FORGED} 04:05",
        "closed_at": f"{FORGED} 04:05",
        "decided_by": cases.world.foreign_director.pk,
        "user": cases.world.foreign_director.user_id,
        "user_id": cases.world.foreign_director.user_id,
        "role": "administrator",
        "roles": ["administrator", "director"],
        "status": "active",
        "signer": "client",
        "type": "patient-signature",
        "is_superuser": "1",
        "removed_at": f"{FORGED} 04:05",
        "created_at": f"{FORGED} 04:05",
    }


def _themselves(clients: list[UUID]) -> dict[str, str]:
    rest = "md5(string_agg(t::text, '|' ORDER BY id)) FROM people_client t WHERE id = ANY(%s)"
    return {"people_client": rows(f"SELECT {rest}", clients)[0][0]}


@dataclass
class Seen:
    """Hashes by table of what is not ours, who signed what, and who holds which role."""

    foreign: dict[str, str]
    other: dict[str, str]
    signers: set[tuple[str, str, str, str]]
    roles: set[tuple[Any, ...]]


class Watch:
    """What stood before, and what a sent form may not have changed."""

    def __init__(self, cases: Cases) -> None:
        self.cases = cases
        self.before = self._seen()

    def _seen(self) -> Seen:
        with as_superuser():
            other = [self.cases.other.ids[kind] for kind in ("client", "former", "waiting")]
            return Seen(
                foreign=digest("center_id = %s", OTHER_CENTER),
                other=digest("client_id = ANY(%s)", other, having="client_id") | _themselves(other),
                signers=signers(),
                roles=set(rows("SELECT user_id, role FROM accounts_membership WHERE ended_at IS NULL")),
            )

    def wrongs(self, form: Form, actor: Any) -> list[str]:
        """What is wrong in the database after this form was sent by this person."""
        now, before, who = self._seen(), self.before, form.page.who
        found = [f"{form}: changed {t} of the other center" for t, h in now.foreign.items() if h != before.foreign[t]]
        if who == "counselor":
            found += [f"{form}: changed {t} of another caseload" for t, h in now.other.items() if h != before.other[t]]
        allowed = {str(actor.pk), str(actor.user_id)}
        signed = now.signers - before.signers
        found += [f"{form}: {t}.{column} names someone else" for t, _, column, key in signed if key not in allowed]
        gained = {role for _, role in now.roles - before.roles} - {"client", "family"}
        found += [f"{form}: gained {role}" for role in gained if who != "administrator"]
        with as_superuser():
            for key in (FORGED, str(self.cases.foreign.ids["client"]), str(self.cases.world.foreign_director.pk)):
                found += [f"{form}: {table} holds {key}" for table in holding(key)]
        return found


def send_and_look(watch: Watch, form: Form, data: dict[str, Any]) -> list[str]:
    """Send, look, undo."""
    with transaction.atomic():
        response = form.page.browser.post(form.action, data)
        found = watch.wrongs(form, getattr(watch.cases.world, form.page.who))
        if response.status_code >= 500:
            found.append(f"{form}: {response.status_code} {getattr(response, 'exc_info', ('', ''))[1]!r}")
        transaction.set_rollback(True)
    return found


@pytest.fixture(scope="module")
def watch(cases_seen_by_all: Cases) -> Watch:
    """Taken before anything is sent."""
    return Watch(cases_seen_by_all)


@pytest.fixture(scope="module")
def forms(watch: Watch) -> list[Form]:
    """Every form of every page."""
    return all_forms(watch.cases)


def test_the_pages_show_their_forms_and_these_work(forms: list[Form]) -> None:
    """Guards the tests below: forms that are refused anyway would prove nothing."""
    answers = [form.send() for form in forms]
    done = [answer for answer in answers if answer.status == 302]
    assert len(answers) > 60
    assert len(done) > len(answers) / 2, sorted(answer.status for answer in answers)
    # Where they lead holds keys only: addresses end in histories and logs.
    assert not [a.location for a in done if re.search(r"(?i)\b(moreno|tate|alex|rosa)\b|@|%40", a.location)]


def test_fields_that_nobody_asked_for_change_nothing(watch: Watch, forms: list[Form]) -> None:
    wrong, extra = [], forged_fields(watch.cases)
    for form in forms:
        wrong += send_and_look(watch, form, {**extra, **form.data})
    assert not wrong, "\n".join(wrong)


UUID_TEXT = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


def counterpart(value: str, own: Case, theirs: Case) -> UUID:
    """The same kind of object in the other record; a client if the kind is not known."""
    kind = next((kind for kind, key in own.ids.items() if str(key) == value), "client")
    return theirs.ids[kind]


def test_keys_of_foreign_objects_are_not_taken(watch: Watch, forms: list[Form]) -> None:
    cases, wrong = watch.cases, []
    for form in forms:
        keyed = [name for name, value in form.data.items() if UUID_TEXT.match(str(value)) and "idempotency" not in name]
        for theirs in (cases.foreign, cases.other) if keyed else ():
            swapped = {name: counterpart(form.data[name], cases.own, theirs) for name in keyed}
            wrong += send_and_look(watch, form, {**form.data, **swapped})
    assert not wrong, "\n".join(wrong)


def test_the_watch_notices(watch: Watch, forms: list[Form]) -> None:
    """The watch is no watch unless it sees a change of each kind."""
    form = next(form for form in forms if form.page.who == "counselor")
    with transaction.atomic():
        with as_superuser(), connection.cursor() as cursor:
            cursor.execute("UPDATE people_site SET name = 'Changed' WHERE center_id = %s", [OTHER_CENTER])
            cursor.execute("UPDATE people_client SET phone = '1' WHERE id = %s", [watch.cases.other.client.pk])
            cursor.execute("UPDATE people_site SET created_at = %s WHERE center_id <> %s", [FORGED, OTHER_CENTER])
            director = watch.cases.world.director.user_id
            cursor.execute("UPDATE messaging_alert SET acknowledged_by_id = %s WHERE closed_at IS NULL", [director])
            cursor.execute("UPDATE accounts_membership SET role = 'administrator' WHERE role = 'scheduler'")
        found = "\n".join(watch.wrongs(form, watch.cases.world.counselor))
        transaction.set_rollback(True)
    for words in ("of the other center", "of another caseload", "names someone else", FORGED, "gained"):
        assert words in found
