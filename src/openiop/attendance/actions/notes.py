"""The note of a session: written once for the group and in a line for each member, signed in one go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from openiop.attendance.actions.roster import mark_many
from openiop.attendance.events import session_signed
from openiop.attendance.models import CAME, Addendum, Attendance, ClientNote, GroupNote, Session, Status
from openiop.attendance.rules import STAYED_AWAY, collides, names_in, note_text
from openiop.attendance.values import Collision, GroupEdit, LineEdit, Mark
from openiop.kernel.errors import Conflict, Refusal
from openiop.people.models import Client
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
) -> GroupNote:
    """Keep what was written so far. None means that this part was not touched; `version` is the one that was read.

    Raises `NoteConflict`, and writes nothing, if someone else changed the same words since; a `Refusal` once signed.
    """
    note, collisions = _write(session, GroupEdit(topic, narrative, version), lines, by)
    if collisions:
        raise NoteConflict(collisions)
    return note


@transaction.atomic
def save_page(
    *,
    session: Session,
    marks: Mapping[UUID, Mark],
    group: GroupEdit,
    lines: Iterable[LineEdit],
    by: Actor,
    at: datetime,
) -> tuple[Collision, ...]:
    """Keep everything of a group's page at once: attendance, group note and lines.

    What collides with someone else's words is not written and comes back, the rest is kept.
    """
    if marks:
        mark_many(session=session, marks=marks, by=by, at=at)
    edits = [edit for edit in lines if (edit.text, edit.engagement) != (None, None)]
    if not edits and (group.topic, group.narrative) == (None, None):
        return ()
    return _write(session, group, edits, by)[1]


def _write(
    session: Session, group: GroupEdit, lines: Iterable[LineEdit], by: Actor
) -> tuple[GroupNote, tuple[Collision, ...]]:
    """Write what does not collide; answer the note and what does."""
    held = _open_session(session)
    note, _ = GroupNote.objects.get_or_create(session=held, defaults={"topic": held.topic})
    collisions = list(_write_group(note, group, by))
    changed: list[ClientNote] = []
    for edit, line in _lines(held, lines):
        client_note = getattr(line, "note", None) or ClientNote(attendance=line, client_id=line.client_id)
        collisions += _write_line(client_note, edit, line.client.short_name, by, changed)
    ClientNote.objects.bulk_create(one for one in changed if one._state.adding)
    ClientNote.objects.bulk_update(
        [one for one in changed if one.version > 1], ["line", "engagement", "version", "saved_by"]
    )
    audit.record("note.saved", note, lines=len(changed))
    return note, tuple(collisions)


def _write_group(note: GroupNote, edit: GroupEdit, by: Actor) -> Iterable[Collision]:
    stale = _by_someone_else(note, edit.version, by)
    before = (note.topic, note.narrative)
    for field, label, typed, was in (
        ("topic", "Topic", edit.topic, edit.was_topic),
        ("narrative", "What the group did", edit.narrative, edit.was_narrative),
    ):
        saved = getattr(note, field)
        if stale and collides(saved, typed, was=was):
            yield Collision(field, label, saved, typed or "")
        elif typed is not None:
            setattr(note, field, typed)
    if before != (note.topic, note.narrative):
        note.version, note.saved_by_id = note.version + 1, by.user_id
        note.save(update_fields=["topic", "narrative", "version", "saved_by"])


def _write_line(
    note: ClientNote, edit: LineEdit, name: str, by: Actor, changed: list[ClientNote]
) -> Iterable[Collision]:
    stale = _by_someone_else(note, edit.version, by)
    before = (note.line, note.engagement)
    for field, typed, was in (("line", edit.text, edit.was_text), ("engagement", edit.engagement, edit.was_engagement)):
        saved = getattr(note, field)
        if stale and collides(saved, typed, was=was):
            yield Collision(f"{field}-{edit.attendance_id}", name, saved, typed or "")
        elif typed is not None:
            setattr(note, field, typed)
    if before != (note.line, note.engagement):
        note.version, note.saved_by_id = note.version + 1, by.user_id
        changed.append(note)


def _by_someone_else(note: GroupNote | ClientNote, version: int | None, by: Actor) -> bool:
    """Whether another person has written since this version was read. A page saves as one types: not every
    newer version is someone else's."""
    return version is not None and version != note.version and note.saved_by_id != by.user_id


def _lines(session: Session, edits: Iterable[LineEdit]) -> Iterable[tuple[LineEdit, Attendance]]:
    wanted = {edit.attendance_id: edit for edit in edits}
    roster = session.roster.exclude(status=Status.RELEASED).select_related("note", "client").filter(pk__in=wanted)
    known = {line.pk: line for line in roster}
    if len(known) < len(wanted):
        raise Refusal("This line belongs to another session.")
    return [(edit, known[key]) for key, edit in wanted.items()]


def _open_session(session: Session) -> Session:
    """The session, held until the transaction ends: two saves come one after the other."""
    held: Session = Session.objects.select_for_update().get(pk=session.pk)
    if held.canceled_at is not None:
        raise Refusal("This session was canceled.")
    if GroupNote.objects.filter(session=held, signed_at__isnull=False).exists():
        raise Refusal("These notes are signed and cannot change. Write an addendum instead.")
    return held


@transaction.atomic
def sign_session(*, session: Session, by: Actor, at: datetime, names_are_words: bool = False) -> list[ClientNote]:
    """Sign the notes of everyone who came, in one go; those who did not come keep their attendance and the reason.

    Refuses until every member is marked and everyone who came has a line; the refusal's field is `status-<line>` or
    `text-<line>` of the first that is missing, or `narrative`. Refuses a text that names another member, unless the
    signer says that the names are plain words (Grace, Will). Signing twice is once.
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
    if not names_are_words:
        _refuse_names(lines, group_note)
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
    if lines[0].session.group_id and any(line.status in CAME for line in lines) and not note.narrative.strip():
        raise Refusal("Write what the group did: it goes into every note.", field="narrative")
    for line in lines:
        if line.status in CAME and not _line_of(line).strip():
            raise Refusal(f"Write a line about {line.client.short_name}.", field=f"text-{line.pk}")


class NamesSomeone(Refusal):
    """A text names a member in whose chart it does not belong. The signer may say that it is a plain word."""


def _refuse_names(lines: list[Attendance], note: GroupNote) -> None:
    """A note holds nobody's name but its own client's: each goes into another chart (42 CFR Part 2)."""
    if len(lines) < 2:
        return
    names = {line.pk: names_of(line.client) for line in lines}
    found = names_in(note.narrative, (name for each in names.values() for name in each))
    if found:
        raise NamesSomeone(f"This text goes into every note and names {' and '.join(found)}.", field="narrative")
    for line in lines:
        others = (name for key, each in names.items() if key != line.pk for name in each)
        found = [name for name in names_in(_line_of(line), others) if name not in names[line.pk]]
        if found and line.status in CAME:
            raise NamesSomeone(
                f"The line about {line.client.short_name} names {' and '.join(found)}.", field=f"text-{line.pk}"
            )


def names_of(client: Client) -> tuple[str, ...]:
    """The names by which someone could be known from a text."""
    return tuple(name for name in (client.preferred_name, client.first_name, client.last_name) if name)


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
