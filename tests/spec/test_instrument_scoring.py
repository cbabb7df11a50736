"""Each band, cut-off and scoring vector of the shipped instruments, with the source that states it."""

from __future__ import annotations

import pytest

from openiop.measures import engine
from openiop.measures.values import Instrument

BAM_VECTOR = {
    "1": 2, "2": 2, "3": 1, "4": 0, "5": 0, "6": 1, "8": 2, "9": 3, "10": 3,
    "11": 1, "12": 0, "13": 4, "14": 4, "15": 1, "16": 2,
}  # fmt: skip


def sheet(instrument: Instrument, total: int) -> dict[str, int]:
    """Answers to the scored items that add up to `total`."""
    answers: dict[str, int] = {}
    left = total
    for item_id in instrument.scores[0].items:
        value = max(v for v in instrument.by_id[item_id].points if v <= left)
        answers[item_id] = value
        left -= value
    assert left == 0, f"{total} cannot be reached"
    return answers


@pytest.mark.parametrize(
    ("code", "total", "band"),
    [
        # PHQ-9 5/10/15/20: CamCOPS phq9
        *[("PHQ-9", total, band) for total, band in [(0, "minimal"), (4, "minimal"), (5, "mild"), (9, "mild")]],
        *[("PHQ-9", total, band) for total, band in [(10, "moderate"), (14, "moderate"), (15, "moderately_severe")]],
        *[("PHQ-9", total, band) for total, band in [(19, "moderately_severe"), (20, "severe"), (27, "severe")]],
        # PHQ-2 cut-off 3: VA VistA
        *[
            ("PHQ-2", total, band)
            for total, band in [(0, "negative"), (2, "negative"), (3, "positive"), (6, "positive")]
        ],
        # GAD-7 5/10/15: CamCOPS gad7
        *[("GAD-7", total, band) for total, band in [(4, "minimal"), (5, "mild"), (9, "mild"), (10, "moderate")]],
        *[("GAD-7", total, band) for total, band in [(14, "moderate"), (15, "severe"), (21, "severe")]],
        # COWS 5-12/13-24/25-36/37+: VA VistA COWS report
        *[("COWS", total, band) for total, band in [(4, "none"), (5, "mild"), (12, "mild"), (13, "moderate")]],
        *[("COWS", total, band) for total, band in [(24, "moderate"), (25, "moderately_severe"), (48, "severe")]],
        *[("COWS", total, band) for total, band in [(36, "moderately_severe"), (37, "severe")]],
        # CIWA-Ar below 8 / 8-14 / 15 and more: CamCOPS ciwa
        *[("CIWA-AR", total, band) for total, band in [(7, "minimal"), (8, "mild_to_moderate")]],
        *[("CIWA-AR", total, band) for total, band in [(14, "mild_to_moderate"), (15, "severe"), (67, "severe")]],
    ],
)
def test_a_total_falls_into_the_band_its_source_gives(code: str, total: int, band: str) -> None:
    instrument = engine.load(code)
    result = engine.score(instrument, sheet(instrument, total))
    assert result.scores == {"total": total}
    assert result.bands["total"].key == band


