"""The heat map of criteria, drawn as SVG: one cell for each criterion, one row for each series."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Final

from copilot.readiness.coverage import CoverageStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from copilot.readiness.coverage import CriterionCoverage

COLOURS: Final = {
    CoverageStatus.MET: ("#1f7a4d", "#ffffff"),
    CoverageStatus.PARTLY: ("#f2c14e", "#3a2c00"),
    CoverageStatus.GAP: ("#c0392b", "#ffffff"),
    CoverageStatus.NOT_IN_SCOPE: ("#e4e6ea", "#5b6270"),
}
"""Background and text; each pair has a contrast of at least 4.5 to 1."""

SIGNS: Final = {
    CoverageStatus.MET: "✓",
    CoverageStatus.PARTLY: "½",
    CoverageStatus.GAP: "✗",
    CoverageStatus.NOT_IN_SCOPE: "–",
}
"""So that nobody has to tell colours apart."""

_CELL: Final = 84
_HEIGHT: Final = 44
_GAP: Final = 6
_LABEL: Final = 260
_LEGEND: Final = 34
_LONGEST: Final = 36


def heat_map(covered: Sequence[CriterionCoverage], titles: Mapping[str, str]) -> str:
    """Return the heat map as an SVG element; a cell links to `#` and the id of its criterion.

    Args:
        covered: The criteria to draw, in the catalog's order.
        titles: What each series is about, by what stands before the dot of its criteria.
    """
    rows = [list(group) for _, group in groupby(covered, key=lambda one: _series(one.id))]
    width = _LABEL + max((len(row) for row in rows), default=0) * (_CELL + _GAP)
    height = len(rows) * (_HEIGHT + _GAP) + _LEGEND
    cells = [
        part
        for at, row in enumerate(rows)
        for part in _row(row, at * (_HEIGHT + _GAP), titles.get(_series(row[0].id), ""))
    ]
    cells += _legend(
        [one for one in CoverageStatus if any(each.status is one for each in covered)], height
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="Heat map of criteria" font-family="system-ui, sans-serif">'
        f"{''.join(cells)}</svg>"
    )


def _row(row: Sequence[CriterionCoverage], top: int, about: str) -> list[str]:
    short = about if len(about) <= _LONGEST else f"{about[: _LONGEST - 1].rstrip()}…"
    parts = [
        f'<text x="0" y="{top + 19}" font-size="15" font-weight="600" fill="currentColor">'
        f"{_series(row[0].id)}</text>"
        f'<text x="0" y="{top + 36}" font-size="12" fill="currentColor" fill-opacity=".75">'
        f"{escape(short)}</text>"
    ]
    for at, one in enumerate(row):
        back, front = COLOURS[one.status]
        x = _LABEL + at * (_CELL + _GAP)
        title = escape(f"{one.id} {one.title}: {one.status.value}. {one.rule}")
        parts.append(
            f'<a href="#{one.id}"><g><title>{title}</title>'
            f'<rect x="{x}" y="{top}" width="{_CELL}" height="{_HEIGHT}" rx="7" fill="{back}"/>'
            f'<text x="{x + 9}" y="{top + 28}" font-size="14" fill="{front}">{one.id}</text>'
            f'<text x="{x + _CELL - 10}" y="{top + 28}" font-size="14" text-anchor="end" '
            f'fill="{front}">{SIGNS[one.status]}</text></g></a>'
        )
    return parts


def _legend(statuses: Iterable[CoverageStatus], height: int) -> list[str]:
    parts = []
    x = _LABEL
    for status in statuses:
        back, front = COLOURS[status]
        parts.append(
            f'<rect x="{x}" y="{height - 20}" width="22" height="18" rx="5" fill="{back}"/>'
            f'<text x="{x + 11}" y="{height - 7}" font-size="12" text-anchor="middle" '
            f'fill="{front}">{SIGNS[status]}</text>'
            f'<text x="{x + 30}" y="{height - 7}" font-size="13" fill="currentColor">'
            f"{status.value}</text>"
        )
        x += 130
    return parts


def _series(criterion: str) -> str:
    """Return what stands before the dot: `CC6` of `CC6.1`."""
    return criterion.partition(".")[0]
