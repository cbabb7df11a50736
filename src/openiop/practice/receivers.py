"""What this room does when a room below tells something."""

from __future__ import annotations

from datetime import datetime

from openiop.admissions.models import Episode
from openiop.measures.actions import assign_due
from openiop.shared.access import Actor


def on_admitted(sender: object, *, episode: Episode, by: Actor, at: datetime, **_: object) -> None:
    """The questionnaires of admission wait for the client from the day they come in."""
    assign_due(client=episode.client, on=episode.admitted_on, by=by, at=at)