@pytest.mark.parametrize(
    ("code", "low", "high"),
    [("PHQ-9", 0, 27), ("PHQ-2", 0, 6), ("GAD-7", 0, 21), ("AUDIT-C", 0, 12), ("PC-PTSD-5", 0, 5),
     ("COWS", 0, 48), ("CIWA-AR", 0, 67)],
)  # fmt: skip
def test_the_range_of_a_total_is_the_published_one(code: str, low: int, high: int) -> None:
    instrument = engine.load(code)
    ends = [
        pick(option.value for option in instrument.by_id[i].options)
        for pick in (min, max)
        for i in instrument.scores[0].items
    ]
    assert (sum(ends[: len(ends) // 2]), sum(ends[len(ends) // 2 :])) == (low, high)


def test_the_bam_iop_vector_gives_use_1_risk_9_protective_16_and_flags_use_only() -> None:
    """Scales and cuts from VA VistA instrument 191."""
    result = engine.score(engine.load("BAM-IOP"), BAM_VECTOR)
    assert result.scores == {"use": 1, "risk": 9, "protective": 16}
    assert [flag.id for flag in result.flags] == ["use"]
    assert result.missing == ()


@pytest.mark.parametrize(("risk_item", "flagged"), [(1, False), (2, True)])
def test_bam_iop_risk_is_flagged_above_11_and_protective_below_13(risk_item: int, flagged: bool) -> None:
    """VA VistA report text: Risk "above 11", Protective "below 13"."""
    risk = {"1": 2, "2": 2, "3": 2, "8": 2, "11": 2, "15": risk_item}
    protective = {"9": 4, "10": 3, "12": 2, "13": 2, "14": 0, "16": 3 - risk_item}
    result = engine.score(engine.load("BAM-IOP"), {"4": 0, "6": 0, **risk, **protective})
    assert result.scores == {"use": 0, "risk": 10 + risk_item, "protective": 14 - risk_item}
    assert {flag.id for flag in result.flags} == ({"risk", "protective"} if flagged else set())


def test_bam_iop_use_counts_heavy_drinking_only_when_someone_drank() -> None:
    """The form skips item 5 after no alcohol in item 4."""
    assert engine.score(engine.load("BAM-IOP"), {"4": 0, "6": 0}).scores["use"] == 0
    assert engine.score(engine.load("BAM-IOP"), {"4": 2, "6": 0}).scores["use"] is None


@pytest.mark.parametrize(
    ("answers", "band"),
    [
        ({"1": 0, "2": 0, "6": 0}, "none"),
        ({"1": 1, "2": 0, "6": 0}, "low"),
        ({"1": 0, "2": 1, "3": 0, "4": 0, "5": 0, "6": 0}, "low"),
        ({"1": 0, "2": 1, "3": 1, "4": 0, "5": 0, "6": 0}, "moderate"),
        ({"1": 0, "2": 0, "6": 1, "6_3mo": 0}, "moderate"),
        ({"1": 0, "2": 0, "6": 1, "6_3mo": 1}, "high"),
        ({"1": 0, "2": 1, "3": 0, "4": 1, "5": 0, "6": 0}, "high"),
        ({"1": 0, "2": 1, "3": 0, "4": 0, "5": 1, "6": 0}, "high"),
    ],
)
def test_the_columbia_screener_triage(answers: dict[str, int], band: str) -> None:
    """cssrs.columbia.edu triage: 1-2 low, 3 or lifetime 6 moderate, 4, 5 or 6 within 3 months high."""
    result = engine.score(engine.load("C-SSRS"), answers)
    assert result.bands["risk"].key == band
    assert ("high_risk" in {flag.id for flag in result.flags}) == (band == "high")
    assert bool(result.flags) == (band != "none")


def test_audit_c_is_positive_from_3_for_women_and_4_for_men() -> None:
    """VA VistA routine YTSAUDTC."""
    audit = engine.load("AUDIT-C")
    flags = [[f.id for f in engine.score(audit, {"1": 2, "2": 0, "3": third}).flags] for third in (0, 1, 2)]
    assert flags == [[], ["positive_for_women"], ["positive_for_women", "positive_for_men"]]


def test_someone_who_never_drinks_scores_zero_on_audit_c() -> None:
    assert engine.score(engine.load("AUDIT-C"), {"1": 0}).scores == {"total": 0}


def test_a_no_to_the_exposure_question_makes_pc_ptsd_5_zero() -> None:
    """The form: "If no, screen total = 0. Please stop here." """
    screen = engine.load("PC-PTSD-5")
    assert engine.score(screen, {"gate": 0}).scores == {"total": 0}
    assert engine.score(screen, {"gate": 0, "1": 1}).scores == {"total": 0}
    assert engine.score(screen, {"gate": 1, **{str(n): 1 for n in range(1, 6)}}).scores == {"total": 5}
