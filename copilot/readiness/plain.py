"""Readiness as plain values, for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from copilot.readiness.scoring import FORMULA

if TYPE_CHECKING:
    from copilot.readiness.assessing import Readiness
    from copilot.readiness.coverage import CriterionCoverage
    from copilot.readiness.scoring import Score
    from copilot.readiness.tasks import Task


def readiness_json(found: Readiness) -> dict[str, Any]:
    """Return readiness as `copilot readiness --json` prints it."""
    return {
        "company": found.company,
        "audit_type": found.scope.audit_type.value,
        "period": str(found.scope.period) if found.scope.period else None,
        "categories": sorted(one.value for one in found.scope.categories),
        "formula": FORMULA,
        "score": found.scores[0].value,
        "scores": [_score_json(one) for one in found.scores],
        "criteria": [coverage_json(one) for one in found.covered],
        "tasks": [_task_json(one) for one in found.tasks],
        "controls": found.controls,
        "unmapped": [one.id for one in found.unmapped],
        "in_doubt": [f"mapping/{one.control}/{one.criterion}" for one in found.in_doubt],
    }


def _score_json(score: Score) -> dict[str, Any]:
    return {
        "category": score.category.value if score.category else None,
        "score": score.value,
        "met": score.met,
        "partly": score.partly,
        "gaps": score.gaps,
    }


def coverage_json(one: CriterionCoverage) -> dict[str, Any]:
    """Return the coverage of a criterion as it stands in `readiness_json`."""
    return {
        "id": one.id,
        "title": one.title,
        "category": one.category.value,
        "status": one.status.value,
        "rule": one.rule,
        "controls": [
            {
                "id": control.control.id,
                "evidence": [source.path for source in control.evidence],
                "outside": [source.path for source in control.outside],
                "missing": [str(period) for period in control.missing],
            }
            for control in one.controls
        ],
        "points_touched": list(one.touched),
        "points_untouched": list(one.untouched),
        "policies": [source.path for source in one.policies],
        "evidence": [source.path for source in one.evidence],
    }


def _task_json(task: Task) -> dict[str, Any]:
    return {
        "what": task.what,
        "why": task.why,
        "criteria": list(task.criteria),
        "control": task.control,
        "owner": task.owner or None,
        "due": task.due.isoformat(),
        "risk": task.risk.name.lower(),
        "effort": task.effort.name.lower(),
    }
