"""Sending queued mail."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core.mail import EmailMessage

from openiop.messaging.models import Mail
from openiop.shared.access import Actor
from openiop.shared.jobs import center_task


@center_task
def deliver(*, mail_id: str, by: Actor, at: datetime) -> None:
    """Send one mail, once: the row is locked while it is sent, and marked in the same transaction."""
    mail = Mail.objects.select_for_update().get(pk=UUID(mail_id))
    if mail.sent_at is None:
        EmailMessage(mail.subject, mail.text, to=[mail.to], headers={"Message-ID": f"<{mail.pk}@openiop>"}).send()
        mail.sent_at = at
        mail.save(update_fields=["sent_at"])
