"""The truth in SQL: stored whole or not at all, and read back with the audience applied."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from copilot.adapters.sql.conditions import slices
from copilot.adapters.sql.reading import ReadableTruth
from copilot.adapters.sql.rows import (
    about_row,
    change_of,
    fingerprint_row,
    matrix,
)
from copilot.adapters.sql.storing import Standing, store_labels, store_passages, store_vectors
from copilot.adapters.sql.tables import changes, passages, refusals, sources, vectors
from copilot.domain.documents import (
    PassageId,
    Refusal,
    SourceKind,
    SourcePath,
)
from copilot.domain.indexing import Fingerprint, LexicalEntry

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from copilot.domain.documents import Metadata, NewPassage
    from copilot.domain.indexing import Change, TextHash

_FLOAT16: Final = 2
"""Bytes of each number of a stored vector."""

_STANDING: Final = sa.select(sources.c.id, sources.c.kind, sources.c.partition)


class SqlTruth(ReadableTruth):
    """Sources, passages, vectors and the change log in one database."""

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    # What is stored

    def fingerprints(self) -> dict[SourcePath, Fingerprint]:
        """Return what is stored, by path."""
        columns = sources.c
        query = sa.select(
            columns.path,
            columns.size,
            columns.mtime_ns,
            columns.content_hash,
            columns.about_hash,
            columns.stale,
        )
        with self._engine.connect() as connection:
            return {
                SourcePath(path): Fingerprint(*rest) for path, *rest in connection.execute(query)
            }

    def put(
        self,
        path: SourcePath,
        *,
        metadata: Metadata,
        fingerprint: Fingerprint,
        document: tuple[str, tuple[str, ...]],
        passages: Sequence[NewPassage],
        encoded: Mapping[TextHash, NDArray[np.float32]],
        encoder: str,
    ) -> None:
        """Store a source with its text, notes, passages and new vectors, whole or not at all.

        What was refused of it before is forgotten. A passage whose words, context, kind and audience are
        as before keeps its id, so that indexes need not hear of it.
        """
        text, notes = document
        row = {
            "path": path,
            **about_row(metadata),
            **fingerprint_row(fingerprint),
            "stale": False,
            "notes": list(notes),
            "text": text,
            "passages": len(passages),
        }
        after = Standing(metadata.kind.value, row["partition"])
        with self._engine.begin() as connection:
            known = connection.execute(_STANDING.where(sources.c.path == path)).one_or_none()
            if known is None:
                source_id = connection.execute(
                    sources.insert().values(row).returning(sources.c.id)
                ).scalar_one()
                before = after
            else:
                source_id = known.id
                before = Standing(known.kind, known.partition)
                connection.execute(sources.update().where(sources.c.id == source_id).values(row))
            connection.execute(refusals.delete().where(refusals.c.path == path))
            store_labels(connection, source_id, {*metadata.criteria, *metadata.controls})
            store_vectors(connection, encoded, encoder)
            store_passages(connection, source_id, passages, (before, after))
        self._seen.pop(path, None)

    def touch(self, path: SourcePath, fingerprint: Fingerprint) -> None:
        """Note a file's new fingerprint; its text stays, and is stale if the fingerprint says so."""
        self.touch_all({path: fingerprint})

    def touch_all(self, fingerprints: Mapping[SourcePath, Fingerprint]) -> None:
        """Do `touch` for many files in one transaction."""
        with self._engine.begin() as connection:
            for path, fingerprint in fingerprints.items():
                connection.execute(
                    sources.update()
                    .where(sources.c.path == path)
                    .values(**fingerprint_row(fingerprint), stale=fingerprint.stale)
                )

    def remove(self, paths: Sequence[SourcePath]) -> None:
        """Forget sources and their passages."""
        for path in paths:
            with self._engine.begin() as connection:
                known = connection.execute(_STANDING.where(sources.c.path == path)).one_or_none()
                if known is not None:
                    before = Standing(known.kind, known.partition)
                    store_passages(connection, known.id, (), (before, before))
                    connection.execute(sources.delete().where(sources.c.id == known.id))

    def refuse(self, refusal: Refusal, *, size: int, mtime_ns: int) -> None:
        """Remember that a file was refused, so that it is not tried again until it changes."""
        with self._engine.begin() as connection:
            connection.execute(refusals.delete().where(refusals.c.path == refusal.path))
            connection.execute(
                refusals.insert().values(
                    path=refusal.path,
                    size=size,
                    mtime_ns=mtime_ns,
                    reason=refusal.reason,
                    hint=refusal.hint,
                    limits=refusal.limits,
                )
            )

    def forget_refusals(self, paths: Collection[str]) -> None:
        """Drop refusals that no longer hold."""
        with self._engine.begin() as connection:
            for some in slices(list(paths)):
                connection.execute(refusals.delete().where(refusals.c.path.in_(some)))

    def refusals(self) -> dict[str, tuple[Refusal, int, int]]:
        """Return what was refused, with the size and modification time it had then."""
        with self._engine.connect() as connection:
            return {
                row.path: (
                    Refusal(path=row.path, reason=row.reason, hint=row.hint, limits=row.limits),
                    row.size,
                    row.mtime_ns,
                )
                for row in connection.execute(sa.select(refusals))
            }

    # What the indexes follow

    def changes_after(self, seq: int) -> list[Change]:
        """Return every change since, oldest first."""
        query = sa.select(changes).where(changes.c.seq > seq).order_by(changes.c.seq)
        with self._engine.connect() as connection:
            return [change_of(row) for row in connection.execute(query)]

    def change(self, seq: int) -> Change | None:
        """Return one change, or nothing if there is none of that number."""
        query = sa.select(changes).where(changes.c.seq == seq)
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return change_of(row) if row is not None else None

    def newest_change(self) -> int:
        """Return the number of the newest change; 0 when there is none."""
        with self._engine.connect() as connection:
            return connection.execute(sa.select(sa.func.max(changes.c.seq))).scalar() or 0

    def entries(self, ids: Collection[PassageId]) -> Iterator[LexicalEntry]:
        """Yield those of the passages that exist, as the word index takes them."""
        query = sa.select(
            passages.c.id, passages.c.text, passages.c.context, sources.c.kind, sources.c.partition
        ).join(sources)
        with self._engine.connect() as connection:
            for some in slices(sorted(ids)):
                for row in connection.execute(query.where(passages.c.id.in_(some))):
                    yield LexicalEntry(
                        id=PassageId(row.id),
                        partition=row.partition,
                        kind=SourceKind(row.kind),
                        text=row.text,
                        context=row.context,
                    )

    def vectors(self, hashes: Collection[TextHash], encoder: str) -> dict[TextHash, bytes]:
        """Return the vectors known for those texts, as float16 bytes."""
        found: dict[bytes, bytes] = {}
        query = sa.select(vectors.c.text_hash, vectors.c.vector).where(vectors.c.encoder == encoder)
        with self._engine.connect() as connection:
            for some in slices(list(hashes)):
                rows = connection.execute(query.where(vectors.c.text_hash.in_(some)))
                found.update((row.text_hash, row.vector) for row in rows)
        return found

    def held(self, partition: str, texts: Collection[TextHash]) -> frozenset[TextHash]:
        """Return those of the texts that some passage of the partition has."""
        query = sa.select(passages.c.text_hash).distinct().join(sources)
        query = query.where(sources.c.partition == partition)
        found: set[bytes] = set()
        with self._engine.connect() as connection:
            for some in slices(list(texts)):
                found.update(connection.scalars(query.where(passages.c.text_hash.in_(some))))
        return frozenset(found)

    def vectors_of(
        self, ids: Collection[PassageId], encoder: str
    ) -> tuple[list[PassageId], NDArray[np.float32]]:
        """Return those of the passages that exist and are encoded, and their vectors as rows."""
        query = sa.select(passages.c.id, vectors.c.vector).join(
            vectors,
            (vectors.c.text_hash == passages.c.text_hash) & (vectors.c.encoder == encoder),
        )
        rows: list[Any] = []
        with self._engine.connect() as connection:
            for some in slices(sorted(ids)):
                rows += connection.execute(query.where(passages.c.id.in_(some))).all()
        return matrix(rows)

    def unencoded(self, encoder: str, *, kept_back: Collection[str] = ()) -> dict[TextHash, str]:
        """Return the texts that some passage has and that this encoder has not seen.

        Those that only passages of the partitions `kept_back` have are left out.
        """
        query = (
            sa.select(passages.c.text_hash, passages.c.context, passages.c.text)
            .outerjoin(
                vectors,
                (vectors.c.text_hash == passages.c.text_hash) & (vectors.c.encoder == encoder),
            )
            .where(vectors.c.text_hash.is_(None))
        )
        if kept_back:
            query = query.join(sources).where(sources.c.partition.not_in(sorted(kept_back)))
        with self._engine.connect() as connection:
            return {
                row.text_hash: f"{row.context}\n{row.text}" if row.context else row.text
                for row in connection.execute(query)
            }

    def dimensions(self, encoder: str) -> int | None:
        """Return how long the stored vectors of an encoder are; nothing if there are none."""
        query = sa.select(sa.func.length(vectors.c.vector)).where(vectors.c.encoder == encoder)
        with self._engine.connect() as connection:
            size = connection.execute(query.limit(1)).scalar()
        return int(size) // _FLOAT16 if size else None

    def store_vectors(self, encoded: Mapping[TextHash, NDArray[np.float32]], encoder: str) -> None:
        """Keep vectors of texts that are already stored."""
        with self._engine.begin() as connection:
            store_vectors(connection, encoded, encoder)

    def partitions(self) -> dict[str, dict[PassageId, TextHash]]:
        """Return every passage with its text's hash, by the partition that it belongs to."""
        query = sa.select(passages.c.id, passages.c.text_hash, sources.c.partition).join(sources)
        found: dict[str, dict[PassageId, bytes]] = defaultdict(dict)
        with self._engine.connect() as connection:
            for id_, key, partition in connection.execute(query):
                found[partition][PassageId(id_)] = key
        return dict(found)
