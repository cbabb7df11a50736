"""The audit trail: who saw or changed what, when, and on which ground.

`record` gathers rows in the scope; they are written in one statement as the last act of the transaction, so that a
page costs one insert and a failed request leaves no half-true trail. What a refusal undoes is forgotten with it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet

from openiop.shared.models import AuditEntry
from openiop.shared.scope import current_scope


def record(verb: str, of: Model | None = None, *, client_id: UUID | None = None, **detail: Any) -> None:
    """Note that the current actor did `verb` (`plan.signed`, `chart.read`) to `of`, about one client if any.

    `detail` holds plain JSON values that say how, never clinical text: the trail is read by administrators.
    """
    scope = current_scope()
    actor = scope.actor
    scope.note(
        AuditEntry(
            center_id=scope.center_id,
            actor_user_id=actor.user_id,
            actor_name=actor.name,
            verb=verb,
            client_id=client_id or _client_of(of),
            object_type=of._meta.label_lower if of is not None else "",
            object_id=of.pk if of is not None else None,
            detail=detail,
        )
    )


def _client_of(of: Model | None) -> UUID | None:
    if of is None:
        return None
    return of.pk if of._meta.label_lower == "people.client" else getattr(of, "client_id", None)


def trail(since: datetime, until: datetime) -> QuerySet[AuditEntry]:
    """What happened in the center in force from `since` until before `until`, newest first."""
    return AuditEntry.objects.filter(created_at__gte=since, created_at__lt=until).order_by("-created_at", "-id")
