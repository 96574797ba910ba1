"""The truth for a process that stays: what was read of the sources is kept while they are as they were.

Most questions rest on the same few sources. To ask the database takes longer than to look at what it said.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from copilot.adapters.sql.conditions import readable, reader
from copilot.adapters.sql.tables import passages, sources
from copilot.adapters.sql.truth import SqlTruth
from copilot.adapters.sql.watching import SourceMark, Watch
from copilot.recently import Recent

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy.engine import Engine

    from copilot.domain.access import Principal
    from copilot.domain.documents import Passage, PassageId, Source, SourcePath
    from copilot.domain.indexing import Filters, TextHash

_PASSAGES: Final = 8_000
"""Passages that are kept, 3 kB each; as many as `rows` keeps, and the same ones."""

_HOLDERS: Final = 30_000
"""Texts of which it is kept which passages have them; .3 kB each."""

_CHARACTERS: Final = 16_000_000
"""Characters of the texts of sources that are kept."""

_VECTORS: Final = 32_000_000
"""Bytes of the vectors that are kept by what filters let through."""

_PLACES: Final = 1_000
"""Kinds of readers, with where they look, that have a name at the same time."""

_SPANS: Final = 100_000
"""Passages of which it is kept where they stand; .1 kB each."""

_OTHERS: Final = 500
"""Of everything else: lists of sources, counts of passages."""


class RememberingTruth(SqlTruth):
    """The truth, of which answers read what they have read before from memory."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.watch: Final = Watch(engine)
        """Tells whether anything was written; to be closed."""
        self.mark: Final = SourceMark(engine, self.watch)
        self._lock = Lock()
        self._memory = _Memory(0)
        self._version: int | None = None

    def passages(self, ids: Sequence[PassageId], *, principal: Principal) -> list[Passage]:
        """Return those of the passages that exist and may be read, in the order given."""
        found = self._each(
            lambda memory: memory.passages,
            (reader(principal),),
            ids,
            lambda left: {
                one.id: one
                for one in super(RememberingTruth, self).passages(left, principal=principal)
            },
        )
        return [one for one in map(found.get, ids) if one is not None]

    def passages_with(
        self,
        texts: Collection[TextHash],
        *,
        principal: Principal,
        partitions: Collection[str],
        filters: Filters | None = None,
    ) -> dict[TextHash, list[PassageId]]:
        """Return the readable passages of those partitions that have one of the texts and pass."""
        found = self._each(
            lambda memory: memory.holders,
            (reader(principal), frozenset(partitions), filters),
            texts,
            lambda left: super(RememberingTruth, self).passages_with(
                left, principal=principal, partitions=partitions, filters=filters
            ),
        )
        return {key: list(ids) for key, ids in found.items() if ids is not None}

    def count(self, filters: Filters, *, principal: Principal, partitions: Collection[str]) -> int:
        """Return how many readable passages of those partitions pass the filters."""
        key = ("count", reader(principal), frozenset(partitions), filters)
        counted: int = self._one(
            lambda memory: memory.others,
            key,
            lambda: super(RememberingTruth, self).count(
                filters, principal=principal, partitions=partitions
            ),
        )
        return counted

    def vectors_passing(
        self, filters: Filters, encoder: str, *, principal: Principal, partitions: Collection[str]
    ) -> tuple[list[PassageId], NDArray[np.float32]]:
        """Return the readable passages of those partitions that pass, and their vectors as rows.

        Those that have not been encoded come last, and have no row.
        """
        memory, version = self._current()
        key = (encoder, reader(principal), frozenset(partitions), filters)
        known = memory.vectors.find([key]).get(key)
        if known is None:
            known = super().vectors_passing(
                filters, encoder, principal=principal, partitions=partitions
            )
            # Vectors come without any change of the sources.
            if len(known[0]) == len(known[1]):
                self._keep(memory.vectors, {key: known}, version)
        return list(known[0]), known[1]

    def sources(self, *, principal: Principal) -> list[Source]:
        """Return every readable source, by path."""
        key = ("sources", reader(principal))
        found: list[Source] = self._one(
            lambda memory: memory.others,
            key,
            lambda: super(RememberingTruth, self).sources(principal=principal),
        )
        return list(found)

    def text_of(self, path: SourcePath, *, principal: Principal) -> str | None:
        """Return the stored text of a source, or nothing if it is absent or not readable."""
        text: str | None = self._one(
            lambda memory: memory.texts,
            (path, reader(principal)),
            lambda: super(RememberingTruth, self).text_of(path, principal=principal),
        )
        return text

    def passages_of(self, path: SourcePath, *, principal: Principal) -> list[Passage]:
        """Return the passages of one source in their order, or none if it may not be read."""
        found: list[Passage] = self._one(
            lambda memory: memory.whole,
            (path, reader(principal)),
            lambda: super(RememberingTruth, self).passages_of(path, principal=principal),
        )
        return list(found)

    def pages_of(
        self, path: SourcePath, start: int, end: int, *, principal: Principal
    ) -> Sequence[int | None]:
        """Return the pages of the passages that a stretch of a source lies in, in their order."""
        who = reader(principal)
        spans: Sequence[tuple[int, int, int | None]] = self._one(
            lambda memory: memory.spans, (path, who), lambda: self._spans(path, who)
        )
        return [page for begins, ends, page in spans if begins < end and ends > start]

    def _spans(self, path: SourcePath, who: Principal) -> list[tuple[int, int, int | None]]:
        """Return where the passages of a source begin and end, and their pages, in their order."""
        with self._engine.connect() as connection:
            rows = connection.execute(_spans_of(who), {"path": path}).all()
        return [(row[0], row[1], row[2]) for row in rows]

    def _one(
        self,
        choose: Callable[[_Memory], Recent[Hashable, Any]],
        key: Hashable,
        read: Callable[[], Any],
    ) -> Any:
        """Return what is kept of a key, or read it."""
        memory, version = self._current()
        found = choose(memory).find([key])
        if key not in found:
            found[key] = read()
            self._keep(choose(memory), found, version)
        return found[key]

    def _each(
        self,
        choose: Callable[[_Memory], Recent[Hashable, Any]],
        within: Hashable,
        keys: Iterable[Any],
        read: Callable[[list[Any]], Mapping[Any, Any]],
    ) -> dict[Any, Any]:
        """Return what is kept of each key, read the others together; what there is not is `None`."""
        memory, version = self._current()
        place = memory.place(within)
        wanted = {key: (place, key) for key in keys}
        known = choose(memory).find(wanted.values())
        found = {key: known[at] for key, at in wanted.items() if at in known}
        if left := [key for key in wanted if key not in found]:
            fresh = read(left)
            found |= {key: fresh.get(key) for key in left}
            self._keep(choose(memory), {wanted[key]: found[key] for key in left}, version)
        return found

    def _current(self) -> tuple[_Memory, int | None]:
        """Return what is kept of the state that there is now, and what the watch said of that."""
        version = self.watch.version()
        with self._lock:
            if version is not None and self._version == version:
                return self._memory, version
        if version is None:
            return _Memory(0), None
        mark = self.mark.at(version)
        with self._lock:
            if self._memory.mark != mark:
                self._memory = _Memory(mark)
            self._version = version
            return self._memory, version

    def _keep(
        self,
        kept: Recent[Hashable, Any],
        found: Mapping[Hashable, Any],
        version: int | None,
    ) -> None:
        # What was written while this was read may be in it, or not.
        if version is not None and self.watch.version() == version:
            kept.keep(found)


