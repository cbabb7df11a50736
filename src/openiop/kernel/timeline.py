"""One line of a client's timeline, whatever room it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened. `kind` is a short label ("Session", "Check-in"), `icon` a name of the icon set."""

    at: datetime
    kind: str
    title: str
    text: str = ""
    url: str = ""
    icon: str = "dot"
