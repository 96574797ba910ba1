"""Bring the rows of one source in line with what was read, touching only what differs."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import sqlalchemy as sa

from copilot.adapters.sql.conditions import slices
from copilot.adapters.sql.tables import changes, labels, passages, vectors
from copilot.domain.indexing import text_hash

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray
    from sqlalchemy.engine import Connection

    from copilot.domain.documents import NewPassage
    from copilot.domain.indexing import TextHash


class Standing(NamedTuple):
    """What the indexes know of a source besides its words."""

    kind: str
    partition: str


def store_labels(connection: Connection, source_id: int, named: Collection[str]) -> None:
    """Let a source be found by these criteria and controls, and by no others."""
    connection.execute(labels.delete().where(labels.c.source_id == source_id))
    if named:
        rows = [{"label": label, "source_id": source_id} for label in sorted(named)]
        connection.execute(labels.insert(), rows)


def store_vectors(
    connection: Connection, encoded: Mapping[TextHash, NDArray[np.float32]], encoder: str
) -> None:
    """Store those of the vectors that are not stored yet."""
    known: set[bytes] = set()
    for some in slices(list(encoded)):
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


def store_passages(
    connection: Connection,
    source_id: int,
    new: Sequence[NewPassage],
    standings: tuple[Standing, Standing],
) -> None:
    """Bring the passages of one source in line, and log those that came and went.

    Args:
        connection: In a transaction.
        source_id: The source.
        new: All its passages as they are to be.
        standings: The source's standing as it was and as it is now; where they differ, every
            passage counts as gone and come again.
    """
    before, after = standings
    kept: dict[bytes, list[int]] = defaultdict(list)
    old = sa.select(passages.c.id, passages.c.text_hash).where(passages.c.source_id == source_id)
    for id_, key in connection.execute(old.order_by(passages.c.id)):
        kept[key].append(id_)
    inserted: list[dict[str, Any]] = []
    for passage in new:
        key = text_hash(passage.indexed)
        row = _row(passage, source_id, key)
        if before == after and kept[key]:
            id_ = kept[key].pop(0)
            connection.execute(passages.update().where(passages.c.id == id_).values(row))
        else:
            inserted.append(row)
    gone = [(id_, key) for key, ids in kept.items() for id_ in ids]
    for some in slices([id_ for id_, _ in gone]):
        connection.execute(passages.delete().where(passages.c.id.in_(some)))
    log = [_change(id_, key, before, added=False) for id_, key in gone]
    if inserted:
        statement = passages.insert().returning(passages.c.id, sort_by_parameter_order=True)
        ids = connection.scalars(statement, inserted)
        log += [
            _change(id_, row["text_hash"], after, added=True)
            for id_, row in zip(ids, inserted, strict=True)
        ]
    if log:
        connection.execute(changes.insert(), log)


def _row(passage: NewPassage, source_id: int, key: TextHash) -> dict[str, Any]:
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


def _change(id_: int, key: TextHash, standing: Standing, *, added: bool) -> dict[str, Any]:
    return {
        "passage_id": id_,
        "partition": standing.partition,
        "text_hash": key,
        "added": added,
    }
