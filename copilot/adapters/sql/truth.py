"""The truth in SQL: stored whole or not at all, and read back with the audience applied."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
import sqlalchemy as sa

from copilot.adapters.sql.rows import about_row, passage_of, source_of
from copilot.adapters.sql.tables import changes, passages, refusals, sources, vectors
from copilot.domain.access import Audience
from copilot.domain.documents import (
    PassageId,
    Refusal,
    SourceKind,
    SourcePath,
    partition_of,
)
from copilot.ports import Change, Fingerprint, LexicalEntry, text_hash

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from sqlalchemy.engine import Connection, Engine

    from copilot.domain.access import Principal
    from copilot.domain.documents import Metadata, NewPassage, Passage, Source
    from copilot.ports import Filters, TextHash

T = TypeVar("T")

_SLICE: Final = 500
"""Values in one `IN (…)`; SQLite allows 32,766, and short lists plan faster."""

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

        A passage whose words, context and partition are as before keeps its id, so that indexes
        need not hear of it.
        """
        text, notes = document
        row = {
            "path": path,
            **about_row(metadata),
            **_fingerprint_row(fingerprint),
            "stale": False,
            "notes": list(notes),
            "text": text,
        }
        partition = partition_of(metadata.kind, metadata.audience)
        with self._engine.begin() as connection:
            known = connection.execute(
                sa.select(sources.c.id, sources.c.kind, sources.c.audience).where(
                    sources.c.path == path
                )
            ).one_or_none()
            if known is None:
                source_id = connection.execute(
                    sources.insert().values(row).returning(sources.c.id)
                ).scalar_one()
                before = partition
            else:
                source_id = known.id
                before = partition_of(SourceKind(known.kind), Audience(known.audience))
                connection.execute(sources.update().where(sources.c.id == source_id).values(row))
            _store_vectors(connection, encoded, encoder)
            _store_passages(connection, source_id, passages, (before, partition))

    def touch(self, path: SourcePath, fingerprint: Fingerprint) -> None:
        """Note that a file was written again with the same content."""
        with self._engine.begin() as connection:
            connection.execute(
                sources.update()
                .where(sources.c.path == path)
                .values(_fingerprint_row(fingerprint), stale=fingerprint.stale)
            )

    def touch_all(self, fingerprints: Mapping[SourcePath, Fingerprint]) -> None:
        """Do `touch` for many files in one transaction."""
        with self._engine.begin() as connection:
            for path, fingerprint in fingerprints.items():
                connection.execute(
                    sources.update()
                    .where(sources.c.path == path)
                    .values(_fingerprint_row(fingerprint), stale=fingerprint.stale)
                )

    def remove(self, paths: Sequence[SourcePath]) -> None:
        """Forget sources and their passages."""
        for path in paths:
            with self._engine.begin() as connection:
                known = connection.execute(
                    sa.select(sources.c.id, sources.c.kind, sources.c.audience).where(
                        sources.c.path == path
                    )
                ).one_or_none()
                if known is not None:
                    partition = partition_of(SourceKind(known.kind), Audience(known.audience))
                    _store_passages(connection, known.id, (), (partition, partition))
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
            for some in _slices(list(paths)):
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
            return [
                Change(row.seq, PassageId(row.passage_id), row.partition, row.added)
                for row in connection.execute(query)
            ]

    def newest_change(self) -> int:
        """Return the number of the newest change; 0 when there is none."""
        with self._engine.connect() as connection:
            return connection.execute(sa.select(sa.func.max(changes.c.seq))).scalar() or 0

    def entries(self, ids: Collection[PassageId]) -> Iterator[LexicalEntry]:
        """Yield those of the passages that exist, as the word index takes them."""
        query = sa.select(
            passages.c.id, passages.c.text, passages.c.context, sources.c.kind, sources.c.audience
        ).join(sources)
        with self._engine.connect() as connection:
            for some in _slices(sorted(ids)):
                for row in connection.execute(query.where(passages.c.id.in_(some))):
                    kind = SourceKind(row.kind)
                    yield LexicalEntry(
                        id=PassageId(row.id),
                        partition=partition_of(kind, Audience(row.audience)),
                        kind=kind,
                        text=row.text,
                        context=row.context,
                    )

    def vectors(self, hashes: Collection[TextHash], encoder: str) -> dict[TextHash, bytes]:
        """Return the vectors known for those texts, as float16 bytes."""
        found: dict[bytes, bytes] = {}
        query = sa.select(vectors.c.text_hash, vectors.c.vector).where(vectors.c.encoder == encoder)
        with self._engine.connect() as connection:
            for some in _slices(list(hashes)):
                rows = connection.execute(query.where(vectors.c.text_hash.in_(some)))
                found.update((row.text_hash, row.vector) for row in rows)
        return found

    def vectors_of(
        self, ids: Collection[PassageId], encoder: str
    ) -> dict[PassageId, NDArray[np.float32]]:
        """Return the vectors of those of the passages that exist and are encoded."""
        query = sa.select(passages.c.id, vectors.c.vector).join(
            vectors,
            (vectors.c.text_hash == passages.c.text_hash) & (vectors.c.encoder == encoder),
        )
        found: dict[PassageId, NDArray[np.float32]] = {}
        with self._engine.connect() as connection:
            for some in _slices(sorted(ids)):
                for row in connection.execute(query.where(passages.c.id.in_(some))):
                    found[PassageId(row.id)] = np.frombuffer(row.vector, np.float16).astype(
                        np.float32
                    )
        return found

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
            _store_vectors(connection, encoded, encoder)

    def partitions(self) -> dict[str, frozenset[PassageId]]:
        """Return every passage, by the partition that it belongs to."""
        query = sa.select(passages.c.id, sources.c.kind, sources.c.audience).join(sources)
        found: dict[str, set[PassageId]] = defaultdict(set)
        with self._engine.connect() as connection:
            for id_, kind, audience in connection.execute(query):
                found[partition_of(SourceKind(kind), Audience(audience))].add(PassageId(id_))
        return {partition: frozenset(ids) for partition, ids in found.items()}

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
                passages.c.text,
                *_ABOUT_SOURCE,
            )
            .join(sources)
            .where(_readable(principal))
        )
        found: dict[PassageId, Passage] = {}
        by_path: dict[str, Source] = {}
        with self._engine.connect() as connection:
            for some in _slices(list(ids)):
                rows = connection.execute(query.where(passages.c.id.in_(some))).mappings()
                for row in rows:
                    source = by_path.setdefault(row["path"], source_of(row))
                    found[PassageId(row["passage_id"])] = passage_of(row, source)
        return [found[id_] for id_ in ids if id_ in found]

    def matching(self, filters: Filters, *, principal: Principal) -> list[PassageId]:
        """Return the readable passages that pass the filters."""
        query = sa.select(passages.c.id).join(sources).where(_readable(principal))
        for condition in _conditions(filters):
            query = query.where(condition)
        with self._engine.connect() as connection:
            return [PassageId(id_) for id_ in connection.scalars(query)]

    def sources(self, *, principal: Principal) -> list[Source]:
        """Return every readable source, by path."""
        query = sa.select(*_ABOUT_SOURCE).where(_readable(principal)).order_by(sources.c.path)
        with self._engine.connect() as connection:
            return [source_of(row) for row in connection.execute(query).mappings()]

    def text_of(self, path: SourcePath, *, principal: Principal) -> str | None:
        """Return the stored text of a source, or nothing if it is absent or not readable."""
        query = sa.select(sources.c.text).where(sources.c.path == path, _readable(principal))
        with self._engine.connect() as connection:
            return connection.execute(query).scalar()

    def passages_of(self, path: SourcePath, *, principal: Principal) -> list[Passage]:
        """Return the passages of one source in their order, or none if it may not be read."""
        query = (
            sa.select(passages.c.id)
            .join(sources)
            .where(sources.c.path == path, _readable(principal))
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


def _readable(principal: Principal) -> sa.ColumnElement[bool]:
    return sources.c.audience.in_(sorted(principal.audiences))


def _conditions(filters: Filters) -> Iterator[sa.ColumnElement[bool]]:
    if filters.kinds:
        yield sources.c.kind.in_([kind.value for kind in filters.kinds])
    if filters.paths:
        yield sources.c.path.in_(sorted(filters.paths))
    if filters.period:
        # A source without a period speaks for no time in particular: policies, above all.
        inside = (sources.c.period_start <= filters.period.end) & (
            sources.c.period_end >= filters.period.start
        )
        yield sources.c.period_start.is_(None) | inside
    if filters.criteria or filters.controls:
        # The lists are stored as JSON text, where a whole id stands between quotation marks.
        listed = sa.cast(sources.c.about, sa.Text)
        named = sorted(filters.criteria | filters.controls)
        yield sa.or_(*(listed.contains(f'"{one}"', autoescape=True) for one in named))


def _fingerprint_row(fingerprint: Fingerprint) -> dict[str, Any]:
    return {
        "size": fingerprint.size,
        "mtime_ns": fingerprint.mtime_ns,
        "content_hash": fingerprint.content_hash,
        "about_hash": fingerprint.about_hash,
    }


def _store_vectors(
    connection: Connection, encoded: Mapping[TextHash, NDArray[np.float32]], encoder: str
) -> None:
    if not encoded:
        return
    known: set[bytes] = set()
    for some in _slices(list(encoded)):
        query = sa.select(vectors.c.text_hash).where(
            vectors.c.encoder == encoder, vectors.c.text_hash.in_(some)
        )
        known.update(connection.scalars(query))
    rows = [
        {"text_hash": key, "encoder": encoder, "vector": vector.astype(np.float16).tobytes()}
        for key, vector in encoded.items()
        if key not in known
    ]
    if rows:
        connection.execute(vectors.insert(), rows)


def _store_passages(
    connection: Connection,
    source_id: int,
    new: Sequence[NewPassage],
    partitions: tuple[str, str],
) -> None:
    """Bring the passages of one source in line, touching and logging only what differs."""
    before, after = partitions
    kept: dict[bytes, list[int]] = defaultdict(list)
    old = sa.select(passages.c.id, passages.c.text_hash).where(passages.c.source_id == source_id)
    for id_, key in connection.execute(old.order_by(passages.c.id)):
        kept[key].append(id_)
    added: list[int] = []
    inserted: list[dict[str, Any]] = []
    for passage in new:
        key = text_hash(passage.indexed)
        row = _passage_row(passage, source_id, key)
        if before == after and kept[key]:
            id_ = kept[key].pop(0)
            connection.execute(passages.update().where(passages.c.id == id_).values(row))
        else:
            inserted.append(row)
    gone = [id_ for ids in kept.values() for id_ in ids]
    for some in _slices(gone):
        connection.execute(passages.delete().where(passages.c.id.in_(some)))
    if inserted:
        statement = passages.insert().returning(passages.c.id, sort_by_parameter_order=True)
        added = list(connection.scalars(statement, inserted))
    log = [{"passage_id": id_, "partition": before, "added": False} for id_ in gone]
    log += [{"passage_id": id_, "partition": after, "added": True} for id_ in added]
    if log:
        connection.execute(changes.insert(), log)


def _passage_row(passage: NewPassage, source_id: int, key: bytes) -> dict[str, Any]:
    return {
        "source_id": source_id,
        "start": passage.start,
        "end": passage.end,
        "page": passage.page,
        "place": passage.place,
        "heading": list(passage.heading),
        "context": passage.context,
        "text": passage.text,
        "text_hash": key,
    }


def _slices(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for first in range(0, len(values), _SLICE):
        yield values[first : first + _SLICE]
