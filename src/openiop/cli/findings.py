"""What `openiop doctor` reports: one line for each thing it looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "look", "fix"]


@dataclass(frozen=True)
class Finding:
    """One answer. `do` says what to do, unless all is well: `look` when time allows, `fix` before people rely on it."""

    status: Status
    what: str
    do: str = ""

    def __str__(self) -> str:
        return f"{self.status:<4}  {self.what}{f'. {self.do}' if self.do else ''}"


def judge(fine: bool, what: str, otherwise: str, do: str, *, worst: Status = "fix") -> Finding:
    """`what` when it is fine, else `otherwise` with what to do, at most as grave as `worst`."""
    return Finding("ok", what) if fine else Finding(worst, otherwise, do)
