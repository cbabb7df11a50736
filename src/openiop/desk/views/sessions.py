"""The page of a session: attendance, the group's note and a line for each member, signed in one go."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from openiop.attendance import actions, presenters
from openiop.attendance.actions.notes import names_of
from openiop.attendance.forms import Addition, Cancel
from openiop.attendance.models import Addendum
from openiop.attendance.queries import OpenSession, session_for
from openiop.attendance.rules import names_in
from openiop.attendance.values import Collision, GroupEdit
from openiop.kernel.errors import Refusal
from openiop.programs.presenters import clock
from openiop.shared import gate
from openiop.shared.access import Denied, Permission, can
from openiop.shared.idempotency import once
from openiop.shared.middleware import CenterRequest


@gate.needs(Permission.TAKE_ATTENDANCE)
@require_http_methods(["GET", "POST"])
def session(request: CenterRequest, pk: UUID) -> HttpResponse:
    """Show the page; keep what was typed (`do` is save, rest or sign; a request of htmx keeps it while one types)."""
    opened = session_for(request.actor, pk)
    if opened.is_signed or opened.session.canceled_at:
        return _closed(request, opened)
    if request.method == "POST":
        return _save(request, opened)
    return _page(request, opened, presenters.session_page(opened))


def _save(request: CenterRequest, opened: OpenSession) -> HttpResponse:
    page = presenters.session_page(opened, typed=request.POST, seen=request.POST)
    forms = [row.form for row in page.rows] + ([page.group] if opened.may_write else [])
    # Each form must be asked, so that each shows its errors.
    valid = [form.is_valid() for form in forms]
    if not all(valid):
        return _page(request, opened, page, status=422)
    try:
        collisions = _keep(request, opened, page)
    except Refusal as refusal:
        return _refused(request, opened.session.pk, refusal, typed=request.POST)
    if request.headers.get("HX-Request"):
        return _saved_part(request, opened.session.pk, collisions)
    if collisions:
        again = session_for(request.actor, opened.session.pk)
        page = presenters.session_page(again, typed=request.POST, collisions=collisions)
        return _page(request, again, page, status=409)
    return _next(request, opened)


def _keep(request: CenterRequest, opened: OpenSession, page: presenters.Page) -> tuple[Collision, ...]:
    marks = {row.line.pk: mark for row in page.rows if (mark := row.form.mark())}
    lines = [row.form.edit(row.line.pk) for row in page.rows] if opened.may_write else []
    group = page.group.edit() if opened.may_write else GroupEdit()
    return actions.save_page(
        session=opened.session, marks=marks, group=group, lines=lines, by=request.actor, at=request.now
    )


def _next(request: CenterRequest, opened: OpenSession) -> HttpResponse:
    """After everything is kept: what the pressed button asks for."""
    given: dict[str, Any] = {"session": opened.session, "by": request.actor, "at": request.now}
    try:
        match request.POST.get("do"):
            case "rest":
                actions.mark_rest_present(**given)
            case "sign":
                if not opened.may_sign:
                    raise Denied(Permission.SIGN_NOTES, "not every member is in this person's care")
                signed = actions.sign_session(names_are_words="names_are_words" in request.POST, **given)
                messages.success(request, "1 note signed." if len(signed) == 1 else f"{len(signed)} notes signed.")
            case _:
                messages.success(request, "Saved.")
    except Refusal as refusal:
        return _refused(request, opened.session.pk, refusal)
    return redirect("desk:session", opened.session.pk)


def _refused(request: CenterRequest, pk: UUID, refusal: Refusal, typed: QueryDict | None = None) -> HttpResponse:
    """The page again, with the refusal at its place. Without `typed` everything was kept before."""
    opened = session_for(request.actor, pk)
    if opened.is_signed or opened.session.canceled_at:
        messages.error(request, refusal.message)
        return _closed(request, opened, status=409)
    page = presenters.session_page(opened, typed=typed or request.POST, seen=typed)
    field, _, key = (refusal.field or "").partition("-")
    row = next((row for row in page.rows if row.key == key), None)
    if row is not None:
        row.form.is_valid()
        row.form.add_error(field, refusal.message)
    else:
        page.group.is_valid()
        page.group.refuse(refusal.message, field=field or None)
    asks = isinstance(refusal, actions.NamesSomeone)
    return _page(request, opened, page, status=422, asks_about_names=asks)


def _saved_part(request: CenterRequest, pk: UUID, collisions: tuple[Collision, ...]) -> HttpResponse:
    """What changes on the page while one types: what it has seen, the counter, warnings. Never a control."""
    opened = session_for(request.actor, pk)
    page = presenters.session_page(opened, collisions=collisions)
    places = {one.place for one in collisions}
    kept = [row for row in page.rows if not {f"line-{row.key}", f"engagement-{row.key}"} & places]
    return render(request, "desk/sessions/saved.html", _context(request, opened, page) | {"kept": kept})


def _page(
    request: CenterRequest, opened: OpenSession, page: presenters.Page, *, status: int = 200, **more: Any
) -> HttpResponse:
    if status != 200 and request.headers.get("HX-Request"):
        return render(request, "desk/sessions/not_saved.html", {"page": page}, status=status)
    return render(request, "desk/sessions/session.html", _context(request, opened, page) | more, status=status)


def _context(request: CenterRequest, opened: OpenSession, page: presenters.Page | None = None) -> dict[str, Any]:
    session = opened.session
    return {
        "opened": opened,
        "session": session,
        "page": page,
        "when": f"{presenters.day(session.starts_at)}, {presenters.span(session)}",
        "where": presenters.where(session),
        "named": _named(opened),
        "now": clock(timezone.localtime(request.now).time()),
        "may_cancel": opened.may_sign or can(request.actor, Permission.MANAGE_SCHEDULE),
        "cancel": Cancel(prefix="cancel"),
        "choose": {"data-choose": "present"},
    }


def _named(opened: OpenSession) -> str:
    """Members whom the group's text names, while it can still be changed."""
    note = getattr(opened.session, "group_note", None)
    if note is None or len(opened.lines) < 2:
        return ""
    return " and ".join(names_in(note.narrative, (name for line in opened.lines for name in names_of(line.client))))


