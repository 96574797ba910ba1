"""Put coverage, score and tasks together: how ready the company is today."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from copilot.readiness.coverage import CoverageStatus, coverage
from copilot.readiness.scoring import scores
from copilot.readiness.tasks import finding_tasks, tasks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from copilot.domain.controls import Control
    from copilot.domain.criteria import Catalog, CriterionId
    from copilot.domain.decisions import MappingDecision
    from copilot.domain.documents import Source
    from copilot.domain.findings import Finding
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
    series: Mapping[str, str] = field(default_factory=dict)
    """What each series of criteria is about, by what stands before the dot: `CC6`."""

    in_doubt: tuple[MappingDecision, ...] = ()
    """Accepted mappings that count, and whose control says something else than it did then."""

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
    in_doubt: Sequence[MappingDecision] = (),
    findings: Sequence[Finding] = (),
    touched: Mapping[CriterionId, Collection[str]] | None = None,
) -> Readiness:
    """Return how ready a company is.

    Args:
        catalog: The criteria.
        controls: The company's controls with the criteria that they are declared or accepted for.
        sources: Policies and evidence that the reader may see.
        scope: What the report will cover.
        company: Its name.
        on: The day on which this is asked, from which tasks are due.
        in_doubt: Accepted mappings whose control has changed since.
        findings: The auditor's findings, whose open actions are tasks as well.
        touched: For each criterion the points of focus that its controls speak to.
    """
    covered = coverage(catalog, controls, sources, scope=scope, touched=touched)
    owners = {one.id: one.owner for one in controls}
    found = [
        *tasks(covered, catalog, today=on),
        *finding_tasks(findings, owners=owners, today=on),
    ]
    return Readiness(
        company=company,
        scope=scope,
        on=on,
        covered=tuple(covered),
        scores=tuple(scores(covered)),
        tasks=tuple(sorted(found, key=lambda one: (one.rank, one.what))),
        controls=len(controls),
        unmapped=tuple(one for one in controls if not one.criteria),
        in_doubt=tuple(in_doubt),
        series={
            one.id.partition(".")[0]: catalog.series_of(one.id).title for one in catalog.criteria
        },
    )
