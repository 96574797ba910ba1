"""How much each criterion is spoken for by a text, seen in five ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from copilot.domain.criteria import CRITERION_IDS
from copilot.mapping.statements import EXAMPLE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from copilot.domain.criteria import CriterionId
    from copilot.mapping.statements import Statement

PARTS: Final = (
    "words told apart",
    "nearest statements",
    "example controls nearby",
    "regression on vectors",
    "regression on words",
)
"""The ways, in the order in which they are weighed."""

WORD_PARTS: Final = (0, 4)
VECTOR_PARTS: Final = (1, 3)

PLACE: Final = {criterion: at for at, criterion in enumerate(CRITERION_IDS)}
"""In which column a criterion stands."""

_POOLED: Final = 5
_POOLED_SCALE: Final = 10.0
_NEIGHBOURS: Final = 15
_SHARPNESS: Final = 12.0
_LEAST_SHARE: Final = 0.01


@dataclass(frozen=True, slots=True)
class Linear:
    """A score for each criterion: values times weights, and where it starts from."""

    weights: NDArray[np.float32]
    start: NDArray[np.float32]

    def of(self, rows: NDArray[np.float32] | csr_matrix) -> NDArray[np.float32]:
        """Return the scores of rows, with the softmax of each as its scale."""
        return log_softmax(np.asarray(rows @ self.weights) + self.start)


class Nearby:
    """Statements to compare with."""

    def __init__(
        self,
        statements: Sequence[Statement],
        vectors: NDArray[np.float32],
        words: csr_matrix | None,
    ) -> None:
        """Take statements and their vectors, and the word rows of the example controls among them."""
        self._vectors = vectors
        self._pooled = padded([PLACE[one.criterion] for one in statements])
        self._examples = np.array(
            [at for at, one in enumerate(statements) if one.kind == EXAMPLE], dtype=int
        )
        self._words = words
        self._serves = np.zeros((len(self._examples), len(CRITERION_IDS)), np.float32)
        for row, at in enumerate(self._examples):
            self._serves[row, [PLACE[one] for one in statements[at].speaks_for]] = 1

    def cosines(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return how like each text is to each statement."""
        return vectors @ self._vectors.T

    def pooled(self, cosines: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return for each criterion how near its nearest statements come."""
        spread = np.where(self._pooled < 0, -1.0, cosines[:, self._pooled])
        best = np.partition(spread, -_POOLED, axis=2)[:, :, -_POOLED:]
        return np.asarray(_POOLED_SCALE * best.mean(2), dtype=np.float32)

    def neighbours(self, cosines: NDArray[np.float32], words: csr_matrix) -> NDArray[np.float32]:
        """Return for each criterion its share among the nearest example controls, as a logarithm."""
        alike = 0.5 * cosines[:, self._examples]
        if self._words is not None:
            alike += 0.5 * np.asarray((words @ self._words.T).todense())
        many = min(_NEIGHBOURS, alike.shape[1])
        least = np.partition(alike, -many, axis=1)[:, [-many]]
        near = np.exp(_SHARPNESS * (alike - alike.max(1, keepdims=True)))
        near = np.where(alike >= least, near, 0.0)
        share = near @ self._serves / near.sum(1, keepdims=True)
        return np.asarray(np.log(share + _LEAST_SHARE), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Fitted:
    """What was learned from statements, before it is weighed together."""

    nearby: Nearby
    apart: NDArray[np.float32]
    """For each term how much more often each criterion has it than the others."""
    by_vector: Linear
    by_words: Linear

    def parts(self, vectors: NDArray[np.float32], words: csr_matrix) -> NDArray[np.float32]:
        """Return for each text and criterion the five parts."""
        return self.parts_from(self.nearby.cosines(vectors), vectors, words)

    def parts_from(
        self,
        cosines: NDArray[np.float32],
        vectors: NDArray[np.float32],
        words: csr_matrix,
    ) -> NDArray[np.float32]:
        """Return the same where the cosines to the statements are known."""
        return np.stack(
            [
                np.asarray(words @ self.apart),
                self.nearby.pooled(cosines),
                self.nearby.neighbours(cosines, words),
                self.by_vector.of(vectors),
                self.by_words.of(words),
            ],
            axis=2,
        ).astype(np.float32)


def padded(columns: Sequence[int]) -> NDArray[np.int64]:
    """Return for each criterion the rows that have it, filled up with -1 to the same length."""
    return _filled(
        [[at for at, one in enumerate(columns) if one == c] for c in _columns()], _POOLED
    )


def rows_for(
    statements: Sequence[Statement], wanted: Callable[[Statement, CriterionId], bool]
) -> NDArray[np.int64]:
    """Return for each criterion the statements that are wanted for it, filled up with -1."""
    return _filled(
        [[at for at, one in enumerate(statements) if wanted(one, c)] for c in CRITERION_IDS], 1
    )


def _columns() -> range:
    return range(len(CRITERION_IDS))


def _filled(rows: Sequence[Sequence[int]], least: int) -> NDArray[np.int64]:
    width = max(least, *(len(one) for one in rows))
    return np.array([[*one, *[-1] * (width - len(one))] for one in rows], dtype=np.int64)


def log_softmax(scores: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
    """Return scores as logarithms of shares that add up to one in each row."""
    scores = scores - scores.max(1, keepdims=True)
    return np.asarray(scores - np.log(np.exp(scores).sum(1, keepdims=True)), dtype=np.float32)
