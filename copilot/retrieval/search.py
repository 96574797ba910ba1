"""Search by meaning and by words at once, never past what the asker may read."""

from __future__ import annotations

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
        rankings = self._rank(asked, vector, partitions, (filters or Filters(), principal))
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

    def _rank(
        self,
        asked: Query,
        vector: NDArray[np.float32],
        partitions: frozenset[str],
        narrowed: tuple[Filters, Principal],
    ) -> _Rankings:
        filters, principal = narrowed
        allowed = self._allowed(asked, partitions, filters, principal)
        if allowed is None:
            dense = self._indexes.dense.search(vector, partitions=partitions, limit=_DEPTH)
            lexical = self._indexes.lexical.search(asked.text, partitions=partitions, limit=_DEPTH)
            return _Rankings(dense, lexical)
        if not allowed:
            return _Rankings([], [])
        lexical = self._indexes.lexical.search(
            asked.text, partitions=partitions, kinds=filters.kinds, limit=_EXACT
        )
        if len(allowed) <= _EXACT:
            vectors = self._truth.vectors_of(allowed, self._encoder.name)
            scored = ((id_, float(one @ vector)) for id_, one in vectors.items())
            dense = sorted(scored, key=lambda one: (-one[1], one[0]))
        else:
            dense = self._indexes.dense.search(vector, partitions=partitions, limit=_EXACT)
        return _Rankings(
            [one for one in dense if one[0] in allowed][:_DEPTH],
            [one for one in lexical if one[0] in allowed][:_DEPTH],
        )

    def _allowed(
        self,
        asked: Query,
        partitions: frozenset[str],
        filters: Filters,
        principal: Principal,
    ) -> frozenset[PassageId] | None:
        """Return the passages that a search is narrowed to, or nothing if it is not narrowed."""
        allowed: frozenset[PassageId] | None = None
        if filters:
            allowed = frozenset(self._truth.matching(filters, principal=principal))
        if asked.phrases:
            found = self._holding(asked, partitions, phrases=asked.phrases)
            allowed = found if allowed is None else allowed & found
        if asked.ids:
            named = self._holding(asked, partitions, ids=asked.ids)
            labelled = Filters(
                criteria=frozenset(asked.criteria), controls=frozenset(asked.controls)
            )
            named |= frozenset(self._truth.matching(labelled, principal=principal))
            narrowed = named if allowed is None else allowed & named
            # An id that nothing speaks of is a word like any other.
            allowed = narrowed or allowed
        return allowed

    def _holding(
        self,
        asked: Query,
        partitions: frozenset[str],
        *,
        phrases: Sequence[str] = (),
        ids: Sequence[str] = (),
    ) -> frozenset[PassageId]:
        found = self._indexes.lexical.search(
            asked.text, partitions=partitions, phrases=phrases, ids=ids, limit=_EXACT
        )
        return frozenset(id_ for id_, _ in found)

    def _read(self, rankings: _Rankings, *, principal: Principal, limit: int) -> list[Hit]:
        fused = fuse([[id_ for id_, _ in rankings.dense], [id_ for id_, _ in rankings.lexical]])
        cosines, words = dict(rankings.dense), dict(rankings.lexical)
        scores = dict(fused)
        # A few more than asked for: some may be gone from the truth since they were indexed.
        wanted = [id_ for id_, _ in fused[: limit + 10]]
        passages = readable(self._truth.passages(wanted, principal=principal), principal=principal)
        return [
            Hit(
                passage=passage,
                score=scores[passage.id],
                cosine=cosines.get(passage.id),
                words=words.get(passage.id),
            )
            for passage in passages[:limit]
        ]


def readable(passages: Iterable[Passage], *, principal: Principal) -> list[Passage]:
    """Keep only what `principal` may read.

    The truth has applied the audience already; this is the second lock, in plain sight.
    """
    return [one for one in passages if principal.may_read(one.source.metadata.audience)]
