"""Laws of incentives over all courses."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from openiop.incentives import engine
from openiop.incentives.values import OUTCOMES, Bowl, Event, Outcome, Protocol, Slip


@st.composite
def courses(draw: st.DrawFn) -> tuple[Protocol, list[Event]]:
    protocol = draw(st.sampled_from(engine.protocols()))
    outcomes = st.sampled_from(OUTCOMES[protocol.target])
    events = st.builds(Event, outcomes, bonus=st.booleans())
    return protocol, draw(st.lists(events, max_size=protocol.schedule.visits or 40))


@given(courses())
def test_what_was_earned_is_never_lost(course: tuple[Protocol, list[Event]]) -> None:
    """A later event changes no earlier visit, and no visit takes anything back."""
    protocol, events = course
    whole = engine.run(protocol, events)
    for cut in range(len(events)):
        assert engine.run(protocol, events[:cut]).visits == whole.visits[:cut]
    assert all(visit.draws >= 0 and visit.amount >= 0 and visit.bonus >= 0 for visit in whole.visits)


@given(courses())
def test_only_a_good_visit_earns_and_every_good_visit_does(course: tuple[Protocol, list[Event]]) -> None:
    protocol, events = course
    for visit in engine.run(protocol, events).visits:
        assert (visit.draws + visit.amount > 0) == visit.result.earns


@given(courses())
def test_refused_invalid_and_missed_count_as_a_positive(course: tuple[Protocol, list[Event]]) -> None:
    protocol, events = course
    plain = [Event(Outcome.MISSED if event.result.resets else event.result, bonus=event.bonus) for event in events]
    rows = [(v.draws, v.amount, v.bonus) for v in engine.run(protocol, events).visits]
    assert rows == [(v.draws, v.amount, v.bonus) for v in engine.run(protocol, plain).visits]


@given(courses())
def test_no_course_earns_more_than_the_perfect_one(course: tuple[Protocol, list[Event]]) -> None:
    protocol, events = course
    goal = OUTCOMES[protocol.target][0]
    perfect = [Event(goal, bonus=True)] * len(events)
    assert engine.run(protocol, events).expected_value <= engine.run(protocol, perfect).expected_value


@given(
    st.lists(st.integers(1, 300), min_size=1, max_size=6),
    st.binary(min_size=32, max_size=40),
    st.text(max_size=20),
    st.integers(1, 10**9),
)
def test_a_draw_takes_a_slip_of_the_bowl_and_replays(counts: list[int], seed: bytes, client: str, counter: int) -> None:
    slips = tuple(Slip(str(n), f"slip {n}", count, Decimal(n)) for n, count in enumerate(counts))
    bowl = Bowl("test", slips, source="test", mark="own")
    prize = engine.draw(seed, client, counter, bowl)
    before = sum(slip.count for slip in slips[: int(prize.key)])
    assert before < prize.number <= before + slips[int(prize.key)].count
    assert prize == engine.draw(seed, client, counter, bowl)
