"""Between rows and domain values."""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import sqlalchemy as sa

from copilot.adapters.sql.tables import passages, sources
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

    from numpy.typing import NDArray

    from copilot.domain.indexing import Fingerprint

_SOURCES: Final = 4_000
"""Sources that are not read again as long as their rows stay as they are; 1 kB each."""

_PASSAGES: Final = 8_000
"""The same for passages; 3 kB each, most of it their text."""


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


SOURCE: Final = (
    sources.c.path,
    sources.c.kind,
    sources.c.audience,
    sa.cast(sources.c.about, sa.Text),
    sources.c.period_start,
    sources.c.period_end,
    sources.c.stale,
    sa.cast(sources.c.notes, sa.Text),
)
"""The columns that `source_of` takes."""

PASSAGE: Final = (
    passages.c.id,
    passages.c.start,
    passages.c.end,
    passages.c.page,
    passages.c.place,
    sa.cast(passages.c.heading, sa.Text),
    passages.c.context,
    passages.c.text,
    *SOURCE,
)
"""The columns that `passage_of` takes."""


@lru_cache(maxsize=_SOURCES)
def source_of(
    path: str,
    kind: str,
    audience: str,
    *rest: Any,
) -> Source:
    """Return the source that a row of `SOURCE` holds; the same row gives the same object."""
    written, start, end, stale, notes = rest
    about = json.loads(written)
    metadata = Metadata(
        kind=SourceKind(kind),
        title=about["title"],
        audience=Audience(audience),
        owner=about["owner"],
        criteria=tuple(CriterionId(one) for one in about["criteria"]),
        controls=tuple(about["controls"]),
        period=Period(start, end) if start and end else None,
        collected=date.fromisoformat(about["collected"]) if about["collected"] else None,
        frequency=Frequency(about["frequency"]) if about["frequency"] else None,
    )
    return Source(
        path=SourcePath(path), metadata=metadata, stale=stale, notes=tuple(json.loads(notes))
    )


@lru_cache(maxsize=_PASSAGES)
def passage_of(id_: int, start: int, end: int, *rest: Any) -> Passage:
    """Return the passage that a row of `PASSAGE` holds; the same row gives the same object.

    Nothing of it can be out of date: what the row says is all that it is known by.
    """
    page, place, heading, context, text, *source = rest
    return Passage(
        id=PassageId(id_),
        source=source_of(*source),
        start=start,
        end=end,
        text=text,
        page=page,
        place=place,
        heading=tuple(json.loads(heading)),
        context=context,
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
