"""Instruments and their parts: frozen, self-validating, free of Django.

An answer is the whole number that stands beside the option on the official form. Its points are what the scoring adds,
and only where the two differ does the content say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

COUNT_FROM = 12  # more options than this are too many to read one by one


class Severity(StrEnum):
    """How fast a person must look at a flag."""

    NOW = "now"  # a human, today, at the moment of the answer
    REVIEW = "review"  # the counselor, at the next contact
    NOTE = "note"  # good to know


class Respondent(StrEnum):
    CLIENT = "client"
    CLINICIAN = "clinician"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer: the number on the form, its words, and the points it adds to a score.

    `also` are other numbers in use for the same answer (VistA writes 4 where the BAM-R form prints 30).
    """

    value: int
    label: str
    points: int
    also: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Clause:
    """True when an item's answer or a score lies within the bounds; a missing answer makes it untrue."""

    item: str = ""
    score: str = ""
    at_least: int | None = None
    at_most: int | None = None

    def __post_init__(self) -> None:
        if bool(self.item) == bool(self.score):
            raise ValueError("a clause names either an item or a score")
        if self.at_least is None and self.at_most is None:
            raise ValueError("a clause needs at_least or at_most")

    def holds(self, value: int | None) -> bool:
        """Whether `value` (None: not answered) lies within the bounds."""
        if value is None:
            return False
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)


@dataclass(frozen=True, slots=True)
class Item:
    """One question with its options; `ask_if` names the earlier answers of which one makes it apply."""

    id: str
    text: str
    options: tuple[Option, ...]
    section: str = ""
    optional: bool = False
    ask_if: tuple[Clause, ...] = ()
    loinc: str = ""
    points: Mapping[int, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        points = {value: option.points for option in self.options for value in (option.value, *option.also)}
        if len(points) != sum(1 + len(option.also) for option in self.options) or len(self.options) < 2:
            raise ValueError(f"item {self.id}: needs two or more options with different values")
        object.__setattr__(self, "points", points)

    @property
    def is_count(self) -> bool:
        """A number to enter, such as days out of 30, rather than words to choose from."""
        return len(self.options) > COUNT_FROM

    @property
    def allowed(self) -> str:
        """The values that may be answered, as text for an error message."""
        values = sorted(self.points)
        if len(values) > 2 and values == list(range(values[0], values[-1] + 1)):
            return f"a whole number from {values[0]} to {values[-1]}"
        return "one of " + ", ".join(map(str, values))

    def label_of(self, value: int) -> str:
        """The words of the option with this value; KeyError if there is none."""
        for option in self.options:
            if value == option.value or value in option.also:
                return option.label
        raise KeyError(value)


@dataclass(frozen=True, slots=True)
class Band:
    """A named range of a score, both ends included."""

    key: str
    label: str
    low: int
    high: int


class Method(StrEnum):
    SUM = "sum"
    HIGHEST = "highest"


@dataclass(frozen=True, slots=True)
class Score:
    """How one score comes from the points of its items, and the bands it falls into.

    Where the form says so, `only_if` names the answer without which the score is its lowest value.
    A score with a missing item is not given: no publisher of a shipped instrument is known to allow prorating.
    """

    name: str
    label: str
    items: tuple[str, ...]
    low: int
    high: int
    method: Method = Method.SUM
    bands: tuple[Band, ...] = ()
    only_if: Clause | None = None
    loinc: str = ""

    def __post_init__(self) -> None:
        edge = self.low
        for band in self.bands:
            if band.low != edge or band.high < band.low:
                raise ValueError(f"score {self.name}: band {band.key} leaves a gap or overlaps at {edge}")
            edge = band.high + 1
        if self.bands and edge != self.high + 1:
            raise ValueError(f"score {self.name}: bands end at {edge - 1}, not at {self.high}")

    def band_of(self, value: int) -> Band | None:
        """The band in which `value` lies, or None for a score without bands."""
        return next((band for band in self.bands if band.low <= value <= band.high), None)


@dataclass(frozen=True, slots=True)
class Flag:
    """Something a person must see: raised when any of its clauses holds."""

    id: str
    severity: Severity
    any: tuple[Clause, ...]
    staff_text: str
    client_text: str
    source: str
    mark: str
    needs_clinical_sign_off: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """The change of a score that counts as more than chance, with its source."""

    score: str
    reliable: int
    source: str
    mark: str


@dataclass(frozen=True, slots=True)
class Instrument:
    """A questionnaire with its exact words, its scoring and where both come from."""

    code: str
    name: str
    title: str
    version: str
    respondent: Respondent
    recall: str
    instructions: str
    items: tuple[Item, ...]
    scores: tuple[Score, ...]
    flags: tuple[Flag, ...]
    license: str
    notice: str
    source: str
    mark: str
    wording_checked: bool
    needs_clinical_sign_off: bool
    panel_loinc: str = ""
    change: Change | None = None
    needs_text: bool = False
    """A slot: scoring and facts only. The site adds the owner's words under its own license before anyone is asked."""
    by_id: Mapping[str, Item] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_id = {item.id: item for item in self.items}
        if len(by_id) != len(self.items):
            raise ValueError(f"{self.code}: two items have the same id")
        object.__setattr__(self, "by_id", by_id)
        names = {score.name for score in self.scores}
        used = {item_id for score in self.scores for item_id in score.items}
        clauses = [clause for flag in self.flags for clause in flag.any]
        clauses += [clause for item in self.items for clause in item.ask_if]
        clauses += [score.only_if for score in self.scores if score.only_if]
        unknown = used - by_id.keys()
        unknown |= {c.item for c in clauses if c.item and c.item not in by_id}
        unknown |= {c.score for c in clauses if c.score and c.score not in names}
        if unknown:
            raise ValueError(f"{self.code}: unknown items or scores {sorted(unknown)}")
        if not self.needs_text and not all(item.text and all(o.label for o in item.options) for item in self.items):
            raise ValueError(f"{self.code}: an item or an option has no words")

    def score_named(self, name: str) -> Score:
        """The score definition called `name`; KeyError if there is none."""
        for score in self.scores:
            if score.name == name:
                return score
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Result:
    """What the answers amount to. A score that lacks an answer is None, and `missing` names the answers."""

    instrument: str
    version: str
    scores: Mapping[str, int | None]
    bands: Mapping[str, Band]
    flags: tuple[Flag, ...]
    missing: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        return not self.missing
