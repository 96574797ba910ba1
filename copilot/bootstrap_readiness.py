"""Wire readiness: the company's controls from its files, its sources from the truth."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from copilot import bootstrap_review
from copilot.bootstrap_controls import control_encoder, read_workspace_controls
from copilot.domain.documents import SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from copilot.bootstrap import Copilot
    from copilot.domain.access import Principal
    from copilot.domain.criteria import Category
    from copilot.domain.documents import Source
    from copilot.domain.findings import Finding
    from copilot.domain.periods import Period
    from copilot.readiness.assessing import Readiness


def assess_workspace(
    copilot: Copilot,
    *,
    principal: Principal,
    period: Period | None = None,
    categories: Sequence[Category] = (),
) -> Readiness:
    """Return how ready the company of a workspace is.

    Args:
        copilot: The workspace, wired.
        principal: Who asks; sources that they may not read count for nothing.
        period: The audit period, in place of the setting.
        categories: Those in scope, in place of the setting.

    Raises:
        InvalidControls: A list of controls cannot be read, or two of them have the same id.
        InvalidFinding: A file of findings/ that describes a finding cannot be used.
    """
    from copilot.domain.decisions import accepted
    from copilot.mapping.touching import touched_points
    from copilot.readiness.assessing import assess
    from copilot.readiness.coverage import AuditType, Scope, with_mappings
    from copilot.review.mappings import in_doubt

    settings = copilot.settings
    one_date = settings.audit_type.lower() in {"type i", "type 1"}
    scope = Scope(
        categories=frozenset(categories or settings.categories),
        audit_type=AuditType.TYPE_I if one_date else AuditType.TYPE_II,
        period=period or settings.period,
    )
    listed = read_workspace_controls(copilot)
    decisions = bootstrap_review.mapping_store(copilot).decisions()
    sources = copilot.truth.sources(principal=principal)
    controls = with_mappings(listed, accepted(decisions))
    return assess(
        copilot.catalog,
        controls,
        sources,
        scope=scope,
        company=settings.company,
        on=datetime.now(UTC).date(),
        in_doubt=in_doubt(listed, decisions),
        findings=_findings(copilot, sources),
        touched=touched_points(copilot.catalog, controls, control_encoder(copilot)),
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
