"""Learn from decisions how this company's reviewers map, and move the ranking towards them.

First comes what the kin of each control is mapped to, see `kinship`. What the reviewers then still decided
otherwise than expected (the residuals) is carried over to controls that are alike in meaning. How much of
that to believe is fitted on the decisions themselves, each seen as if it had not been made; so is how far
apart the criteria of a control should be, and how often these reviewers agree where no doubt is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from copilot.domain.criteria import CRITERION_IDS
from copilot.mapping.calibration import AGREEMENT
from copilot.mapping.features import PLACE, log_softmax
from copilot.mapping.kinship import Kinship

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from copilot.domain.controls import Control, ControlId
    from copilot.domain.criteria import CriterionId
    from copilot.mapping.calibration import Calibration

FEWEST: Final = 3
"""Decided controls from which on there is something to learn."""

_EVERYWHERE: Final = 0.03
"""What any two controls of a company have in common: how often its reviewers name a criterion."""

_SHARPNESS: Final = 4
"""Likeness in meaning counts with this power, so that only what is close counts."""

_NOISE: Final = 0.5
_SCALE: Final = 5.0
_DOUBT: Final = 1.0
"""How hard it is to believe what is carried over."""

_PULLS: Final = np.linspace(0, 2, 81)
"""How much of it may be believed."""

_TRUSTS: Final = np.linspace(0.4, 1.6, 61)
"""How much farther apart, or closer, criteria may be moved."""

_STEADINESS: Final = 40.0
"""How hard it is to move them so: with few decisions the catalog's distances are the better guess."""

_USUAL: Final = 20.0
"""Decided controls that weigh as much as what is usual among firms."""

_MOST_AGREEMENT: Final = 0.98
"""However many decisions agree, the next may not."""


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
        right = _rights(decided)
        named = right / np.maximum(right.sum(1, keepdims=True), 1)
        self._kinship = Kinship([one.control.id for one in decided], named, np.exp(shares).mean(0))
        expected = log_softmax(shares + self._kinship.unseen)
        self._vectors = vectors
        alike = self._alike(vectors)
        inverse = np.linalg.inv(alike + _NOISE * np.eye(len(decided)))
        residuals = _residuals(decided, calibration.of(np.exp(expected)))
        self._carried = inverse @ residuals
        unseen = _SCALE * (residuals - self._carried / np.diag(inverse)[:, None])
        known = right.any(1)
        self._pull = _fit_pull(expected[known], unseen[known], right[known])
        moved = log_softmax(expected + self._pull * unseen)
        self._trust = _fit_trust(moved[known], named[known])
        foreseen = np.exp(log_softmax(self._trust * moved))
        self.agreement = _fit_agreement(decided, calibration.of(foreseen, agreement=1.0))
        """How often these reviewers agree where no doubt is left; see `AGREEMENT`."""

    def moved(
        self,
        controls: Sequence[ControlId],
        vectors: NDArray[np.float32],
        shares: NDArray[np.float32],
    ) -> NDArray[np.float32]:
        """Return the logarithms of the shares, moved towards what the reviewers decide."""
        carried = _SCALE * (self._alike(vectors) @ self._carried)
        moved = shares + self._kinship.of(controls) + self._pull * carried
        return log_softmax(self._trust * moved)

    def _alike(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        near = np.clip(vectors @ self._vectors.T, 0, 1).astype(np.float64) ** _SHARPNESS
        return np.asarray(near + _EVERYWHERE)


def _rights(decided: Sequence[Decided]) -> NDArray[np.float64]:
    rights = np.zeros((len(decided), len(CRITERION_IDS)))
    for row, one in enumerate(decided):
        rights[row, [PLACE[criterion] for criterion in one.right]] = 1
    return rights


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


def _fit_pull(
    expected: NDArray[np.float32], unseen: NDArray[np.float64], right: NDArray[np.float64]
) -> float:
    """Return how much of what is carried over to believe, so that a right criterion comes first.

    Whichever of a control's right ones: that the others come soon after is not asked for here.
    """
    if not len(right):
        return 1.0
    missed = [
        -float(np.log((np.exp(log_softmax(expected + pull * unseen)) * right).sum(1)).sum())
        for pull in _PULLS
    ]
    return float(_PULLS[int(np.argmin(missed + _DOUBT * _PULLS**2))])


def _fit_trust(moved: NDArray[np.float32], named: NDArray[np.float64]) -> float:
    """Return how far apart the criteria of a control should be for these reviewers; no order changes."""
    missed = [-float((log_softmax(trust * moved) * named).sum()) for trust in _TRUSTS]
    return float(_TRUSTS[int(np.argmin(missed + _STEADINESS * (_TRUSTS - 1) ** 2))])