def _closed(
    request: CenterRequest,
    opened: OpenSession,
    *,
    sent: Addition | None = None,
    sent_to: UUID | None = None,
    status: int = 200,
) -> HttpResponse:
    """A session that is signed or canceled: to read, and to add to."""
    if request.method == "POST" and status == 200:
        if opened.is_signed and request.POST.get("do") == "sign":
            return redirect("desk:session", opened.session.pk)
        messages.error(request, "This session is closed, so nothing was changed. Add to a note instead.")
        status = 409
    context = _context(request, opened) | {
        "rows": presenters.signed_rows(opened, sent=sent, sent_to=sent_to),
        "signature": presenters.signature(opened.session.group_note) if opened.is_signed else "",
    }
    return render(request, "desk/sessions/closed.html", context, status=status)


@gate.needs(Permission.SIGN_NOTES)
@require_POST
def addendum(request: CenterRequest, pk: UUID, note_pk: UUID) -> HttpResponse:
    """Add to a signed note."""
    opened = session_for(request.actor, pk, Permission.SIGN_NOTES)
    note = next((row.note for row in presenters.signed_rows(opened) if row.note and row.note.pk == note_pk), None)
    if note is None:
        raise Http404("No such note")
    form = Addition(request.POST, auto_id=f"id_{note.attendance_id}_%s")
    if not form.is_valid():
        return _closed(request, opened, sent=form, sent_to=note.pk, status=422)
    given = {"note": note, "text": form.cleaned_data["text"], "by": request.actor, "at": request.now}
    once(form.cleaned_data["idempotency_key"], "addendum", Addendum, lambda: actions.add_addendum(**given))
    messages.success(request, "Added to the note.")
    return redirect("desk:session", pk)


@gate.needs(Permission.TAKE_ATTENDANCE)
@require_POST
def cancel(request: CenterRequest, pk: UUID) -> HttpResponse:
    """The session does not take place."""
    opened = session_for(request.actor, pk)
    if not (opened.may_sign or can(request.actor, Permission.MANAGE_SCHEDULE)):
        raise Denied(Permission.MANAGE_SCHEDULE, "neither plans the schedule nor leads this session")
    form = Cancel(request.POST, prefix="cancel")
    if form.is_valid():
        try:
            because = form.cleaned_data["because"]
            actions.cancel_session(session=opened.session, because=because, by=request.actor, at=request.now)
        except Refusal as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, "Session canceled. Nobody is expected any more.")
        return redirect("desk:session", pk)
    context = _context(request, opened, presenters.session_page(opened)) | {"cancel": form}
    return render(request, "desk/sessions/session.html", context, status=422)
