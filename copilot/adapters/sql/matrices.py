"""Vectors that have been read, kept for the next question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from copilot.recently import Recent

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
        """Take how many bytes of vectors are kept."""
        self._kept: Recent[tuple[str, tuple[TextHash, ...]], NDArray[np.float32]] = Recent(
            most, lambda vectors: vectors.nbytes
        )

    def get(self, encoder: str, texts: Sequence[TextHash]) -> NDArray[np.float32] | None:
        """Return the vectors that an encoder made of texts, as rows in this order, if they are kept."""
        return self._kept.get((encoder, tuple(texts)))

    def put(self, encoder: str, texts: Sequence[TextHash], vectors: NDArray[np.float32]) -> None:
        """Keep them, and drop those that were not asked for the longest."""
        vectors.flags.writeable = False
        self._kept.keep({(encoder, tuple(texts)): vectors})
