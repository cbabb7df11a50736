"""Alerts and mail: raising what staff must notice, and queueing what is sent."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from openiop.kernel.errors import Refusal
from openiop.messaging.models import Alert, Mail, Urgency
from openiop.people.models import Client, Staff
from openiop.shared import audit
from openiop.shared.access import Actor
from openiop.shared.jobs import enqueue


@transaction.atomic
def raise_alert(
    *,
    kind: str,
    urgency: Urgency,
    headline: str,
    source: str,
    by: Actor,
    at: datetime,
    client: Client | None = None,
    owner: Staff | None = None,
    detail: str = "",
    next_step: str = "",
) -> Alert:
    """Put something before staff, once: an open alert of the same kind and source is returned as it stands.

    Without an owner it goes to the client's counselor, and without one of those to everyone.
    """
    alert, made = Alert.objects.get_or_create(
        kind=kind,
        source=source,
        closed_at=None,
        defaults={
            "client": client,
            "urgency": urgency,
            "headline": headline,
            "detail": detail,
            "next_step": next_step,
            "owner": owner or (client.counselor if client else None),
            "raised_at": at,
        },
    )
    if made:
        audit.record("alert.raised", alert, kind=kind)
    return alert


@transaction.atomic
def acknowledge_alert(*, alert: Alert, by: Actor, at: datetime) -> Alert:
    """Say "I have it": the staff member who does so owns the alert from then on."""
    if alert.acknowledged_at is None:
        alert.acknowledged_at = at
        alert.acknowledged_by_id = by.user_id
        alert.owner_id = by.staff_id
        alert.save(update_fields=["acknowledged_at", "acknowledged_by", "owner"])
        audit.record("alert.acknowledged", alert)
    return alert


@transaction.atomic
def close_alert(*, alert: Alert, what_was_done: str, by: Actor, at: datetime) -> Alert:
    """Close an alert with a few words about what was done."""
    if not what_was_done.strip():
        raise Refusal("Say in a few words what was done.", field="what_was_done")
    if alert.closed_at is not None:
        raise Refusal("This alert is already closed.")
    alert.closed_at = at
    alert.closed_by_id = by.user_id
    alert.what_was_done = what_was_done.strip()
    alert.save(update_fields=["closed_at", "closed_by", "what_was_done"])
    audit.record("alert.closed", alert)
    return alert


@transaction.atomic
def queue_mail(*, key: str, to: str, subject: str, text: str, by: Actor, at: datetime) -> Mail:
    """Queue a mail to be sent once; the same key twice is one mail."""
    mail, made = Mail.objects.get_or_create(
        key=key, defaults={"to": to, "subject": subject, "text": text, "queued_at": at}
    )
    if made:
        enqueue("openiop.messaging.tasks.deliver", center_id=mail.center_id, mail_id=mail.pk)
    return mail
