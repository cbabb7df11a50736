"""What an inquiry needs next, and when we call back. Pure; the numbers are this project's own.

Speed is the point: of people offered an intake on the next day 72 % came, after three days 41 %
(Addict Behav 2002;27:131).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from openiop.admissions.engine.placement import worksheet
from openiop.admissions.engine.placement.evaluation import STILL_OPEN
from openiop.admissions.engine.selfcheck import Who, first_danger
from openiop.kernel.levels import LevelOfCare

LATE_AFTER = timedelta(hours=1)
VERY_LATE_AFTER = timedelta(hours=4)
OFFICE_OPENS, LAST_CALLS = time(9), time(16)
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do, and how pressing: `now`, `today` or `soon`."""

    words: str
    urgency: str


FIRST_STEP = {"text_only": "Send a text", "email_only": "Write an e-mail"}
AFTER_CALL = {
    "reached": "Make a client, or close",
    "no_answer": "Try again",
    "left_message": "Try again tomorrow",
    "wrong_number": "Find another number",
    "asked_later": "Call at the time they asked for",
}


def next_step(*, waited: timedelta, safe_contact: str, last_call: str | None) -> NextStep:
    """The next step for an open inquiry, `waited` since it came or since the last call (`last_call` is its outcome)."""
    words = AFTER_CALL.get(last_call or "") or FIRST_STEP.get(safe_contact, "Call back")
    if last_call is None:
        late = "now" if waited > VERY_LATE_AFTER else "today" if waited > LATE_AFTER else "soon"
        return NextStep(words, late)
    return NextStep(words, "today" if waited > timedelta(days=1) else "soon")


def call_back_words(local: datetime) -> str:
    """When someone who asks at this local time is called back: "today", "tomorrow morning", "on Monday morning"."""
    if local.weekday() < SATURDAY and local.time() < LAST_CALLS:
        return "today" if local.time() >= OFFICE_OPENS else "this morning"
    days = 1
    while (local + timedelta(days=days)).weekday() >= SATURDAY:
        days += 1
    return "tomorrow morning" if days == 1 else "on Monday morning"


LOVED_ONE = "Loved one of "


def loved_one_of(caller: str) -> str:
    """What to call a person whose name the caller has not said yet."""
    return f"{LOVED_ONE}{caller}"


def told_of_danger(self_check: Mapping[str, Any]) -> bool:
    """Whether the shared self-check answers hold a danger sign."""
    answers = {key: tuple(values) for key, values in (self_check.get("answers") or {}).items()}
    return first_danger(answers, Who(self_check.get("who", Who.SELF))) is not None


def merged_background(held: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Both backgrounds: lists are joined without repeats, other entries of `held` stand."""
    merged = dict(held)
    for key, value in new.items():
        if isinstance(value, Sequence) and not isinstance(value, str):
            known = list(merged.get(key) or [])
            merged[key] = known + [one for one in value if one not in known]
        else:
            merged.setdefault(key, value)
    return merged


OVERRIDE_WORDS = "Your clinician looked at more than these questions and chose this with you in mind. You can ask why."
DECIDED_TOGETHER = "You and your clinician decide together."


def client_words(result: Mapping[str, Any], *, recommended: str, chosen: LevelOfCare) -> str:
    """A decision in plain words, one sentence a line: safety first, then the level, its reasons and supports.

    `result` is the stored answer of the placement engine.
    """
    if chosen == recommended:
        # Once a clinician has decided, nothing is open any more.
        return "\n".join(words for words in result["client_words"] if words != STILL_OPEN)
    sheet = worksheet()
    safety = [sheet.actions[one["id"]].client for one in result["safety"]]
    supports = [sheet.supports[one["id"]].client for one in result["supports"]]
    return "\n".join([*safety, sheet.client_levels[chosen], OVERRIDE_WORDS, *supports, DECIDED_TOGETHER])
