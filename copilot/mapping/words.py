"""Texts as weighed words: stems and pairs of stems, the rarer the heavier, each text of length one."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from copilot.wording import stems

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

_LEAST: Final = 2
"""Statements that must have a word for it to be learned."""


class Words:
    """The words that the catalog's statements have in common."""

    def __init__(self, terms: Sequence[str], rarity: NDArray[np.float32]) -> None:
        """Take the terms, and for each how much it weighs."""
        self.terms = tuple(terms)
        self.rarity = rarity
        self._place = {term: at for at, term in enumerate(terms)}

    @classmethod
    def of(cls, texts: Sequence[str]) -> Words:
        """Learn the terms of texts."""
        count = Counter(term for text in texts for term in set(_terms(text)))
        terms = sorted(term for term, many in count.items() if many >= _LEAST)
        rarity = [math.log((1 + len(texts)) / (1 + count[term])) + 1 for term in terms]
        return cls(terms, np.array(rarity, dtype=np.float32))

    def __len__(self) -> int:
        return len(self.terms)

    def matrix(self, texts: Sequence[str]) -> csr_matrix:
        """Return a row for each text."""
        # Loading scipy takes a third of a second.
        from scipy.sparse import csr_matrix  # noqa: PLC0415  .3 s

        places: list[int] = []
        values: list[float] = []
        ends = [0]
        for text in texts:
            row = self._row(text)
            places += row
            values += row.values()
            ends.append(len(places))
        shape = (len(texts), len(self.terms))
        data = (np.array(values, np.float32), np.array(places, np.int32), np.array(ends, np.int32))
        return csr_matrix(data, shape=shape)

    def known(self, text: str) -> float:
        """Return the share of a text's words that the catalog has, from 0 to 1."""
        found = stems(text)
        return sum(one in self._place for one in found) / len(found) if found else 0.0

    def weight(self, root: str) -> float:
        """Return how much a stem weighs; nothing if the catalog does not have it."""
        place = self._place.get(root)
        return 0.0 if place is None else float(self.rarity[place])

    def _row(self, text: str) -> dict[int, float]:
        count = Counter(self._place[one] for one in _terms(text) if one in self._place)
        row = {at: (1 + math.log(many)) * float(self.rarity[at]) for at, many in count.items()}
        length = math.sqrt(sum(value * value for value in row.values())) or 1.0
        return {at: row[at] / length for at in sorted(row)}


def _terms(text: str) -> Iterator[str]:
    found = stems(text)
    yield from found
    for first, second in pairwise(found):
        yield f"{first} {second}"
