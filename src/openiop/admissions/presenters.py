"""The words of the way in: alerts, the timeline, and the level decision as the client reads it."""

from __future__ import annotations

from datetime import datetime, time

from django.db.models import CharField, DateTimeField, F, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone

from openiop.admissions.engine.placement import worksheet
from openiop.admissions.models import EndReason, Episode, Inquiry, LevelDecision, Recommendation, Source
from openiop.kernel.levels import LEVEL_LABELS, LevelOfCare
from openiop.kernel.timeline import Entry
from openiop.people.models import Client

OVERRIDE_WORDS = "Your clinician looked at more than these questions and chose this with you in mind. You can ask why."
DECIDED_TOGETHER = "You and your clinician decide together."


def alert_headline(inquiry: Inquiry) -> str:
    """What staff read first: "New inquiry: Alex M. (for a loved one)"."""
    who = f"{inquiry.first_name} {inquiry.last_name[:1]}{'.' if inquiry.last_name else ''}".strip()
    kind = "Hospital referral" if inquiry.source == Source.REFERRAL else "New inquiry"
    about = " (a loved one asks)" if inquiry.for_loved_one else ""
    return f"{kind}: {who[:70]}{about}"


def client_words(recommendation: Recommendation, level: LevelOfCare) -> str:
    """The decision in plain words, one sentence a line: safety first, then the level, its reasons and supports."""
    recommended: list[str] = recommendation.result["client_words"]
    if level == recommendation.level:
        return "\n".join(recommended)
    sheet = worksheet()
    safety = [sheet.actions[one["id"]].client for one in recommendation.result["safety"]]
    supports = [sheet.supports[one["id"]].client for one in recommendation.result["supports"]]
    return "\n".join([*safety, sheet.client_levels[level], OVERRIDE_WORDS, *supports, DECIDED_TOGETHER])


def timeline(client: Client) -> list[Entry]:
    """Inquiry, decision, admission and end of care, in one query."""
    inquiries = client.inquiries.annotate(at=F("received_at"), what=Value("inquiry"), held=F("source"))
    decisions = LevelDecision.objects.filter(client=client).annotate(
        at=F("decided_at"), what=Value("decision"), held=F("level")
    )
    began = Episode.objects.filter(client=client).annotate(
        at=Cast("admitted_on", DateTimeField()), what=Value("admitted"), held=F("level")
    )
    ended = Episode.objects.filter(client=client, ended_on__isnull=False).annotate(
        at=Cast("ended_on", DateTimeField()), what=Value("ended"), held=F("end_reason")
    )
    columns = ("at", "what", "text")
    rows = [
        query.annotate(text=Cast("held", CharField())).order_by().values_list(*columns)
        for query in (inquiries, decisions, began, ended)
    ]
    return [_entry(client, *row) for row in rows[0].union(*rows[1:], all=True)]


def _entry(client: Client, at: datetime, what: str, held: str) -> Entry:
    match what:
        case "inquiry":
            return Entry(at, "Inquiry", "First contact", Source(held).label, icon="chat")
        case "decision":
            url = reverse("desk:recommendation", args=[client.pk])
            return Entry(at, "Level of care", "Level of care decided", LEVEL_LABELS[LevelOfCare(held)], url, "check")
        case "admitted":
            return Entry(_noon(at), "Admission", "Admitted", LEVEL_LABELS[LevelOfCare(held)], icon="home")
        case _:
            return Entry(_noon(at), "Discharge", "Episode of care ended", EndReason(held).label, icon="home")


def _noon(day: datetime) -> datetime:
    """A day without a time stands in the timeline at noon of the center."""
    return timezone.make_aware(datetime.combine(day.date(), time(12)))
