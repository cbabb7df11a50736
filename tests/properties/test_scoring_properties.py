"""Laws of scoring over all answer sheets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from openiop.cli.score import command
from openiop.measures import engine
from openiop.measures.values import Instrument

NON_COMMERCIAL = Path(__file__).parents[2] / "packages/openiop-nc-instruments/src/openiop_nc_instruments/instruments"
instruments = st.sampled_from(engine.use_folders(NON_COMMERCIAL))
engine.use_folders()  # off again, as shipped; the commands below name the folder


@pytest.fixture(autouse=True, scope="module")
def as_shipped() -> Iterator[None]:
    yield
    engine.use_folders()


def score_command(instrument: Instrument, sheet: object) -> Result:
    return CliRunner().invoke(command, [instrument.code, "-", "--folder", str(NON_COMMERCIAL)], input=json.dumps(sheet))


@st.composite
def sheets(draw: st.DrawFn) -> tuple[Instrument, dict[str, int]]:
    instrument = draw(instruments)
    answers = {item.id: draw(st.sampled_from(sorted(item.points))) for item in instrument.items if draw(st.booleans())}
    return instrument, answers


@given(sheets())
def test_a_score_lies_in_its_range_and_in_a_band(case: tuple[Instrument, dict[str, int]]) -> None:
    instrument, answers = case
    result = engine.score(instrument, answers)
    for score in instrument.scores:
        value = result.scores[score.name]
        assert value is None or score.low <= value <= score.high
        assert (score.name in result.bands) == (value is not None and bool(score.bands))


@given(sheets())
def test_the_order_of_the_answers_changes_nothing(case: tuple[Instrument, dict[str, int]]) -> None:
    instrument, answers = case
    assert engine.score(instrument, dict(reversed(answers.items()))) == engine.score(instrument, answers)


@given(sheets())
def test_an_alert_at_the_moment_of_the_answer_is_still_there_at_the_end(
    case: tuple[Instrument, dict[str, int]],
) -> None:
    instrument, answers = case
    final = engine.score(instrument, answers).flags
    for item_id, value in answers.items():
        assert set(engine.item_flags(instrument, item_id, value)) <= set(final)


@given(sheets())
def test_the_command_says_what_the_engine_says(case: tuple[Instrument, dict[str, int]]) -> None:
    instrument, answers = case
    result = score_command(instrument, {"items": answers})
    assert result.exit_code == 0
    assert json.loads(result.stdout) == engine.as_json(engine.score(instrument, answers))


@given(sheets())
def test_a_score_is_open_exactly_while_an_answer_it_needs_is_missing(case: tuple[Instrument, dict[str, int]]) -> None:
    instrument, answers = case
    result = engine.score(instrument, answers)
    for score in instrument.scores:
        needed = set(score.items) & set(result.missing)
        settled_by_gate = score.only_if is not None and score.only_if.item in answers
        assert settled_by_gate or (result.scores[score.name] is None) == bool(needed)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.just("1"), inner, max_size=3),
    max_leaves=8,
)


@given(instruments, st.dictionaries(st.sampled_from(["items", "more"]), json_values, max_size=2) | json_values)
def test_whatever_is_sent_the_command_answers_or_refuses_in_one_line(instrument: Instrument, value: object) -> None:
    result = score_command(instrument, value)
    assert result.exit_code in {0, 2}
    assert result.exit_code == 0 or len(result.stderr.strip().splitlines()) == 1
