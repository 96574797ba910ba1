"""Search by meaning and by words at once, never past what the asker may read."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from copilot.domain.documents import CATALOG_PARTITION, SourceKind, partition_of
from copilot.ports import Filters
from copilot.retrieval.fusion import fuse
from copilot.retrieval.querying import parse_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from copilot.domain.access import Principal
    from copilot.domain.documents import Passage, PassageId
    from copilot.ports import Encoder, Reranker, Truth
    from copilot.retrieval.following import Indexes
    from copilot.retrieval.querying import Query

_DEPTH: Final = 50
"""Places taken from each ranking before they are fused; deeper changed nothing measurable."""

_WIDE: Final = 200
"""Places taken from each ranking when a filter is going to drop some."""

_EXACT: Final = 4_000
"""Up to so many passages pass a filter, each is compared exactly; beyond, the index is asked deeper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage that was found, and how."""

    passage: Passage
    score: float
    """Fused score: 1.0 for what is first by meaning and by words."""
    cosine: float | None
    """Likeness by meaning; nothing if only the words found it."""
    words: float | None
    """BM25 score; nothing if only the meaning found it."""


@dataclass(frozen=True, slots=True)
class _Rankings:
    dense: list[tuple[PassageId, float]]
    lexical: list[tuple[PassageId, float]]


@dataclass(frozen=True, slots=True)
class _Narrowed:
    """Where one search may look."""

    principal: Principal
    partitions: frozenset[str]
    filters: Filters


class Search:
    """Searches one workspace."""

    def __init__(
        self,
        *,
        truth: Truth,
        encoder: Encoder,
        indexes: Indexes,
        reranker: Reranker | None = None,
    ) -> None:
        self._truth = truth
        self._encoder = encoder
        self._indexes = indexes
        self._reranker = reranker

    def search(
        self,
        query: str,
        *,
        principal: Principal,
        limit: int,
        filters: Filters | None = None,
        catalog: bool = False,
        vector: NDArray[np.float32] | None = None,
    ) -> list[Hit]:
        """Return the best readable passages for a query, best first.

        Args:
            query: Words, ids and quoted phrases. A passage must hold a quoted phrase; where an id is
                named and something speaks of it, only what speaks of it is returned.
            principal: Who asks. What they may not read is neither ranked nor returned.
            limit: The most passages to return.
            filters: What to narrow the search to.
            catalog: Search the catalog instead of the company's own files.
            vector: The query's vector, if the caller has it already.
        """
        asked = parse_query(query)
        if not asked.text:
            return []
        if vector is None:
            vector = self._encoder.encode([asked.text])[0]
        partitions = (
            frozenset({CATALOG_PARTITION})
            if catalog
            else frozenset(partition_of(SourceKind.POLICY, one) for one in principal.audiences)
        )
        narrowed = _Narrowed(principal, partitions, filters or Filters())
        rankings = self._rank(asked, vector, narrowed)
        hits = self._read(rankings, principal=principal, limit=limit)
        if self._reranker is not None and hits:
            order = self._reranker.rank(asked.text, [hit.passage for hit in hits])
            by_id = {hit.passage.id: hit for hit in hits}
            hits = [by_id[passage.id] for passage in order]
        return hits

    def encode_all(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of texts, as rows."""
        return self._encoder.encode(texts)

    def encode(self, text: str) -> NDArray[np.float32]:
        """Return the vector of a text."""
        vector: NDArray[np.float32] = self._encoder.encode([text])[0]
        return vector

    def _rank(self, asked: Query, vector: NDArray[np.float32], narrowed: _Narrowed) -> _Rankings:
        if not (asked.phrases or asked.ids):
            found = self._nearest(asked, vector, narrowed)
            if found is not None:
                return found
        allowed = self._allowed(asked, narrowed)
        if allowed is None:
            return self._rank_all(asked, vector, narrowed, _DEPTH)
        if not allowed:
            return _Rankings([], [])
        lexical = self._indexes.lexical.search(
            asked.text,
            partitions=narrowed.partitions,
            kinds=narrowed.filters.kinds,
            limit=_EXACT,
        )
        if len(allowed) <= _EXACT:
            ids, vectors = self._truth.vectors_of(allowed, self._encoder.name)
            scored = zip(ids, (vectors @ vector).tolist() if ids else (), strict=True)
            dense = sorted(scored, key=lambda one: (-one[1], one[0]))
        else:
            dense = self._dense(vector, narrowed, _EXACT)
        return _Rankings(
            _cut([one for one in dense if one[0] in allowed]),
            _cut([one for one in lexical if one[0] in allowed]),
        )

    def _nearest(
        self, asked: Query, vector: NDArray[np.float32], narrowed: _Narrowed
    ) -> _Rankings | None:
        """Rank what is nearest and drop what the filters do not let through.

        Returns:
            Nothing if so much was dropped that the rankings would be too short: then what passes
            the filters is little, and all of it can be compared.
        """
        if not narrowed.filters:
            return self._rank_all(asked, vector, narrowed, _DEPTH)
        wide = self._rank_all(asked, vector, narrowed, _WIDE)
        among = {id_ for id_, _ in (*wide.dense, *wide.lexical)}
        passing = frozenset(
            self._truth.matching(
                narrowed.filters,
                principal=narrowed.principal,
                partitions=narrowed.partitions,
                among=among,
            )
        )
        dense = [one for one in wide.dense if one[0] in passing]
        lexical = [one for one in wide.lexical if one[0] in passing]
        enough = len(dense) >= _DEPTH and (len(lexical) >= _DEPTH or len(wide.lexical) < _WIDE)
        return _Rankings(_cut(dense), _cut(lexical)) if enough else None

    def _rank_all(
        self, asked: Query, vector: NDArray[np.float32], narrowed: _Narrowed, depth: int
    ) -> _Rankings:
        lexical = self._indexes.lexical.search(
            asked.text,
            partitions=narrowed.partitions,
            kinds=narrowed.filters.kinds,
            limit=max(depth, _WIDE),
        )
        if depth == _DEPTH:
            lexical = _cut(lexical)
        return _Rankings(self._dense(vector, narrowed, depth), lexical)

    def _dense(
        self, vector: NDArray[np.float32], narrowed: _Narrowed, depth: int
    ) -> list[tuple[PassageId, float]]:
        """Return the passages whose texts are nearest, best first; equal ones by their id."""
        texts = self._indexes.dense.search(vector, partitions=narrowed.partitions, limit=depth)
        holders = self._truth.passages_with(
            [key for key, _ in texts],
            principal=narrowed.principal,
            partitions=narrowed.partitions,
        )
        found = [(id_, cosine) for key, cosine in texts for id_ in holders.get(key, ())]
        return sorted(found, key=lambda one: (-one[1], one[0]))[:depth]

    def _allowed(self, asked: Query, narrowed: _Narrowed) -> frozenset[PassageId] | None:
        """Return the passages that a search is narrowed to, or nothing if it is not narrowed."""
        allowed: frozenset[PassageId] | None = None
        if narrowed.filters:
            allowed = self._matching(narrowed.filters, narrowed)
        if asked.phrases:
            found = self._holding(asked, narrowed, phrases=asked.phrases)
            allowed = found if allowed is None else allowed & found
        if asked.ids:
            labelled = Filters(
                criteria=frozenset(asked.criteria), controls=frozenset(asked.controls)
            )
            named = self._holding(asked, narrowed, ids=asked.ids)
            named |= self._matching(labelled, narrowed)
            both = named if allowed is None else allowed & named
            # An id that nothing speaks of is a word like any other.
            allowed = both or allowed
        return allowed

    def _matching(self, filters: Filters, narrowed: _Narrowed) -> frozenset[PassageId]:
        return frozenset(
            self._truth.matching(
                filters, principal=narrowed.principal, partitions=narrowed.partitions
            )
        )

    def _holding(
        self,
        asked: Query,
        narrowed: _Narrowed,
        *,
        phrases: Sequence[str] = (),
        ids: Sequence[str] = (),
    ) -> frozenset[PassageId]:
        found = self._indexes.lexical.search(
            asked.text, partitions=narrowed.partitions, phrases=phrases, ids=ids, limit=_EXACT
        )
        return frozenset(id_ for id_, _ in found)

    def _read(self, rankings: _Rankings, *, principal: Principal, limit: int) -> list[Hit]:
        fused = fuse([rankings.dense, rankings.lexical])
        cosines, words = dict(rankings.dense), dict(rankings.lexical)
        scores = dict(fused)
        # A few more than asked for: some may be gone from the truth since they were indexed. And all
        # that tie with the last of them, since what is stored first is no better.
        few = limit + 10
        wanted = [
            id_ for at, (id_, one) in enumerate(fused) if at < few or one == fused[few - 1][1]
        ]
        passages = readable(self._truth.passages(wanted, principal=principal), principal=principal)
        passages.sort(key=lambda one: (-scores[one.id], one.source.path, one.start))
        return [
            Hit(
                passage=passage,
                score=scores[passage.id],
                cosine=cosines.get(passage.id),
                words=words.get(passage.id),
            )
            for passage in passages[:limit]
        ]


def _cut(ranking: Sequence[tuple[PassageId, float]]) -> list[tuple[PassageId, float]]:
    """Return the first places of a ranking, with all that tie for the last of them."""
    last = ranking[_DEPTH - 1][1] if len(ranking) >= _DEPTH else 0.0
    return [
        one
        for at, one in enumerate(ranking)
        if at < _DEPTH or math.isclose(one[1], last, rel_tol=1e-5)
    ]


def readable(passages: Iterable[Passage], *, principal: Principal) -> list[Passage]:
    """Keep only what `principal` may read.

    The truth has applied the audience already; this is the second lock, in plain sight.
    """
    return [one for one in passages if principal.may_read(one.source.metadata.audience)]
