"""What people read of the truth: the audience is in every query, and `search` applies it once more."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from copilot.adapters.sql.conditions import (
    filled,
    listed,
    naming,
    passing,
    readable,
    reader,
    size_for,
    slices,
)
from copilot.adapters.sql.matrices import Matrices
from copilot.adapters.sql.rows import PASSAGE, SOURCE, matrix, passage_of, source_of
from copilot.adapters.sql.tables import passages, sources, vectors
from copilot.domain.access import Audience
from copilot.domain.documents import PassageId

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy.engine import Engine

    from copilot.domain.access import Principal
    from copilot.domain.documents import Passage, Source, SourcePath
    from copilot.domain.indexing import Filters, TextHash

STAMP: Final = (
    sources.c.path,
    sources.c.kind,
    sources.c.audience,
    sources.c.content_hash,
    sources.c.about_hash,
    sources.c.stale,
)
"""What is another whenever something that is known about a source is."""

_MADE: Final = 128
"""Statements of one kind that are kept; 30 kB each as a rule."""


class ReadableTruth:
    """The part of the truth that answers a principal; many threads may ask it at once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._seen: dict[str, tuple[tuple[object, ...], Source]] = {}
        self._matrices = Matrices()

    def passages(self, ids: Sequence[PassageId], *, principal: Principal) -> list[Passage]:
        """Return those of the passages that exist and may be read, in the order given."""
        found: dict[PassageId, Passage] = {}
        with self._engine.connect() as connection:
            for some in slices(ids):
                query = _passages(reader(principal), size_for(some))
                for row in connection.execute(query, filled(some)).all():
                    found[row[0]] = passage_of(*row)
        return [found[id_] for id_ in ids if id_ in found]

    def count(self, filters: Filters, *, principal: Principal, partitions: Collection[str]) -> int:
        """Return how many readable passages of those partitions pass the filters."""
        query = _counted(reader(principal), frozenset(partitions), filters)
        with self._engine.connect() as connection:
            return int(connection.execute(query).scalar() or 0)

    def vectors_passing(
        self, filters: Filters, encoder: str, *, principal: Principal, partitions: Collection[str]
    ) -> tuple[list[PassageId], NDArray[np.float32]]:
        """Return the readable passages of those partitions that pass, and their vectors as rows.

        Those that have not been encoded come last, and have no row.
        """
        query = _texts(reader(principal), frozenset(partitions), filters)
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
            texts = [row[1] for row in rows]
            kept = self._matrices.get(encoder, texts)
            if kept is not None:
                return [PassageId(row[0]) for row in rows], kept
            known: dict[TextHash, bytes] = {}
            for some in slices(texts):
                values = {**filled(some), "encoder": encoder}
                known.update(connection.execute(_vectors(size_for(some)), values).all())
        ids, found = matrix([(row[0], known[row[1]]) for row in rows if row[1] in known])
        left = [PassageId(row[0]) for row in rows if row[1] not in known]
        if rows and not left:
            self._matrices.put(encoder, texts, found)
        return [*ids, *left], found

    def passages_with(
        self,
        texts: Collection[TextHash],
        *,
        principal: Principal,
        partitions: Collection[str],
        filters: Filters | None = None,
    ) -> dict[TextHash, list[PassageId]]:
        """Return the readable passages of those partitions that have one of the texts and pass."""
        found: dict[bytes, list[PassageId]] = defaultdict(list)
        asked = (reader(principal), frozenset(partitions), filters)
        with self._engine.connect() as connection:
            for some in slices(list(texts)):
                query = _texts(*asked, among=size_for(some))
                for id_, key in connection.execute(query, filled(some)).all():
                    found[key].append(PassageId(id_))
        return {key: sorted(ids) for key, ids in found.items()}

    def matching(
        self,
        filters: Filters,
        *,
        principal: Principal,
        partitions: Collection[str],
        among: Collection[PassageId] | None = None,
        labelled: Collection[str] = (),
    ) -> list[PassageId]:
        """Return the readable passages of those partitions that pass the filters.

        Args:
            filters: What they must be.
            principal: Who asks.
            partitions: Where to look.
            among: Look at these passages only.
            labelled: Their sources must name one of these criteria or controls as well.
        """
        asked = (reader(principal), frozenset(partitions), filters, frozenset(labelled))
        with self._engine.connect() as connection:
            if among is None:
                return [PassageId(id_) for id_ in connection.scalars(_matching(*asked))]
            return [
                PassageId(id_)
                for some in slices(list(among))
                for id_ in connection.scalars(_matching(*asked, among=size_for(some)), filled(some))
            ]

    def sources(self, *, principal: Principal) -> list[Source]:
        """Return every readable source, by path; those that are as they were are not read again."""
        who = reader(principal)
        mine: dict[str, Source] = {}
        others: list[str] = []
        with self._engine.connect() as connection:
            for row in connection.execute(_stamps(who)).all():
                seen = self._seen.get(row[0])
                if seen is not None and seen[0] == tuple(row):
                    mine[row[0]] = seen[1]
                else:
                    others.append(row[0])
            for some in slices(others):
                for row in connection.execute(_described(who, size_for(some)), filled(some)).all():
                    mine[row[0]] = source_of(*row[len(STAMP) :])
                    self._seen[row[0]] = (tuple(row[: len(STAMP)]), mine[row[0]])
        # Not by the database, each of which has another idea of what comes after what.
        return [mine[path] for path in sorted(mine)]

    def text_of(self, path: SourcePath, *, principal: Principal) -> str | None:
        """Return the stored text of a source, or nothing if it is absent or not readable."""
        with self._engine.connect() as connection:
            return connection.execute(_text(reader(principal)), {"path": path}).scalar()

    def passages_of(self, path: SourcePath, *, principal: Principal) -> list[Passage]:
        """Return the passages of one source in their order, or none if it may not be read."""
        with self._engine.connect() as connection:
            rows = connection.execute(_passages_of(reader(principal)), {"path": path}).all()
        return [passage_of(*row) for row in rows]

    def pages_of(
        self, path: SourcePath, start: int, end: int, *, principal: Principal
    ) -> Sequence[int | None]:
        """Return the pages of the passages that a stretch of a source lies in, in their order."""
        where = {"path": path, "from": start, "to": end}
        with self._engine.connect() as connection:
            return connection.scalars(_pages(reader(principal)), where).all()

    def audiences(self) -> frozenset[Audience]:
        """Return every audience that some source has."""
        with self._engine.connect() as connection:
            found = connection.scalars(sa.select(sources.c.audience).distinct())
            return frozenset(Audience(one) for one in found)


