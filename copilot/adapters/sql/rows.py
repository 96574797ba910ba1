"""Between rows and domain values."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from copilot.domain.access import Audience
from copilot.domain.criteria import CriterionId, Frequency
from copilot.domain.documents import (
    Metadata,
    Passage,
    PassageId,
    Source,
    SourceKind,
    SourcePath,
    partition_of,
)
from copilot.domain.indexing import Change
from copilot.domain.periods import Period

if TYPE_CHECKING:
    from collections.abc import Sequence

    import sqlalchemy as sa
    from numpy.typing import NDArray

    from copilot.domain.indexing import Fingerprint


def about_row(metadata: Metadata) -> dict[str, Any]:
    """Return the metadata as the columns that hold it."""
    return {
        "kind": metadata.kind.value,
        "audience": metadata.audience,
        "partition": partition_of(metadata.kind, metadata.audience),
        "period_start": metadata.period.start if metadata.period else None,
        "period_end": metadata.period.end if metadata.period else None,
        "about": {
            "title": metadata.title,
            "owner": metadata.owner,
            "criteria": list(metadata.criteria),
            "controls": list(metadata.controls),
            "collected": metadata.collected.isoformat() if metadata.collected else None,
            "frequency": metadata.frequency.value if metadata.frequency else None,
        },
    }


def source_of(row: sa.RowMapping) -> Source:
    """Return the source that a row of `sources` holds."""
    about = row["about"]
    start, end = row["period_start"], row["period_end"]
    metadata = Metadata(
        kind=SourceKind(row["kind"]),
        title=about["title"],
        audience=Audience(row["audience"]),
        owner=about["owner"],
        criteria=tuple(CriterionId(one) for one in about["criteria"]),
        controls=tuple(about["controls"]),
        period=Period(start, end) if start and end else None,
        collected=date.fromisoformat(about["collected"]) if about["collected"] else None,
        frequency=Frequency(about["frequency"]) if about["frequency"] else None,
    )
    return Source(
        path=SourcePath(row["path"]),
        metadata=metadata,
        stale=row["stale"],
        notes=tuple(row["notes"]),
    )


def passage_of(row: sa.RowMapping, source: Source) -> Passage:
    """Return the passage that a row of `passages` holds."""
    return Passage(
        id=PassageId(row["passage_id"]),
        source=source,
        start=row["start"],
        end=row["end"],
        text=row["text"],
        page=row["page"],
        place=row["place"],
        heading=tuple(row["heading"]),
        context=row["context"],
    )


def fingerprint_row(fingerprint: Fingerprint) -> dict[str, Any]:
    """Return the fingerprint as the columns that hold it."""
    return {
        "size": fingerprint.size,
        "mtime_ns": fingerprint.mtime_ns,
        "content_hash": fingerprint.content_hash,
        "about_hash": fingerprint.about_hash,
    }


def change_of(row: sa.Row[Any]) -> Change:
    """Return the change that a row of `changes` holds."""
    return Change(
        seq=row.seq,
        passage=PassageId(row.passage_id),
        partition=row.partition,
        text=row.text_hash,
        added=row.added,
    )


def matrix(rows: Sequence[Any]) -> tuple[list[PassageId], NDArray[np.float32]]:
    """Return the ids in rows of an id and a vector, and the vectors as rows of a matrix."""
    vectors = np.frombuffer(b"".join(vector for _, vector in rows), np.float16)
    ids = [PassageId(id_) for id_, _ in rows]
    return ids, vectors.astype(np.float32).reshape(len(rows), -1 if rows else 0)
