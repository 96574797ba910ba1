"""Search by meaning and by words at once, never past what the asker may read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from copilot.domain.documents import CATALOG_PARTITION, SourceKind, may_read, partition_of
from copilot.domain.indexing import Filters
from copilot.errors import IndexUnavailable
from copilot.retrieval.fusion import fuse
from copilot.retrieval.likeness import Likeness
from copilot.retrieval.querying import parse_query
from copilot.retrieval.ranking import Narrowed, Ranker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from copilot.domain.access import Principal
    from copilot.domain.documents import Passage
    from copilot.ports import DenseIndex, Encoder, Reranker, Truth
    from copilot.retrieval.generations import Indexes
    from copilot.retrieval.querying import Query
    from copilot.retrieval.ranking import Rankings
    from copilot.spare_threads import SpareThreads


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


class Search:
    """Searches one workspace; many threads may search at once."""

    def __init__(
        self,
        *,
        truth: Truth,
        encoder: Encoder,
        indexes: Indexes,
        reranker: Reranker | None = None,
        yardstick: Encoder | None = None,
        spare: SpareThreads | None = None,
    ) -> None:
        """Name the parts.

        Args:
            truth: Where passages are read from.
            encoder: What made the dense index.
            indexes: What is searched.
            reranker: Orders what was found once more.
            yardstick: What likeness is measured by, if that is another one than `encoder`.
            spare: Look for meaning and for words at the same time.
        """
        self._truth = truth
        self._encoder = encoder
        self._indexes = indexes
        self._likeness = Likeness(truth, yardstick) if yardstick is not None else None
        self._ranker = Ranker(truth=truth, encoder=encoder, indexes=indexes, spare=spare)
        self._reranker = reranker
        self._mending = Lock()

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
            vector: What `encode` returned for the query, if the caller has it already.
        """
        asked = parse_query(query)
        if not asked.text:
            return []
        partitions = (
            frozenset({CATALOG_PARTITION})
            if catalog
            else frozenset(partition_of(SourceKind.POLICY, one) for one in principal.audiences)
        )
        narrowed = Narrowed(principal, partitions, filters or Filters())
        encoded = cache(lambda: self._parts(self.encode(asked.text) if vector is None else vector))
        rankings = self._rank(asked, lambda: encoded()[0], narrowed)
        hits = self._read(rankings, encoded()[1], principal=principal, limit=limit)
        if self._reranker is not None and hits:
            order = self._reranker.rank(asked.text, [hit.passage for hit in hits])
            by_id = {hit.passage.id: hit for hit in hits}
            hits = [by_id[passage.id] for passage in order]
        return hits

    def encode_all(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return vectors of texts, as rows, by which they can be compared with each other."""
        return (self._likeness.encoder if self._likeness else self._encoder).encode(texts)

    def encode(self, text: str) -> NDArray[np.float32]:
        """Return what `search` takes for a text that is searched for more than once."""
        vector: NDArray[np.float32] = self.encode_each([text])[0]
        return vector

    def encode_each(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return what `encode` does of each text, as rows; many at once take less time."""
        vectors = self._encoder.encode(texts)
        if self._likeness is None:
            return vectors
        return np.concatenate([vectors, self._likeness.encoder.encode(texts)], axis=1)

    def _parts(self, vector: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Return what is searched by, and what likeness is measured by, of what `encode` returned."""
        ours = self._likeness.encoder.dimensions if self._likeness else 0
        return np.split(vector, [len(vector) - ours])

    def _rank(
        self, asked: Query, encoded: Callable[[], NDArray[np.float32]], narrowed: Narrowed
    ) -> Rankings:
        searched = self._indexes.dense
        try:
            return self._ranker.rank(asked, encoded, narrowed)
        except IndexUnavailable as problem:
            self._mend(searched, problem)
            return self._ranker.rank(asked, encoded, narrowed)

    def _mend(self, searched: DenseIndex, problem: IndexUnavailable) -> None:
        """Mend the indexes, unless another thread has done so since these were searched."""
        with self._mending:
            if searched is not self._indexes.dense:
                return
            if self._indexes.mend is None:
                raise problem
            self._indexes.mend()

    def _read(
        self,
        rankings: Rankings,
        measured: NDArray[np.float32],
        *,
        principal: Principal,
        limit: int,
    ) -> list[Hit]:
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
        if self._likeness and passages:
            # What only its words can find stands as high as the nearest of what is not meant at all.
            last = scores[passages[:limit][-1].id]
            passages = [one for one in passages if scores[one.id] >= last]
            cosines = self._likeness.of(passages, measured)
            passages.sort(key=lambda one: (-scores[one.id], -cosines[one.id]))
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
    return [one for one in passages if may_read(principal, one.source.metadata)]
