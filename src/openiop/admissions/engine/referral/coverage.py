"""Who may pay: Coverage resources, and the coverage that claims and explanations of benefits carry inside."""

from __future__ import annotations

from openiop.admissions.engine.referral.bundle import Bundle
from openiop.admissions.engine.referral.elements import Node, concept, first_date, nodes, text
from openiop.admissions.engine.referral.values import Coverage, PartialDate

COVERAGE_DATES = ("period.end", "period.start")
CLAIM_DATES = ("billablePeriod.start", "created")
CLAIMS = ("ExplanationOfBenefit", "Claim")
NO_PAYER = {"no insurance", "no_insurance", "self pay", "self-pay", "uninsured"}


def coverages(bundle: Bundle) -> tuple[Coverage, ...]:
    """Every payer once, with the newest date it appears with, newest first."""
    found = [_from_coverage(bundle, node, None, None) for node in bundle.all("Coverage")]
    for kind in CLAIMS:
        for claim in bundle.all(kind):
            found += _from_claim(bundle, claim, kind)
    merged: dict[str, Coverage] = {}
    for row in filter(None, found):
        key = row.payer.casefold()
        merged[key] = _merge(merged[key], row) if key in merged else row
    return tuple(sorted(merged.values(), key=lambda row: row.latest or PartialDate(1), reverse=True))


def _from_coverage(bundle: Bundle, node: Node, owner: Node | None, date: PartialDate | None) -> Coverage | None:
    kind = concept(node.get("type"))
    payer = next((name for one in nodes(node, "payor") if (name := _payer_name(bundle, one, owner or node))), "")
    payer = payer or kind.words
    if not payer:
        return None
    return Coverage(
        payer=_tidy_payer(payer),
        kind="" if kind.words.casefold() == payer.casefold() else kind.words,
        member_id=text(node, "subscriberId", 80),
        status=text(node, "status", 40),
        latest=date or first_date(node, COVERAGE_DATES),
        source=text(owner, "resourceType", 60) or "Coverage",
    )


def _from_claim(bundle: Bundle, claim: Node, kind: str) -> list[Coverage | None]:
    date = first_date(claim, CLAIM_DATES)
    inside = [node for node in nodes(claim, "contained") if text(node, "resourceType") == "Coverage"]
    rows = [_from_coverage(bundle, node, claim, date) for node in inside]
    shown = [text(one, "display") for one in nodes(claim, "insurance", "coverage")]
    return rows + [Coverage(payer=_tidy_payer(name), latest=date, source=kind) for name in shown if name]


def _payer_name(bundle: Bundle, reference: Node, owner: Node) -> str:
    return text(reference, "display") or text(bundle.resolve(reference, owner), "name")


def _tidy_payer(name: str) -> str:
    if name.casefold() in NO_PAYER:
        return "No insurance"
    return name[:1].upper() + name[1:]


def _merge(one: Coverage, two: Coverage) -> Coverage:
    """One payer seen twice: the Coverage resource knows most, the newest date counts."""
    dates = [row.latest for row in (one, two) if row.latest]
    best = two if two.source == "Coverage" and one.source != "Coverage" else one
    other = one if best is two else two
    return Coverage(
        payer=best.payer,
        kind=best.kind or other.kind,
        member_id=best.member_id or other.member_id,
        status=best.status or other.status,
        latest=max(dates) if dates else None,
        source=best.source,
    )
