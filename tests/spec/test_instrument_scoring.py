"""Each band, cut-off and scoring vector of the shipped instruments, with the source that states it."""

from __future__ import annotations

import pytest

from openiop.measures import engine
from openiop.measures.values import Instrument, Severity

BAM_VECTOR = {
    "1": 2, "2": 2, "3": 1, "4": 0, "5": 0, "6": 1, "8": 2, "9": 3, "10": 3,
    "11": 1, "12": 0, "13": 4, "14": 4, "15": 1, "16": 2,
}  # fmt: skip


def sheet(instrument: Instrument, total: int) -> dict[str, int]:
    """Answers to the scored items that add up to `total`."""
    answers: dict[str, int] = {}
    left = total
    lowest = [min(instrument.by_id[item_id].points) for item_id in instrument.scores[0].items]
    for place, item_id in enumerate(instrument.scores[0].items, start=1):
        value = max(v for v in instrument.by_id[item_id].points if v <= left - sum(lowest[place:]))
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
        # BARC-10 47 and more: Monash abstract
        *[("BARC-10", total, band) for total, band in [(10, "below_47"), (46, "below_47")]],
        *[("BARC-10", total, band) for total, band in [(47, "sustained_remission"), (60, "sustained_remission")]],
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
     ("COWS", 0, 48), ("CIWA-AR", 0, 67), ("BARC-10", 10, 60), ("PCL-5", 0, 80), ("CAGE", 0, 4), ("SIP", 0, 45)],
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


@pytest.mark.parametrize(("total", "flags"), [(30, []), (31, [31]), (32, [31]), (33, [31, 33]), (80, [31, 33])])
def test_pcl_5_is_flagged_at_both_ends_of_its_cut_off_range(total: int, flags: list[int]) -> None:
    """31-33: CamCOPS pcl5, VA National Center for PTSD."""
    pcl = engine.load("PCL-5")
    raised = engine.score(pcl, sheet(pcl, total)).flags
    assert [flag.id for flag in raised] == [f"positive_at_{cut}" for cut in flags]


def test_the_pcl_5_clusters_are_b_1_to_5_c_6_to_7_d_8_to_14_e_15_to_20() -> None:
    """CamCOPS pcl5."""
    answers = {str(n): 1 + (n > 5) + (n > 7) + (n > 14) for n in range(1, 21)}
    scores = engine.score(engine.load("PCL-5"), answers).scores
    assert scores == {"total": 54, "cluster_b": 5, "cluster_c": 4, "cluster_d": 21, "cluster_e": 24}


@pytest.mark.parametrize(
    ("answers", "band", "flags"),
    [
        ({"1": 0, "2": 0, "3": 0, "4": 0}, "negative", []),
        *[({"1": 0, "2": 0, "3": 0, "4": 0, "5": 0, yes: 1}, "non_acute_positive", ["positive"]) for yes in "1234"],
        ({"1": 1, "2": 0, "3": 1, "4": 0, "5": 1}, "acute_positive", ["acute", "positive"]),
    ],
)
def test_any_yes_is_a_positive_asq_and_question_5_makes_it_acute(
    answers: dict[str, int], band: str, flags: list[str]
) -> None:
    """NIMH ASQ toolkit."""
    result = engine.score(engine.load("ASQ"), answers)
    assert result.bands["screen"].key == band
    assert [flag.id for flag in result.flags] == flags
    assert {flag.severity for flag in result.flags} <= {Severity.NOW}
    assert result.is_complete


def test_asq_question_5_waits_while_an_answer_that_may_ask_for_it_is_open() -> None:
    asq = engine.load("ASQ")
    assert engine.score(asq, {"1": 0, "2": 0, "3": 0}).missing == ("4", "5")
    assert engine.score(asq, {"1": 0, "2": 1, "3": 0, "4": 0}).missing == ("5",)
    assert not engine.is_ruled_out(asq.by_id["5"], {"1": 0, "2": 0, "3": 0})
    assert engine.is_ruled_out(asq.by_id["5"], {"1": 0, "2": 0, "3": 0, "4": 0})


def bam_r(**answers: int) -> dict[str, int | None]:
    """The BAM-R subscales of a sheet on which everything else is zero."""
    sheet = {str(n): 0 for n in range(1, 17) if n != 7} | {name.removeprefix("q"): v for name, v in answers.items()}
    return dict(engine.score(engine.load("BAM-R"), sheet).scores)


