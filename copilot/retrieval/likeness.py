"""Likeness as one encoder sees it, whichever encoder ranks.

What is said about a likeness (is there an answer, do two sentences speak of one point) was measured with
the bundled encoder's cosines, and another one's mean something else. Where another one ranks, what it
found is measured by the bundled one, on this machine; so nothing of a passage is sent for it either.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Final

import numpy as np

from copilot.domain.indexing import text_hash

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from copilot.domain.documents import Passage, PassageId
    from copilot.domain.indexing import TextHash
    from copilot.ports import Encoder, Truth

_KEPT: Final = 4_000
"""Vectors kept for the next question; 6 MB."""


class Likeness:
    """Measures passages against a text; many threads may do so at once."""

    def __init__(self, truth: Truth, encoder: Encoder) -> None:
        self.encoder = encoder
        self._truth = truth
        self._lock = Lock()
        self._kept: OrderedDict[TextHash, NDArray[np.float32]] = OrderedDict()

    def of(
        self, passages: Sequence[Passage], vector: NDArray[np.float32]
    ) -> dict[PassageId, float]:
        """Return each passage's cosine to a text, of which the vector is given."""
        texts = {
            one.id: f"{one.context}\n{one.text}" if one.context else one.text for one in passages
        }
        keys = {id_: text_hash(text) for id_, text in texts.items()}
        known = self._known({key: texts[id_] for id_, key in keys.items()})
        return {id_: float(known[key] @ vector) for id_, key in keys.items()}

    def _known(self, texts: Mapping[TextHash, str]) -> dict[TextHash, NDArray[np.float32]]:
        """Return the vectors of all texts, from an earlier time, from the truth, or made now."""
        with self._lock:
            known = {key: self._kept[key] for key in texts if key in self._kept}
        stored = self._truth.vectors(texts.keys() - known.keys(), self.encoder.name)
        known |= {
            key: np.frombuffer(row, np.float16).astype(np.float32) for key, row in stored.items()
        }
        left = {key: text for key, text in texts.items() if key not in known}
        if left:
            known.update(zip(left, self.encoder.encode(list(left.values())), strict=True))
        with self._lock:
            for key in texts:
                self._kept[key] = known[key]
                self._kept.move_to_end(key)
            while len(self._kept) > max(_KEPT, len(texts)):
                self._kept.popitem(last=False)
        return known
