"""Likeness as one encoder sees it, whichever encoder ranks.

What is said about a likeness (is there an answer, do two sentences speak of one point) was measured with
the bundled encoder's cosines, and another one's mean something else. Where another one ranks, what it
found is measured by the bundled one, on this machine; so nothing of a passage is sent for it either.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

import numpy as np

from copilot.domain.indexing import text_hash

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from copilot.domain.documents import Passage, PassageId
    from copilot.domain.indexing import TextHash
    from copilot.ports import Encoder, Truth

_KEPT: Final = 4_000
"""Vectors kept for the next question; 6 MB."""


class Likeness:
    """Measures passages against a text."""

    def __init__(self, truth: Truth, encoder: Encoder) -> None:
        self.encoder = encoder
        self._truth = truth
        self._kept: OrderedDict[TextHash, NDArray[np.float32]] = OrderedDict()

    def of(
        self, passages: Sequence[Passage], vector: NDArray[np.float32]
    ) -> dict[PassageId, float]:
        """Return each passage's cosine to a text, of which the vector is given."""
        keys = {
            one.id: text_hash(f"{one.context}\n{one.text}" if one.context else one.text)
            for one in passages
        }
        self._learn(passages, keys)
        return {id_: float(self._kept[key] @ vector) for id_, key in keys.items()}

    def _learn(self, passages: Sequence[Passage], keys: dict[PassageId, TextHash]) -> None:
        """Have the vectors of all texts, from an earlier time, from the truth, or made now."""
        missing = {
            keys[one.id]: f"{one.context}\n{one.text}" if one.context else one.text
            for one in passages
            if keys[one.id] not in self._kept
        }
        stored = self._truth.vectors(missing.keys(), self.encoder.name)
        for key, row in stored.items():
            self._kept[key] = np.frombuffer(row, np.float16).astype(np.float32)
        left = {key: text for key, text in missing.items() if key not in stored}
        if left:
            made = self.encoder.encode(list(left.values()))
            self._kept.update(zip(left, made, strict=True))
        for key in keys.values():
            self._kept.move_to_end(key)
        while len(self._kept) > max(_KEPT, len(passages)):
            self._kept.popitem(last=False)
