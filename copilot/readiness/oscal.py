"""Readiness as OSCAL assessment results: a finding for each criterion, an observation for each record.

Ids are made from what they stand for, so that the same readiness gives the same document.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid5

from copilot.domain.oscal import VERSION, prop
from copilot.readiness.coverage import CoverageStatus

if TYPE_CHECKING:
    from copilot.domain.documents import Source
    from copilot.readiness.assessing import Readiness
    from copilot.readiness.coverage import CriterionCoverage

_UUIDS: Final = UUID("0f0ce9a6-6a1d-5b7b-8f60-1f3a4c7d9e55")
"""The namespace of our ids: made once, never changed."""

_STATES: Final = {
    CoverageStatus.MET: "satisfied",
    CoverageStatus.PARTLY: "not-satisfied",
    CoverageStatus.GAP: "not-satisfied",
}


def assessment_results(readiness: Readiness) -> dict[str, Any]:
    """Return how far each criterion in scope is met, as an OSCAL document."""
    when = datetime.combine(readiness.on, time(), UTC).isoformat().replace("+00:00", "Z")
    records = {source.path: source for one in readiness.in_scope for source in one.evidence}
    plan = {
        "uuid": _uuid("plan"),
        "title": "Readiness assessment",
        "description": "Controls, their records and the audit period, compared by rule.",
    }
    result: dict[str, Any] = {
        "uuid": _uuid("result", readiness.company, when),
        "title": f"Readiness for SOC 2 {readiness.scope.audit_type.value}",
        "description": f"{round(100 * readiness.scores[0].value)} % of the criteria in scope.",
        "start": when,
        "reviewed-controls": {
            "control-selections": [
                {"include-controls": [{"control-id": one.id} for one in readiness.in_scope]}
            ]
        },
        "observations": [_observation(one, when) for one in records.values()],
        "findings": [_finding(one) for one in readiness.in_scope],
    }
    if not records:
        del result["observations"]  # OSCAL knows no empty lists
    return {
        "assessment-results": {
            "uuid": _uuid("document", readiness.company, when),
            "metadata": {
                "title": f"{readiness.company or 'SOC 2'}: readiness",
                "last-modified": when,
                "version": readiness.on.isoformat(),
                "oscal-version": VERSION,
            },
            "import-ap": {"href": f"#{plan['uuid']}"},
            "results": [result],
            "back-matter": {"resources": [plan]},
        }
    }


def _observation(source: Source, when: str) -> dict[str, Any]:
    observation: dict[str, Any] = {
        "uuid": _uuid("record", source.path),
        "title": source.metadata.title,
        "description": f"The record {source.path}.",
        "methods": ["EXAMINE"],
        "collected": when,
        "props": [prop("source", source.path)],
    }
    if source.metadata.period:
        observation["props"].append(prop("period", str(source.metadata.period)))
    if source.metadata.collected:
        day = datetime.combine(source.metadata.collected, time(), UTC)
        observation["collected"] = day.isoformat().replace("+00:00", "Z")
    return observation


def _finding(one: CriterionCoverage) -> dict[str, Any]:
    finding: dict[str, Any] = {
        "uuid": _uuid("finding", one.id),
        "title": f"{one.id} {one.title}",
        "description": one.rule,
        "target": {
            "type": "objective-id",
            "target-id": one.id,
            "status": {"state": _STATES[one.status], "reason": one.status.value},
        },
    }
    if one.evidence:
        finding["related-observations"] = [
            {"observation-uuid": _uuid("record", source.path)} for source in one.evidence
        ]
    return finding


def _uuid(*parts: str) -> str:
    return str(uuid5(_UUIDS, "\n".join(parts)))
