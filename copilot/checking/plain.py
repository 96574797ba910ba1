"""A checked policy as a JSON object: the contract of `copilot draft check --json` and of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from copilot.domain.remarks import CheckedPolicy, Remark


def check_json(found: CheckedPolicy, diff: str) -> dict[str, Any]:
    """Return a checked policy with the changes that are proposed for it."""
    return {
        "source": found.path,
        "title": found.title,
        "kind": found.kind,
        "kind_given": found.kind_given,
        "on": found.on.isoformat(),
        "period": str(found.period) if found.period else None,
        "points": found.points,
        "addressed": found.addressed,
        "compared": found.compared,
        "remarks": [_remark_json(one) for one in found.remarks],
        "notes": list(found.notes),
        "diff": diff,
    }


def _remark_json(one: Remark) -> dict[str, Any]:
    return {
        "kind": one.kind.value,
        "subject": one.subject,
        "text": one.text,
        "hint": one.hint,
        "citations": [
            {
                "source": cited.source,
                "title": cited.title,
                "page": cited.page,
                "place": cited.place,
                "start": cited.start,
                "end": cited.end,
                "quote": cited.quote,
                "verified": cited.verified,
            }
            for cited in one.citations
        ],
    }
