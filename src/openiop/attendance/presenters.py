"""Strings about sessions, and the rows of their page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from openiop.attendance.forms import Addition, GroupPart, MemberPart
from openiop.attendance.models import CAME, Attendance, ClientNote, Engagement, Session, Status
from openiop.attendance.queries import OpenSession
from openiop.attendance.rules import MARKED
from openiop.attendance.values import Collision, Hours
from openiop.kernel.timeline import Entry
from openiop.people.models import Client
from openiop.programs.presenters import clock, clock_span

STATUS_TONES = {"present": "ok", "late": "today", "left_early": "today", "excused": "neutral", "absent": "soon"}


def span(session: Session) -> str:
    """Local start and end: "9:00 to 10:15 AM". Expects the center's zone to be active, as it is in a request."""
    begin, end = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
    return clock_span(begin.time(), end.time())


def day(moment: datetime) -> str:
    """A local day: "Mon Nov 23"."""
    local = timezone.localtime(moment)
    return f"{local:%a %b} {local.day}"


def where(session: Session) -> str:
    """The room, with the site where it is loaded."""
    return session.room.name if session.room else "No room"


# --- The page of a session ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """One member on the page. `was` is what the page claims to have seen, sent back with what is typed."""

    line: Attendance
    form: MemberPart
    was: dict[str, str]
    saved_at: str = ""
    collisions: tuple[Collision, ...] = ()

    @property
    def key(self) -> str:
        return str(self.line.pk)

    @property
    def is_done(self) -> bool:
        """Marked, and with a line where one is needed."""
        return self.line.status in MARKED and (self.line.status not in CAME or bool(_note(self.line).line.strip()))


@dataclass(frozen=True, slots=True)
class Page:
    """The page of an open session."""

    open: OpenSession
    group: GroupPart
    group_was: dict[str, str]
    rows: list[Row]
    topics: list[str]
    collisions: tuple[Collision, ...] = ()
    named: list[str] = field(default_factory=list)
    saved_at: str = ""

    @property
    def done(self) -> int:
        return sum(row.is_done for row in self.rows)

    @property
    def counter(self) -> str:
        """How much of the page is complete: "10 of 12 done"."""
        return f"{self.done} of {len(self.rows)} done"

    @property
    def sign_label(self) -> str:
        """How many notes a signature makes, as far as known: everyone not marked as away."""
        came = sum(row.line.status not in ("excused", "absent") for row in self.rows)
        return "Sign 1 note" if came == 1 else f"Sign {came} notes"

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Every error with the id of the control it belongs to, for the summary on top."""
        return [
            (bound.focus_id, error)
            for form in (self.group, *(row.form for row in self.rows))
            for bound in form
            for error in bound.errors
        ] + [("", error) for error in self.group.non_field_errors()]


def _note(line: Attendance) -> ClientNote:
    return getattr(line, "note", None) or ClientNote(attendance=line, client_id=line.client_id)


def member_initial(line: Attendance) -> dict[str, str]:
    """What the page shows of a line before anyone types."""
    note = _note(line)
    wrote_minutes = line.status in (Status.LATE, Status.LEFT_EARLY)
    return {
        "status": line.status if line.status in MARKED else "",
        "minutes": str(line.minutes) if wrote_minutes else "",
        "engagement": note.engagement,
        "text": note.line or (line.reason if line.status not in CAME else ""),
        "version": str(note.version),
    }


def group_initial(session: Session) -> dict[str, str]:
    """What the page shows of the group's part."""
    note = getattr(session, "group_note", None)
    return {
        "topic": note.topic if note else session.topic,
        "narrative": note.narrative if note else "",
        "version": str(note.version) if note else "0",
    }


def session_page(
    opened: OpenSession, *, typed: Mapping[str, Any] | None = None, seen: Mapping[str, Any] | None = None, **more: Any
) -> Page:
    """The page from what is stored; `typed` is what was sent and shows again.

    `seen` is what was sent, too, when nothing of it was kept: then the page goes on claiming what it saw before.
    """
    group = group_initial(opened.session)
    rows = [_row(line, typed, seen, opened.may_write) for line in opened.lines]
    topics = list(opened.session.group.topics) if opened.session.group else []
    return Page(
        opened,
        GroupPart(typed, prefix="group") if typed else GroupPart(prefix="group", initial=group),
        _was("group", group, seen),
        rows,
        topics,
        **more,
    )


