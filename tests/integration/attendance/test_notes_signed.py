"""Attendance and notes of a session: written together, signed in one go, locked from then on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from openiop.attendance import actions
from openiop.attendance.events import session_signed
from openiop.attendance.models import Addendum, Attendance, ClientNote, GroupNote, Session, Status
from openiop.attendance.queries import all_unsigned, unsigned
from openiop.attendance.values import LineEdit, Mark
from openiop.kernel.errors import Refusal
from openiop.shared.access import Actor
from openiop.shared.models import AuditEntry, HistoryEntry
from tests.iop import Iop

NARRATIVE = "The group practiced two skills for hard moments."


@pytest.fixture
def heard() -> Iterator[list[dict]]:
    """What the rooms above are told."""
    got: list[dict] = []

    def listen(sender: object, **told: object) -> None:
        got.append(told)

    session_signed.connect(listen)
    yield got
    session_signed.disconnect(listen)


def leader(iop: Iop) -> Actor:
    return iop.world.actor(iop.world.counselor)


def write(iop: Iop, session: Session, texts: dict, **more: object) -> GroupNote:
    edits = [LineEdit(iop.line(session, client).pk, text=text) for client, text in texts.items()]
    return actions.save_group_note(session=session, lines=edits, by=leader(iop), at=iop.world.now, **more)


def two_members(iop: Iop) -> Session:
    """This morning's group with Alex, who came, and Brianna, who did not; everything written."""
    world = iop.world
    iop.begin(world.client)
    iop.begin(world.other_client)
    session = iop.todays()
    actions.mark(line=iop.line(session, world.client), status=Status.PRESENT, by=iop.by, at=world.now)
    actions.mark(line=iop.line(session, world.other_client), status=Status.EXCUSED, by=iop.by, at=world.now)
    texts = {world.client: "Named two triggers.", world.other_client: "Called ahead: child is ill."}
    write(iop, session, texts, topic="Distress tolerance", narrative=NARRATIVE)
    return session


def sign(iop: Iop, session: Session) -> list[ClientNote]:
    return actions.sign_session(session=session, by=leader(iop), at=iop.world.now)


def test_signing_gives_each_who_came_a_note_and_the_others_their_reason(iop: Iop, heard: list[dict]) -> None:
    session = two_members(iop)
    [note] = sign(iop, session)
    assert note.text == f"DBT skills: Distress tolerance\n\n{NARRATIVE}\n\nNamed two triggers."
    assert note.signed_by_id == iop.world.counselor.pk
    away = iop.line(session, iop.world.other_client)
    assert (away.reason, away.minutes, away.note.text, away.note.signed_at) == (
        "Called ahead: child is ill.",
        0,
        "",
        None,
    )
    [told] = heard
    assert {line.client_id: line.status for line in told["lines"]} == {
        iop.world.client.pk: Status.PRESENT,
        iop.world.other_client.pk: Status.EXCUSED,
    }


def test_signing_twice_is_once(iop: Iop, heard: list[dict]) -> None:
    session = two_members(iop)
    assert [n.pk for n in sign(iop, session)] == [n.pk for n in sign(iop, session)]
    assert len(heard) == 1


def test_signing_asks_for_what_is_missing_in_the_order_of_the_page(iop: Iop) -> None:
    world = iop.world
    iop.begin(world.client)
    session = iop.todays()
    line = iop.line(session, world.client)
    missing = []
    for step in (
        lambda: actions.mark_rest_present(session=session, by=iop.by, at=world.now),
        lambda: write(iop, session, {}, narrative=NARRATIVE),
        lambda: write(iop, session, {world.client: "Spoke first."}),
    ):
        with pytest.raises(Refusal) as caught:
            sign(iop, session)
        missing.append(caught.value.field)
        step()
    assert missing == [f"status-{line.pk}", "narrative", f"text-{line.pk}"]
    assert len(sign(iop, session)) == 1


def test_a_session_that_has_not_begun_cannot_be_signed(iop: Iop) -> None:
    iop.begin(iop.world.client)
    tomorrow = iop.sessions()[2]
    with pytest.raises(Refusal, match="has not begun"):
        sign(iop, tomorrow)


@pytest.mark.parametrize(
    ("status", "written", "expected"),
    [
        ("present", None, 75),
        ("late", None, 60),
        ("late", 40, 40),
        ("left_early", 0, 0),
        ("absent", None, 0),
        ("excused", 30, 0),
    ],
)
def test_minutes_follow_from_how_someone_attended(iop: Iop, status: str, written: int | None, expected: int) -> None:
    iop.begin(iop.world.client)
    line = iop.line(iop.todays(), iop.world.client)
    assert actions.mark(line=line, status=status, minutes=written, by=iop.by, at=iop.world.now).minutes == expected


def test_more_minutes_than_the_session_has_are_refused(iop: Iop) -> None:
    iop.begin(iop.world.client)
    line = iop.line(iop.todays(), iop.world.client)
    with pytest.raises(Refusal, match="from 0 to 75"):
        actions.mark(line=line, status="late", minutes=76, by=iop.by, at=iop.world.now)


