"""The answers of a self-check as one signed piece of text, so that the page carries them and the server keeps nothing.

    token = sign(who, answers)          # for a hidden field
    shared = unsign(token)              # SharedAnswers, or None if it was changed, is too old or is not one of ours

The text is signed, not hidden: it belongs into the body of a page or form, never into an address or a log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.core import signing

from openiop.admissions.engine.selfcheck import Answers, Who, check_answers
from openiop.kernel.errors import InputError

SALT = "openiop.site.self_check"
MAX_AGE = timedelta(hours=12)
MAX_LENGTH = 4000  # a real one has about 300 characters


@dataclass(frozen=True, slots=True)
class SharedAnswers:
    """Answers that a person chose to carry along; checked against the questions."""

    who: Who
    answers: Answers


def sign(who: Who, answers: Answers) -> str:
    """The answers as URL-safe signed text."""
    return signing.dumps(
        {"who": str(who), "answers": {key: list(values) for key, values in answers.items()}}, salt=SALT
    )


def unsign(token: str) -> SharedAnswers | None:
    """The answers in a token made by `sign` within `MAX_AGE`; None for anything else."""
    if not token or len(token) > MAX_LENGTH:
        return None
    try:
        held = signing.loads(token, salt=SALT, max_age=MAX_AGE)
        answers = _tuples(held["answers"])
        check_answers(answers)
        return SharedAnswers(Who(held["who"]), answers)
    except (signing.BadSignature, InputError, KeyError, TypeError, ValueError, AttributeError):
        return None  # includes tokens of an earlier content version


def _tuples(answers: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(values) for key, values in answers.items()}