# The statements. Each is made once for all who may read the same.


@lru_cache(maxsize=_MADE)
def _passages(who: Principal, size: int) -> sa.Select[Any]:
    listing = sa.select(*PASSAGE).join_from(passages, sources)
    return listing.where(readable(who), listed(passages.c.id, size))


@lru_cache(maxsize=_MADE)
def _passages_of(who: Principal) -> sa.Select[Any]:
    query = sa.select(*PASSAGE).join_from(passages, sources)
    query = query.where(sources.c.path == sa.bindparam("path"), readable(who))
    return query.order_by(passages.c.start, passages.c.id)


@lru_cache(maxsize=_MADE)
def _counted(who: Principal, partitions: frozenset[str], filters: Filters) -> sa.Select[Any]:
    return sa.select(sa.func.sum(sources.c.passages)).where(
        *passing(principal=who, partitions=partitions, filters=filters)
    )


@lru_cache(maxsize=_MADE)
def _texts(
    who: Principal, partitions: frozenset[str], filters: Filters | None, *, among: int = 0
) -> sa.Select[Any]:
    query = sa.select(passages.c.id, passages.c.text_hash).join_from(passages, sources)
    query = query.where(*passing(principal=who, partitions=partitions, filters=filters))
    return query.where(listed(passages.c.text_hash, among)) if among else query


@lru_cache(maxsize=_MADE)
def _matching(
    who: Principal,
    partitions: frozenset[str],
    filters: Filters,
    labelled: frozenset[str],
    *,
    among: int = 0,
) -> sa.Select[Any]:
    query = sa.select(passages.c.id).join_from(passages, sources)
    query = query.where(*passing(principal=who, partitions=partitions, filters=filters))
    query = query.where(naming(labelled)) if labelled else query
    return query.where(listed(passages.c.id, among)) if among else query


@lru_cache(maxsize=_MADE)
def _vectors(size: int) -> sa.Select[Any]:
    return sa.select(vectors.c.text_hash, vectors.c.vector).where(
        vectors.c.encoder == sa.bindparam("encoder"), listed(vectors.c.text_hash, size)
    )


@lru_cache(maxsize=_MADE)
def _stamps(who: Principal) -> sa.Select[Any]:
    return sa.select(*STAMP).where(readable(who))


@lru_cache(maxsize=_MADE)
def _described(who: Principal, size: int) -> sa.Select[Any]:
    query = sa.select(*STAMP, *SOURCE).where(readable(who))
    return query.where(listed(sources.c.path, size))


@lru_cache(maxsize=_MADE)
def _text(who: Principal) -> sa.Select[Any]:
    return sa.select(sources.c.text).where(sources.c.path == sa.bindparam("path"), readable(who))


@lru_cache(maxsize=_MADE)
def _pages(who: Principal) -> sa.Select[Any]:
    query = sa.select(passages.c.page).join_from(passages, sources)
    query = query.where(
        sources.c.path == sa.bindparam("path"),
        readable(who),
        passages.c.start < sa.bindparam("to"),
        passages.c.end > sa.bindparam("from"),
    )
    return query.order_by(passages.c.start, passages.c.id)
