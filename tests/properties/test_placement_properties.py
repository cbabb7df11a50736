"""Laws of placement over all cases."""

from __future__ import annotations

from datetime import date
from typing import Any

import jsonschema
from hypothesis import given
from hypothesis import strategies as st

from openiop.admissions.engine import placement
from openiop.admissions.engine.placement.values import InputKind
from openiop.kernel.errors import InputError
from openiop.measures import engine as measures

TODAY = date(2026, 11, 23)
SHEET = placement.worksheet()
CODES = ["CIWA-AR", "COWS", "C-SSRS", "PHQ-9"]

ratings = st.none() | st.integers(0, 4)
domains = st.fixed_dictionaries(
    {}, optional={one.key: st.fixed_dictionaries({"rating": ratings}) for one in SHEET.domains}
)
scores = st.fixed_dictionaries(
    {}, optional={code: st.integers(0, measures.load(code).scores[0].high) for code in CODES}
)


def answers(kind: InputKind, choices: tuple[str, ...]) -> st.SearchStrategy[Any]:
    if kind is InputKind.YES_NO:
        return st.none() | st.booleans()
    if kind is InputKind.CHOICE:
        return st.none() | st.sampled_from(choices)
    return st.none() | st.integers(0, 200)


circumstances = st.fixed_dictionaries({}, optional={c.key: answers(c.kind, c.choices) for c in SHEET.circumstances})
cases = st.fixed_dictionaries(
    {"age": st.integers(12, 90), "domains": domains, "measures": scores, "circumstances": circumstances}
)


def level(case: dict[str, Any]) -> int:
    return placement.recommend(placement.parse_case(case, today=TODAY)).recommended.intensity


@given(cases, st.sampled_from([one.key for one in SHEET.domains]), st.integers(0, 4), st.integers(0, 4))
def test_raising_a_rating_never_lowers_the_level(case: dict[str, Any], domain: str, one: int, other: int) -> None:
    low, high = sorted((one, other))
    with_low = case | {"domains": case["domains"] | {domain: {"rating": low}}}
    with_high = case | {"domains": case["domains"] | {domain: {"rating": high}}}
    assert level(with_low) <= level(with_high)


@given(cases, st.sampled_from(CODES), st.data())
def test_raising_a_score_never_lowers_the_level(case: dict[str, Any], code: str, data: st.DataObject) -> None:
    values = st.integers(0, measures.load(code).scores[0].high)
    low, high = sorted((data.draw(values), data.draw(values)))
    with_low = case | {"measures": case["measures"] | {code: low}}
    with_high = case | {"measures": case["measures"] | {code: high}}
    assert level(with_low) <= level(with_high)


@given(cases)
def test_the_order_of_the_inputs_changes_nothing(case: dict[str, Any]) -> None:
    turned = {
        key: dict(reversed(value.items())) if isinstance(value, dict) else value
        for key, value in reversed(case.items())
    }
    one, other = (placement.parse_case(c, today=TODAY) for c in (case, turned))
    assert placement.recommend(one) == placement.recommend(other)


@given(cases)
def test_a_missing_answer_never_counts_as_a_no(case: dict[str, Any]) -> None:
    """What a "no" would rule out stays listed while nobody has answered."""
    found = placement.recommend(placement.parse_case(case, today=TODAY))
    listed = {one.path for one in found.missing}
    facts = placement.parse_case(case, today=TODAY).facts
    for rule in SHEET.rules:
        if rule.truth(facts) is None and not rule.is_moot(facts):
            assert {path for path in rule.asks if path not in facts} <= listed


@given(cases)
def test_the_published_schema_takes_every_case_the_parser_takes(case: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(placement.schema()).validate(case)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(
                st.sampled_from(["age", "domains", "measures", "PHQ-9", "withdrawal", "rating", "x"]), inner
            )
        ),
        max_leaves=12,
    )
)
def test_whatever_is_sent_it_is_answered_or_refused(value: Any) -> None:
    try:
        placement.recommend(placement.parse_case(value if isinstance(value, dict) else {"age": value}, today=TODAY))
    except InputError as error:
        assert "\n" not in str(error)
