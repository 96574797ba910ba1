"""Rank passages by meaning and by words, within what may be read and what the filters let through."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from copilot.domain.access import Role
from copilot.domain.indexing import Filters
from copilot.spare_threads import SpareThreads

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from copilot.domain.access import Principal
    from copilot.domain.documents import PassageId
    from copilot.ports import Encoder, Truth
    from copilot.retrieval.generations import Indexes
    from copilot.retrieval.querying import Query

Scored = list[tuple["PassageId", float]]
"""Passages with their score, best first."""

DEPTH: Final = 50
"""Places taken from each ranking before they are fused; deeper changed nothing measurable."""

_MARGIN: Final = 14
"""Places more that the word index is asked for, which show whether the last that is taken has ties."""

_TIES: Final = 4
"""Times that depth are asked of the word index where it has, so that no tie is cut short."""

_HOLDING: Final = 4_000
"""The most passages that a phrase or an id is looked for in."""

_FEW: Final = 3_000
"""Of up to so many passages each is compared: 10 ms, no more than the index takes for them."""

_SQUARE: Final = 200
"""The fewer of all pass, the deeper the index has to be asked, and each partition as deep. So
comparing n of them is faster while n² is below so many times all of them times the partitions
(measured at 100,000)."""

_MORE: Final = 1.5
"""Asked beyond what is needed on average, since what passes is not spread evenly."""

_DEEPER: Final = 4
"""Times as deep as before, where that was not enough."""


@dataclass(frozen=True, slots=True)
class Rankings:
    """What was found by meaning and what by words."""

    dense: Scored
    lexical: Scored


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Where one search may look."""

    principal: Principal
    partitions: frozenset[str]
    filters: Filters
    named: frozenset[PassageId] | None = None
    """The passages that hold a phrase or speak of an id, and pass the filters; if that was asked."""

    @property
    def beyond_partitions(self) -> bool:
        """Whether not all that stands in the partitions passes."""
        return self.named is not None or self.principal.audits or bool(self.filters)

    @property
    def beyond_kinds(self) -> bool:
        """Whether there is more to it than the word index knows by itself."""
        kinds_only = replace(self, filters=replace(self.filters, kinds=frozenset()))
        return kinds_only.beyond_partitions


