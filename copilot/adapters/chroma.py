"""The dense index on Chroma: one collection for each partition, vectors always passed in."""

from __future__ import annotations

import contextlib
import json
import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import chromadb
import numpy as np
from chromadb.config import Settings

from copilot.errors import IndexUnavailable
from copilot.spare_threads import SpareThreads

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from chromadb.api.models.Collection import Collection as ChromaCollection
    from numpy.typing import NDArray

    from copilot.domain.indexing import TextHash

_NAME: Final = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{1,510}[a-zA-Z0-9]")

_TABLE: Final = "chroma.sqlite3"
_NAMES: Final = "collections.json"
"""Beside Chroma's own files, the names of its collections: a table that is gone or empty is replaced by
a new one without a word, and would hold nothing."""

_HEADER: Final = 100
"""Bytes at the beginning of every SQLite file, where it says how many pages it has."""

_SYNC: Final = 2
"""Changes after which the graph is written out, so at the end of every batch. By default up to 999
wait, every process that opens the index inserts them anew (250 ms), and readers write to the folder."""


class ChromaIndex:
    """Nearest texts in a folder that this class alone may touch.

    A search opens only the collections of the partitions asked for: a `where` on metadata costs time
    in proportion to everything stored (68 to 200 ms at 100,000, measured), a partition costs nothing.
    Each text is there once: of 3,000 equal vectors among 6,000, a search reached 25 (measured).
    """

    def __init__(self, folder: Path, *, spare: SpareThreads | None = None) -> None:
        """Open the index, or make an empty one.

        Args:
            folder: Where it lies.
            spare: Search partitions at the same time.

        Raises:
            IndexUnavailable: Chroma cannot open what lies there.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._names = folder / _NAMES
        self._closed = False
        self._spare = spare or SpareThreads()
        settings = Settings(anonymized_telemetry=False, is_persistent=True)
        with contextlib.ExitStack() as stack:
            try:
                _check_whole(folder / _TABLE)
                self._client = chromadb.PersistentClient(str(folder), settings=settings)
                stack.callback(self._client.close)  # type: ignore[attr-defined]  # see `close`
                self._collections = {
                    collection.name: self._client.get_collection(
                        collection.name, embedding_function=None
                    )
                    for collection in self._client.list_collections()
                }
                self._batch = self._client.get_max_batch_size()
                self._check_names()
            except Exception as exc:
                raise IndexUnavailable(
                    f"the dense index in {folder} cannot be opened: {exc}"
                ) from exc
            stack.pop_all()

    def search(
        self, vector: NDArray[np.float32], *, partitions: Collection[str], limit: int
    ) -> list[tuple[TextHash, float]]:
        """Return the nearest texts of those partitions with their cosine, best first.

        Nothing is near a vector without numbers.
        """
        if not vector.size:
            return []
        collections = [self._collections.get(partition) for partition in sorted(partitions)]
        nearest = self._spare.all(
            [partial(self._nearest, one, vector, limit) for one in collections if one is not None]
        )
        found: dict[TextHash, float] = {}
        for some in nearest:
            found.update(some)
        if self._closed:  # by another thread, which mends it: it has no collections any more
            raise IndexUnavailable("the dense index was closed while it was searched")
        return sorted(found.items(), key=lambda one: (-one[1], one[0]))[:limit]

    def apply(
        self,
        removed: Mapping[str, Collection[TextHash]],
        added: Mapping[str, Mapping[TextHash, NDArray[np.float32]]],
    ) -> None:
        """Remove and add texts by partition; applying the same twice changes nothing."""
        try:
            for partition, keys in removed.items():
                self._remove(partition, sorted(keys))
            for partition, entries in added.items():
                if entries:
                    self._add(self._collection(partition), list(entries.items()))
        except Exception as exc:
            raise IndexUnavailable(f"the dense index cannot be written: {exc}") from exc

    def reachable(self) -> dict[str, frozenset[TextHash]]:
        """Return every text that a search can really reach, by partition.

        The graph is asked, not the table beside it: a damaged graph keeps its full count and
        answers with part of it.
        """
        found: dict[str, frozenset[TextHash]] = {}
        for partition, collection in self._collections.items():
            try:
                count = collection.count()
                stored = collection.get(limit=1, include=["embeddings"])["embeddings"]
            except Exception as exc:
                raise IndexUnavailable(f"the dense index cannot be read: {exc}") from exc
            if stored is not None and len(stored):
                probe = np.asarray(stored[0], dtype=np.float32)
                nearest = self._nearest(collection, probe, count)
                found[partition] = frozenset(key for key, _ in nearest)
        return found

    def close(self) -> None:
        """Let go of the folder, so that it can be removed."""
        self._closed = True
        self._collections.clear()
        self._client.close()  # type: ignore[attr-defined]  # the class has it, its interface not yet

    def _collection(self, partition: str) -> ChromaCollection:
        if partition not in self._collections:
            if not _NAME.fullmatch(partition):
                raise IndexUnavailable(f"{partition!r} cannot name a collection of Chroma")
            self._collections[partition] = self._client.get_or_create_collection(
                partition,
                embedding_function=None,
                configuration={"hnsw": {"space": "cosine", "sync_threshold": _SYNC}},
            )
            self._note_names()
        return self._collections[partition]

    def _note_names(self) -> None:
        self._names.write_text(json.dumps(sorted(self._collections)))

    def _check_names(self) -> None:
        # Absent where an earlier version made the index.
        named = json.loads(self._names.read_text()) if self._names.exists() else ()
        if lost := set(named) - self._collections.keys():
            raise ValueError(f"its table has lost {', '.join(sorted(lost))}")

    def _remove(self, partition: str, keys: Sequence[TextHash]) -> None:
        collection = self._collections.get(partition)
        if collection is None:
            return
        for first in range(0, len(keys), self._batch):
            collection.delete(ids=[key.hex() for key in keys[first : first + self._batch]])
        if not collection.count():
            # Of an empty graph, too, every reader writes the files.
            self._client.delete_collection(partition)
            del self._collections[partition]
            self._note_names()

    def _add(
        self,
        collection: ChromaCollection,
        entries: Sequence[tuple[TextHash, NDArray[np.float32]]],
    ) -> None:
        for first in range(0, len(entries), self._batch):
            some = entries[first : first + self._batch]
            ids = [key.hex() for key, _ in some]
            embeddings = np.stack([vector for _, vector in some])
            # One change alone is not written out, so it is made as often as it takes.
            for _ in range(_SYNC if len(some) < _SYNC else 1):
                collection.upsert(ids=ids, embeddings=embeddings)

    def _nearest(
        self, collection: ChromaCollection, vector: NDArray[np.float32], limit: int
    ) -> list[tuple[TextHash, float]]:
        embeddings: Any = [vector]
        try:
            answer = collection.query(
                query_embeddings=embeddings, n_results=limit, include=["distances"]
            )
        except Exception as exc:
            raise IndexUnavailable(f"the dense index cannot be searched: {exc}") from exc
        distances = answer["distances"] or [[]]
        pairs = zip(answer["ids"][0], distances[0], strict=True)
        return [(bytes.fromhex(id_), 1.0 - float(distance)) for id_, distance in pairs]


def _check_whole(table: Path) -> None:
    """Refuse a table that has been cut short: SQLite finds out only when it comes to the gap."""
    if not table.exists():
        return
    with table.open("rb") as file:
        header = file.read(_HEADER)
    page = int.from_bytes(header[16:18], "big")
    size = int.from_bytes(header[28:32], "big") * (65_536 if page == 1 else page)
    # The number of pages counts only if whoever last wrote the file also wrote the number.
    if header[24:28] == header[92:96] and table.stat().st_size < size:
        raise ValueError("its table has been cut short")
