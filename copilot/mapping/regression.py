"""Softmax regression on rows that may belong to several criteria, in a few steps of L-BFGS.

scikit-learn's takes one label for each row, so that a control of three criteria stands there three
times, and the optimiser behind it spends four fifths of its time on its own bookkeeping at 700,000
weights: 20 seconds where this takes two.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

import numpy as np

from copilot.mapping.features import Linear, log_softmax

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

_REMEMBERED: Final = 6
_ENOUGH: Final = 1e-4
_SHORTEST: Final = 1e-6


def softmax_regression(
    rows: NDArray[np.float32] | csr_matrix,
    wanted: NDArray[np.float32],
    *,
    penalty: float,
    steps: int,
) -> Linear:
    """Return weights under which each row's wanted criteria have the largest shares.

    Args:
        rows: What is known of each text.
        wanted: How much each criterion counts for each text; nothing where it does not serve it.
        penalty: On the square of the weights; none on where the scores start from.
        steps: After how many to stop. Few: the weights of rare words grow last, and they are what
            would be learned by heart.
    """
    turned = rows.T.tocsr() if hasattr(rows, "tocsr") else rows.T
    links = wanted.sum(1, keepdims=True)
    width, many = rows.shape[1], wanted.shape[1]

    def loss(flat: NDArray[np.float32]) -> tuple[float, NDArray[np.float32]]:
        weights, start = flat[: width * many].reshape(width, many), flat[width * many :]
        shares = log_softmax(rows @ weights + start)
        missed = np.exp(shares) * links - wanted
        slope = turned @ missed + penalty * weights
        value = -float((wanted * shares).sum()) + 0.5 * penalty * float((weights * weights).sum())
        return value, np.concatenate([slope.ravel(), missed.sum(0)])

    found = minimise(loss, np.zeros(width * many + many, dtype=np.float32), steps=steps)
    return Linear(found[: width * many].reshape(width, many), found[width * many :])


def minimise(
    loss: Callable[[NDArray[np.float32]], tuple[float, NDArray[np.float32]]],
    at: NDArray[np.float32],
    *,
    steps: int,
) -> NDArray[np.float32]:
    """Return where a smooth convex loss is nearly least (L-BFGS, halving steps that overshoot)."""
    value, slope = loss(at)
    seen: deque[tuple[NDArray[np.float32], NDArray[np.float32]]] = deque(maxlen=_REMEMBERED)
    first = 1.0 / max(float(np.abs(slope).max()), 1.0)
    for step in range(steps):
        way = _downhill(slope, seen)
        length = first if step == 0 else 1.0
        enough = 1e-4 * float(way @ slope)
        new_value, new_slope = loss(at + length * way)
        while new_value > value + length * enough:
            length /= 2
            if length < _SHORTEST:
                return at
            new_value, new_slope = loss(at + length * way)
        moved, bent = length * way, new_slope - slope
        if float(moved @ bent) > 0:
            seen.append((moved, bent))
        gained, at, value, slope = value - new_value, at + moved, new_value, new_slope
        if gained < _ENOUGH * abs(value):
            break
    return at


def _downhill(
    slope: NDArray[np.float32], seen: deque[tuple[NDArray[np.float32], NDArray[np.float32]]]
) -> NDArray[np.float32]:
    way = -slope
    shares = []
    for moved, bent in reversed(seen):
        share = float(moved @ way) / float(moved @ bent)
        shares.append(share)
        way -= share * bent
    if seen:
        moved, bent = seen[-1]
        way *= float(moved @ bent) / float(bent @ bent)
    for (moved, bent), share in zip(seen, reversed(shares), strict=True):
        way += (share - float(bent @ way) / float(moved @ bent)) * moved
    return way
