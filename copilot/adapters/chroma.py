"""The dense index on Chroma: one collection for each partition, vectors always passed in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import chromadb
import numpy as np
from chromadb.config import Settings

from copilot.domain.documents import PassageId
from copilot.errors import IndexUnavailable

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from chromadb.api.models.Collection import Collection as ChromaCollection
    from numpy.typing import NDArray

_NAME: Final = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{1,510}[a-zA-Z0-9]")


class ChromaIndex:
    """Nearest passages in a folder that this class alone may touch.

    A search opens only the collections of the partitions asked for: a `where` on metadata costs time
    in proportion to everything stored (68 to 200 ms at 100,000, measured), a partition costs nothing.
    """

    def __init__(self, folder: Path) -> None:
        """Open the index, or make an empty one.

        Raises:
            IndexUnavailable: Chroma cannot open what lies there.
        """
        folder.mkdir(parents=True, exist_ok=True)
        settings = Settings(anonymized_telemetry=False, is_persistent=True)
        try:
            self._client = chromadb.PersistentClient(str(folder), settings=settings)
            self._collections = {
                collection.name: self._client.get_collection(
                    collection.name, embedding_function=None
                )
                for collection in self._client.list_collections()
            }
            self._batch = self._client.get_max_batch_size()
        except Exception as exc:
            raise IndexUnavailable(f"the dense index in {folder} cannot be opened: {exc}") from exc

    def search(
        self, vector: NDArray[np.float32], *, partitions: Collection[str], limit: int
    ) -> list[tuple[PassageId, float]]:
        """Return the nearest passages of those partitions with their cosine, best first."""
        found: list[tuple[PassageId, float]] = []
        for partition in sorted(partitions):
            collection = self._collections.get(partition)
            if collection is not None:
                found += self._nearest(collection, vector, limit)
        return sorted(found, key=lambda one: (-one[1], one[0]))[:limit]

    def apply(
        self,
        removed: Mapping[str, Sequence[PassageId]],
        added: Mapping[str, Sequence[tuple[PassageId, NDArray[np.float32]]]],
    ) -> None:
        """Remove and add passages by partition; applying the same twice changes nothing."""
        try:
            for partition, ids in removed.items():
                self._remove(partition, ids)
            for partition, entries in added.items():
                self._add(self._collection(partition), entries)
        except Exception as exc:
            raise IndexUnavailable(f"the dense index cannot be written: {exc}") from exc

    def reachable(self) -> dict[str, frozenset[PassageId]]:
        """Return every passage that a search can really reach, by partition.

        The graph is asked, not the table beside it: a damaged graph keeps its full count and
        answers with part of it.
        """
        found: dict[str, frozenset[PassageId]] = {}
        for partition, collection in self._collections.items():
            count = collection.count()
            if count:
                probe = np.zeros(self._dimensions(collection), dtype=np.float32)
                probe[0] = 1.0
                nearest = self._nearest(collection, probe, count)
                found[partition] = frozenset(id_ for id_, _ in nearest)
        return found

    def close(self) -> None:
        """Let go of the folder, so that it can be removed."""
        self._collections.clear()
        self._client.close()  # type: ignore[attr-defined]  # the class has it, its interface not yet

    def _collection(self, partition: str) -> ChromaCollection:
        if partition not in self._collections:
            if not _NAME.fullmatch(partition):
                raise IndexUnavailable(f"{partition!r} cannot name a collection of Chroma")
            self._collections[partition] = self._client.get_or_create_collection(
                partition,
                embedding_function=None,
                configuration={"hnsw": {"space": "cosine"}},
            )
        return self._collections[partition]

    def _remove(self, partition: str, ids: Sequence[PassageId]) -> None:
        collection = self._collections.get(partition)
        if collection is None:
            return
        for first in range(0, len(ids), self._batch):
            collection.delete(ids=[str(id_) for id_ in ids[first : first + self._batch]])

    def _add(
        self,
        collection: ChromaCollection,
        entries: Sequence[tuple[PassageId, NDArray[np.float32]]],
    ) -> None:
        for first in range(0, len(entries), self._batch):
            some = entries[first : first + self._batch]
            collection.upsert(
                ids=[str(id_) for id_, _ in some],
                embeddings=np.stack([vector for _, vector in some]),
            )

    def _nearest(
        self, collection: ChromaCollection, vector: NDArray[np.float32], limit: int
    ) -> list[tuple[PassageId, float]]:
        embeddings: Any = [vector]
        try:
            answer = collection.query(
                query_embeddings=embeddings, n_results=limit, include=["distances"]
            )
        except Exception as exc:
            raise IndexUnavailable(f"the dense index cannot be searched: {exc}") from exc
        distances = answer["distances"] or [[]]
        pairs = zip(answer["ids"][0], distances[0], strict=True)
        return [(PassageId(int(id_)), 1.0 - float(distance)) for id_, distance in pairs]

    def _dimensions(self, collection: ChromaCollection) -> int:
        embeddings = collection.get(limit=1, include=["embeddings"])["embeddings"]
        return len(embeddings[0]) if embeddings is not None and len(embeddings) else 1
