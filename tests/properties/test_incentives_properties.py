"""Laws of incentives over all courses."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from openiop.incentives import engine
from openiop.incentives.values import OUTCOMES, Bowl, Event, Outcome, Protocol, Slip, Visit
from openiop.kernel.errors import InputError


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


SEED = bytes(range(32))
LIMITS = st.sampled_from([Decimal(text) for text in ("0", "75", "79.99", "80", "500", "599", "750")])


@given(
    st.sampled_from(engine.protocols()),
    st.lists(st.tuples(st.integers(0, 60), st.booleans(), st.integers(0, 9)), max_size=60),
    LIMITS,
    st.integers(1, 10**6),
)
def test_no_calendar_year_ever_passes_the_limit(
    protocol: Protocol, days: list[tuple[int, bool, int]], limit: Decimal, counter: int
) -> None:
    """Whatever happens on whatever days: what a year gave stays within the limit, and the row of draws has no gap."""
    goal = OUTCOMES[protocol.target][0]
    others = [one for one in OUTCOMES[protocol.target] if not one.earns]
    events: list[Event] = []
    given_in: dict[int, Decimal] = {}
    day = date(2026, 10, 1)
    for pause, bonus, other in days[: protocol.schedule.visits or None]:
        day += timedelta(days=pause)
        events.append(Event(goal if other else others[pause % len(others)], bonus=bonus))
        visit = engine.run(protocol, events).visits[-1]
        room = limit - given_in.get(day.year, Decimal(0))
        award = engine.award(protocol, visit, seed=SEED, client_key="c", first=counter, room=room)
        counter += len(award.prizes)
        given_in[day.year] = given_in.get(day.year, Decimal(0)) + award.amount
        assert award.amount >= 0
        assert given_in[day.year] <= limit


@given(st.integers(0, 20), st.integers(0, 2000))
def test_the_next_draw_is_made_exactly_while_the_largest_prize_fits(draws: int, cents: int) -> None:
    protocol = engine.protocol("miedar")
    visit = Visit(1, Outcome.NEGATIVE, draws=draws)
    room = Decimal(cents) / 10
    award = engine.award(protocol, visit, seed=SEED, client_key="c", first=1, room=room)
    drawn = engine.replay(SEED, "c", draws, engine.bowls()["miedar"])
    assert award.prizes == drawn[: len(award.prizes)]
    assert award.is_limited == (len(award.prizes) < draws)
    if award.is_limited:
        assert award.amount + 80 > room


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
PROTOCOL = {
    "name": "ours",
    "title": "Ours",
    "version": "1",
    "target": "test",
    "kind": "visit_draws",
    "bowl": {"slips": [{"key": "a", "label": "A", "count": 2, "value": "1.00"}]},
    "client_text": "Yours to keep.",
    "source": "Ours",
    "schedule": {"visits": 12, "first": 1, "step": 1, "cap": 3, "bonus_draws": 0},
}


@st.composite
def nearly_protocols(draw: st.DrawFn) -> object:
    """A usable protocol with up to two of its parts, at any depth, replaced by anything, or anything at all."""
    data = copy.deepcopy(PROTOCOL)
    for _ in range(draw(st.integers(0, 2))):
        held = data
        key = draw(st.sampled_from(sorted(held)))
        while isinstance(held[key], dict) and held[key] and draw(st.booleans()):
            held = held[key]
            key = draw(st.sampled_from(sorted(held)))
        held[key] = draw(JSON | st.sampled_from(["weekly_draws", "weekly_vouchers", "attendance", "va", "2.50", 5]))
    return data


@given(nearly_protocols() | JSON)
def test_a_written_protocol_runs_or_is_refused_with_the_reason(data: object) -> None:
    try:
        protocol = engine.parse_protocol(data)
    except InputError as error:
        assert error.field
        assert error.allowed
        return
    goal = OUTCOMES[protocol.target][0]
    found = engine.run(protocol, [Event(goal)] * min(protocol.schedule.visits or 20, 20))
    assert found.expected_value >= 0
    assert protocol.needs_clinical_sign_off
