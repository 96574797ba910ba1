"""Tell a control from text that is none: advertising, menus, code, questions, headings."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from copilot.mapping.statements import EXAMPLE, POINT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from copilot.mapping.statements import Statement
    from copilot.mapping.words import Words

_NEAREST: Final = 5
_PENALTY: Final = 3.0
_ENOUGH: Final = 0.4
"""Lower than even: a control that is passed over costs more than a heading that is mapped."""

_FEWEST_WORDS: Final = 3
_LONG: Final = 40
_TERSE: Final = 5
_TERSE_WEIGHT: Final = 0.3
"""They are cut off where nobody would, so they count for less."""


@dataclass(frozen=True, slots=True)
class Telling:
    """Weights on a text's vector and its signs."""

    weights: NDArray[np.float32]
    start: float

    def of(self, vectors: NDArray[np.float32], signs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return how likely each text is to be a control, from 0 to 1."""
        odds = np.hstack([vectors, signs]) @ self.weights + self.start
        return np.asarray(1 / (1 + np.exp(-odds)), dtype=np.float32)


def is_control(likely: float) -> bool:
    """Say whether a text is taken for a control."""
    return likely >= _ENOUGH


def signs_of(
    texts: Sequence[str], cosines: NDArray[np.float32], words: Words
) -> NDArray[np.float32]:
    """Return what shows of each text beside its meaning, each from 0 to about 1.

    Args:
        texts: What might be controls.
        cosines: How like each is to the example controls; 1 for a text itself does not count.
        words: Those that the catalog has.
    """
    others = np.where(cosines > 0.999, -1.0, cosines)
    near = np.sort(others, axis=1)[:, -_NEAREST:]
    own = [_written(text, words) for text in texts]
    return np.hstack([near.max(1, keepdims=True), near.mean(1, keepdims=True), own]).astype(
        np.float32
    )


def _written(text: str, words: Words) -> tuple[float, ...]:
    count = len(text.split())
    plain = sum(one.isalpha() or one.isspace() for one in text) / max(len(text), 1)
    return (
        words.known(text),
        plain,
        min(1.0, math.log1p(count) / math.log(_LONG)),
        float(count < _FEWEST_WORDS),
        float("?" in text),
        float("!" in text),
    )


def shortened(statements: Sequence[Statement]) -> list[str]:
    """Return the example controls as terse people write them: the first few words, no full stop."""
    texts = [one.text for one in statements if one.kind == EXAMPLE]
    return [
        " ".join(text.split()[: _TERSE + at % _TERSE]).rstrip(".,;:")
        for at, text in enumerate(texts)
    ]


def learn_telling(
    statements: Sequence[Statement],
    vectors: NDArray[np.float32],
    words: Words,
    *,
    terse: tuple[Sequence[str], NDArray[np.float32]],
    others: tuple[Sequence[str], NDArray[np.float32]],
) -> Telling:
    """Learn to tell controls from other texts.

    Args:
        statements: The catalog's.
        vectors: Theirs.
        words: Those that the catalog has.
        terse: What `shortened` returned, and the vectors.
        others: Texts that are no controls, and the vectors.
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  1 s, only to learn

    none_texts, none_vectors = others
    examples = vectors[[at for at, one in enumerate(statements) if one.kind == EXAMPLE]]
    chosen = [at for at, one in enumerate(statements) if _reads_like_one(one)]
    texts = [statements[at].text for at in chosen]
    rows = np.vstack([vectors[chosen], terse[1], none_vectors])
    signs = signs_of([*texts, *terse[0], *none_texts], rows @ examples.T, words)
    labels = np.arange(len(rows)) < len(rows) - len(none_texts)
    model = LogisticRegression(C=1 / _PENALTY, class_weight="balanced", max_iter=500)
    weights = np.ones(len(rows))
    weights[len(chosen) : len(chosen) + len(terse[0])] = _TERSE_WEIGHT
    model.fit(np.hstack([rows, signs]), labels, weights)
    return Telling(model.coef_[0].astype(np.float32), float(model.intercept_[0]))


def _reads_like_one(statement: Statement) -> bool:
    return statement.kind in {EXAMPLE, POINT} or statement.imperative
