"""What the families of a company's controls are about, told from the decided ones by their ids.

Companies number their controls by topic: `IAM-03` and `IAM-07`, `A.5.1.2` and `A.5.1.4`, `cp-access-mfa`
and `cp-access-sso`; where there are only numbers, neighbours in the list belong together. Whoever maps
them keeps families together more than their texts alone would tell. How much this company does so is
inferred from its decisions: where its families tell nothing, next to nothing is made of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from copilot.domain.criteria import CRITERION_IDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from copilot.domain.controls import ControlId
    from copilot.domain.criteria import CriterionId

    _Tokens = tuple[str, ...]

_DEEPEST: Final = 4
"""Parts of an id that are looked at."""

_NEIGHBOURS: Final = 4
"""How far apart the numbers of controls may be that stand near each other in a list."""

_LONGEST_NUMBER: Final = 9
"""Digits; a longer one is a name."""

_USUAL: Final = 10.0
"""Decided controls that weigh as much as what the catalog expects of a company."""

_EVENLY: Final = 0.1
"""Which part of what is expected is spread over all criteria alike."""

_SIZES: Final = tuple(2.0**power for power in range(-1, 8))
"""How many decided controls of a family it takes to believe it half: from families that are all of one
kind to such that mean nothing."""

_SERIES_COUNTS: Final = 0.9
"""By Bayes' rule it would be 1, were a text and its family two witnesses that never spoke to each other."""

_CRITERION_COUNTS: Final = 0.3
"""Lower: families that go through the criteria of a series one by one are as common as those that repeat
one. This and the figure above were chosen on companies simulated from the catalog's examples."""

_TOKEN: Final = re.compile(r"[^\W\d_]+|\d+")


def _series(criterion: CriterionId) -> str:
    series = criterion.partition(".")[0]
    # Privacy is one topic in eight series, and companies keep it in one family.
    return series.rstrip("12345678") if series.startswith("P") else series


_SERIES: Final = [_series(one) for one in CRITERION_IDS]
_MEMBERS: Final = np.array(
    [[float(one == name) for name in dict.fromkeys(_SERIES)] for one in _SERIES]
)
"""Which criterion is of which series."""


class Kinship:
    """What was decided for the kin of each control."""

    def __init__(
        self,
        ids: Sequence[ControlId],
        right: NDArray[np.float64],
        expected: NDArray[np.float64],
    ) -> None:
        """Learn how far families go.

        Args:
            ids: Those of the decided controls, two at least.
            right: The share of each criterion in what was decided for each; zeros where no criterion is
                known to be right.
            expected: How much of each criterion the catalog sees in these controls; adds up to one.
        """
        self._places = _Places(ids)
        self._right = right
        self._expected = (1 - _EVENLY) * expected + _EVENLY / len(CRITERION_IDS)
        depths = self._places.depths(ids)
        np.fill_diagonal(depths, -1)
        series, criteria = self._views(depths)
        self._believed = (_believed(series, right @ _MEMBERS), _believed(criteria, right))
        self.unseen = self._told(series, criteria)
        """What kin alone tells of each decided control: for each criterion how much likelier it is, as a
        logarithm."""

    def of(self, ids: Sequence[ControlId]) -> NDArray[np.float64]:
        """Return the same for other controls."""
        return self._told(*self._views(self._places.depths(ids)))

    def _views(self, depths: NDArray[np.int64]) -> tuple[_View, _View]:
        """Return what is decided around each control: of series, and of criteria within theirs."""
        everyone = (depths >= 0).astype(float)
        known = everyone @ self._right + _USUAL * self._expected
        root = known / known.sum(1, keepdims=True)
        root_series = root @ _MEMBERS
        series, criteria = _View(root_series), _View(root / (root_series @ _MEMBERS.T))
        wider = everyone.sum(1, keepdims=True)
        for depth in range(1, int(depths.max(initial=0)) + 1):
            kin = (depths >= depth).astype(float)
            many = kin.sum(1, keepdims=True)
            # Those who stand as near as the wider family does say nothing for a second time.
            counts = np.where(many < wider, kin @ self._right, 0.0)
            by_series = counts @ _MEMBERS
            series.add(by_series, by_series.sum(1, keepdims=True))
            criteria.add(counts, by_series @ _MEMBERS.T)
            wider = many
        return series, criteria

    def _told(self, series: _View, criteria: _View) -> NDArray[np.float64]:
        by_series, by_criterion = self._believed
        return np.asarray(
            _SERIES_COUNTS * series.gained(by_series) @ _MEMBERS.T
            + _CRITERION_COUNTS * criteria.gained(by_criterion)
        )


