"""Learn from the catalog's statements what speaks for a criterion; seconds, and no other data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from copilot.domain.criteria import CRITERION_IDS
from copilot.mapping.calibration import Calibration, fit_calibration
from copilot.mapping.features import PARTS, PLACE, Fitted, Nearby, log_softmax
from copilot.mapping.regression import softmax_regression
from copilot.mapping.statements import EXAMPLE
from copilot.mapping.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from copilot.mapping.statements import Statement

_FOLDS: Final = 5
_NEAR_DUPLICATE: Final = 0.8
"""Cosine from which two example controls are never on both sides of a fold."""

_ALSO: Final = 0.7
"""How much a criterion that a control also serves counts in training, the first being 1."""

_ON_VECTORS: Final = 0.2
_ON_WORDS: Final = 0.1
_STEPS: Final = 30

_PRIOR_WORDS: Final = 600.0
"""Words of no criterion in particular that each criterion is given beforehand."""


@dataclass(frozen=True, slots=True)
class Model:
    """Everything that was learned."""

    words: Words
    fitted: Fitted
    weights: NDArray[np.float32]
    """One for each part."""
    calibration: Calibration

    def shares(self, parts: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return for each text and criterion the logarithm of its share."""
        return log_softmax(parts @ self.weights)


@dataclass(frozen=True, slots=True)
class Held:
    """Example controls as they are seen by what was learned without them."""

    parts: NDArray[np.float32]
    right: NDArray[np.bool_]
    """Which criteria each serves."""


@dataclass(frozen=True, slots=True)
class Material:
    """Statements, ready to learn from."""

    statements: Sequence[Statement]
    vectors: NDArray[np.float32]
    words: Words
    matrix: csr_matrix

    @classmethod
    def of(cls, statements: Sequence[Statement], vectors: NDArray[np.float32]) -> Material:
        """Add the words of statements to their vectors."""
        texts = [one.text for one in statements]
        words = Words.of(texts)
        return cls(statements, vectors, words, words.matrix(texts))

    @property
    def examples(self) -> NDArray[np.int64]:
        """Which of the statements are example controls."""
        found = [at for at, one in enumerate(self.statements) if one.kind == EXAMPLE]
        return np.array(found, dtype=np.int64)


def learn(material: Material) -> Model:
    """Learn from all statements; weigh and calibrate on examples that were held out in turn."""
    from threadpoolctl import threadpool_limits  # noqa: PLC0415  only to learn

    # The matrices are small: more threads wait for each other and take five times as long.
    with threadpool_limits(1):
        held = hold_out(material)
        weights = weigh(held)
        shares = np.exp(log_softmax(held.parts @ weights))
        calibration = fit_calibration(shares, held.right)
        fitted = fit(material, np.arange(len(material.statements)))
    return Model(material.words, fitted, weights, calibration)


def fit(material: Material, rows: NDArray[np.int64]) -> Fitted:
    """Learn from some of the statements."""
    chosen = [material.statements[at] for at in rows]
    matrix, vectors = material.matrix[rows], material.vectors[rows]
    wanted = _wanted(chosen)
    return Fitted(
        nearby=nearby(chosen, vectors, matrix),
        apart=_told_apart(matrix, wanted),
        by_vector=softmax_regression(vectors, wanted, penalty=_ON_VECTORS, steps=_STEPS),
        by_words=softmax_regression(matrix, wanted, penalty=_ON_WORDS, steps=_STEPS),
    )


def nearby(
    statements: Sequence[Statement], vectors: NDArray[np.float32], matrix: csr_matrix
) -> Nearby:
    """Return statements to compare with."""
    examples = [at for at, one in enumerate(statements) if one.kind == EXAMPLE]
    return Nearby(statements, vectors, matrix[examples])


def hold_out(material: Material) -> Held:
    """See each example control as what was learned from the others sees it."""
    examples = material.examples
    parts = np.zeros((len(examples), len(CRITERION_IDS), len(PARTS)), dtype=np.float32)
    others = np.setdiff1d(np.arange(len(material.statements)), examples)
    for kept, held in _folds(material, examples):
        fitted = fit(material, np.concatenate([examples[kept], others]))
        rows = examples[held]
        parts[held] = fitted.parts(material.vectors[rows], material.matrix[rows])
    right = np.zeros((len(examples), len(CRITERION_IDS)), dtype=bool)
    for row, at in enumerate(examples):
        right[row, [PLACE[one] for one in material.statements[at].speaks_for]] = True
    return Held(parts, right)


def weigh(held: Held) -> NDArray[np.float32]:
    """Return the weights of the parts under which the right criteria have the largest shares."""
    from scipy.optimize import minimize  # noqa: PLC0415  .3 s, only to learn

    parts = held.parts.astype(np.float64)
    wanted = held.right / held.right.sum()
    links = wanted.sum(1, keepdims=True)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        shares = log_softmax(parts @ weights).astype(np.float64)
        missed = np.exp(shares) * links - wanted
        return -float((wanted * shares).sum()), np.einsum("nc,ncp->p", missed, parts)

    start = np.full(len(PARTS), 0.2)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(PARTS))
    return np.asarray(found.x, dtype=np.float32)


def _folds(
    material: Material, examples: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield what to keep and what to hold out, every criterion in each, near-duplicates together."""
    from sklearn.model_selection import StratifiedGroupKFold  # noqa: PLC0415  1 s, only to learn

    labels = [PLACE[material.statements[at].criterion] for at in examples]
    groups = _near_duplicates(material.vectors[examples])
    folds = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=0)
    yield from folds.split(examples, labels, groups)


def _near_duplicates(vectors: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return for each text the first of those that it is nearly the same as, through others too."""
    group = np.arange(len(vectors))
    for first, second in np.argwhere(np.triu(vectors @ vectors.T, 1) >= _NEAR_DUPLICATE):
        group[group == group[second]] = group[first]
    return group


def _wanted(statements: Sequence[Statement]) -> NDArray[np.float32]:
    """Return how much each statement counts for each criterion."""
    wanted = np.zeros((len(statements), len(CRITERION_IDS)), dtype=np.float32)
    for row, one in enumerate(statements):
        for second, criterion in enumerate(one.speaks_for):
            wanted[row, PLACE[criterion]] = one.weight * (_ALSO if second else 1.0)
    return wanted


def _told_apart(matrix: csr_matrix, wanted: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return for each term and criterion how much more often it stands there (naive Bayes)."""
    found = np.asarray(matrix.T @ wanted)
    usual = found.sum(1, keepdims=True) + 0.5
    usual /= usual.sum()
    here = (found + _PRIOR_WORDS * usual) / (found.sum(0) + _PRIOR_WORDS)
    return np.asarray(np.log(here / usual), dtype=np.float32)
