"""The note of a session: written once for the group and in a line for each member, signed in one go."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from openiop.attendance.events import session_signed
from openiop.attendance.models import CAME, Addendum, Attendance, ClientNote, Engagement, GroupNote, Session, Status
from openiop.attendance.rules import STAYED_AWAY, collides, note_text
from openiop.attendance.values import Collision, LineEdit
from openiop.kernel.errors import Conflict, Refusal
from openiop.shared import audit
from openiop.shared.access import Actor


class NoteConflict(Conflict):
    """Someone else saved other words meanwhile. Nothing was written; `collisions` hold both texts."""

    def __init__(self, collisions: Iterable[Collision]) -> None:
        super().__init__("Someone else wrote here while you did. Nothing is lost: compare both, then save again.")
        self.collisions = tuple(collisions)


@transaction.atomic
def save_group_note(
    *,
    session: Session,
    by: Actor,
    at: datetime,
    version: int | None = None,
    topic: str | None = None,
    narrative: str | None = None,
    lines: Iterable[LineEdit] = (),
    was_topic: str | None = None,
    was_narrative: str | None = None,
) -> GroupNote:
    """Keep what was written so far. None means that this part was not touched.

    `version` is the note's when the page was made; with `was_…`, what the writer saw, only a change to the
    same words counts as a conflict. Raises `NoteConflict`, and a `Refusal` once the session is signed.
    """
    held = _open_session(session)
    note, _ = GroupNote.objects.get_or_create(session=held, defaults={"topic": held.topic})
    stale = version is not None and version != note.version
    collisions = [
        Collision(place, label, saved, typed or "")
        for place, label, saved, typed, was in (
            ("topic", "Topic", note.topic, topic, was_topic),
            ("narrative", "What the group did", note.narrative, narrative, was_narrative),
        )
        if collides(saved, typed, was=was, is_stale=stale)
    ]
    notes = list(_line_notes(held, lines, collisions))
    if collisions:
        raise NoteConflict(collisions)
    _write_group(note, topic, narrative)
    _write_lines(notes)
    audit.record("note.saved", note, lines=len(notes))
    return note


def _open_session(session: Session) -> Session:
    """The session, held until the transaction ends: two saves come one after the other."""
    held: Session = Session.objects.select_for_update().get(pk=session.pk)
    if held.canceled_at is not None:
        raise Refusal("This session was canceled.")
    if GroupNote.objects.filter(session=held, signed_at__isnull=False).exists():
        raise Refusal("These notes are signed and cannot change. Write an addendum instead.")
    return held


def _line_notes(
    session: Session, edits: Iterable[LineEdit], collisions: list[Collision]
) -> Iterable[tuple[LineEdit, ClientNote]]:
    wanted = {edit.attendance_id: edit for edit in edits}
    roster = {line.pk: line for line in session.roster.select_related("note", "client").filter(pk__in=wanted)}
    for key, edit in wanted.items():
        line = roster.get(key)
        if line is None:
            raise Refusal("This line belongs to another session.")
        note = getattr(line, "note", None) or ClientNote(attendance=line, client_id=line.client_id)
        stale = edit.version is not None and edit.version != note.version
        for saved, typed, was in (
            (note.line, edit.text, edit.was_text),
            (note.engagement, edit.engagement, edit.was_engagement),
        ):
            if collides(saved, typed, was=was, is_stale=stale):
                collisions.append(Collision(str(key), line.client.short_name, saved, typed or ""))
        yield edit, note


def _write_group(note: GroupNote, topic: str | None, narrative: str | None) -> None:
    wanted = (note.topic if topic is None else topic, note.narrative if narrative is None else narrative)
    if wanted != (note.topic, note.narrative):
        note.topic, note.narrative = wanted
        note.version += 1
        note.save(update_fields=["topic", "narrative", "version"])


def _write_lines(notes: Iterable[tuple[LineEdit, ClientNote]]) -> None:
    changed = []
    for edit, note in notes:
        wanted = (
            note.line if edit.text is None else edit.text,
            note.engagement if edit.engagement is None else Engagement(edit.engagement),
        )
        if wanted != (note.line, note.engagement):
            note.line, note.engagement = wanted
            note.version += 1
            changed.append(note)
    ClientNote.objects.bulk_create(note for note in changed if note._state.adding)
    ClientNote.objects.bulk_update([note for note in changed if note.version > 1], ["line", "engagement", "version"])


@transaction.atomic
def sign_session(*, session: Session, by: Actor, at: datetime) -> list[ClientNote]:
    """Sign the notes of everyone who came, in one go; those who did not come keep their attendance and the reason.

    Refuses until every member is marked and everyone who came has a line; the refusal's field is `status-<line>` or
    `text-<line>` of the first that is missing, or `narrative`. Signing twice is once.
    """
    if by.staff_id is None:
        raise Refusal("Only staff sign notes.")
    signed = ClientNote.objects.filter(attendance__session=session, signed_at__isnull=False)
    if GroupNote.objects.filter(session=session, signed_at__isnull=False).exists():
        return list(signed)
    held = _open_session(session)
    group_note, _ = GroupNote.objects.get_or_create(session=held, defaults={"topic": held.topic})
    lines = list(_final_roster(held))
    _refuse_incomplete(lines, group_note, at)
    notes = [_signed(line, group_note, held, by.staff_id, at) for line in lines if line.status in CAME]
    ClientNote.objects.bulk_update(notes, ["text", "signed_at", "signed_by"])
    for line in lines:
        if line.status in STAYED_AWAY:
            _keep_reason(line)
    group_note.signed_at, group_note.signed_by_id = at, by.staff_id
    group_note.save(update_fields=["signed_at", "signed_by"])
    if held.topic != group_note.topic:
        held.topic = group_note.topic
        held.save(update_fields=["topic"])
    audit.record("session.signed", held, notes=len(notes))
    session_signed.send(Session, session=held, lines=lines, by=by, at=at)
    return notes


def _final_roster(session: Session) -> Iterable[Attendance]:
    return (
        session.roster.exclude(status=Status.RELEASED)
        .select_related("note", "client", "episode", "session")
        .order_by("client__last_name", "client__first_name", "pk")
    )


def _refuse_incomplete(lines: list[Attendance], note: GroupNote, at: datetime) -> None:
    if not lines:
        raise Refusal("Nobody is on the roster, so there is nothing to sign. Cancel the session instead.")
    if lines[0].during.lower > at:
        raise Refusal("This session has not begun. Sign it when it is over.")
    for line in lines:
        if line.status == Status.PLANNED:
            raise Refusal(f"Mark whether {line.client.short_name} came.", field=f"status-{line.pk}")
    if any(line.status in CAME for line in lines) and not note.narrative.strip():
        raise Refusal("Write what the group did: it goes into every note.", field="narrative")
    for line in lines:
        if line.status in CAME and not _line_of(line).strip():
            raise Refusal(f"Write a line about {line.client.short_name}.", field=f"text-{line.pk}")


def _line_of(line: Attendance) -> str:
    note = getattr(line, "note", None)
    return note.line if note else ""


def _signed(line: Attendance, group: GroupNote, session: Session, staff_id: UUID, at: datetime) -> ClientNote:
    note = line.note
    note.text = note_text(title=session.title, topic=group.topic, narrative=group.narrative, line=note.line)
    note.signed_at, note.signed_by_id = at, staff_id
    audit.record("note.signed", note)
    return note


def _keep_reason(line: Attendance) -> None:
    """What was written about someone who did not come is why they did not come; they get no note."""
    if written := _line_of(line).strip():
        line.reason = written
        line.save(update_fields=["reason"])
        line.note.line = ""
        line.note.save(update_fields=["line"])


@transaction.atomic
def add_addendum(*, note: ClientNote, text: str, by: Actor, at: datetime) -> Addendum:
    """Add to or correct a signed note; the note itself stays as it was."""
    if by.staff_id is None:
        raise Refusal("Only staff sign notes.")
    if note.signed_at is None:
        raise Refusal("This note is not signed yet: change the note itself.")
    if not text.strip():
        raise Refusal("Write what should be added or corrected.", field="text")
    addendum = Addendum.objects.create(note=note, text=text.strip(), signed_at=at, signed_by_id=by.staff_id)
    audit.record("addendum.signed", addendum, client_id=note.client_id)
    return addendum
