"""Whatever the bytes, reading a referral ends in a Referral or in a Refusal."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from openiop.admissions.engine.referral import Referral, read_referral
from openiop.kernel.errors import Refusal
from tests.referral_fixtures import about, active, bundle, coded, patient

LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("2020-02-30")
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)

WHOLE: dict[str, Any] = json.loads(
    bundle(
        {"resourceType": "Organization", "id": "o", "name": "Elm", "telecom": [{"system": "phone", "value": "1"}]},
        {"resourceType": "Practitioner", "id": "d", "name": [{"family": "R", "prefix": ["Dr."]}]},
        active("Opioid use disorder", onsetDateTime="2020-01"),
        about(
            "Encounter",
            period={"start": "2020"},
            type=[coded("Detox")],
            reasonReference=[{"reference": "urn:uuid:c"}],
            serviceProvider={"reference": "Organization/o"},
            participant=[{"individual": {"reference": "Practitioner/d"}}],
        ),
        about("Observation", code=coded("Tobacco smoking status"), valueQuantity={"value": 1.5, "unit": "packs"}),
        about("Observation", component=[{"code": coded("PHQ-9"), "valueInteger": 3}], code=coded("Panel")),
        about("MedicationRequest", status="active", medicationReference={"reference": "#m"}, contained=[{"id": "m"}]),
        about("ServiceRequest", status="active", authoredOn="2020", requester={"reference": "Practitioner/d"}),
        about("CarePlan", activity=[{"detail": {"code": coded("Drug addiction counseling")}}]),
        {"resourceType": "AllergyIntolerance", "code": coded("Nuts"), "reaction": [{"manifestation": [coded("Rash")]}]},
        {"resourceType": "Coverage", "payor": [{"reference": "Organization/o"}], "period": {"start": "2020"}},
        {"resourceType": "Claim", "insurance": [{"coverage": {"display": "Plan"}}], "contained": [{"payor": []}]},
        who=patient(extension=[{"url": "x/patient-interpreterRequired", "valueBoolean": True}]),
    )
)


def ends_well(data: bytes) -> None:
    try:
        referral = read_referral(data)
    except Refusal as refusal:
        assert 0 < len(refusal.message) < 200
        assert refusal.message.isprintable()
    else:
        assert isinstance(referral, Referral)
        repr(referral).encode()  # no lone surrogate survives


def spots(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value inside a JSON document."""
    parts = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [found for key, child in parts for found in [(*path, key), *spots(child, (*path, key))]]


SPOTS = spots(WHOLE)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
@example(b'{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","name":"\\ud800"}}]}')
def test_any_bytes(data: bytes) -> None:
    ends_well(data)


@settings(max_examples=200, deadline=None)
@given(JSON)
def test_any_json(value: Any) -> None:
    ends_well(json.dumps(value).encode())


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(SPOTS), JSON), min_size=1, max_size=4))
def test_a_good_bundle_with_any_parts_replaced(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    damaged = copy.deepcopy(WHOLE)
    for path, value in changes:
        node: Any = damaged
        with suppress(KeyError, IndexError, TypeError):  # an earlier change took the place away
            for key in path[:-1]:
                node = node[key]
            node[path[-1]] = value
    ends_well(json.dumps(damaged).encode())


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 6000), st.binary(max_size=6))
def test_a_good_bundle_cut_or_overwritten_anywhere(place: int, junk: bytes) -> None:
    good = json.dumps(WHOLE).encode()
    ends_well(good[:place] + junk)
    ends_well(good[:place] + junk + good[place + len(junk) :])
