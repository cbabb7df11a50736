"""What a referral says, as frozen values. Text is trimmed and capped, dates may be partial, nothing is guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Self

DATE_PATTERN = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:T.*)?", re.ASCII)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A year, a month of a year, or a day: FHIR dates may stop early. Unknown parts are 0 and sort first."""

    year: int
    month: int = 0
    day: int = 0

    def __post_init__(self) -> None:
        date(self.year, self.month or 1, self.day or 1)
        if self.day and not self.month:
            raise ValueError("a day needs a month")

    @classmethod
    def parse(cls, text: object) -> Self | None:
        """The date at the start of a FHIR date, dateTime or instant; None for anything else."""
        found = DATE_PATTERN.fullmatch(text.strip()) if isinstance(text, str) and len(text) < 60 else None
        try:
            return cls(*(int(part or 0) for part in found.groups())) if found else None
        except ValueError:
            return None

    @property
    def whole(self) -> date | None:
        """The calendar day, if the date names one."""
        return date(self.year, self.month, self.day) if self.day else None

    @property
    def iso(self) -> str:
        """As FHIR writes it: `2019`, `2019-04` or `2019-04-05`."""
        parts = [f"{self.year:04}"] + [f"{part:02}" for part in (self.month, self.day) if part]
        return "-".join(parts)

    def __str__(self) -> str:
        words = [MONTHS[self.month - 1]] if self.month else []
        words += [f"{self.day},"] if self.day else []
        return " ".join([*words, str(self.year)])


@dataclass(frozen=True, slots=True)
class PersonName:
    """The name to use: the official one, else the usual, else the first. `sent` is how the file wrote it."""

    given: str = ""
    family: str = ""
    sent: str = ""

    def __str__(self) -> str:
        return f"{self.given} {self.family}".strip()


@dataclass(frozen=True, slots=True)
class Address:
    line: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.city, f"{self.state} {self.postal_code}".strip()) if part)
        return ", ".join(part for part in (self.line, place) if part)


@dataclass(frozen=True, slots=True)
class Language:
    """The preferred language; `needs_interpreter` when it is not English or the file says so."""

    code: str = ""
    name: str = ""
    needs_interpreter: bool = False


@dataclass(frozen=True, slots=True)
class Identifier:
    """A medical record number. Social security, license and passport numbers are left in the file on purpose."""

    system: str
    value: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """One payer. `source` is the resource type it was read from, `latest` the newest date it appears with."""

    payer: str
    kind: str = ""
    member_id: str = ""
    status: str = ""
    latest: PartialDate | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement of the file, with where it stands, so that a person can check it.

    `category` is a row of `content/referral_codes.toml` or "" (not sorted); `times` counts repeats of the same
    statement; `first` and `date` are its oldest and newest dates.
    """

    text: str
    category: str = ""
    category_label: str = ""
    resource: str = ""
    system: str = ""
    code: str = ""
    status: str = ""
    date: PartialDate | None = None
    first: PartialDate | None = None
    ended: PartialDate | None = None
    note: str = ""
    times: int = 1


@dataclass(frozen=True, slots=True)
class Referrer:
    """Who sends the person: the active service request's requester, else the newest visit's provider."""

    organization: str = ""
    phone: str = ""
    practitioner: str = ""


@dataclass(frozen=True, slots=True)
class Referral:
    """All that a reviewer sees before anything is kept. `missing` and `notes` are sentences for that person."""

    name: PersonName = PersonName()
    other_names: tuple[PersonName, ...] = ()
    birth_date: PartialDate | None = None
    sex: str = ""
    marital_status: str = ""
    phone: str = ""
    other_phones: tuple[str, ...] = ()
    email: str = ""
    address: Address = Address()
    language: Language = Language()
    identifiers: tuple[Identifier, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    substance_history: tuple[Fact, ...] = ()
    mental_health_history: tuple[Fact, ...] = ()
    conditions: tuple[Fact, ...] = ()
    medicines: tuple[Fact, ...] = ()
    allergies: tuple[Fact, ...] = ()
    referrer: Referrer = Referrer()
    latest_encounter: PartialDate | None = None
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    content_version: str = ""


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Someone the center already knows. `key` is the caller's own handle and comes back in the match."""

    key: str
    given: str
    family: str
    birth_date: date | None = None
    other_names: tuple[PersonName, ...] = ()
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """A known person who may be the one referred. `score` is 1 to 100; a person decides, not the score."""

    person: KnownPerson
    score: int
    reasons: tuple[str, ...]
