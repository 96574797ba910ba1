"""One source at a time, for readers who open it: the audience is in every statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from copilot.adapters.sql.conditions import readable
from copilot.adapters.sql.rows import PASSAGE, SOURCE, passage_of, source_of
from copilot.adapters.sql.tables import passages, sources
from copilot.domain.views import Stored

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from copilot.domain.access import Principal
    from copilot.domain.documents import Passage, SourcePath


class SqlStoredSources:
    """The stored sources of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def stored(self, path: SourcePath, *, principal: Principal) -> Stored | None:
        """Return a source, or nothing if it is absent or may not be read."""
        query = sa.select(
            *SOURCE,
            sources.c.text,
            sources.c.content_hash,
            sources.c.size,
            sources.c.mtime_ns,
        ).where(sources.c.path == path, readable(principal))
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        return Stored(
            source=source_of(*row[: len(SOURCE)]),
            text=row.text,
            content_hash=row.content_hash,
            size=row.size,
            mtime_ns=row.mtime_ns,
        )

    def passages_between(
        self, path: SourcePath, start: int, end: int, *, principal: Principal
    ) -> list[Passage]:
        """Return the passages that a stretch of a source touches, in their order."""
        query = (
            sa.select(*PASSAGE)
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
            return [passage_of(*row) for row in connection.execute(query)]

    def page_span(
        self, path: SourcePath, page: int, *, principal: Principal
    ) -> tuple[int, int] | None:
        """Return where the text of a page begins and ends; nothing for a page without text."""
        on_it, before = passages.c.page == page, passages.c.page < page
        query = self._of(path, principal).with_only_columns(
            sa.func.max(sa.case((before, passages.c.end))),
            sa.func.min(sa.case((on_it, passages.c.start))),
            sa.func.max(sa.case((on_it, passages.c.end))),
        )
        with self._engine.connect() as connection:
            above, first, last = connection.execute(query).one()
        # Headings are in no passage: those above the first of a page belong to it.
        return None if first is None else (min(above or 0, first), last)

    def last_page(self, path: SourcePath, *, principal: Principal) -> int:
        """Return the number of the last page that has text; 0 if no page has."""
        query = self._of(path, principal).with_only_columns(sa.func.max(passages.c.page))
        with self._engine.connect() as connection:
            return int(connection.execute(query).scalar() or 0)

    def _of(self, path: SourcePath, principal: Principal) -> sa.Select[tuple[int]]:
        """Return a statement over the passages of a source, if it may be read."""
        return (
            sa.select(passages.c.id)
            .join(sources)
            .where(sources.c.path == path, readable(principal))
        )
