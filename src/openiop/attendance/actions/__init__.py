"""Writes about sessions, the roster and the notes: one module each, and how treatment begins."""

from __future__ import annotations

from openiop.attendance.actions.notes import (
    NamesSomeone,
    NoteConflict,
    add_addendum,
    save_group_note,
    save_page,
    sign_session,
)
from openiop.attendance.actions.roster import (
    fill_rosters,
    mark,
    mark_many,
    mark_rest_present,
    release_after,
    release_from,
)
from openiop.attendance.actions.sessions import cancel_session, generate_sessions, plan_session, start_group
from openiop.attendance.actions.treatment import begin_treatment, join_group, move_to_track

__all__ = [
    "NamesSomeone",
    "NoteConflict",
    "add_addendum",
    "begin_treatment",
    "cancel_session",
    "fill_rosters",
    "generate_sessions",
    "join_group",
    "mark",
    "mark_many",
    "mark_rest_present",
    "move_to_track",
    "plan_session",
    "release_after",
    "release_from",
    "save_group_note",
    "save_page",
    "sign_session",
    "start_group",
]
