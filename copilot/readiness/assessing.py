"""Put coverage, score and tasks together: how ready the company is today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from copilot.readiness.coverage import CoverageStatus, coverage
from copilot.readiness.scoring import scores
from copilot.readiness.tasks import tasks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from copilot.domain.controls import Control
    from copilot.domain.criteria import Catalog
    from copilot.domain.documents import Source
    from copilot.readiness.coverage import CriterionCoverage, Scope
    from copilot.readiness.scoring import Score
    from copilot.readiness.tasks import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """How ready a company is, and what to do first."""

    company: str
    scope: Scope
    on: date
    covered: tuple[CriterionCoverage, ...]
    scores: tuple[Score, ...]
    """The whole first, then each category in scope."""
    tasks: tuple[Task, ...]
    controls: int
    unmapped: tuple[Control, ...] = ()
    """Controls that serve no criterion yet."""

    @property
    def in_scope(self) -> tuple[CriterionCoverage, ...]:
        """The criteria that count."""
        return tuple(one for one in self.covered if one.status is not CoverageStatus.NOT_IN_SCOPE)


def assess(
    catalog: Catalog,
    controls: Sequence[Control],
    sources: Iterable[Source],
    *,
    scope: Scope,
    company: str,
    on: date,
) -> Readiness:
    """Return how ready a company is.

    Args:
        catalog: The criteria.
        controls: The company's controls with the criteria that they are declared or accepted for.
        sources: Policies and evidence that the reader may see.
        scope: What the report will cover.
        company: Its name.
        on: The day on which this is asked, from which tasks are due.
    """
    covered = coverage(catalog, controls, sources, scope=scope)
    return Readiness(
        company=company,
        scope=scope,
        on=on,
        covered=tuple(covered),
        scores=tuple(scores(covered)),
        tasks=tuple(tasks(covered, catalog, today=on)),
        controls=len(controls),
        unmapped=tuple(one for one in controls if not one.criteria),
    )