def _row(line: Attendance, typed: Mapping[str, Any] | None, seen: Mapping[str, Any] | None, may_write: bool) -> Row:
    initial, prefix = member_initial(line), str(line.pk)
    if not may_write:
        # Who only marks attendance is sent nothing of a note, not even hidden.
        initial = {name: initial[name] for name in ("status", "minutes")}
    form = MemberPart(typed, prefix=prefix) if typed else MemberPart(prefix=prefix, initial=initial)
    planned = int((line.during.upper - line.during.lower).total_seconds() // 60)
    form.fields["minutes"].widget.attrs["placeholder"] = str(planned)
    return Row(line, form, _was(prefix, initial, seen))


def _was(prefix: str, initial: dict[str, str], seen: Mapping[str, Any] | None) -> dict[str, str]:
    names = {name: f"was_{name}" if name != "version" else name for name in initial}
    return {
        f"{prefix}-{sent}": initial[name] if seen is None else seen.get(f"{prefix}-{sent}", initial[name])
        for name, sent in names.items()
    }


@dataclass(frozen=True, slots=True)
class SignedRow:
    """One member on the page of a signed session."""

    line: Attendance
    status: str
    tone: str
    minutes: str
    note: ClientNote | None
    text: str
    engagement: str
    addition: Addition
    is_open: bool


def signed_rows(opened: OpenSession, *, sent: Addition | None = None, sent_to: UUID | None = None) -> list[SignedRow]:
    """Everyone who was expected, with their signed line; `sent` is a refused addition to the note `sent_to`."""
    rows = []
    for line in opened.lines:
        note = _note(line)
        signed = note if note.signed_at else None
        is_open = sent is not None and note.pk == sent_to
        rows.append(
            SignedRow(
                line,
                Status(line.status).label,
                STATUS_TONES.get(line.status, "neutral"),
                f"{line.minutes} min" if line.minutes else "",
                signed,
                note.line if signed else line.reason,
                Engagement(note.engagement).label if signed else "",
                sent if sent is not None and is_open else Addition(auto_id=f"id_{line.pk}_%s"),
                is_open,
            )
        )
    return rows


def signature(note: Any) -> str:
    """Who signed when: "Jamie Park, LCSW, Mon Nov 23, 10:20 AM"."""
    local = timezone.localtime(note.signed_at)
    return f"{note.signed_by.name}, {day(note.signed_at)}, {clock(local.time())}"


# --- One client --------------------------------------------------------------------------------------------


def timeline(client: Client) -> list[Entry]:
    """The sessions in which the client's attendance is known. One query."""
    lines = (
        Attendance.objects.filter(client=client, status__in=MARKED)
        .select_related("session", "note")
        .order_by("-during")
    )
    return [_entry(line) for line in lines]


def _entry(line: Attendance) -> Entry:
    note = _note(line)
    signed = bool(note.signed_at)
    return Entry(
        at=line.during.lower,
        kind="Session",
        title=f"{line.session.title}: {Status(line.status).label.lower()}",
        text=note.line if signed else line.reason,
        url=reverse("desk:session", args=[line.session_id]),
        icon="people" if line.session.group_id else "person",
    )


def attended_row(line: Attendance) -> dict[str, Any]:
    """A line of the client's list of sessions. What is not signed yet is not shown as a note."""
    note = _note(line)
    return {
        "when": f"{day(line.during.lower)}, {span(line.session)}",
        "title": line.session.title,
        "topic": line.session.topic,
        "where": where(line.session),
        "with": line.session.facilitator.name,
        "status": Status(line.status).label,
        "tone": STATUS_TONES.get(line.status, "neutral"),
        "minutes": line.minutes,
        "text": note.line if note.signed_at else line.reason,
        "waits": line.status in CAME and not note.signed_at,
        "url": reverse("desk:session", args=[line.session_id]),
    }


def week_row(week: Hours, *, is_current: bool) -> dict[str, Any]:
    """A week in words: "Nov 23", "7.5 of 9 hours"."""
    return {
        "week": f"{week.week:%b} {week.week.day}" + (" (this week)" if is_current else ""),
        "scheduled": f"{week.scheduled:g}" if week.scheduled == round(week.scheduled, 2) else f"{week.scheduled:.1f}",
        "delivered": f"{round(week.delivered, 1):g}",
        "max": max(week.scheduled_minutes, 1),
        "value": week.delivered_minutes,
    }
