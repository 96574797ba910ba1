"""Vectors that have been read, kept for the next question."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from copilot.domain.indexing import TextHash

_MOST: Final = 64_000_000
"""Bytes; some 40,000 vectors of the bundled encoder."""


class Matrices:
    """Matrices of vectors by the texts that their rows are of, up to a number of bytes.

    A text's vector stays what it is, so nothing here can be out of date. Many threads may use it at once.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._lock = Lock()
        self._size = 0
        self._kept: OrderedDict[tuple[str, tuple[TextHash, ...]], NDArray[np.float32]] = (
            OrderedDict()
        )

    def get(self, encoder: str, texts: Sequence[TextHash]) -> NDArray[np.float32] | None:
        """Return the vectors that an encoder made of texts, as rows in this order, if they are kept."""
        key = (encoder, tuple(texts))
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, encoder: str, texts: Sequence[TextHash], vectors: NDArray[np.float32]) -> None:
        """Keep them, and drop those that were not asked for the longest."""
        vectors.flags.writeable = False
        key = (encoder, tuple(texts))
        with self._lock:
            if key not in self._kept:
                self._kept[key] = vectors
                self._size += vectors.nbytes
            while self._size > self._most:
                self._size -= self._kept.popitem(last=False)[1].nbytes
