"""Alerts and mail: raising what staff must notice, and queueing what is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from openiop.kernel.errors import Refusal
from openiop.messaging.models import EMERGENCY, Alert, Mail, Urgency
from openiop.people.actions import add_staff, open_in_emergency
from openiop.people.models import Client, EmergencyAccess, Staff
from openiop.people.queries import staff_with_role
from openiop.shared import audit
from openiop.shared.access import Actor, Role
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
    again: bool = False,
) -> Alert:
    """Put something before staff, once: an open alert of the same kind and source is returned as it stands.

    Without an owner it goes to the client's counselor, and without one who works here to everyone. `again`: it has happened
    once more, so an open alert takes the new words beside the old ones and waits again for someone to say "I have it".
    """
    if again:  # held, so that nobody takes or closes it between the reading and the writing
        Alert.objects.select_for_update().filter(kind=kind, source=source, closed_at=None).first()
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
            "owner": owner or _counselor_of(client),
            "raised_at": at,
        },
    )
    if made:
        audit.record("alert.raised", alert, kind=kind)
    elif again:
        _raise_again(alert, urgency=urgency, headline=headline, at=at)
    return alert


def _raise_again(alert: Alert, *, urgency: Urgency, headline: str, at: datetime) -> None:
    """An alert nobody has taken keeps its age; one that was taken is as old as what happened now."""
    if alert.headline != headline:
        alert.detail = f"Before: {alert.headline}. {alert.detail}".strip()[:300]
        alert.headline = headline
    alert.urgency = min(Urgency(alert.urgency), urgency)
    if alert.acknowledged_at is not None:
        alert.acknowledged_at = alert.acknowledged_by = None
        alert.raised_at = at
    alert.save(update_fields=["headline", "detail", "urgency", "acknowledged_at", "acknowledged_by", "raised_at"])
    audit.record("alert.raised_again", alert, kind=alert.kind)


def _counselor_of(client: Client | None) -> Staff | None:
    counselor = client.counselor if client else None
    return counselor if counselor and counselor.left_at is None else None


def _held(alert: Alert) -> Alert:
    """The alert as it stands now, held until the transaction ends: two who act at once come one after the other."""
    held: Alert = Alert.objects.select_for_update(of=("self",)).select_related("client", "owner").get(pk=alert.pk)
    return held


@transaction.atomic
def acknowledge_alert(*, alert: Alert, by: Actor, at: datetime) -> Alert:
    """Say "I have it": the first staff member who does so owns the alert from then on."""
    alert = _held(alert)
    if alert.acknowledged_at is None and alert.closed_at is None:
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
    alert = _held(alert)
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


@transaction.atomic
def open_chart_in_emergency(*, client: Client, reason: str, by: Actor, at: datetime) -> EmergencyAccess:
    """Open a chart outside one's care for an hour, and tell every clinical director of it."""
    staff = Staff.objects.get(pk=by.staff_id)
    access = open_in_emergency(client=client, staff=staff, reason=reason, by=by, at=at)
    # Where there is no director, it goes where every alert about this client goes.
    for director in list(staff_with_role(Role.DIRECTOR)) or [None]:
        raise_alert(
            kind=EMERGENCY,
            urgency=Urgency.TODAY,
            headline="A chart was opened in an emergency",
            detail=f"{staff.name}: {access.reason}"[:300],
            next_step="Ask what happened, and see that the client is safe.",
            source=f"emergency:{access.pk}:{str(director.pk)[:8] if director else 'none'}",
            client=client,
            owner=director,
            by=by,
            at=at,
        )
    return access


INVITATION = """Hello {name},

An account for your work has been made for you. Set your password here:

{link}

The link works once, for three days. Then sign in with this e-mail address and your password, and set up a second step
on your phone. Have your phone at hand.

If you did not expect this, you can delete this mail.
"""


@transaction.atomic
def hire(*, link_for: Callable[[Staff], str], by: Actor, at: datetime, **fields: Any) -> Staff:
    """Add someone to the staff and mail them their invitation. `fields` are those of `people.actions.add_staff`.

    `link_for` makes the address at which they set their password.
    """
    staff = add_staff(by=by, at=at, **fields)
    invite(staff=staff, link=link_for(staff), by=by, at=at)
    return staff


@transaction.atomic
def invite(*, staff: Staff, link: str, by: Actor, at: datetime) -> Mail:
    """Mail the link with which a staff member sets a password."""
    if staff.user is None or staff.left_at is not None:
        raise Refusal("They have left.")
    if staff.user.last_login is not None:
        raise Refusal("They have signed in already. Who forgets a password uses the link on the sign-in page.")
    audit.record("staff.invited", staff)
    return queue_mail(
        key=f"invitation:{staff.pk}:{at.isoformat()}",
        to=staff.user.email,
        subject="Set your password",
        text=INVITATION.format(name=staff.first_name, link=link),
        by=by,
        at=at,
    )
