"""The truth in SQL: stored whole or not at all, and read back with the audience applied."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import numpy as np
import sqlalchemy as sa

from copilot.adapters.sql.conditions import conditions, readable, slices
from copilot.adapters.sql.rows import about_row, change_of, fingerprint_row, passage_of, source_of
from copilot.adapters.sql.storing import Standing, store_passages, store_vectors
from copilot.adapters.sql.tables import changes, passages, refusals, sources, vectors
from copilot.domain.access import Audience
from copilot.domain.documents import (
    PassageId,
    Refusal,
    SourceKind,
    SourcePath,
)
from copilot.ports import Fingerprint, LexicalEntry

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from sqlalchemy.engine import Engine

    from copilot.domain.access import Principal
    from copilot.domain.documents import Metadata, NewPassage, Passage, Source
    from copilot.ports import Change, Filters, TextHash

_STANDING: Final = sa.select(sources.c.id, sources.c.kind, sources.c.partition)

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


class SqlTruth:
    """Sources, passages, vectors and the change log in one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

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

        A passage whose words, context, kind and audience are as before keeps its id, so that
        indexes need not hear of it.
        """
        text, notes = document
        row = {
            "path": path,
            **about_row(metadata),
            **fingerprint_row(fingerprint),
            "stale": False,
            "notes": list(notes),
            "text": text,
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
            store_vectors(connection, encoded, encoder)
            store_passages(connection, source_id, passages, (before, after))

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
                    Refusal(path=row.path, reason=row.reason, hint=row.hint),
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
        rows: list[tuple[int, bytes]] = []
        with self._engine.connect() as connection:
            for some in slices(sorted(ids)):
                found = connection.execute(query.where(passages.c.id.in_(some)))
                rows += [(id_, vector) for id_, vector in found]
        matrix = np.frombuffer(b"".join(vector for _, vector in rows), np.float16)
        known = [PassageId(id_) for id_, _ in rows]
        return known, matrix.astype(np.float32).reshape(len(rows), -1 if rows else 0)

    def unencoded(self, encoder: str) -> dict[TextHash, str]:
        """Return the texts that some passage has and that this encoder has not seen."""
        query = (
            sa.select(passages.c.text_hash, passages.c.context, passages.c.text)
            .outerjoin(
                vectors,
                (vectors.c.text_hash == passages.c.text_hash) & (vectors.c.encoder == encoder),
            )
            .where(vectors.c.text_hash.is_(None))
        )
        with self._engine.connect() as connection:
            return {
                row.text_hash: f"{row.context}\n{row.text}" if row.context else row.text
                for row in connection.execute(query)
            }

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

    # What people read; the audience is in every query, and `search` applies it once more

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

    def passages_with(
        self, texts: Collection[TextHash], *, principal: Principal, partitions: Collection[str]
    ) -> dict[TextHash, list[PassageId]]:
        """Return the readable passages of those partitions that have one of the texts."""
        query = (
            sa.select(passages.c.text_hash, passages.c.id)
            .join(sources)
            .where(readable(principal), sources.c.partition.in_(sorted(partitions)))
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
    ) -> list[PassageId]:
        """Return the readable passages of those partitions that pass the filters.

        Args:
            filters: What they must be.
            principal: Who asks.
            partitions: Where to look.
            among: Look at these passages only.
        """
        query = (
            sa.select(passages.c.id)
            .join(sources)
            .where(readable(principal), sources.c.partition.in_(sorted(partitions)))
            .where(*conditions(filters))
        )
        with self._engine.connect() as connection:
            if among is None:
                return [PassageId(id_) for id_ in connection.scalars(query)]
            return [
                PassageId(id_)
                for some in slices(list(among))
                for id_ in connection.scalars(query.where(passages.c.id.in_(some)))
            ]

    def sources(self, *, principal: Principal) -> list[Source]:
        """Return every readable source, by path."""
        query = sa.select(*_ABOUT_SOURCE).where(readable(principal)).order_by(sources.c.path)
        with self._engine.connect() as connection:
            return [source_of(row) for row in connection.execute(query).mappings()]

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

    def audiences(self) -> frozenset[Audience]:
        """Return every audience that some source has."""
        with self._engine.connect() as connection:
            found = connection.scalars(sa.select(sources.c.audience).distinct())
            return frozenset(Audience(one) for one in found)