class Ranker:
    """Ranks the passages of one workspace."""

    def __init__(
        self,
        *,
        truth: Truth,
        encoder: Encoder,
        indexes: Indexes,
        spare: SpareThreads | None = None,
    ) -> None:
        self._truth = truth
        self._encoder = encoder
        self._indexes = indexes
        self._spare = spare or SpareThreads()

    def rank(
        self, asked: Query, encoded: Callable[[], NDArray[np.float32]], narrowed: Narrowed
    ) -> Rankings:
        """Return both rankings of a query, each with all that tie for its last place.

        Args:
            asked: The query.
            encoded: Returns its vector; its words are looked up meanwhile.
            narrowed: Where to look.
        """
        if asked.phrases or asked.ids:
            narrowed = replace(narrowed, named=self._named(asked, narrowed))
        if not narrowed.beyond_partitions:
            dense, lexical = self._spare.all(
                [
                    lambda: self._dense(encoded(), narrowed, DEPTH)[:DEPTH],
                    lambda: _cut(self._lexical_with_ties(asked, narrowed)),
                ]
            )
            return Rankings(dense, lexical)
        passing = self._count(narrowed)
        if not passing:
            return Rankings([], [])
        everything = self._everything(narrowed) if passing > _FEW else 0
        many = _SQUARE * len(narrowed.partitions) * everything
        if passing <= _FEW or passing**2 <= many:
            return self._compare(asked, encoded(), narrowed)
        depth = math.ceil(_MORE * DEPTH * everything / passing)
        dense = self._dense_enough(encoded(), narrowed, depth, everything)
        lexical = self._lexical_enough(asked, narrowed, max(depth, _TIES * DEPTH))
        return Rankings(_cut(dense), _cut(lexical))

    def _compare(self, asked: Query, vector: NDArray[np.float32], narrowed: Narrowed) -> Rankings:
        """Compare the query with each passage that passes."""
        ids, vectors = self._vectors(narrowed)
        # Those that are not encoded yet come last, and have no vector.
        cosines = (vectors @ vector).tolist() if vectors.size and vector.size else ()
        scored = zip(ids, cosines, strict=False)
        dense = sorted(scored, key=lambda one: (-one[1], one[0]))
        among = (narrowed.named or ids) if narrowed.beyond_kinds else None
        lexical = self._lexical_with_ties(asked, narrowed, among=among)
        return Rankings(_cut(dense), _cut(lexical))

    # The indexes

    def _dense(self, vector: NDArray[np.float32], narrowed: Narrowed, depth: int) -> Scored:
        """Return what passes of the passages whose texts are nearest, equal ones by their id."""
        if not vector.size:  # there is no encoder
            return []
        texts = self._indexes.dense.search(vector, partitions=narrowed.partitions, limit=depth)
        named = narrowed.named
        holders = self._truth.passages_with(
            [key for key, _ in texts],
            principal=narrowed.principal,
            partitions=narrowed.partitions,
            filters=narrowed.filters if named is None else None,
        )
        found = [
            (id_, cosine)
            for key, cosine in texts
            for id_ in holders.get(key, ())
            if named is None or id_ in named
        ]
        return sorted(found, key=lambda one: (-one[1], one[0]))

    def _dense_enough(
        self, vector: NDArray[np.float32], narrowed: Narrowed, depth: int, everything: int
    ) -> Scored:
        """Ask the index ever deeper, until enough of what it finds passes."""
        while True:
            found = self._dense(vector, narrowed, depth)
            if len(found) >= DEPTH or depth >= everything:
                return found
            depth *= _DEEPER

    def _lexical(
        self,
        asked: Query,
        narrowed: Narrowed,
        *,
        limit: int,
        among: Collection[PassageId] | None = None,
    ) -> Scored:
        return self._indexes.lexical.search(
            asked.text,
            partitions=narrowed.partitions,
            kinds=narrowed.filters.kinds,
            among=among,
            limit=limit,
        )

    def _lexical_with_ties(
        self, asked: Query, narrowed: Narrowed, *, among: Collection[PassageId] | None = None
    ) -> Scored:
        """Return as many as are taken, and all that tie with the last of them."""
        few = DEPTH + _MARGIN
        found = self._lexical(asked, narrowed, limit=few, among=among)
        if len(found) < few or len(_cut(found)) < few:
            return found
        return self._lexical(asked, narrowed, limit=_TIES * DEPTH, among=among)

    def _lexical_enough(self, asked: Query, narrowed: Narrowed, depth: int) -> Scored:
        while True:
            found = self._lexical(asked, narrowed, limit=depth)
            if not narrowed.beyond_kinds:
                return found
            passing = self._passing(narrowed, [id_ for id_, _ in found])
            kept = [one for one in found if one[0] in passing]
            if len(kept) >= DEPTH or len(found) < depth:
                return kept
            depth *= _DEEPER

    # What passes

    def _named(self, asked: Query, narrowed: Narrowed) -> frozenset[PassageId] | None:
        """Return what holds every phrase and speaks of any id, or nothing if no id is spoken of.

        An id that nothing speaks of is a word like any other.
        """
        named: frozenset[PassageId] | None = None
        if asked.phrases:
            named = self._passing(narrowed, self._holding(asked, narrowed, phrases=asked.phrases))
        if asked.ids:
            known = self._passing(narrowed, self._holding(asked, narrowed, ids=asked.ids))
            known |= self._matching(narrowed, labelled=asked.ids)
            named = (known if named is None else known & named) or named
        return named

    def _holding(
        self,
        asked: Query,
        narrowed: Narrowed,
        *,
        phrases: Sequence[str] = (),
        ids: Sequence[str] = (),
    ) -> list[PassageId]:
        found = self._indexes.lexical.search(
            asked.text, partitions=narrowed.partitions, phrases=phrases, ids=ids, limit=_HOLDING
        )
        return [id_ for id_, _ in found]

    def _passing(self, narrowed: Narrowed, among: Collection[PassageId]) -> frozenset[PassageId]:
        """Return those of some passages that pass."""
        if narrowed.named is not None:
            return narrowed.named.intersection(among)
        if not narrowed.beyond_partitions:
            return frozenset(among)
        return self._matching(narrowed, among=among)

    def _matching(
        self,
        narrowed: Narrowed,
        *,
        among: Collection[PassageId] | None = None,
        labelled: Collection[str] = (),
    ) -> frozenset[PassageId]:
        return frozenset(
            self._truth.matching(
                narrowed.filters,
                principal=narrowed.principal,
                partitions=narrowed.partitions,
                among=among,
                labelled=labelled,
            )
        )

    def _count(self, narrowed: Narrowed) -> int:
        if narrowed.named is not None:
            return len(narrowed.named)
        return self._truth.count(
            narrowed.filters, principal=narrowed.principal, partitions=narrowed.partitions
        )

    def _everything(self, narrowed: Narrowed) -> int:
        """Return how many passages the partitions have, which is how deep the index can be asked."""
        holder = replace(narrowed.principal, role=Role.EMPLOYEE, within=None)
        return self._truth.count(Filters(), principal=holder, partitions=narrowed.partitions)

    def _vectors(self, narrowed: Narrowed) -> tuple[list[PassageId], NDArray[np.float32]]:
        if narrowed.named is not None:
            return self._truth.vectors_of(narrowed.named, self._encoder.name)
        return self._truth.vectors_passing(
            narrowed.filters,
            self._encoder.name,
            principal=narrowed.principal,
            partitions=narrowed.partitions,
        )


def _cut(ranking: Scored) -> Scored:
    """Return the first places of a ranking, with all that tie for the last of them."""
    first = ranking[:DEPTH]
    rest = ranking[DEPTH:]
    return first + list(
        takewhile(lambda one: math.isclose(one[1], first[-1][1], rel_tol=1e-5), rest)
    )
