"""Strings about groups and the week."""

from __future__ import annotations

from collections.abc import Iterable

from openiop.programs.models import Track
from openiop.programs.presenters import clock_span, days_text
from openiop.schedule.models import WEEKDAYS, Commitment, Enrollment, Group
from openiop.schedule.values import Clash

REASONS = dict(Commitment.Reason.choices)


def meeting_times(group: Group) -> str:
    """When a group meets: "Mon to Wed, 9:00 to 10:15 AM"; several times are parted by semicolons."""
    by_time: dict[tuple, list[int]] = {}
    for meeting in group.meetings.all():
        by_time.setdefault((meeting.starts, meeting.ends), []).append(meeting.weekday)
    return "; ".join(f"{days_text(days)}, {clock_span(*times)}" for times, days in sorted(by_time.items()))


def clash_sentences(clashes: Iterable[Clash]) -> list[str]:
    """Each clash as a sentence, days with the same times together: "Work on Mon, Tue 8:00 to 10:00 AM overlaps…"."""
    by_times: dict[tuple, list[int]] = {}
    for clash in clashes:
        busy, meeting = clash.busy.time, clash.meeting
        key = (clash.busy.reason, busy.starts, busy.ends, meeting.starts, meeting.ends)
        by_times.setdefault(key, []).append(meeting.weekday)
    return [
        f"{REASONS[reason]} on {_days(days)}, {clock_span(starts, ends)}, overlaps with the group "
        f"at {clock_span(begins, over)}."
        for (reason, starts, ends, begins, over), days in by_times.items()
    ]


def _days(days: list[int]) -> str:
    return WEEKDAYS[days[0]] if len(days) == 1 else days_text(days)


def enrolled_during(enrollment: Enrollment) -> str:
    """From when to when, the last day included: "since Nov 2" or "Nov 2 to Dec 4"."""
    since, bound = enrollment.during.lower, enrollment.during.upper
    if bound is None:
        return f"since {since:%b} {since.day}"
    last = bound.fromordinal(bound.toordinal() - 1)
    return f"{since:%b} {since.day} to {last:%b} {last.day}"


def group_like(tracks: Iterable[Track], chosen: str) -> dict[str, object]:
    """What a new group's form begins with: the chosen track's days and hours, or those of the only track."""
    offered = list(tracks)
    track = next((one for one in offered if str(one.pk) == chosen), offered[0] if len(offered) == 1 else None)
    if track is None:
        return {}
    return {"track": track.pk, "weekdays": track.weekdays, "starts": track.starts, "ends": track.ends}
