"""The public self-check "Is an IOP right for me?": rows from `content/self_check.toml` and one small evaluator.

It never says no and it never decides: each outcome ends with a person. Danger signs come before everything else.
Answers map a question's id to the chosen values; a question that is absent or answered `skip` is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from openiop.kernel.content import read_toml
from openiop.kernel.errors import InputError

SKIP = "skip"

Answers = Mapping[str, tuple[str, ...]]


class Who(StrEnum):
    """Whom the questions are about."""

    SELF = "self"
    LOVED = "loved"


class Kind(StrEnum):
    """What may come out, the most careful first."""

    MORE_SUPPORT = "more_support"
    LIGHTER_CARE = "lighter_care"
    IOP_MAY_FIT = "iop_may_fit"


@dataclass(frozen=True, slots=True)
class Option:
    """One possible answer; `alone` cannot be combined with others, `danger` stops the questions."""

    value: str
    text: str
    danger: bool = False
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    id: str
    text: str
    why: str
    options: tuple[Option, ...]
    many: bool = False


@dataclass(frozen=True, slots=True)
class Danger:
    """What to do at once. `call` names lines to offer as links: 911, 988, domestic_violence."""

    id: str
    headline: str
    steps: tuple[str, ...]
    call: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Words for a person, and which rules led to them. `rules` are ids of the content version `version`."""

    kind: Kind
    headline: str
    reasons: tuple[str, ...]
    next_steps: tuple[str, ...]
    rules: tuple[str, ...]
    version: str


def questions(who: Who) -> tuple[Question, ...]:
    """The questions in order, worded for oneself or for a loved one."""
    raw = _content()
    skip = Option(SKIP, raw["skip"][who])
    return tuple(_question(row, who, skip) for row in raw["question"])


def next_question(answers: Answers, who: Who) -> Question | None:
    """The first question without an answer (`skip` is an answer); None at the end."""
    return next((one for one in questions(who) if not answers.get(one.id)), None)


def check_answers(answers: Answers) -> None:
    """Raises `InputError` for a question or a value that the self-check does not have."""
    allowed = {one.id: one for one in questions(Who.SELF)}
    for key, values in answers.items():
        if key not in allowed:
            raise InputError(key, held=values, allowed=f"the questions are {', '.join(allowed)}")
        options = {option.value: option for option in allowed[key].options}
        wrong = [value for value in values if value not in options]
        if wrong:
            raise InputError(key, held=wrong[0], allowed=f"choose from {', '.join(options)}")
        if len(values) > 1 and (not allowed[key].many or any(options[value].alone for value in values)):
            raise InputError(key, held=values, allowed="choose one")


def first_danger(answers: Answers, who: Who = Who.SELF) -> Danger | None:
    """The most urgent danger sign among the answers, in the order of the content; None if there is none."""
    signs = {
        option.value
        for question in questions(who)
        for option in question.options
        if option.danger and option.value in answers.get(question.id, ())
    }
    row = next((row for row in _content()["danger"] if row["id"] in signs), None)
    return Danger(row["id"], row[who], tuple(row[f"steps_{who}"]), tuple(row["call"])) if row else None


def evaluate(answers: Answers, who: Who = Who.SELF) -> Outcome:
    """What may fit, with its reasons. Raises `InputError` for unknown answers.

    The most careful kind with a rule that fires wins; without any, an IOP may fit and a person goes over it.
    """
    check_answers(answers)
    fired = [row for row in _content()["rule"] if _fires(row, answers)]
    kind = next((kind for kind in Kind if any(row["kind"] == kind for row in fired)), Kind.IOP_MAY_FIT)
    used = [row for row in fired if row["kind"] in (kind, "any")]
    words = next(row for row in _content()["outcome"] if row["kind"] == kind)
    return Outcome(
        kind=kind,
        headline=words[who],
        reasons=tuple(row[who] for row in used),
        next_steps=tuple(words["steps"]),
        rules=tuple(row["id"] for row in used),
        version=_content()["version"],
    )


@cache
def _content() -> dict[str, Any]:
    return read_toml("openiop.admissions", "self_check.toml")


def _question(row: dict[str, Any], who: Who, skip: Option) -> Question:
    options = tuple(
        Option(option["value"], option[who], option.get("danger", False), option.get("alone", False))
        for option in row["option"]
    )
    many = row.get("many", False)
    return Question(row["id"], row[who], row["why"], (*options, Option(skip.value, skip.text, alone=True)), many)


def _fires(row: dict[str, Any], answers: Answers) -> bool:
    if row.get("skipped"):
        return any(not answers.get(one.id) or SKIP in answers[one.id] for one in questions(Who.SELF))
    return all(set(answers.get(key, ())) & set(values) for key, values in row["when"].items())