@lru_cache(maxsize=_PLACES)
def _spans_of(who: Principal) -> sa.Select[Any]:
    query = sa.select(passages.c.start, passages.c.end, passages.c.page)
    query = query.join_from(passages, sources)
    query = query.where(sources.c.path == sa.bindparam("path"), readable(who))
    return query.order_by(passages.c.start, passages.c.id)


class _Memory:
    """What was read of one state of the sources."""

    def __init__(self, mark: int) -> None:
        self.mark = mark
        self.passages: Recent[Hashable, Any] = Recent(_PASSAGES)
        self.holders: Recent[Hashable, Any] = Recent(_HOLDERS)
        self.texts: Recent[Hashable, Any] = Recent(_CHARACTERS, lambda text: len(text or "") + 1)
        self.vectors: Recent[Hashable, Any] = Recent(_VECTORS, lambda found: found[1].nbytes + 1)
        self.whole: Recent[Hashable, Any] = Recent(_PASSAGES, lambda found: len(found) + 1)
        self.spans: Recent[Hashable, Any] = Recent(_SPANS, lambda found: len(found) + 1)
        self.others: Recent[Hashable, Any] = Recent(_OTHERS)
        self._lock = Lock()
        self._numbers = count()
        self._places: dict[Hashable, int] = {}

    def place(self, within: Hashable) -> int:
        """Return a short name for a kind of reader and where they look."""
        with self._lock:
            if within not in self._places:
                if len(self._places) >= _PLACES:
                    self._places.clear()
                self._places[within] = next(self._numbers)
            return self._places[within]
