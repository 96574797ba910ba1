"""Read what a model says about close calls, however loosely it kept to the form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from copilot.generation.replies import claims_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from copilot.citations.given import Proposed
    from copilot.domain.criteria import CriterionId
    from copilot.mapping.close_calls import Shown

REASONS: Final = 2
"""Candidates of a control for which a model is asked for a reason: those that it puts first."""

_NUMBER: Final = re.compile(r"[0-9]{1,6}")

_QUOTE: Final[dict[str, Any]] = {
    "source": {"type": "integer", "description": "number of the source"},
    "quote": {"type": "string", "description": "words copied from that source"},
}


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _list_of(items: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": dict(items)}


_CRITERION: Final = {"type": "string", "description": "id of a candidate, such as CC6.1"}
_REASON: Final = _object(
    {
        "criterion": _CRITERION,
        "claim": {"type": "string", "description": "one plain sentence"},
        **_QUOTE,
        "also": _list_of(_object(_QUOTE)),
    }
)
_CONTROL: Final = _object(
    {"control": {"type": "integer"}, "ranked": _list_of(_CRITERION), "reasons": _list_of(_REASON)}
)

SCHEMA: Final[Mapping[str, Any]] = {
    "title": "ordered_candidates",
    "description": "For each control its candidates in order, and reasons with verbatim quotes.",
    **_object({"controls": _list_of(_CONTROL)}),
}
"""What a model is asked for. Every key is required, as strict structured output wants it."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a model says of one control, without anything that is none of its candidates."""

    ranked: tuple[CriterionId, ...]
    """Each once; some candidates may be missing."""
    reasons: Mapping[CriterionId, Proposed]
    """Nothing of them is true yet."""


def opinions_of(value: Mapping[str, Any], shown: Sequence[Shown]) -> dict[int, Opinion]:
    """Return what a reply says, by the numbers of the controls; what cannot be read is left out."""
    by_number = {one.number: one for one in shown}
    found: dict[int, Opinion] = {}
    for one in _listed(value.get("controls")):
        number = _number(one.get("control")) if isinstance(one, dict) else 0
        if number not in by_number or number in found:
            continue
        opinion = _opinion(one, by_number[number])
        if opinion.ranked:
            found[number] = opinion
    return found


def _opinion(value: Mapping[str, Any], shown: Shown) -> Opinion:
    candidates: dict[str, CriterionId] = {one: one for one in shown.cited}
    named = (candidates.get(_id(one)) for one in _listed(value.get("ranked")))
    ranked = tuple(dict.fromkeys(one for one in named if one is not None))
    reasons: dict[CriterionId, Proposed] = {}
    for one in _listed(value.get("reasons")):
        criterion = candidates.get(_id(one.get("criterion"))) if isinstance(one, dict) else None
        if criterion is not None and criterion not in reasons:
            [reasons[criterion]] = claims_of({"claims": [one]}, whole=True)
    return Opinion(ranked, reasons)


def _number(value: object) -> int:
    """Return the number of a control as a model writes it; 0, which no control has, for anything else."""
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _id(value: object) -> str:
    return value.strip().upper() if isinstance(value, str) else ""


def _listed(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else ()
