"""Wire readiness: the company's controls from its files, its sources from the truth."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from copilot.errors import InvalidControls

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from copilot.bootstrap import Copilot
    from copilot.domain.access import Principal
    from copilot.domain.controls import Control
    from copilot.domain.criteria import Category
    from copilot.domain.periods import Period
    from copilot.readiness.assessing import Readiness

_FOLDER: Final = "controls"
_FORMS: Final = frozenset({".csv", ".tsv", ".xlsx", ".yaml", ".yml", ".json", ".jsonl"})


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
    """
    from copilot.readiness.assessing import assess
    from copilot.readiness.coverage import AuditType, Scope

    settings = copilot.settings
    one_date = settings.audit_type.lower() in {"type i", "type 1"}
    scope = Scope(
        categories=frozenset(categories or settings.categories),
        audit_type=AuditType.TYPE_I if one_date else AuditType.TYPE_II,
        period=period or settings.period,
    )
    return assess(
        copilot.catalog,
        read_workspace_controls(copilot),
        copilot.truth.sources(principal=principal),
        scope=scope,
        company=settings.company,
        on=datetime.now(UTC).date(),
    )


def read_workspace_controls(copilot: Copilot) -> list[Control]:
    """Return the controls that the files of the folder `controls/` list.

    Raises:
        InvalidControls: One of them cannot be read, or two list the same id.
    """
    from copilot.adapters.control_files import BoundedControlFiles
    from copilot.controls.reading import read_controls

    listed: dict[str, tuple[Control, Path]] = {}
    with BoundedControlFiles(copilot.limits) as files:
        read = [
            (control, path)
            for path in _lists(copilot.workspace.root / _FOLDER)
            for control in read_controls(path, files=files)
        ]
    for control, path in read:
        _, before = listed.setdefault(control.id, (control, path))
        if before != path:
            raise InvalidControls(
                [f"{path.name}: {control.id} stands in {before.name} as well"],
                hint="Keep each control in one list.",
            )
    return [control for control, _ in listed.values()]


def _lists(folder: Path) -> list[Path]:
    """Return the files that list controls; a manifest and a sidecar say something about files."""
    return sorted(
        path
        for path in folder.glob("*")
        if path.suffix.lower() in _FORMS
        and path.stem != "manifest"
        and not path.stem.endswith(".meta")
        and path.is_file()
    )
