"""What kind of secret each column holds.

Every model lists its own columns in an inner `class Privacy` under one of these names; a test fails when one is
missing. Exports, logs, letters and error pages read the same table.
"""

from __future__ import annotations

from enum import IntEnum

from django.db.models import Model


class PrivacyClass(IntEnum):
    """From least to most protected."""

    OPERATIONAL = 0
    """Says nothing about a person: times, statuses of things, keys."""
    IDENTIFYING = 1
    """Tells who someone is: names, addresses, birth dates."""
    PART2 = 2
    """Tells that or how someone is treated for addiction (42 CFR Part 2)."""
    COUNSELING = 3
    """Counseling notes in the sense of 42 CFR 2.11, which need a consent of their own."""


EXCUSED = frozenset({"id", "center", "created_at"})


def classes_of(model: type[Model]) -> dict[str, PrivacyClass]:
    """The class of each field that the model declares, by field name."""
    declared = getattr(model, "Privacy", None)
    return {
        name: privacy_class
        for privacy_class in PrivacyClass
        for name in getattr(declared, privacy_class.name.lower(), ())
    }


def unclassified(model: type[Model]) -> set[str]:
    """Own columns of the model that no class names."""
    return {field.name for field in model._meta.concrete_fields} - EXCUSED - classes_of(model).keys()
