"""How well passages carry an answer, whether there is one at all, and which criteria it is about."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from copilot.answering.quoting import speaks_fittingly
from copilot.domain.criteria import CriterionId, category_of

if TYPE_CHECKING:
    import re
    from collections.abc import Collection, Sequence

    from copilot.domain.criteria import Category
    from copilot.domain.periods import Period
    from copilot.retrieval.search import Hit
    from copilot.wording import Asked, Hearing, Vocabulary

COSINE_SCALE: Final = 0.7
"""A cosine of the default encoder at which two texts say the same in other words."""

_FUSED: Final = 0.3
_EXPECTED: Final = 0.1
_LINKED: Final = 0.25
_TIMELY: Final = 0.2
_SHORT: Final = 100
"""Days; a record that speaks for a quarter is about a month in it, one for a year is not."""
_CLOSEST: Final = 3
_HEARD: Final = 10


@dataclass(frozen=True, slots=True)
class Supported:
    """A passage with how well it carries what is asked."""

    hit: Hit
    likeness: float
    """By meaning, from 0 to 1."""
    share: float
    """Of what is asked, by weight, that the passage speaks of."""
    told: frozenset[str]
    """The concepts of it that have to do with the question."""
    fits: bool
    """Whether its words on the question are of the kind that is asked for: a date for `when`."""
    timely: bool = False
    """Whether it speaks for the time that the question names, and not for much more."""
    linked: bool = False
    """Whether the source is labelled with a control that the question is about."""

    @property
    def score(self) -> float:
        """Half meaning, half words; a little for standing high in both rankings and for fitting."""
        base = 0.5 * self.likeness + 0.5 * self.share
        fitting = (_EXPECTED if self.fits else 0.0) + (_TIMELY if self.timely else 0.0)
        return base + _FUSED * self.hit.score + fitting + (_LINKED if self.linked else 0.0)


def judge(
    hit: Hit,
    hearing: Hearing,
    vocabulary: Vocabulary,
    *,
    kinds: Sequence[re.Pattern[str]] = (),
    when: Period | None = None,
) -> Supported:
    """Say how well one passage carries what is asked.

    Args:
        hit: The passage, as it was found.
        hearing: What the question asks about, with weights.
        vocabulary: Turns words into concepts.
        kinds: What `fitting` says of the question.
        when: The time that the question names; records of that time are preferred.
    """
    passage = hit.passage
    about = (passage.source.metadata.title, *passage.heading, passage.context, passage.text)
    found = hearing.of(vocabulary.meant(" ".join(about)))
    return Supported(
        hit=hit,
        likeness=min(1.0, max(0.0, hit.cosine or 0.0) / COSINE_SCALE),
        share=hearing.share(found),
        told=found,
        timely=_timely(passage.source.metadata.period, when),
        fits=speaks_fittingly(passage, hearing, vocabulary, kinds),
    )


def _timely(spoken_for: Period | None, when: Period | None) -> bool:
    if spoken_for is None or when is None:
        return False
    return spoken_for.overlaps(when) and (spoken_for.end - spoken_for.start).days <= _SHORT


_WEIGHTY: Final = 0.45
"""Weight of a thing that makes a difference to an answer; common words weigh .2 to .4."""

FEATURES: Final = ("share", "missed", "name missed", "catalog")

WEIGHTS: Final = (3.45, -2.1, -0.72, 5.76)
BIAS: Final = -2.48
"""Fitted by `benchmarks/answerable.py`: logistic regression on questions about the sample company. In
seven-fold cross-validation the area under the curve is .90; on a set that was not fitted it is .88.

`share`: how much of the question the best passage speaks of. `missed`: the weightiest thing in its main
clause of which none of the best passages speaks. `name missed`: the weightiest name of which the best
three do not speak. `catalog`: how near the question is to SOC 2 at all.
"""


def features(
    supported: Sequence[Supported], asked: Asked, catalog_likeness: float
) -> tuple[float, ...]:
    """Return what tells an answerable question from one that only comes near to the sources.

    Args:
        supported: The company's passages, best first.
        asked: What the question asks about, with weights.
        catalog_likeness: The question's likeness to the nearest passage of the catalog.
    """
    heard = supported[:_HEARD]
    missed = (
        asked[concept] * (1 - max(asked.spoken_of(concept, one.told) for one in heard))
        for concept in asked.main
    )
    names_missed = (
        max(
            (asked[name] * (1 - asked.spoken_of(name, one.told)) for name in asked.names),
            default=0.0,
        )
        for one in supported[:_CLOSEST]
    )
    return (
        supported[0].share,
        max(missed, default=0.0),
        min(names_missed, default=0.0),
        catalog_likeness,
    )


def unspoken(supported: Sequence[Supported], asked: Asked) -> list[str]:
    """Return the weighty concepts of a question of which none of the best passages speaks."""
    return [
        concept
        for concept in dict.fromkeys((*asked.main, *asked.names))
        if concept not in asked.everyday
        and asked[concept]
        * (1 - max(asked.spoken_of(concept, one.told) for one in supported[:_HEARD]))
        >= _WEIGHTY
    ]


def answerability(values: Sequence[float]) -> float:
    """Return how likely it is that the sources answer a question with these features, from 0 to 1."""
    total = BIAS + sum(weight * value for weight, value in zip(WEIGHTS, values, strict=True))
    return 1 / (1 + math.exp(-total))


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


LABELLED: Final = 0.1
"""What a criterion gains if the company's own files on the question are labelled with it. Criteria that are
neighbours by meaning differ by less than this, and what is not about the question at all by more."""


def labels_of(own: Sequence[Supported]) -> dict[CriterionId, float]:
    """Return how clearly the sources of the best passages are labelled with each criterion, from 0 to 1.

    A source with one label says more by it than one that names six.
    """
    votes: dict[CriterionId, float] = {}
    for source in dict.fromkeys(one.hit.passage.source for one in own[:_HEARD]):
        for criterion in source.metadata.criteria:
            votes[criterion] = votes.get(criterion, 0.0) + 1 / len(source.metadata.criteria)
    most = max(votes.values(), default=1.0)
    return {criterion: vote / most for criterion, vote in votes.items()}


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
            score = max(score * 0.97, (score + _SECOND * found[1][0]) / (1 + _SECOND))
        ranked.append(RankedCriterion(criterion, score, found[0][1]))
    return sorted(ranked, key=lambda one: (-one.score, one.id))


def criterion_of(hit: Hit) -> CriterionId | None:
    """Return the criterion that a passage of the catalog belongs to; none for guidance."""
    passage = hit.passage
    if passage.source.path.startswith("knowledge/tsc/") and passage.heading:
        return CriterionId(passage.heading[0].partition(" ")[0])
    return None
