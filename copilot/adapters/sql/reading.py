"""What people read of the truth: the audience is in every query, and `search` applies it once more."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from copilot.adapters.sql.conditions import naming, passing, readable, slices
from copilot.adapters.sql.rows import matrix, passage_of, source_of
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

_ABOUT_SOURCE: Final = (
    sources.c.path,
    sources.c.kind,
    sources.c.audience,
    sources.c.about,
    sources.c.period_start,
    sources.c.period_end,
    sources.c.stale,
    sources.c.notes,
)

_STAMP: Final = (
    sources.c.path,
    sources.c.kind,
    sources.c.audience,
    sources.c.content_hash,
    sources.c.about_hash,
    sources.c.stale,
)
"""What is another whenever something that is known about a source is."""


class ReadableTruth:
    """The part of the truth that answers a principal."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._seen: dict[str, tuple[tuple[object, ...], Source]] = {}

    def passages(self, ids: Sequence[PassageId], *, principal: Principal) -> list[Passage]:
        """Return those of the passages that exist and may be read, in the order given."""
        query = (
            sa.select(
                passages.c.id.label("passage_id"),
                passages.c.start,
                passages.c.end,
                passages.c.page,
                passages.c.place,
                passages.c.heading,
                passages.c.context,
                passages.c.text,
                *_ABOUT_SOURCE,
            )
            .join(sources)
            .where(readable(principal))
        )
        found: dict[PassageId, Passage] = {}
        by_path: dict[str, Source] = {}
        with self._engine.connect() as connection:
            for some in slices(list(ids)):
                rows = connection.execute(query.where(passages.c.id.in_(some))).mappings()
                for row in rows:
                    source = by_path.get(row["path"]) or source_of(row)
                    by_path[source.path] = source
                    found[PassageId(row["passage_id"])] = passage_of(row, source)
        return [found[id_] for id_ in ids if id_ in found]

    def count(self, filters: Filters, *, principal: Principal, partitions: Collection[str]) -> int:
        """Return how many readable passages of those partitions pass the filters."""
        query = sa.select(sa.func.sum(sources.c.passages)).where(
            *passing(principal=principal, partitions=partitions, filters=filters)
        )
        with self._engine.connect() as connection:
            return int(connection.execute(query).scalar() or 0)

    def vectors_passing(
        self, filters: Filters, encoder: str, *, principal: Principal, partitions: Collection[str]
    ) -> tuple[list[PassageId], NDArray[np.float32]]:
        """Return the readable passages of those partitions that pass, and their vectors as rows.

        Those that have not been encoded come last, and have no row.
        """
        query = (
            sa.select(passages.c.id, vectors.c.vector)
            .select_from(passages.join(sources))
            .outerjoin(
                vectors,
                (vectors.c.text_hash == passages.c.text_hash) & (vectors.c.encoder == encoder),
            )
            .where(*passing(principal=principal, partitions=partitions, filters=filters))
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        ids, found = matrix([row for row in rows if row[1] is not None])
        return [*ids, *(PassageId(row[0]) for row in rows if row[1] is None)], found

    def passages_with(
        self,
        texts: Collection[TextHash],
        *,
        principal: Principal,
        partitions: Collection[str],
        filters: Filters | None = None,
    ) -> dict[TextHash, list[PassageId]]:
        """Return the readable passages of those partitions that have one of the texts and pass."""
        query = (
            sa.select(passages.c.text_hash, passages.c.id)
            .join(sources)
            .where(*passing(principal=principal, partitions=partitions, filters=filters))
        )
        found: dict[bytes, list[PassageId]] = defaultdict(list)
        with self._engine.connect() as connection:
            for some in slices(list(texts)):
                for key, id_ in connection.execute(query.where(passages.c.text_hash.in_(some))):
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
        query = (
            sa.select(passages.c.id)
            .join(sources)
            .where(*passing(principal=principal, partitions=partitions, filters=filters))
        )
        if labelled:
            query = query.where(naming(labelled))
        with self._engine.connect() as connection:
            if among is None:
                return [PassageId(id_) for id_ in connection.scalars(query)]
            return [
                PassageId(id_)
                for some in slices(list(among))
                for id_ in connection.scalars(query.where(passages.c.id.in_(some)))
            ]

    def sources(self, *, principal: Principal) -> list[Source]:
        """Return every readable source, by path; those that are as they were are not read again."""
        mine = readable(principal)
        with self._engine.connect() as connection:
            if not self._seen:
                self._see(connection, mine)
            rows = connection.execute(sa.select(*_STAMP).where(mine)).all()
            stamps = {row[0]: tuple(row) for row in rows}
            others = [path for path, stamp in stamps.items() if self._stamp(path) != stamp]
            for some in slices(others):
                self._see(connection, mine & sources.c.path.in_(some))
        # Not by the database, each of which has another idea of what comes after what.
        return [self._seen[path][1] for path in sorted(stamps) if path in self._seen]

    def _stamp(self, path: str) -> tuple[object, ...] | None:
        return self._seen[path][0] if path in self._seen else None

    def _see(self, connection: sa.Connection, condition: sa.ColumnElement[bool]) -> None:
        """Read sources, and remember them with their stamps."""
        columns = dict.fromkeys((*_ABOUT_SOURCE, *_STAMP))
        for row in connection.execute(sa.select(*columns).where(condition)).mappings():
            self._seen[row["path"]] = (tuple(row[one.name] for one in _STAMP), source_of(row))

    def text_of(self, path: SourcePath, *, principal: Principal) -> str | None:
        """Return the stored text of a source, or nothing if it is absent or not readable."""
        query = sa.select(sources.c.text).where(sources.c.path == path, readable(principal))
        with self._engine.connect() as connection:
            return connection.execute(query).scalar()

    def passages_of(self, path: SourcePath, *, principal: Principal) -> list[Passage]:
        """Return the passages of one source in their order, or none if it may not be read."""
        query = (
            sa.select(passages.c.id)
            .join(sources)
            .where(sources.c.path == path, readable(principal))
            .order_by(passages.c.start, passages.c.id)
        )
        with self._engine.connect() as connection:
            ids = [PassageId(id_) for id_ in connection.scalars(query)]
        return self.passages(ids, principal=principal)

    def pages_of(
        self, path: SourcePath, start: int, end: int, *, principal: Principal
    ) -> Sequence[int | None]:
        """Return the pages of the passages that a stretch of a source lies in, in their order."""
        query = (
            sa.select(passages.c.page)
            .join(sources)
            .where(
                sources.c.path == path,
                readable(principal),
                passages.c.start < end,
                passages.c.end > start,
            )
            .order_by(passages.c.start, passages.c.id)
        )
        with self._engine.connect() as connection:
            return connection.scalars(query).all()

    def audiences(self) -> frozenset[Audience]:
        """Return every audience that some source has."""
        with self._engine.connect() as connection:
            found = connection.scalars(sa.select(sources.c.audience).distinct())
            return frozenset(Audience(one) for one in found)