@pytest.mark.parametrize(("printed", "in_vista"), [(0, 0), (8, 1), (15, 2), (22, 3), (30, 4)])
def test_bam_r_words_make_0_8_15_22_30_points_in_either_notation(printed: int, in_vista: int) -> None:
    """VA VistA routine YTSBAMR: 1 to 8, 2 to 15, 3 to 22, 4 to 30."""
    for value in (printed, in_vista):
        for risk in ("q1", "q8", "q15"):
            assert bam_r(**{risk: value}) == {"use": 0, "risk": printed, "protective": 0}
        for protective in ("q9", "q12"):
            assert bam_r(**{protective: value}) == {"use": 0, "risk": 0, "protective": printed}


def test_bam_r_counts_days_and_gives_30_for_enough_income() -> None:
    """VA VistA routine YTSBAMR; subscales 0-90, 0-180, 0-180."""
    assert bam_r(q4=7, q5=3, q6=2) == {"use": 12, "risk": 0, "protective": 0}
    assert bam_r(q2=10, q3=5, q11=1) == {"use": 0, "risk": 16, "protective": 0}
    assert bam_r(q10=4, q13=20, q14=30, q16=30) == {"use": 0, "risk": 0, "protective": 84}
    scores = engine.load("BAM-R").scores
    assert [(score.low, score.high) for score in scores] == [(0, 90), (0, 180), (0, 180)]


@pytest.mark.parametrize(
    ("answers", "flags"),
    [
        ({"1": 0, "sex": 1, "2F": 0, "3": 0, "4": 0}, []),
        ({"1": 1, "sex": 1, "2F": 4, "3": 0, "4": 0}, ["tobacco", "alcohol"]),
        ({"1": 0, "sex": 2, "2M": 1, "3": 2, "4": 3}, ["alcohol", "drugs", "prescription_medications"]),
    ],
)
def test_taps_1_names_each_substance_used_beyond_never(answers: dict[str, int], flags: list[str]) -> None:
    """Four substances, the alcohol question by sex: HL7 US-Core Questionnaire-TAPS. It has no total."""
    result = engine.score(engine.load("TAPS-1"), answers)
    assert [flag.id for flag in result.flags] == flags
    assert result.is_complete
    assert result.scores == {}


def test_cage_is_positive_from_2() -> None:
    """From memory, and marked for sign-off in the data."""
    cage = engine.load("CAGE")
    assert [len(engine.score(cage, sheet(cage, total)).flags) for total in range(5)] == [0, 0, 1, 1, 1]
    assert cage.flags[0].needs_clinical_sign_off


def test_sip_has_five_subscales_of_three_items_that_make_up_its_total() -> None:
    """VA VistA scoring keys: physical, interpersonal, intrapersonal, impulse, social."""
    sip = engine.load("SIP")
    total, *subscales = sip.scores
    assert sorted(item for score in subscales for item in score.items) == sorted(total.items)
    assert [len(score.items) for score in subscales] == [3] * 5
    result = engine.score(sip, {str(n): 1 for n in range(1, 16)} | {"7": 3})
    assert result.scores == {
        "total": 17, "physical": 5, "interpersonal": 3, "intrapersonal": 3, "impulse_control": 3,
        "social_responsibility": 3,
    }  # fmt: skip
    assert sip.needs_clinical_sign_off


@pytest.mark.parametrize(
    ("code", "answers", "found"),
    [
        ("COWS", {"1": 4, "2": 4, "3": 5}, {"NOW"}),
        ("CIWA-AR", {"1": 7, "2": 7, "3": 1}, {"NOW"}),
        ("COWS", {"1": 4, "2": 4, "3": 3}, set()),
        ("PHQ-9", {"1": 3, "2": 3, "3": 3, "4": 3, "9": 0}, {"REVIEW"}),
    ],
)
def test_points_that_are_already_enough_raise_the_flag_although_an_item_is_open(
    code: str, answers: dict[str, int], found: set[str]
) -> None:
    result = engine.score(engine.load(code), answers)
    assert result.missing
    assert set(result.scores.values()) == {None}
    assert {flag.severity.name for flag in result.flags} == found


def test_a_low_score_is_never_read_out_of_open_answers() -> None:
    result = engine.score(engine.load("BAM-IOP"), {"9": 0, "10": 0})
    assert not result.flags
