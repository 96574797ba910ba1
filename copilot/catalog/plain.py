"""Criteria as plain values: the one form in which the CLI and the API give them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from copilot.domain.criteria import Criterion


def criterion_json(criterion: Criterion) -> dict[str, Any]:
    """Return one criterion as the JSON contract of `copilot catalog --json` has it."""
    return {
        "id": criterion.id,
        "title": criterion.title,
        "category": criterion.category.value,
        "statement": criterion.statement,
        "why": criterion.why,
        "prove": criterion.prove,
        "asked_as": list(criterion.asked_as),
        "points_of_focus": [
            {"id": one.id, "name": one.name, "text": one.text, "only_for": list(one.only_for)}
            for one in criterion.points_of_focus
        ],
        "audit": {
            "inquiry": criterion.audit.inquiry,
            "questions": list(criterion.audit.questions),
            "observation": criterion.audit.observation,
            "inspection": criterion.audit.inspection,
            "requests": list(criterion.audit.requests),
            "reperformance": criterion.audit.reperformance,
            "population": criterion.audit.population,
            "sample": criterion.audit.sample,
        },
        "evidence": [
            {
                "record": one.record,
                "system": one.system,
                "frequency": one.frequency.value,
                "good": one.good,
                "weak": one.weak,
            }
            for one in criterion.evidence
        ],
        "example_controls": [
            {
                "text": one.text,
                "owner": one.owner,
                "frequency": one.frequency.value,
                "style": one.style.value,
                "criteria": [criterion.id, *one.also],
            }
            for one in criterion.example_controls
        ],
        "gaps": [{"gap": one.gap, "first_step": one.first_step} for one in criterion.gaps],
        "policies": list(criterion.policies),
        "neighbours": [
            {"criterion": one.criterion, "difference": one.difference}
            for one in criterion.neighbours
        ],
    }
