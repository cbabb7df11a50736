"""The bundle as an index: its resources by type, its references resolved, and only the one person's entries."""

from __future__ import annotations

from typing import Any

from openiop.admissions.engine.referral.elements import Node, nodes, text
from openiop.admissions.engine.referral.version import other_version
from openiop.kernel.errors import Refusal

WRONG_STATUS = {"entered-in-error", "cancelled"}
ABOUT = ("subject", "patient", "beneficiary")


class Bundle:
    """One FHIR R4 bundle about one living person; its constructor refuses every other."""

    def __init__(self, raw: dict[str, Any]) -> None:
        if text(raw, "resourceType") != "Bundle":
            raise Refusal(_not_a_bundle(raw))
        entries = nodes(raw, "entry")
        self.resources = [resource for entry in entries for resource in nodes(entry, "resource")]
        if version := other_version(raw, self.resources):
            raise Refusal(f"This file is FHIR {version}. OpenIOP reads FHIR R4; ask the sender for an R4 export.")
        self._index = _index(entries)
        self.patient = _one_patient(self.resources)
        self._patient_keys = {key for key, node in self._index.items() if node == self.patient}
        self.about_others = 0
        self._by_type = self._sort()

    def all(self, kind: str) -> list[Node]:
        """Resources of a type that are about this person and were not entered in error."""
        return self._by_type.get(kind, [])

    def resolve(self, reference: object, owner: Node | None = None) -> Node:
        """The resource that a Reference points to, contained or in the bundle; {} if it is not here."""
        target = text(reference, "reference", 500)
        if target.startswith("#"):
            return next((one for one in nodes(owner, "contained") if text(one, "id", 200) == target[1:]), {})
        return self._index.get(target) or self._index.get(_tail(target)) or {}

    def _sort(self) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for resource in self.resources:
            if text(resource, "status") in WRONG_STATUS:
                continue
            if not self._is_about_patient(resource):
                self.about_others += 1
                continue
            found.setdefault(text(resource, "resourceType", 60), []).append(resource)
        return found

    def _is_about_patient(self, resource: Node) -> bool:
        """False only if a reference names someone else; none at all, or a search (`Patient?…`), is this person."""
        targets = [text(one, "reference", 500) for key in ABOUT for one in nodes(resource, key)]
        named = [target for target in targets if target and not target.startswith(("Patient?", "#"))]
        return not named or any({target, _tail(target)} & self._patient_keys for target in named)


def _not_a_bundle(raw: dict[str, Any]) -> str:
    kind = text(raw, "resourceType", 40)
    held = f"a single FHIR {kind}" if kind else "JSON, but not FHIR"
    return f"This file is {held}. A referral is a FHIR R4 bundle: the person together with the record."


def _index(entries: list[Node]) -> dict[str, Node]:
    """Every way in which this bundle's entries can be referred to."""
    index: dict[str, Node] = {}
    for entry in entries:
        for resource in nodes(entry, "resource"):
            kind, key, url = text(resource, "resourceType", 60), text(resource, "id", 200), text(entry, "fullUrl", 500)
            names = [f"{kind}/{key}" if key else "", f"urn:uuid:{key}" if key else "", url, _tail(url)]
            for name in names:
                if name:
                    index.setdefault(name, resource)
    return index


def _tail(target: str) -> str:
    """`Patient/1` of `https://hospital.example/fhir/Patient/1/_history/2`."""
    parts = target.partition("/_history/")[0].split("/")
    return "/".join(parts[-2:]) if len(parts) > 1 else ""


def _one_patient(resources: list[Node]) -> Node:
    patients = [resource for resource in resources if text(resource, "resourceType") == "Patient"]
    if not patients:
        raise Refusal("This bundle holds no patient, so there is nobody to refer.")
    others = sum(1 for one in patients if one != patients[0])
    if others:
        raise Refusal(f"This bundle holds {others + 1} patients. Send one file for each person.")
    if patients[0].get("deceasedBoolean") in (True, "true") or text(patients[0], "deceasedDateTime"):
        raise Refusal("The sender's record says that this person has died. Nothing was kept.")
    return patients[0]
