"""Shares to confidences, and how well confidences keep what they say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

AGREEMENT: Final = 0.9
"""How often another firm names a criterion for a control where this catalog leaves no doubt.

The catalog has one author, and held-out examples are labelled as he labels. Others put a penetration
test under CC4.1 where he has CC7.1, so what he is sure of is right less often than his own examples
say. That cannot be learned from him; it is the one figure here that is an estimate of other people's
mappings, and it is rounded."""

LISTED: Final = 10
"""Suggestions of a control that the calibration is made for."""

MOST_DECIDED: Final = 4
_BINS: Final = 10
_SMALLEST: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Calibration:
    """Turns a criterion's share into how likely it is to be right: a straight line between log odds.

    The first criterion of a control has a line of its own, since the same share says more of it.
    """

    slope: float
    start: float
    first_slope: float
    first_start: float
    propose: float
    """The least confidence at which a second criterion is proposed."""

    def of(
        self, shares: NDArray[np.float32], *, agreement: float = AGREEMENT
    ) -> NDArray[np.float32]:
        """Return the confidences of all criteria of each control; they keep the order of the shares.

        Args:
            shares: A row for each control.
            agreement: How often this company agrees where the catalog leaves no doubt.
        """
        sure = _likely(self.slope, self.start, shares)
        rows, first = np.arange(len(sure)), shares.argmax(1)
        own = _likely(self.first_slope, self.first_start, shares[rows, first])
        # Its line is the steeper one, and where nothing is likely it must not fall below the second.
        sure[rows, first] = -1.0
        sure[rows, first] = np.maximum(own, sure.max(1))
        return np.asarray(agreement * sure, dtype=np.float32)


def fit_calibration(shares: NDArray[np.float32], right: NDArray[np.bool_]) -> Calibration:
    """Learn from held-out controls: each one's shares, and which criteria are right for it.

    Two figures a line rather than steps (isotonic): steps fit the catalog's examples better and other
    people's controls worse.
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  1 s, only to learn

    best = np.argsort(-shares, axis=1, kind="stable")[:, :LISTED]
    seen = np.take_along_axis(shares, best, 1)
    truth = np.take_along_axis(right, best, 1)
    lines: list[float] = []
    for columns in (slice(1, None), slice(1)):
        fitted = LogisticRegression(C=100)
        fitted.fit(_log_odds(seen[:, columns]).reshape(-1, 1), truth[:, columns].ravel())
        lines += float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
    slope, start, first_slope, first_start = lines
    calibration = Calibration(slope, start, first_slope, first_start, propose=1.0)
    return replace(calibration, propose=_best_threshold(calibration.of(seen), truth, right))


def _likely(slope: float, start: float, shares: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-(slope * _log_odds(shares) + start))))


def _log_odds(shares: NDArray[np.float32]) -> NDArray[np.float64]:
    inner = np.clip(shares.astype(np.float64), _SMALLEST, 1 - _SMALLEST)
    return np.asarray(np.log(inner / (1 - inner)))


def _best_threshold(
    confidence: NDArray[np.float32], truth: NDArray[np.bool_], right: NDArray[np.bool_]
) -> float:
    """Return from which confidence on proposing finds most with fewest mistakes (F1)."""
    first = np.arange(confidence.shape[1]) == 0
    few = np.arange(confidence.shape[1]) < MOST_DECIDED
    scored = []
    for at in np.arange(0.1, 0.7, 0.02):
        proposed = ((confidence >= at) & few) | first
        hits = (proposed & truth).sum()
        scored.append((2 * hits / (proposed.sum() + right.sum()), float(at)))
    return max(scored)[1]


@dataclass(frozen=True, slots=True)
class Bin:
    """Suggestions of nearly one confidence."""

    confidence: float
    right: float
    many: int


def reliability(confidences: Sequence[float], right: Sequence[bool]) -> list[Bin]:
    """Return ten bins of equal width, without the empty ones."""
    sure = np.asarray(confidences, dtype=float)
    truth = np.asarray(right, dtype=float)
    place = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    return [
        Bin(float(sure[place == at].mean()), float(truth[place == at].mean()), int(among.sum()))
        for at in range(_BINS)
        if (among := place == at).any()
    ]


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return the expected calibration error: how far confidence and truth lie apart on average."""
    total = sum(one.many for one in bins)
    return sum(abs(one.confidence - one.right) * one.many for one in bins) / total if total else 0.0
