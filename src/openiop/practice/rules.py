"""When a check-in needs a person, and what the client reads in answer. No Django, no clock, no dice."""

from __future__ import annotations

from dataclasses import dataclass

VERSION = "2026.11"
HIGH_CRAVING = 8
"""From here on of 10 (own rule; needs clinical sign-off)."""
VERY_LOW_MOOD = 1


@dataclass(frozen=True, slots=True)
class Concern:
    """Something in a check-in that staff must notice today."""

    kind: str
    headline: str
    next_step: str


def concerns(*, craving: int, mood: int, mood_before: int | None) -> tuple[Concern, ...]:
    """What staff must notice in a check-in; `mood_before` is the mood of the check-in on the day before it."""
    found = []
    if craving >= HIGH_CRAVING:
        found.append(Concern("check_in.craving", f"Craving {craving} of 10 at check-in", "Reach out today."))
    if mood <= VERY_LOW_MOOD and mood_before is not None and mood_before <= VERY_LOW_MOOD:
        found.append(Concern("check_in.mood", "Very low mood twice in a row", "Reach out today and ask about safety."))
    return tuple(found)


def wants_help_shown(*, craving: int, mood: int) -> bool:
    """Whether the page after the check-in opens with help and ways to cope."""
    return craving >= HIGH_CRAVING or mood <= VERY_LOW_MOOD


def kind_words(*, craving: int, mood: int) -> str:
    """One quiet sentence in answer to a check-in."""
    if craving >= HIGH_CRAVING:
        return "That is a lot to carry. You told us, and that is a strong step."
    if mood <= VERY_LOW_MOOD:
        return "Thank you for saying how hard today is. You are not alone with it."
    if craving >= 5:
        return "Cravings rise and they pass. You noticed yours, and that helps."
    if mood <= 2:
        return "Low days are part of the way. Be kind to yourself today."
    if mood >= 4 and craving <= 2:
        return "Good to hear. Enjoy this one."
    return "Thank you. Noticing how you are is real work."


WAYS_TO_COPE = (
    "Move to another room, or step outside.",
    "Call or text someone you trust, right now.",
    "Breathe out slowly, ten times.",
    "Drink some water. Eat something small.",
    "Wait 15 minutes before you decide anything. Most cravings get weaker by then.",
)
