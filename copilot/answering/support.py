"""How well a passage carries an answer, and which criteria a question is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from copilot.answering.wording import coverage
from copilot.domain.criteria import CriterionId, category_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from copilot.answering.wording import Vocabulary
    from copilot.domain.criteria import Category
    from copilot.retrieval.search import Hit

COSINE_SCALE: Final = 0.7
"""A cosine of the default encoder at which two texts say the same in other words."""


@dataclass(frozen=True, slots=True)
class Supported:
    """A passage with how well it carries what is asked."""

    hit: Hit
    score: float
    """From 0 to 1: half likeness by meaning, half share of the asked concepts that it holds."""
    covered: frozenset[str]
    """Those of the asked concepts that it speaks of."""


def judge(hit: Hit, asked: dict[str, float], vocabulary: Vocabulary) -> Supported:
    """Say how well one passage carries what is asked."""
    passage = hit.passage
    about = " ".join((passage.source.metadata.title, *passage.heading, passage.text))
    found = set(vocabulary.concepts(about))
    likeness = min(1.0, max(0.0, hit.cosine or 0.0) / COSINE_SCALE)
    covered = frozenset(concept for concept in asked if concept in found)
    return Supported(hit, 0.5 * likeness + 0.5 * coverage(asked, found), covered)


@dataclass(frozen=True, slots=True)
class RankedCriterion:
    """A criterion, how well it fits a question, and the catalog's passage that says so."""

    id: CriterionId
    score: float
    hit: Hit


_OUT_OF_SCOPE: Final = 0.06
"""What a criterion loses when its category is not in scope: it wins only if it clearly fits best."""

_SECOND: Final = 0.3
"""How much of its second-best passage counts beside a criterion's best."""


def rank_criteria(hits: Sequence[Hit], scope: Collection[Category]) -> list[RankedCriterion]:
    """Return the criteria that the catalog's hits speak for, best first.

    Args:
        hits: What a search of the catalog found.
        scope: The categories in scope; others rank a little lower.
    """
    by_criterion: dict[CriterionId, list[tuple[float, Hit]]] = {}
    for hit in hits:
        criterion = criterion_of(hit)
        if criterion is None or hit.cosine is None:
            continue
        score = hit.cosine - (0.0 if category_of(criterion) in scope else _OUT_OF_SCOPE)
        by_criterion.setdefault(criterion, []).append((score, hit))
    ranked = []
    for criterion, found in by_criterion.items():
        found.sort(key=lambda one: -one[0])
        score = found[0][0]
        if len(found) > 1:
            score = (score + _SECOND * found[1][0]) / (1 + _SECOND)
            score = max(score, found[0][0] * 0.97)
        ranked.append(RankedCriterion(criterion, score, found[0][1]))
    return sorted(ranked, key=lambda one: (-one.score, one.id))


def criterion_of(hit: Hit) -> CriterionId | None:
    """Return the criterion that a passage of the catalog belongs to; none for guidance."""
    passage = hit.passage
    if passage.source.path.startswith("knowledge/tsc/") and passage.heading:
        return CriterionId(passage.heading[0].partition(" ")[0])
    return None
