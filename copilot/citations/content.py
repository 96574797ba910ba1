"""How much of a claim its quotes speak of, as a few numbers and one decision."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from copilot.citations.words import nearly, roots_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from copilot.citations.words import Words


_PART: Final = re.compile(
    r"[,;:()]\s|\s(?:and|but|while|whereas|because|since|which|who|using|owing|due|so|in every)\s",
    re.IGNORECASE,
)
_BARE: Final = 0.66
"""Share of the words of a part that must be new for the part to be."""

_HALF: Final = 0.5
_SOME: Final = 0.2
"""Weight above which a word is worth naming."""


WEIGHTS: Final = (-1.13, -2.47, -0.16)
BIAS: Final = 1.92
LEAST: Final = 0.3
MOST_NEW: Final = 0.6
"""Logistic regression on the features below, over the honest claims of the half of the corpus that is for
fitting and those of `tests/citations/honest_pairs.py`, against the wrong claims of that half and all that
the rules of the corpus make of the honest ones, as far as they pass every other check.
`python -m benchmarks.gate --fit` prints them anew. Hardly a claim lies between .1 and .5, so the bound stands
low, where unforeseen paraphrases still pass; but a claim of which more than `MOST_NEW` is new never passes
by its words alone, however short it is."""


@dataclass(frozen=True, slots=True)
class Heard:
    """How much of a claim is new."""

    run: float
    """The greatest weight of new words that follow each other."""
    bare: float
    """The greatest weight of words in a part of the claim of which the quotes have hardly one as it stands."""
    new: tuple[str, ...]
    """The words that nothing in the quotes may stand for."""
    share: float
    """The share of all words, by weight, that the quotes do not have as they stand."""

    parts: tuple[str, ...]
    """The parts of the claim of which much is new: where the words leave it in doubt, their meaning decides."""

    def features(self) -> tuple[float, float, float]:
        """Return what tells a claim that its quotes carry from one that goes beyond them."""
        return (self.run, self.bare, self.share)

    @property
    def likely(self) -> float:
        """How likely the quotes say this, from 0 to 1."""
        weighed = (weight * one for weight, one in zip(WEIGHTS, self.features(), strict=True))
        return 1.0 / (1.0 + math.exp(-BIAS - sum(weighed)))


def hear(claim: str, said: Iterable[str], words: Words) -> Heard:
    """Return how much of a claim is new beside what its quotes say.

    Args:
        claim: What is said.
        said: What the quotes say, and what their sources are called.
        words: What means the same.
    """
    said = tuple(said)
    literal = frozenset[str]().union(*map(words.concepts, said))
    asked = words.asked(claim)
    strange = {one: weight for one, weight in asked.items() if one not in literal}
    near = words.near(claim)
    for one in strange:
        strange[one] *= 1.0 - nearly(one, literal, near)
    new = {
        one: weight
        for one, weight in strange.items()
        if not any(words.hears(one, words.heard(text)) for text in said)
    }
    for one in [one for one in new if one.startswith("=")]:
        if roots_of(one[1:]) <= literal:
            del new[one]  # a term of the field may stand in two cells of a row
    total = sum(asked.values()) or 1.0
    run = longest = 0.0
    for one in asked:
        run = run + new[one] if one in new else 0.0
        longest = max(longest, run)
    parts = _PART.split(claim) if any(strange.values()) else []
    return Heard(
        run=longest,
        bare=_heaviest(parts, strange, words),
        share=sum(strange.values()) / total,
        parts=_strange_parts(parts, strange, words),
        new=tuple(one for one, weight in new.items() if weight > _SOME),
    )


def _strange_parts(
    parts: Sequence[str], strange: Mapping[str, float], words: Words
) -> tuple[str, ...]:
    """Return the parts of a claim of which much is new, and in any case the one of which most is."""
    weighed = []
    for part in parts:
        inside = words.asked(part)
        unheard = sum(strange.get(one, 0.0) for one in inside)
        weighed.append((unheard, unheard > _HALF * sum(inside.values()), part))
    heaviest = max((weight for weight, _, _ in weighed), default=0.0)
    return tuple(part for weight, much, part in weighed if weight and (much or weight == heaviest))


def _heaviest(parts: Sequence[str], new: Mapping[str, float], words: Words) -> float:
    """Return the greatest weight of new words in a part of which at least this share is new."""
    heaviest = 0.0
    for part in parts:
        inside = words.asked(part)
        unheard = sum(new.get(one, 0.0) for one in inside)
        if unheard > _BARE * sum(inside.values()):
            heaviest = max(heaviest, unheard)
    return heaviest
