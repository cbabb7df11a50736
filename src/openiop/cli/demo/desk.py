"""Who stands at the demo center's door today: open inquiries, a waitlist, an assessment half written."""

from __future__ import annotations

from datetime import timedelta

from openiop.admissions import actions as admissions
from openiop.admissions.models import CallOutcome, Source
from openiop.cli.demo import arrival, courses, words
from openiop.cli.demo.house import House
from openiop.cli.demo.residents import Resident
from openiop.kernel.levels import LevelOfCare
from openiop.people.models import SafeContact

INQUIRIES = (
    ("Marisa", "Holt", Source.WEB, 0.6, 0, SafeContact.TEXT_ONLY),
    ("Devin", "", Source.WEB, 3, 1, SafeContact.NO_VOICEMAIL),
    ("Ruth", "Amari", Source.PHONE, 7, 2, SafeContact.ANY),
    ("Owen", "Tate", Source.WEB, 26, 3, SafeContact.ANY),
    ("Pilar", "Rios", Source.PHONE, 50, 0, SafeContact.NO_VOICEMAIL),
)
WAITING = (("Hugo", "Lemaire", "Evening"), ("Tessa", "Okoye", "Evening"))


def people_at_the_door(house: House) -> None:
    """What the admissions desk finds in the morning."""
    desk = house.actor("admissions")
    with house.acting(desk):
        for place, (first, last, source, hours, message, safe) in enumerate(INQUIRIES):
            asked_at = house.now - timedelta(hours=hours)
            inquiry = admissions.receive_inquiry(
                source=source,
                first_name=first,
                last_name=last,
                phone=f"(555) 016-{2100 + place}",
                safe_contact=safe,
                best_time="After 5 PM" if place % 2 else "Mornings",
                message=words.INQUIRY_MESSAGES[message],
                for_loved_one=message == 1,
                caller_name="Anna" if message == 1 else "",
                by=desk,
                at=asked_at,
            )
            if hours > 12:
                admissions.log_call(
                    inquiry=inquiry,
                    outcome=CallOutcome.NO_ANSWER,
                    note="Rang twice, no voicemail left.",
                    by=desk,
                    at=asked_at + timedelta(hours=2),
                )
    for first, last, track in WAITING:
        _wait(house, first, last, track)
    _half_assessed(house)


def _newcomer(first: str, last: str, track: str) -> Resident:
    return Resident(first, last, courses.STEADY, track, 0, None, None)


def _wait(house: House, first: str, last: str, track: str) -> None:
    """Decided, but the track is full."""
    resident = _newcomer(first, last, track)
    client = arrival.become_client(house, resident, house.today - timedelta(days=3))
    recommendation = arrival.assess(house, resident, client, house.now - timedelta(days=3))
    clinician, desk = house.actor("intake"), house.actor("admissions")
    with house.acting(clinician):
        admissions.decide(
            recommendation=recommendation,
            level=LevelOfCare.IOP,
            reason="" if recommendation.level == LevelOfCare.IOP else "Can be treated safely here.",
            by=clinician,
            at=house.now - timedelta(days=2),
        )
    with house.acting(desk):
        admissions.join_waitlist(
            client=client,
            track=house.tracks[track],
            note="Can start any week.",
            by=desk,
            at=house.now - timedelta(days=2),
        )


def _half_assessed(house: House) -> None:
    client = arrival.become_client(house, _newcomer("Colin", "Barrow", "Morning"), house.today)
    clinician = house.actor("intake")
    with house.acting(clinician):
        assessment = admissions.start_assessment(client=client, by=clinician, at=house.now)
        admissions.save_assessment(
            assessment=assessment,
            version=assessment.version,
            domains={"withdrawal": {"rating": 1, "findings": "Mild tremor this morning; vitals to repeat at noon."}},
            circumstances={},
            measures={},
            by=clinician,
            at=house.now,
        )
