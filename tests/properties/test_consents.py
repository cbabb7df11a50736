"""What consents open: narrowing one never opens more, and nothing opens without one that stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from openiop.consents.rules import Grant, opened

KINDS = ("schedule", "attendance", "progress", "plan", "discharge")
NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
moments = st.integers(-500, 500).map(lambda hours: NOW + timedelta(hours=hours))
information = st.frozensets(st.sampled_from(KINDS))
grants = st.builds(
    Grant,
    information=information,
    signed_at=st.none() | moments,
    expires_at=st.none() | moments,
    revoked_at=st.none() | moments,
)


@given(st.lists(grants, max_size=5), moments)
def test_nothing_is_open_that_no_standing_consent_names(held: list[Grant], at: datetime) -> None:
    for kind in opened(held, at):
        assert any(kind in one.information and one.stands(at) for one in held)


@given(st.lists(grants, min_size=1, max_size=5), information, moments)
def test_naming_less_never_opens_more(held: list[Grant], kept: frozenset[str], at: datetime) -> None:
    narrower = [replace(held[0], information=held[0].information & kept), *held[1:]]
    assert opened(narrower, at) <= opened(held, at)


@given(st.lists(grants, min_size=1, max_size=5), moments, moments)
def test_an_earlier_end_never_opens_more(held: list[Grant], end: datetime, at: datetime) -> None:
    earlier = end if held[0].expires_at is None else min(end, held[0].expires_at)
    assert opened([replace(held[0], expires_at=earlier), *held[1:]], at) <= opened(held, at)


@given(st.lists(grants, min_size=1, max_size=5), moments)
def test_taking_one_back_closes_what_it_alone_opened(held: list[Grant], at: datetime) -> None:
    without = opened(held[1:], at)
    assert opened([replace(held[0], revoked_at=at), *held[1:]], at) == without
    assert opened(held[1:], at) <= opened(held, at)


@given(information, moments)
def test_an_unsigned_consent_opens_nothing(kinds: frozenset[str], at: datetime) -> None:
    assert opened([Grant(kinds, signed_at=None)], at) == frozenset()
