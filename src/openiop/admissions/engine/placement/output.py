"""The recommendation as `openiop place` prints it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from openiop.admissions.engine.placement.content import worksheet
from openiop.admissions.engine.placement.values import Case, Recommendation
from openiop.programs.rules import HoursRule


def as_json(case: Case, found: Recommendation) -> dict[str, Any]:
    """The recommendation for `case` as plain data."""
    return {
        "label": found.label,
        "content_version": found.content_version,
        "jurisdiction": case.jurisdiction,
        "date": case.on.isoformat(),
        "recommended": found.recommended.value,
        "recommended_label": found.recommended.label,
        "provisional": found.provisional,
        "hours": _hours(found.hours),
        "safety": [{"id": a.id, "urgency": a.urgency, "action": a.staff} for a in found.safety],
        "supports": [{"id": support.id, "label": support.label} for support in found.supports],
        "rules": [dict(_rule(rule.id)) for rule in found.rules],
        "alternatives": [
            {"level": str(one.level), "verdict": str(one.verdict), "reasons": list(one.reasons)}
            for one in found.alternatives
        ],
        "missing": [
            {"input": one.path, "question": one.question, "rules": list(one.rules), "changes": list(one.changes)}
            for one in found.missing
        ],
        "client_words": list(found.client_words),
    }


@cache
def _rule(rule_id: str) -> Mapping[str, Any]:
    (rule,) = (one for one in worksheet().rules if one.id == rule_id)
    return {
        "id": rule.id,
        "kind": rule.kind.value,
        "reason": rule.reason,
        "at_least": rule.at_least.value if rule.at_least else None,
        "source": rule.source,
        "mark": rule.mark,
        "needs_clinical_sign_off": rule.needs_clinical_sign_off,
    }


def _hours(hours: HoursRule | None) -> dict[str, Any] | None:
    if hours is None:
        return None
    return {
        "jurisdiction": hours.jurisdiction,
        "age_group": hours.age_group.value,
        "minimum": str(hours.minimum),
        "maximum": None if hours.maximum is None else str(hours.maximum),
        "maximum_included": hours.maximum_included,
        "source": hours.source,
    }
