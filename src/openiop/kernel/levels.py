"""Levels of care, from least to most intensive.

The order is that of the hours and the safety they give; `docs/glossary.md` explains each in plain words.
"""

from __future__ import annotations

from enum import StrEnum


class LevelOfCare(StrEnum):
    OUTPATIENT = "outpatient"
    IOP = "iop"
    PARTIAL_HOSPITALIZATION = "partial_hospitalization"
    RESIDENTIAL = "residential"
    WITHDRAWAL_MANAGEMENT = "withdrawal_management"

    @property
    def intensity(self) -> int:
        """Place in the order of intensity, 0 (outpatient) to 4 (withdrawal management)."""
        return INTENSITY[self]

    @property
    def label(self) -> str:
        return LEVEL_LABELS[self]


LEVEL_LABELS = {
    LevelOfCare.OUTPATIENT: "Outpatient",
    LevelOfCare.IOP: "Intensive outpatient (IOP)",
    LevelOfCare.PARTIAL_HOSPITALIZATION: "Partial hospitalization (PHP)",
    LevelOfCare.RESIDENTIAL: "Residential or inpatient",
    LevelOfCare.WITHDRAWAL_MANAGEMENT: "Withdrawal management",
}

INTENSITY = {level: place for place, level in enumerate(LevelOfCare)}
