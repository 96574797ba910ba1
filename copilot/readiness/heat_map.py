"""The heat map of criteria, drawn as SVG: one cell for each criterion, one row for each series."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Final

from copilot.readiness.coverage import CoverageStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copilot.readiness.coverage import CriterionCoverage

COLOURS: Final = {
    CoverageStatus.MET: ("#1f7a4d", "#ffffff"),
    CoverageStatus.PARTLY: ("#f2c14e", "#3a2c00"),
    CoverageStatus.GAP: ("#c0392b", "#ffffff"),
    CoverageStatus.NOT_IN_SCOPE: ("#e4e6ea", "#5b6270"),
}
"""Background and text; each pair has a contrast of at least 4.5 to 1."""

_SIGNS: Final = {
    CoverageStatus.MET: "✓",
    CoverageStatus.PARTLY: "½",
    CoverageStatus.GAP: "✗",
    CoverageStatus.NOT_IN_SCOPE: "–",
}
"""So that nobody has to tell colours apart."""

_CELL: Final = 74
_HEIGHT: Final = 46
_GAP: Final = 6
_LABEL: Final = 58


def heat_map(covered: Sequence[CriterionCoverage]) -> str:
    """Return the heat map as an SVG element; a cell links to `#` and the id of its criterion."""
    rows = [list(group) for _, group in groupby(covered, key=lambda one: _series(one.id))]
    width = _LABEL + max((len(row) for row in rows), default=0) * (_CELL + _GAP)
    height = len(rows) * (_HEIGHT + _GAP)
    cells = [part for at, row in enumerate(rows) for part in _row(row, at * (_HEIGHT + _GAP))]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="Heat map of criteria" font-family="system-ui, sans-serif">'
        f"{''.join(cells)}</svg>"
    )


def _row(row: Sequence[CriterionCoverage], top: int) -> list[str]:
    parts = [
        f'<text x="0" y="{top + 29}" font-size="15" font-weight="600" fill="currentColor">'
        f"{_series(row[0].id)}</text>"
    ]
    for at, one in enumerate(row):
        back, front = COLOURS[one.status]
        x = _LABEL + at * (_CELL + _GAP)
        title = escape(f"{one.id} {one.title}: {one.status.value}. {one.rule}")
        parts.append(
            f'<a href="#{one.id}"><g><title>{title}</title>'
            f'<rect x="{x}" y="{top}" width="{_CELL}" height="{_HEIGHT}" rx="7" fill="{back}"/>'
            f'<text x="{x + 9}" y="{top + 29}" font-size="15" fill="{front}">{one.id}</text>'
            f'<text x="{x + _CELL - 10}" y="{top + 29}" font-size="14" text-anchor="end" '
            f'fill="{front}">{_SIGNS[one.status]}</text></g></a>'
        )
    return parts


def _series(criterion: str) -> str:
    """Return what stands before the dot: `CC6` of `CC6.1`."""
    return criterion.partition(".")[0]
