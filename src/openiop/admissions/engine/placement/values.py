"""Cases, rules and recommendations: frozen values.

A fact is one answer under its path: `domains.withdrawal`, `measures.PHQ-9.total`, `circumstances.safe_home`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from openiop.kernel.levels import LevelOfCare
from openiop.programs.rules import HoursRule

Fact = int | float | bool | str

RATING_MAX = 4
SO_FAR = ".so_far"
"""Ends the path of what a score comes to at the least while some of its answers are open."""


class InputKind(StrEnum):
    RATING = "rating"
    YES_NO = "yes_no"
    NUMBER = "number"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Input:
    """One thing the worksheet asks: a domain's rating or a circumstance."""

    path: str
    kind: InputKind
    question: str
    label: str = ""
    low: int = 0
    high: int = RATING_MAX
    choices: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return self.path.partition(".")[2]


class Operator(StrEnum):
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    BELOW = "below"
    IS = "is"
    UNLESS = "unless"


COMPARE: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.AT_LEAST: operator.ge,
    Operator.AT_MOST: operator.le,
    Operator.BELOW: operator.lt,
    Operator.IS: operator.eq,
    Operator.UNLESS: operator.ne,
}


@dataclass(frozen=True, slots=True)
class Test:
    """One condition on one fact."""

    __test__ = False  # not a test case for pytest

    fact: str
    op: Operator
    value: Fact
    compare: Callable[[Any, Any], bool] = field(init=False, repr=False, compare=False)
    when_missing: bool | None = field(init=False, repr=False, compare=False)
    so_far: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "compare", COMPARE[self.op])
        object.__setattr__(self, "when_missing", True if self.op is Operator.UNLESS else None)
        object.__setattr__(self, "so_far", self.fact + SO_FAR if self.op is Operator.AT_LEAST else "")

    def truth(self, facts: Mapping[str, Fact]) -> bool | None:
        """True, False, or None when the answer is missing. `unless` holds until the answer is known.

        `at_least` also holds for a score with open answers as soon as the given ones are enough.
        """
        held = facts.get(self.fact)
        if held is not None:
            return self.compare(held, self.value)
        if self.so_far in facts and self.compare(facts[self.so_far], self.value):
            return True
        return self.when_missing


class RuleKind(StrEnum):
    SAFETY = "safety"
    SUITABILITY = "suitability"


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the worksheet: when its tests hold, it raises the level, asks for actions, or adds supports.

    No rule lowers anything, so a worse answer never leads to less care.
    """

    id: str
    kind: RuleKind
    all: tuple[Test, ...]
    any: tuple[Test, ...]
    at_least: LevelOfCare | None
    actions: tuple[str, ...]
    supports: tuple[str, ...]
    possible: tuple[LevelOfCare, ...]
    reason: str
    client: str
    source: str
    mark: str
    moot_if: Test | None = None
    floor: int = field(init=False, repr=False, compare=False)
    tests: tuple[Test, ...] = field(init=False, repr=False, compare=False)
    asks: tuple[str, ...] = field(init=False, repr=False, compare=False)  # the facts that can hold the rule open
    decide: Callable[[Mapping[str, Fact]], bool | None] = field(init=False, repr=False, compare=False)  # truth, short

    def __post_init__(self) -> None:
        if not self.all and not self.any:
            raise ValueError(f"rule {self.id} has no test")
        if not (self.at_least or self.actions or self.supports):
            raise ValueError(f"rule {self.id} asks for nothing")
        tests = self.all + self.any
        object.__setattr__(self, "tests", tests)
        object.__setattr__(self, "asks", tuple(t.fact for t in tests if t.op is not Operator.UNLESS))
        # Most rules have one test, which then is the whole rule: a third less work when many cases are run.
        object.__setattr__(self, "decide", tests[0].truth if len(tests) == 1 else self.truth)
        object.__setattr__(self, "floor", self.at_least.intensity if self.at_least else 0)

    @property
    def needs_clinical_sign_off(self) -> bool:
        return self.mark != "V"

    def is_moot(self, facts: Mapping[str, Fact]) -> bool:
        """Whether nobody needs to ask for this rule's missing answers."""
        return self.moot_if is not None and self.moot_if.truth(facts) is True

    def truth(self, facts: Mapping[str, Fact]) -> bool | None:
        """Whether the rule fires: True, False, or None while a missing answer decides."""
        verdict: bool | None = True
        for test in self.all:
            truth = test.truth(facts)
            if truth is False:
                return False
            if truth is None:
                verdict = None
        if not self.any:
            return verdict
        truths = [test.truth(facts) for test in self.any]
        if True in truths:
            return verdict
        return None if None in truths else False


@dataclass(frozen=True, slots=True)
class Action:
    """What must happen for safety, and how soon (`now` or `today`)."""

    id: str
    urgency: str
    staff: str
    client: str


@dataclass(frozen=True, slots=True)
class Support:
    """Something that goes with the level of care."""

    id: str
    label: str
    client: str


@dataclass(frozen=True, slots=True)
class Worksheet:
    """The whole content: what is asked, the rules, and the words."""

    version: str
    label: str
    ratings: tuple[str, ...]
    domains: tuple[Input, ...]
    circumstances: tuple[Input, ...]
    rules: tuple[Rule, ...]
    actions: Mapping[str, Action]
    supports: Mapping[str, Support]
    client_levels: Mapping[LevelOfCare, str]
    inputs: Mapping[str, Input] = field(init=False, repr=False, compare=False)
    """Every domain and circumstance under its path."""
    domain_keys: Mapping[str, Input] = field(init=False, repr=False, compare=False)
    circumstance_keys: Mapping[str, Input] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", {one.path: one for one in (*self.domains, *self.circumstances)})
        object.__setattr__(self, "domain_keys", {one.key: one for one in self.domains})
        object.__setattr__(self, "circumstance_keys", {one.key: one for one in self.circumstances})


@dataclass(frozen=True, slots=True)
class Case:
    """What is known about a person on a day. An answer that is not in `facts` is missing, never "no"."""

    jurisdiction: str
    age: int
    on: date
    facts: Mapping[str, Fact]


class Verdict(StrEnum):
    NOT_ENOUGH = "not_enough"
    MORE_THAN_NEEDED = "more_than_needed"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Alternative:
    """A level that was not recommended, and why."""

    level: LevelOfCare
    verdict: Verdict
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """An answer nobody gave yet, the rules it holds open, and what they would change."""

    path: str
    question: str
    rules: tuple[str, ...]
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A level of care with its reasons. It never decides: a licensed person accepts or overrides it."""

    recommended: LevelOfCare
    provisional: bool
    rules: tuple[Rule, ...]
    safety: tuple[Action, ...]
    supports: tuple[Support, ...]
    alternatives: tuple[Alternative, ...]
    missing: tuple[Missing, ...]
    client_words: tuple[str, ...]
    hours: HoursRule | None
    label: str
    content_version: str
