"""The bands and rules of the non-commercial package and of the slots, each with the source that states it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from openiop.measures import engine
from openiop.measures.values import Instrument, Severity

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "packages/openiop-nc-instruments"
FOLDER = PACKAGE / "src/openiop_nc_instruments/instruments"
NON_COMMERCIAL = {"AUDIT", "DAST-10", "ASSIST", "WHO-5", "FTND", "CAGE-AID"}
SLOTS = {
    "WHODAS-12", "WHOQOL-BREF", "URICA", "PACS", "BSCS", "PROMIS-ALCOHOL-7A", "DSM-5-LEVEL-1", "AHC-HRSN", "PRAPARE",
    "DERS",
}  # fmt: skip


@pytest.fixture(autouse=True)
def package() -> Iterator[None]:
    engine.use_folders(FOLDER)
    yield
    engine.use_folders()


def total_of(instrument: Instrument, wanted: int) -> dict[str, int]:
    """Answers whose points add up to `wanted`."""
    answers, left = {}, wanted
    for item_id in instrument.scores[0].items:
        points = instrument.by_id[item_id].points
        value = max((v for v in points if points[v] <= left), key=lambda v: points[v])
        answers[item_id] = value
        left -= points[value]
    assert left == 0
    return answers


def test_the_package_is_off_by_default_and_under_terms_of_its_own() -> None:
    engine.use_folders()
    assert not NON_COMMERCIAL & {one.code for one in engine.catalog()}
    assert "not under the license of OpenIOP" in (PACKAGE / "LICENSE").read_text()
    project = tomllib.loads((PACKAGE / "pyproject.toml").read_text())["project"]
    assert "license" not in project
    assert project["license-files"] == ["LICENSE"]


def test_it_adds_the_six_and_changes_nothing_else() -> None:
    added = {one.code: one for one in engine.use_folders(FOLDER)}
    shipped = {one.code: one for one in engine.use_folders()}
    assert added.keys() - shipped.keys() == NON_COMMERCIAL
    assert {code: added[code] for code in shipped} == shipped


def test_words_are_held_only_where_the_terms_are_known_to_allow_it() -> None:
    worded = {code for code in NON_COMMERCIAL if not engine.load(code).needs_text}
    assert worded == {"AUDIT", "DAST-10"}
    for code in NON_COMMERCIAL | SLOTS:
        one = engine.load(code)
        assert one.license
        assert one.notice or one.needs_text
        assert one.needs_text == (code not in worded)
        assert not one.needs_text or not any(item.text or item.options[0].label for item in one.items)


@pytest.mark.parametrize(
    ("code", "total", "band"),
    [
        # AUDIT 8/16/20: from memory, marked for sign-off
        *[("AUDIT", 7, "low_risk"), ("AUDIT", 8, "hazardous"), ("AUDIT", 15, "hazardous"), ("AUDIT", 16, "harmful")],
        *[("AUDIT", 19, "harmful"), ("AUDIT", 20, "likely_dependence"), ("AUDIT", 40, "likely_dependence")],
        # DAST-10 1-2/3-5/6-8/9-10: from memory, marked for sign-off
        *[("DAST-10", 0, "none"), ("DAST-10", 1, "low"), ("DAST-10", 2, "low"), ("DAST-10", 3, "moderate")],
        *[("DAST-10", 5, "moderate"), ("DAST-10", 6, "substantial"), ("DAST-10", 8, "substantial")],
        *[("DAST-10", 9, "severe"), ("DAST-10", 10, "severe")],
        # FTND 0-2/3-4/5/6-7/8-10: kochealthcare
        *[("FTND", 0, "very_low"), ("FTND", 2, "very_low"), ("FTND", 3, "low"), ("FTND", 4, "low")],
        *[("FTND", 5, "medium"), ("FTND", 6, "high"), ("FTND", 7, "high"), ("FTND", 8, "very_high")],
        ("FTND", 10, "very_high"),
        # WHO-5, times 4, 50 or less is low: from memory, marked for sign-off
        *[("WHO-5", 0, "low"), ("WHO-5", 48, "low"), ("WHO-5", 52, "not_low"), ("WHO-5", 100, "not_low")],
    ],
)
def test_a_total_falls_into_the_band_its_source_gives(code: str, total: int, band: str) -> None:
    instrument = engine.load(code)
    result = engine.score(instrument, total_of(instrument, total))
    assert result.scores == {"total": total}
    assert result.bands["total"].key == band
    assert instrument.needs_clinical_sign_off or code == "FTND"


def test_items_9_and_10_of_audit_take_0_2_and_4_only() -> None:
    """VA VistA scoring keys."""
    audit = engine.load("AUDIT")
    assert {tuple(sorted(audit.by_id[i].points)) for i in ("9", "10")} == {(0, 2, 4)}
    assert engine.score(audit, {"1": 0, "9": 2, "10": 0}).scores == {"total": 2}


def test_item_3_of_dast_10_counts_in_reverse() -> None:
    """From memory, marked for sign-off."""
    dast = engine.load("DAST-10")
    no_to_all = {item.id: 0 for item in dast.items}
    assert engine.score(dast, no_to_all).scores == {"total": 1}
    assert engine.score(dast, no_to_all | {"3": 1}).scores == {"total": 0}


@pytest.mark.parametrize(
    ("substance", "bands"),
    [
        ("alcohol", {0: "lower", 10: "lower", 11: "moderate", 26: "moderate", 27: "high", 39: "high"}),
        ("cannabis", {0: "lower", 3: "lower", 4: "moderate", 26: "moderate", 27: "high", 39: "high"}),
        ("tobacco", {0: "lower", 3: "lower", 4: "moderate", 26: "moderate", 27: "high", 31: "high"}),
    ],
)
def test_the_assist_bands_differ_for_alcohol(substance: str, bands: dict[int, str]) -> None:
    """VA VistA ASSIST report: alcohol 0-10, 11-26, 27 and more; others 0-3, 4-26, 27 and more."""
    score = engine.load("ASSIST").score_named(substance)
    for value, key in bands.items():
        band = score.band_of(value)
        assert band is not None
        assert band.key == key


def test_a_substance_never_used_scores_zero_on_assist_and_asks_nothing_more() -> None:
    assist = engine.load("ASSIST")
    result = engine.score(assist, {f"1{letter}": 0 for letter in "abcdefghij"})
    assert set(result.scores.values()) == {0}
    assert result.is_complete
    used = {f"1{letter}": 3 * (letter == "b") for letter in "abcdefghij"}
    week = {"2b": 4, "3b": 4, "4b": 0, "5b": 0, "6b": 3, "7b": 6}
    assert engine.score(assist, used | week).scores["alcohol"] == 17


@pytest.mark.parametrize(("total", "flags"), [(14, []), (15, ["high_craving"]), (20, ["high_craving"])])
def test_pacs_is_high_from_15(total: int, flags: list[str]) -> None:
    """PMC6599943: 15 or more best balance, above 20 strict."""
    pacs = engine.load("PACS")
    assert [flag.id for flag in engine.score(pacs, total_of(pacs, total)).flags] == flags
    assert len(engine.score(pacs, total_of(pacs, 21)).flags) == 2


def test_the_sums_of_the_slots_have_the_published_ranges() -> None:
    """WHODAS 0-48 (WHO notice), PACS 0-30 (PMC6599943), BSCS 16 items of 0-4 (from memory)."""
    found = {code: [(s.low, s.high) for s in engine.load(code).scores] for code in ("WHODAS-12", "PACS", "BSCS")}
    assert found == {"WHODAS-12": [(0, 48)], "PACS": [(0, 30)], "BSCS": [(0, 64)]}


def test_where_no_source_gives_the_scoring_there_is_no_score() -> None:
    for code in ("WHOQOL-BREF", "URICA", "PROMIS-ALCOHOL-7A", "AHC-HRSN", "PRAPARE", "DERS"):
        assert engine.load(code).scores == ()
    assert [len(engine.load(code).items) for code in ("WHOQOL-BREF", "URICA", "DERS")] == [26, 32, 36]


def test_dsm_5_level_1_asks_for_a_closer_look_from_2_and_from_1_where_it_is_dangerous() -> None:
    """ebchelp.blueprint.ai: 2 or more; 1 or more for substance use, suicidal ideation and psychosis."""
    level_1 = engine.load("DSM-5-LEVEL-1")
    assert len(level_1.scores) == 13
    ones = engine.score(level_1, {item.id: 1 for item in level_1.items}).flags
    assert {flag.id for flag in ones} == {"suicidal_ideation", "psychosis", "substance_use"}
    twos = engine.score(level_1, {item.id: 2 for item in level_1.items}).flags
    assert len(twos) == 13
    (now,) = engine.item_flags(level_1, "11", 1)
    assert now.severity is Severity.NOW
    assert "988" in now.client_text
