"""The self-check: it stops for danger, never says no, and ends with a person."""

from __future__ import annotations

import itertools
import re

import pytest

from openiop.admissions.engine.selfcheck import (
    Answers,
    Kind,
    Who,
    check_answers,
    evaluate,
    first_danger,
    next_question,
    questions,
)
from openiop.kernel.content import read_toml
from openiop.kernel.errors import InputError
from tests.reading_grade import grade

CONTENT = read_toml("openiop.admissions", "self_check.toml")
FITS: Answers = {
    "now": ("none",),
    "use": ("some",),
    "impact": ("much",),
    "body": ("mild",),
    "health": ("no",),
    "home": ("safe",),
    "group": ("yes",),
}


def with_(**changes: str) -> Answers:
    return {**FITS, **{key: (value,) for key, value in changes.items()}}


def test_at_most_eight_questions_with_a_reason_and_a_way_to_skip() -> None:
    for who in Who:
        asked = questions(who)
        assert len(asked) + 1 <= 8  # "Who is this for?" counts as one
        assert all(one.why and one.options[-1].value == "skip" for one in asked)


@pytest.mark.parametrize(
    ("answers", "kind", "rule"),
    [
        (FITS, Kind.IOP_MAY_FIT, "SC-I1"),
        (with_(body="severe"), Kind.MORE_SUPPORT, "SC-M1"),
        (with_(health="yes"), Kind.MORE_SUPPORT, "SC-M2"),
        (with_(home="none"), Kind.MORE_SUPPORT, "SC-M3"),
        (with_(group="not_now"), Kind.MORE_SUPPORT, "SC-M4"),
        (with_(use="rarely", impact="little"), Kind.LIGHTER_CARE, "SC-L1"),
        (with_(use="rarely", impact="little", body="severe"), Kind.MORE_SUPPORT, "SC-M1"),
        (with_(use="rarely", impact="much"), Kind.IOP_MAY_FIT, "SC-I1"),
        (with_(use="daily"), Kind.IOP_MAY_FIT, "SC-A1"),
        (with_(home="use_there"), Kind.IOP_MAY_FIT, "SC-A2"),
        (with_(group="time"), Kind.IOP_MAY_FIT, "SC-A3"),
        (with_(home="skip"), Kind.IOP_MAY_FIT, "SC-A4"),
        ({}, Kind.IOP_MAY_FIT, "SC-A4"),
    ],
)
def test_outcomes_and_the_rules_behind_them(answers: Answers, kind: Kind, rule: str) -> None:
    outcome = evaluate(answers)
    assert (outcome.kind, rule in outcome.rules) == (kind, True)
    assert outcome.version == CONTENT["version"]


def test_every_possible_set_of_answers_gets_a_kind_word_a_reason_and_a_person() -> None:
    later = [one for one in questions(Who.LOVED) if one.id != "now"]
    for chosen in itertools.product(*([option.value for option in one.options] for one in later)):
        answers = {one.id: (value,) for one, value in zip(later, chosen, strict=True)}
        outcome = evaluate(answers, Who.LOVED)
        assert outcome.reasons
        assert re.search(r"\b(call us|one of us)\b", " ".join(outcome.next_steps), re.IGNORECASE)


@pytest.mark.parametrize("sign", ["suicide", "overdose", "withdrawal", "violence"])
@pytest.mark.parametrize("who", list(Who))
def test_each_danger_sign_leads_to_a_line_that_answers_now(sign: str, who: Who) -> None:
    danger = first_danger({"now": (sign,)}, who)
    assert danger is not None
    assert "911" in danger.call
    assert ("988" in danger.call) == (sign == "suicide")
    assert danger.id == sign


def test_the_most_urgent_sign_comes_first_and_none_means_none() -> None:
    danger = first_danger({"now": ("suicide", "overdose")})
    assert danger is not None
    assert danger.id == "overdose"
    assert first_danger(FITS) is None
    assert first_danger({}) is None


def test_every_danger_option_has_its_page() -> None:
    signs = {option.value for one in questions(Who.SELF) for option in one.options if option.danger}
    assert signs == {row["id"] for row in CONTENT["danger"]}


def test_questions_come_one_after_the_other() -> None:
    answers: dict[str, tuple[str, ...]] = {}
    order = []
    while question := next_question(answers, Who.SELF):
        order.append(question.id)
        answers[question.id] = ("skip",)
    assert order == [one.id for one in questions(Who.SELF)]


@pytest.mark.parametrize(
    "answers",
    [{"nope": ("yes",)}, {"use": ("often",)}, {"use": ("daily", "some")}, {"now": ("none", "suicide")}],
)
def test_unknown_or_contradicting_answers_are_named(answers: Answers) -> None:
    with pytest.raises(InputError) as caught:
        check_answers(answers)
    assert caught.value.field == next(iter(answers))


def test_rules_use_existing_questions_and_values_and_name_a_source() -> None:
    known = {one.id: {option.value for option in one.options} for one in questions(Who.SELF)}
    for row in CONTENT["rule"]:
        assert row["source"]
        assert row["kind"] in {*Kind, "any"}
        assert all(set(values) <= known[key] for key, values in row.get("when", {}).items())
    assert len({row["id"] for row in CONTENT["rule"]}) == len(CONTENT["rule"])


def test_grade_six_words_and_grade_five_in_danger() -> None:
    rows = [CONTENT["skip"], *CONTENT["question"], *CONTENT["outcome"], *CONTENT["rule"]]
    for who in Who:
        texts = [row[who] for row in rows] + [one.why for one in questions(who)]
        texts += [option.text for one in questions(who) for option in one.options]
        assert grade(". ".join(texts)) <= 6
        assert [text for text in (row["steps"] for row in CONTENT["outcome"]) if grade(" ".join(text)) > 6] == []
        assert [row["id"] for row in CONTENT["rule"] if grade(row[who]) > 6] == []
        for row in CONTENT["danger"]:
            assert grade(". ".join([row[who], *row[f"steps_{who}"]])) <= 5, row["id"]


def test_no_outcome_says_no_and_no_word_shames() -> None:
    words = " ".join(row[who] for row in CONTENT["outcome"] + CONTENT["rule"] for who in Who).lower()
    for never in ("not eligible", "not right for", "does not fit", "cannot help", "sorry", "addict", "abuse", "clean"):
        assert never not in words
