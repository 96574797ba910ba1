"""Learn from decisions how this company's reviewers map, and move the ranking towards them.

What the reviewers decided otherwise than suggested (the residuals) is carried over to controls that
are like the decided ones: in meaning, or by the family that their ids tell (`AC-03` and `AC-07`). How
much of it to believe is fitted on the decisions themselves, each seen as if it had not been made; so is how
often these reviewers agree where no doubt is left.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from copilot.domain.criteria import CRITERION_IDS
from copilot.mapping.calibration import AGREEMENT
from copilot.mapping.features import PLACE, log_softmax

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from copilot.domain.controls import Control, ControlId
    from copilot.domain.criteria import CriterionId
    from copilot.mapping.calibration import Calibration

FEWEST: Final = 3
"""Decided controls from which on there is something to learn."""

_EVERYWHERE: Final = 0.1
"""What any two controls of a company have in common: how often its reviewers name a criterion."""

_FAMILY: Final = 0.5
_DEEPEST: Final = 3
_NOISE: Final = 0.5
_SERIES: Final = 1.0
_SCALE: Final = 5.0
_DOUBT: Final = 1.0
"""How hard it is to move away from the catalog's ranking."""

_LEAST_TRUST: Final = 0.2
_USUAL: Final = 20.0
"""Decided controls that weigh as much as what is usual among firms."""

_MOST_AGREEMENT: Final = 0.98
"""However many decisions agree, the next may not."""

_TOKEN: Final = re.compile(r"[a-z]+|\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What reviewers decided about one control."""

    control: Control
    right: tuple[CriterionId, ...] = ()
    """Accepted, or named instead of a suggestion."""
    wrong: tuple[CriterionId, ...] = ()
    """Rejected."""
    complete: bool = True
    """Whether they decided on all that was proposed for it, so that the right ones are all there are."""


class Adaptation:
    """What was learned from decisions."""

    def __init__(
        self,
        decided: Sequence[Decided],
        vectors: NDArray[np.float32],
        shares: NDArray[np.float32],
        calibration: Calibration,
    ) -> None:
        """Learn.

        Args:
            decided: The decisions, at least `FEWEST`.
            vectors: Those of the controls.
            shares: The logarithms of the catalog's shares for them.
            calibration: Says how likely the catalog holds each criterion by its share.
        """
        self._ids = [one.control.id for one in decided]
        self._vectors = vectors
        residuals = _residuals(decided, calibration.of(np.exp(shares)))
        residuals += _SERIES * (residuals @ _same_series())
        alike = self._alike(self._ids, vectors)
        inverse = np.linalg.inv(alike + _NOISE * np.eye(len(decided)))
        self._carried = inverse @ residuals
        unseen = residuals - self._carried / np.diag(inverse)[:, None]
        seen = np.stack([shares, _SCALE * unseen], axis=2)
        fitted = [at for at, one in enumerate(decided) if one.right]
        self._trust = _fit_trust(seen[fitted], [decided[at].right for at in fitted])
        foreseen = np.exp(log_softmax(seen @ np.array(self._trust)))
        self.agreement = _fit_agreement(decided, calibration.of(foreseen, agreement=1.0))
        """How often these reviewers agree where no doubt is left; see `AGREEMENT`."""

    def moved(
        self,
        controls: Sequence[ControlId],
        vectors: NDArray[np.float32],
        shares: NDArray[np.float32],
    ) -> NDArray[np.float32]:
        """Return the logarithms of the shares, moved towards what the reviewers decide."""
        carried = self._alike(controls, vectors) @ self._carried
        trust, pull = self._trust
        return log_softmax(np.asarray(trust * shares + pull * _SCALE * carried, dtype=np.float32))

    def _alike(self, ids: Sequence[ControlId], vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        near = np.clip(vectors @ self._vectors.T, 0, 1).astype(np.float64) ** 2
        families = _families(ids, self._ids)
        return np.asarray(near + _EVERYWHERE + _FAMILY * families)


def _residuals(decided: Sequence[Decided], confidences: NDArray[np.float32]) -> NDArray[np.float64]:
    residuals = np.zeros((len(decided), len(CRITERION_IDS)))
    for row, one in enumerate(decided):
        right = [PLACE[criterion] for criterion in one.right]
        wrong = [PLACE[criterion] for criterion in one.wrong]
        if right and one.complete:
            # Whoever names the right ones has seen that the others are not.
            residuals[row] = -confidences[row]
        else:
            seen = [*right, *wrong]
            residuals[row, seen] = -confidences[row, seen]
        residuals[row, right] += 1
    return residuals


def _fit_agreement(decided: Sequence[Decided], likely: NDArray[np.float32]) -> float:
    """Return how often the first criteria were right for each time that they should have been.

    Args:
        decided: The decisions.
        likely: How likely each criterion was before they were known, where everybody agrees.
    """
    right, expected = AGREEMENT * _USUAL, _USUAL
    for one, row in zip(decided, likely, strict=True):
        first = CRITERION_IDS[int(row.argmax())]
        if first in one.right or first in one.wrong or (one.right and one.complete):
            right += first in one.right
            expected += float(row.max())
    return min(_MOST_AGREEMENT, right / expected)


def _same_series() -> NDArray[np.float64]:
    """Return for each two criteria of a series how much of the one the other is given."""
    series = np.array([criterion.partition(".")[0] for criterion in CRITERION_IDS])
    same = (series[:, None] == series[None, :]).astype(np.float64)
    return np.asarray(same / same.sum(1))


def _families(ids: Sequence[str], others: Sequence[str]) -> NDArray[np.float64]:
    """Return how far ids begin alike, numbers left out, from 0 to 1."""
    left = [_family(one) for one in ids]
    right = [_family(one) for one in others]
    known: dict[tuple[tuple[str, ...], tuple[str, ...]], float] = {}
    for first in set(left):
        for second in set(right):
            known[first, second] = _depth(first, second) / _DEEPEST
    return np.array([[known[first, second] for second in right] for first in left]).reshape(
        len(left), len(right)
    )


def _family(id_: str) -> tuple[str, ...]:
    words: list[str] = []
    for token in _TOKEN.findall(id_.lower()):
        if token.isdigit() or len(words) == _DEEPEST:
            break
        words.append(token)
    return tuple(words)


def _depth(first: Sequence[str], second: Sequence[str]) -> int:
    depth = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        depth += 1
    return depth


def _fit_trust(
    seen: NDArray[np.float64], right: Sequence[Sequence[CriterionId]]
) -> tuple[float, float]:
    """Return how much to believe the catalog, and how much the decisions."""
    from scipy.optimize import minimize  # noqa: PLC0415  .3 s, only to learn

    if not right:
        return 1.0, 1.0
    wanted = np.zeros(seen.shape[:2])
    for row, criteria in enumerate(right):
        wanted[row, [PLACE[one] for one in criteria]] = 1 / len(criteria)
    usual = np.array([1.0, 0.0])

    def loss(trust: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        shares = log_softmax(seen @ trust).astype(np.float64)
        away = trust - usual
        missed = np.exp(shares) - wanted
        slope = np.einsum("nc,ncp->p", missed, seen) + 2 * _DOUBT * away
        return -float((wanted * shares).sum()) + _DOUBT * float(away @ away), slope

    found = minimize(
        loss, usual, jac=True, method="L-BFGS-B", bounds=[(_LEAST_TRUST, None), (0, None)]
    )
    return float(found.x[0]), float(found.x[1])
