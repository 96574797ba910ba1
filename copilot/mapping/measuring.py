"""How good suggestions are where the right criteria are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from copilot.mapping.calibration import Bin, calibration_error, reliability

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from copilot.domain.controls import Suggestions
    from copilot.domain.criteria import CriterionId

LISTED: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Means over controls, each from 0 to 1."""

    hit_at_1: float
    """How often the first criterion is right."""
    hit_at_3: float
    """How often one of the first three is."""
    recall_at_5: float
    """How much of what is right stands among the first five."""


def quality(
    rankings: Sequence[Sequence[CriterionId]], right: Sequence[Collection[CriterionId]]
) -> Quality:
    """Return how good rankings are."""
    pairs = list(zip(rankings, right, strict=True))
    return Quality(
        hit_at_1=sum(ranked[0] in known for ranked, known in pairs) / len(pairs),
        hit_at_3=sum(not set(known).isdisjoint(ranked[:3]) for ranked, known in pairs) / len(pairs),
        recall_at_5=sum(len(set(known) & set(ranked[:5])) / len(known) for ranked, known in pairs)
        / len(pairs),
    )


def ranking(suggestions: Suggestions) -> list[CriterionId]:
    """Return the criteria of one control, best first."""
    return [one.criterion for one in suggestions.ranked]


def reliability_of(
    suggested: Sequence[Suggestions],
    right: Sequence[Collection[CriterionId]],
    *,
    listed: int = LISTED,
) -> list[Bin]:
    """Return how often suggestions of each confidence were right, for the first ones of each control."""
    seen = [
        (one.confidence, one.criterion in known)
        for suggestions, known in zip(suggested, right, strict=True)
        for one in suggestions.ranked[:listed]
    ]
    return reliability([sure for sure, _ in seen], [was for _, was in seen])


def expected_error(
    suggested: Sequence[Suggestions],
    right: Sequence[Collection[CriterionId]],
    *,
    listed: int = LISTED,
) -> float:
    """Return the expected calibration error of the first suggestions of each control."""
    return calibration_error(reliability_of(suggested, right, listed=listed))
