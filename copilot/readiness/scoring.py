"""The readiness score, with its formula in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from copilot.readiness.coverage import CoverageStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from copilot.domain.criteria import Category
    from copilot.readiness.coverage import CriterionCoverage

FORMULA: Final = (
    "score = (criteria met + ½ × criteria partly met) ÷ criteria in scope; "
    "met: every control that serves the criterion has a record for every time that counts"
)
"""Half for partly met: a control without a full set of records is more than none, and how much more no
count can say. Whoever wants the strict share reads `met` beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How ready a category is, or all of them together."""

    category: Category | None
    """Nothing for the whole."""
    met: int
    partly: int
    gaps: int

    @property
    def in_scope(self) -> int:
        """How many criteria count."""
        return self.met + self.partly + self.gaps

    @property
    def value(self) -> float:
        """The score from 0 to 1; 0 where nothing is in scope."""
        return (self.met + 0.5 * self.partly) / self.in_scope if self.in_scope else 0.0


def scores(covered: Sequence[CriterionCoverage]) -> list[Score]:
    """Return the score of the whole, then of each category in scope."""
    counted = [one for one in covered if one.status is not CoverageStatus.NOT_IN_SCOPE]
    categories = list(dict.fromkeys(one.category for one in counted))
    return [
        _score(None, counted),
        *(_score(name, [c for c in counted if c.category is name]) for name in categories),
    ]


def _score(category: Category | None, covered: Iterable[CriterionCoverage]) -> Score:
    statuses = [one.status for one in covered]
    return Score(
        category=category,
        met=statuses.count(CoverageStatus.MET),
        partly=statuses.count(CoverageStatus.PARTLY),
        gaps=statuses.count(CoverageStatus.GAP),
    )