class _View:
    """What is decided in ever closer families of each control, from the whole company on."""

    def __init__(self, root: NDArray[np.float64]) -> None:
        self.root = root
        self._closer: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []

    def add(self, counts: NDArray[np.float64], totals: NDArray[np.float64]) -> None:
        """Add a closer family: how much of each kind it has, of how much."""
        self._closer.append((counts, totals))

    def shares(self, size: float) -> NDArray[np.float64]:
        """Return what to expect where a family of that size is believed as much as the wider one."""
        found = self.root
        for counts, totals in self._closer:
            found = (counts + size * found) / (totals + size)
        return found

    def gained(self, believed: Sequence[float]) -> NDArray[np.float64]:
        """Return how much more of each kind to expect than of the company, as a logarithm.

        Args:
            believed: How likely each of `_SIZES` is.
        """
        expected = sum(
            much * self.shares(size) for much, size in zip(believed, _SIZES, strict=True)
        )
        return np.asarray(np.log(expected / self.root))


def _believed(view: _View, right: NDArray[np.float64]) -> list[float]:
    """Return how likely each of `_SIZES` is, where each control is foretold from the others."""
    fits = np.array([float((right * np.log(view.shares(size))).sum()) for size in _SIZES])
    likely = np.exp(fits - fits.max())
    return [float(one) for one in likely / likely.sum()]


class _Places:
    """Where decided controls stand in their list, as their ids tell."""

    def __init__(self, ids: Sequence[ControlId]) -> None:
        self._codes: dict[_Tokens, int] = {}
        for one in ids:
            tokens = _tokens(one)
            for beginning in (*_beginnings(tokens), tokens[:-1]):
                self._codes.setdefault(beginning, len(self._codes))
        self._own = self._coded(ids, unknown=-1)

    def depths(self, ids: Sequence[ControlId]) -> NDArray[np.int64]:
        """Return how near each control stands to each decided one: 0 for any two, more for kin."""
        own, others = self._own, self._coded(ids, unknown=-2)
        found = np.zeros((len(others.lists), len(own.lists)), dtype=np.int64)
        for depth in range(_DEEPEST):
            found += others.paths[:, None, depth] == own.paths[None, :, depth]
        beside = np.abs(others.numbers[:, None] - own.numbers[None, :]) <= _NEIGHBOURS
        found += beside & (others.lists[:, None] == own.lists[None, :])
        return np.minimum(found, _DEEPEST)

    def _coded(self, ids: Sequence[ControlId], *, unknown: int) -> _Coded:
        paths = np.full((len(ids), _DEEPEST), unknown)
        lists, numbers = np.full(len(ids), unknown), np.zeros(len(ids), dtype=np.int64)
        for row, one in enumerate(ids):
            tokens = _tokens(one)
            for depth, beginning in enumerate(_beginnings(tokens)):
                paths[row, depth] = self._codes.get(beginning, unknown)
            if tokens and tokens[-1].isdecimal() and len(tokens[-1]) <= _LONGEST_NUMBER:
                lists[row] = self._codes.get(tokens[:-1], unknown)
                numbers[row] = int(tokens[-1])
        return _Coded(paths, lists, numbers)


@dataclass(frozen=True, slots=True)
class _Coded:
    paths: NDArray[np.int64]
    """A number for how each id begins: one part of it, two parts and so on."""
    lists: NDArray[np.int64]
    """A number for all of the id but the number at its end."""
    numbers: NDArray[np.int64]
    """The number at its end."""


def _tokens(id_: str) -> _Tokens:
    return tuple(_TOKEN.findall(id_.lower()))


def _beginnings(tokens: _Tokens) -> list[_Tokens]:
    return [tokens[:many] for many in range(1, min(len(tokens), _DEEPEST) + 1)]