def test_a_line_of_another_session_is_refused(iop: Iop) -> None:
    iop.begin(iop.world.client)
    first, second = iop.sessions()[:2]
    with pytest.raises(Refusal, match="another session"):
        actions.mark_many(
            session=first, marks={iop.line(second, iop.world.client).pk: Mark("present")}, by=iop.by, at=iop.world.now
        )
    with pytest.raises(Refusal, match="another session"):
        actions.save_group_note(
            session=first, lines=[LineEdit(iop.line(second, iop.world.client).pk, text="x")], by=leader(iop),
            at=iop.world.now,
        )  # fmt: skip


def test_two_people_on_the_same_words_the_second_is_told_and_nothing_is_lost(iop: Iop) -> None:
    iop.begin(iop.world.client)
    session = iop.todays()
    write(iop, session, {iop.world.client: "First words."}, version=0, narrative="First summary.")
    other = iop.world.actor(iop.world.director)
    with pytest.raises(actions.NoteConflict) as caught:
        actions.save_group_note(session=session, version=0, narrative="Second summary.", by=other, at=iop.world.now)
    [collision] = caught.value.collisions
    assert (collision.saved, collision.typed) == ("First summary.", "Second summary.")
    assert GroupNote.objects.get().narrative == "First summary."


def test_two_people_on_different_lines_do_not_disturb_each_other(iop: Iop) -> None:
    world = iop.world
    iop.begin(world.client)
    iop.begin(world.other_client)
    session = iop.todays()
    write(iop, session, {world.client: "About Alex."})
    edit = LineEdit(iop.line(session, world.other_client).pk, text="About Brianna.", version=0, was_text="")
    actions.save_group_note(session=session, lines=[edit], by=leader(iop), at=world.now)
    assert set(ClientNote.objects.values_list("line", flat=True)) == {"About Alex.", "About Brianna."}


def test_what_is_signed_is_refused_by_the_actions(iop: Iop) -> None:
    session = two_members(iop)
    sign(iop, session)
    line = iop.line(session, iop.world.client)
    for attempt in (
        lambda: write(iop, session, {iop.world.client: "Other words."}),
        lambda: actions.mark(line=line, status="absent", by=iop.by, at=iop.world.now),
        lambda: actions.mark_rest_present(session=session, by=iop.by, at=iop.world.now),
        lambda: actions.cancel_session(session=session, because="Mistake", by=iop.by, at=iop.world.now),
    ):
        with pytest.raises(Refusal, match="signed"):
            attempt()


@pytest.mark.parametrize("change", ["line = 'x'", "text = 'x'", "signed_at = NULL, signed_by_id = NULL"])
def test_the_database_refuses_to_change_a_signed_note(iop: Iop, change: str) -> None:
    sign(iop, two_members(iop))
    with pytest.raises(DatabaseError, match="is locked"), transaction.atomic(), connection.cursor() as c:
        c.execute(f"UPDATE attendance_clientnote SET {change} WHERE signed_at IS NOT NULL")
    note = ClientNote.objects.get(signed_at__isnull=False)
    note.text = "changed"
    with pytest.raises(DatabaseError, match="locked"), transaction.atomic():
        note.save()
    with pytest.raises(DatabaseError, match="locked"), transaction.atomic():
        GroupNote.objects.update(narrative="changed")


def test_an_addendum_adds_and_cannot_change(iop: Iop) -> None:
    [note] = sign(iop, two_members(iop))
    addendum = actions.add_addendum(note=note, text="It was three triggers.", by=leader(iop), at=iop.world.now)
    assert AuditEntry is not None
    with pytest.raises(DatabaseError), transaction.atomic():
        Addendum.objects.filter(pk=addendum.pk).update(text="x")
    note.refresh_from_db()
    assert "two triggers" in note.text


def test_a_draft_takes_no_addendum(iop: Iop) -> None:
    two_members(iop)
    draft = ClientNote.objects.filter(signed_at=None).first()
    with pytest.raises(Refusal, match="not signed yet"):
        actions.add_addendum(note=draft, text="More.", by=leader(iop), at=iop.world.now)


def test_every_version_of_a_line_stays_in_the_history(iop: Iop) -> None:
    iop.begin(iop.world.client)
    session = iop.todays()
    for text in ("One.", "Two.", "Three."):
        write(iop, session, {iop.world.client: text})
    note = ClientNote.objects.get()
    kept = {row["line"] for row in HistoryEntry.objects.filter(row_id=note.pk).values_list("before", flat=True)}
    assert (note.line, kept) == ("Three.", {"One.", "Two."})


def test_notes_wait_for_their_leader_until_signed(iop: Iop) -> None:
    session = two_members(iop)
    later = iop.world.now + timedelta(hours=1)
    assert not unsigned(iop.world.counselor, iop.world.now).exists()
    assert [s.pk for s in unsigned(iop.world.counselor, later)] == [session.pk]
    assert not unsigned(iop.world.other_staff, later).exists()
    sign(iop, session)
    assert not all_unsigned(later).exists()


def test_a_canceled_session_expects_nobody(iop: Iop) -> None:
    iop.begin(iop.world.client)
    session = iop.todays()
    actions.cancel_session(session=session, because="Snow", by=iop.by, at=iop.world.now)
    assert {line.status for line in Attendance.objects.filter(session=session)} == {Status.RELEASED}
