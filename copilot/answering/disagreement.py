"""Find two policies that say different things on the same point."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

from copilot.citations.quantities import agree, quantities

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from copilot.citations.quantities import Quantity
    from copilot.wording import Vocabulary

_SHARED: Final = 0.34
"""Share of meaning words that two sentences must have in common to be about one point."""

_FEWEST: Final = 3

LIKENESS: Final = 0.6
"""Least cosine of two sentences about one point. On the sample company the planted pair has .76."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of a policy, and where it comes from."""

    source: str
    text: str
    key: int
    """Tells the caller which of its passages this is."""
    vector: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two statements on one point that cannot both be followed."""

    one: Statement
    amount: Quantity
    other: Statement
    other_amount: Quantity
    likeness: float


def compared(text: str) -> list[Quantity]:
    """Return the amounts of a sentence by which it may disagree with another; not bare numbers."""
    return [one for one in quantities(text) if one.kind != "count"]


def disagreements(statements: Sequence[Statement], vocabulary: Vocabulary) -> list[Disagreement]:
    """Return pairs of statements from different sources about one point, with different amounts.

    Two sentences are about one point when they share enough of the words that carry meaning and
    mean nearly the same as a whole. Where one of them names several amounts of a kind and any agrees
    with the other, they do not disagree.
    """
    found = []
    meant = [set(vocabulary.asked(_without_amounts(one.text))) for one in statements]
    for (at, one), (other_at, other) in combinations(enumerate(statements), 2):
        smaller = min(len(meant[at]), len(meant[other_at]))
        if one.source == other.source or smaller < _FEWEST:
            continue
        shared = len(meant[at] & meant[other_at])
        likeness = float(one.vector @ other.vector)
        if shared < _SHARED * smaller or likeness < LIKENESS:
            continue
        pair = _differing(compared(one.text), compared(other.text))
        if pair is not None:
            found.append(Disagreement(one, pair[0], other, pair[1], likeness))
    return sorted(found, key=lambda one: -one.likeness)


def _differing(
    one: Sequence[Quantity], other: Sequence[Quantity]
) -> tuple[Quantity, Quantity] | None:
    for kind in ("deadline", "span", "every", "length", "share", "frequency"):
        left = [q for q in one if q.kind == kind]
        right = [q for q in other if q.kind == kind]
        if left and right and not any(agree(mine, theirs) for mine in left for theirs in right):
            return left[0], right[0]
    return None


def _without_amounts(text: str) -> str:
    for one in compared(text):
        text = f"{text[: one.at]}{' ' * len(one.words)}{text[one.end :]}"
    return text
