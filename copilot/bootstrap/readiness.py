"""Wire readiness: the company's controls from its files, its sources from the truth."""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from copilot.bootstrap import review
from copilot.bootstrap.controls import (
    control_encoder,
    lists_stamp,
    readable_controls,
    readable_lists,
)
from copilot.computed_once import ComputedOnce
from copilot.domain.documents import SourceKind

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from copilot.bootstrap.process import Copilot
    from copilot.domain.access import Principal
    from copilot.domain.criteria import Category, CriterionId
    from copilot.domain.documents import Source
    from copilot.domain.findings import Finding
    from copilot.domain.periods import Period
    from copilot.readiness.assessing import Readiness
    from copilot.readiness.coverage import CriterionCoverage, Scope

_KEPT: Final = 32
"""Readings of readiness that are kept: one for each group of audiences, period and scope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What somebody wants to know the readiness for; what is left out is as the settings have it."""

    period: Period | None = None
    categories: frozenset[Category] = frozenset()


class ReadinessDesk:
    """The readiness of one workspace for many people at once; may be used from any thread.

    What was found is kept until something changes that it rests on.
    """

    def __init__(self, copilot: Copilot) -> None:
        self._copilot = copilot
        self._found: ComputedOnce[Readiness] = ComputedOnce(_KEPT)

    def readiness(
        self, question: Question, *, principal: Principal, points: bool = True
    ) -> Readiness:
        """Return how ready the company is, by what somebody may read.

        An auditor is told what is covered and by what, and not what the company has yet to do about it.

        Args:
            question: For which period and scope.
            principal: Who asks.
            points: Say which points of focus are spoken to; it takes seconds the first time.

        Raises:
            InvalidControls, InvalidFinding: A file of the workspace cannot be used.
        """
        key = (question, points, principal.audits, *self._state(principal))
        return self._found.get(key, lambda: self._assessed(question, principal, points))

    def criterion(
        self, id_: CriterionId, question: Question, *, principal: Principal
    ) -> CriterionCoverage:
        """Return one criterion with the points of focus that its controls speak to.

        Raises:
            InvalidControls, InvalidFinding: A file of the workspace cannot be used.
        """
        from copilot.mapping.touching import touched_points

        found = self.readiness(question, principal=principal, points=False)
        one = next(each for each in found.covered if each.id == id_)
        controls = [replace(each.control, criteria=(id_,)) for each in one.controls]
        copilot = self._copilot
        reached = touched_points(copilot.catalog, controls, control_encoder(copilot))
        points = (*one.touched, *one.untouched)
        touched = [point for point in points if point in reached.get(id_, ())]
        untouched = [point for point in points if point not in touched]
        return replace(one, touched=tuple(touched), untouched=tuple(untouched))

    def is_partial(self, principal: Principal) -> bool:
        """Say whether there are records that somebody may not read, and that count for nothing then."""
        return principal.audits or not self._copilot.truth.audiences() <= principal.audiences

    def _assessed(self, question: Question, principal: Principal, points: bool) -> Readiness:
        found = assess_workspace(
            self._copilot,
            principal=principal,
            period=question.period,
            categories=tuple(question.categories),
            points=points,
        )
        return replace(found, tasks=()) if principal.audits else found

    def _state(self, principal: Principal) -> tuple[Hashable, ...]:
        """Return what is another whenever readiness may be."""
        copilot = self._copilot
        return (
            # What is said about a source may change without a change of the indexes.
            tuple(copilot.truth.sources(principal=principal)),
            readable_lists(copilot, principal=principal),
            lists_stamp(copilot),
            review.mapping_store(copilot).newest(),
            _findings_stamp(copilot),
            datetime.now(UTC).date(),
        )


def _findings_stamp(copilot: Copilot) -> tuple[tuple[str, int], ...]:
    found: list[tuple[str, int]] = []
    for path in sorted((copilot.workspace.root / "findings").glob("**/*.y*ml")):
        # One that was just put away is no longer a finding.
        with contextlib.suppress(FileNotFoundError):
            found.append((str(path), path.stat().st_mtime_ns))
    return tuple(found)


def assess_workspace(
    copilot: Copilot,
    *,
    principal: Principal,
    period: Period | None = None,
    categories: Sequence[Category] = (),
    points: bool = True,
) -> Readiness:
    """Return how ready the company of a workspace is.

    Args:
        copilot: The workspace, wired.
        principal: Who asks; sources and lists that they may not read count for nothing.
        period: The audit period, in place of the setting.
        categories: Those in scope, in place of the setting.
        points: Say which points of focus the controls speak to; without it none is said to be.

    Raises:
        InvalidControls: A list of controls cannot be read, or two of them have the same id.
        InvalidFinding: A file of findings/ that describes a finding cannot be used.
    """
    from copilot.domain.decisions import accepted
    from copilot.mapping.touching import touched_points
    from copilot.readiness.assessing import assess
    from copilot.readiness.coverage import with_mappings
    from copilot.review.mappings import in_doubt

    listed = readable_controls(copilot, principal=principal)
    decisions = review.mapping_store(copilot).decisions()
    sources = copilot.truth.sources(principal=principal)
    controls = with_mappings(listed, accepted(decisions))
    return assess(
        copilot.catalog,
        controls,
        sources,
        scope=_scope(copilot, period, categories),
        company=copilot.settings.company,
        on=datetime.now(UTC).date(),
        in_doubt=in_doubt(listed, decisions),
        findings=_findings(copilot, sources),
        touched=touched_points(copilot.catalog, controls, control_encoder(copilot))
        if points
        else None,
    )


def _scope(copilot: Copilot, period: Period | None, categories: Sequence[Category]) -> Scope:
    from copilot.readiness.coverage import AuditType, Scope

    settings = copilot.settings
    one_date = settings.audit_type.lower() in {"type i", "type 1"}
    return Scope(
        categories=frozenset(categories or settings.categories),
        audit_type=AuditType.TYPE_I if one_date else AuditType.TYPE_II,
        period=period or settings.period,
    )


def _findings(copilot: Copilot, sources: Iterable[Source]) -> list[Finding]:
    """Return the auditor's findings among the sources.

    A file without `control` or `criterion` is a document about findings, and describes none.
    """
    from copilot.responses.findings import describes_finding, read_finding

    paths = (
        copilot.workspace.root / one.path
        for one in sources
        if one.metadata.kind is SourceKind.FINDING and one.path.endswith((".yaml", ".yml"))
    )
    return [read_finding(path) for path in paths if path.is_file() and describes_finding(path)]


def write_readiness(path: Path, readiness: Readiness) -> None:
    """Write a report in the form that the file's name asks for: a page, tables or JSON.

    Raises:
        BadInput: The form is unknown, or the place cannot be written.
    """
    from copilot.adapters.control_files import BoundedControlFiles
    from copilot.readiness.reporting import write_report

    with BoundedControlFiles() as files:
        write_report(path, readiness, files=files)


def readiness_file(readiness: Readiness, form: str) -> bytes:
    """Return a report as a file: `html`, `xlsx`, `csv`, `json` or `oscal`.

    Raises:
        BadInput: The form is unknown.
    """
    ending = "oscal.json" if form == "oscal" else form
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"readiness.{ending}"
        write_readiness(file, readiness)
        return file.read_bytes()
