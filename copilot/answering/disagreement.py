"""Find two policies that say different things on the same point."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Final

from copilot.citations.quantities import agree, quantities
from copilot.wording import carries_meaning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from copilot.citations.quantities import Quantity
    from copilot.wording import Vocabulary

_SHARED: Final = 0.34
"""Share of meaning words that two sentences must have in common to be about one point."""

_FEWEST: Final = 3

_IN_COMMON: Final = 2
"""Things of which both must speak, such as leavers and disabling. That both deal with incidents is not enough:
one may say how soon they are classified, the other how soon a vendor tells us."""

LIKENESS: Final = 0.6
"""Least cosine of two sentences about one point. On the sample company the planted pair has .76."""


_KINDS: Final = ("deadline", "span", "every", "length", "share", "frequency")

_KEPT: Final = 4_000
"""Sentences of which the amounts and the meaning are kept; 1 kB each."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of a policy, and where it comes from."""

    source: str
    text: str
    key: int
    """Tells the caller which of its passages this is."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two statements on one point that cannot both be followed."""

    one: Statement
    amount: Quantity
    other: Statement
    other_amount: Quantity
    likeness: float


@lru_cache(maxsize=_KEPT)
def compared(text: str) -> tuple[Quantity, ...]:
    """Return the amounts of a sentence by which it may disagree with another; not bare numbers."""
    return tuple(one for one in quantities(text) if one.kind != "count")


def disagreements(
    statements: Sequence[Statement],
    vocabulary: Vocabulary,
    encode: Callable[[Sequence[str]], NDArray[np.float32]],
) -> list[Disagreement]:
    """Return pairs of statements from different sources about one point, with different amounts.

    Two sentences are about one point when they share enough of the words that carry meaning and
    mean nearly the same as a whole. Where one of them names several amounts of a kind and any agrees
    with the other, they do not disagree.

    Args:
        statements: Sentences with amounts, the clearest on the point first.
        vocabulary: Says which words carry meaning.
        encode: Returns vectors of texts, as rows; asked only for what differs in everything else.
    """
    pairs = [
        (one, mine, other, theirs)
        for one, other in combinations(statements, 2)
        if one.source != other.source
        for mine, theirs in _differing(compared(one.text), compared(other.text))
        if _alike(one.text, other.text, vocabulary)
    ]
    texts = list(dict.fromkeys(one.text for pair in pairs for one in (pair[0], pair[2])))
    vectors = dict(zip(texts, encode(texts), strict=True)) if texts else {}
    found = [
        Disagreement(one, mine, other, theirs, float(vectors[one.text] @ vectors[other.text]))
        for one, mine, other, theirs in pairs
    ]
    return sorted((one for one in found if one.likeness >= LIKENESS), key=lambda one: -one.likeness)


def _differing(
    one: Sequence[Quantity], other: Sequence[Quantity]
) -> Iterator[tuple[Quantity, Quantity]]:
    """Yield the first amounts of the first kind in which two sentences differ, if there is any."""
    for kind in _KINDS:
        left = [q for q in one if q.kind == kind]
        right = [q for q in other if q.kind == kind] if left else ()
        if left and right and not any(agree(mine, theirs) for mine in left for theirs in right):
            yield left[0], right[0]
            return


def _alike(one: str, other: str, vocabulary: Vocabulary) -> bool:
    """Say whether two sentences have enough words in common."""
    mine, theirs = _meant(one, vocabulary), _meant(other, vocabulary)
    smaller = min(len(mine), len(theirs))
    both = mine & theirs
    telling = sum(carries_meaning(one) for one in both)
    return smaller >= _FEWEST and len(both) >= _SHARED * smaller and telling >= _IN_COMMON


@lru_cache(maxsize=_KEPT)
def _meant(text: str, vocabulary: Vocabulary) -> frozenset[str]:
    for one in compared(text):
        text = f"{text[: one.at]}{' ' * len(one.words)}{text[one.end :]}"
    return frozenset(vocabulary.weighed(text))
