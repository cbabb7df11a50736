"""How alerts are worded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from openiop.kernel.timeline import Entry
from openiop.messaging.models import Alert, Urgency
from openiop.people.models import Client

TONES = {Urgency.NOW: "now", Urgency.TODAY: "today", Urgency.SOON: "soon"}


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One alert as a list shows it."""

    pk: UUID
    urgency: str
    tone: str
    headline: str
    detail: str
    next_step: str
    who: str
    client_id: UUID | None
    owner: str
    has_owner: bool
    age: str
    is_taken: bool


def alert_row(alert: Alert, at: datetime) -> AlertRow:
    """The strings of one alert; its client and owner are loaded already."""
    urgency = Urgency(alert.urgency)
    return AlertRow(
        pk=alert.pk,
        urgency=str(urgency.label),
        tone=TONES[urgency],
        headline=alert.headline,
        detail=alert.detail,
        next_step=alert.next_step,
        who=alert.client.short_name if alert.client else "",
        client_id=alert.client_id,
        owner=alert.owner.name if alert.owner else "Nobody yet",
        has_owner=alert.owner is not None,
        age=age(alert.raised_at, at),
        is_taken=alert.acknowledged_at is not None,
    )


def age(since: datetime, at: datetime) -> str:
    """How long ago, in the largest unit that says enough: "12 min", "5 h", "3 days"."""
    minutes = max(0, int((at - since).total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h"
    return f"{minutes // (24 * 60)} days"


def timeline(client: Client) -> list[Entry]:
    """The client's alerts, raised and closed. One query."""
    return [
        Entry(
            at=alert.raised_at,
            kind="Alert",
            title=alert.headline,
            text=f"Closed: {alert.what_was_done}" if alert.closed_at else alert.next_step,
            icon="bell",
        )
        for alert in Alert.objects.filter(client=client)
    ]
