"""Reads of alerts."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from openiop.messaging.models import EMERGENCY, Alert
from openiop.people.queries import clients_in_care_of, subject_of
from openiop.shared import audit
from openiop.shared.access import Actor, Permission, Reach, check


def open_alerts(actor: Actor) -> QuerySet[Alert]:
    """The open alerts that this person is to see: their own, those of people in their care, or all, by role."""
    alerts = Alert.objects.open().select_related("client", "owner")
    reach = actor.reach(Permission.HANDLE_ALERTS)
    if reach is None:
        return alerts.none()
    if reach is Reach.CENTER:
        return alerts
    mine = Q(owner_id=actor.staff_id) | Q(client__in=clients_in_care_of(actor.staff_id))
    if actor.reach(Permission.MANAGE_INQUIRIES) is not None:
        mine |= Q(owner=None, client=None)  # someone who is no client yet: the admissions desk's to answer
    return alerts.filter(mine)


def alert_for(actor: Actor, pk: UUID) -> Alert:
    """One alert, if this person may handle it; the read is in the audit trail.

    Emergency access to a chart does not reach the alert that was raised about it.
    """
    alert = Alert.objects.select_related("client__counselor", "owner").filter(pk=pk).first()
    if alert is None:
        raise Http404("No such alert")
    if alert.kind == EMERGENCY:
        actor = replace(actor, emergencies=frozenset())
    if alert.owner_id != actor.staff_id or actor.staff_id is None:
        check(actor, Permission.HANDLE_ALERTS, subject_of(alert.client) if alert.client else None)
    audit.record("alert.read", alert)
    return alert
