"""Evidence over the audit period, drawn as SVG: a row for each control that recurs by the calendar."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from copilot.domain.periods import MONTHS_OF, label
from copilot.readiness.coverage import AuditType

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from copilot.domain.periods import Period
    from copilot.readiness.coverage import ControlCoverage, CriterionCoverage, Scope

_HELD: Final = "#1f7a4d"
_MISSING: Final = "#c0392b"
_ROW: Final = 24
_BAR: Final = 14
_LABEL: Final = 300
_WIDTH: Final = 660
_HEAD: Final = 24
_MOST: Final = 80
"""Rows; those that lack something come first, so what is left out lacks nothing or is told in the tasks."""
_LONGEST: Final = 38


def timeline(covered: Iterable[CriterionCoverage], scope: Scope) -> str:
    """Return the timeline as an SVG element; nothing where no control has to leave records by date.

    A bar stands for each time that a control should have run: filled if there is a record, hollow if not.
    """
    period = scope.period
    if period is None or scope.audit_type is AuditType.TYPE_I:
        return ""
    by_id = {
        control.control.id: control
        for one in covered
        for control in one.controls
        if control.control.frequency in MONTHS_OF
    }
    rows = sorted(by_id.values(), key=lambda one: (one.is_proven, one.control.id))[:_MOST]
    if not rows:
        return ""
    height = _HEAD + _ROW * len(rows)
    parts = _months(period, height)
    for at, one in enumerate(rows):
        parts += _row(one, period, _HEAD + at * _ROW)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LABEL + _WIDTH} {height}" '
        'role="img" aria-label="Records of each control over the audit period" '
        f'font-family="system-ui, sans-serif" font-size="13">{"".join(parts)}</svg>'
    )


def _months(period: Period, height: int) -> list[str]:
    """Return a line and a name for each month of the period."""
    parts = []
    year, month = period.start.year, period.start.month
    while (year, month) <= (period.end.year, period.end.month):
        first = max(period.start, period.start.replace(year=year, month=month, day=1))
        x = _place(first, period)
        parts.append(
            f'<line x1="{x:.1f}" y1="14" x2="{x:.1f}" y2="{height}" stroke="currentColor" '
            'stroke-opacity=".12"/>'
            f'<text x="{x + 3:.1f}" y="13" font-size="11" fill="currentColor" fill-opacity=".7">'
            f"{first:%b}</text>"
        )
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return parts


def _row(one: ControlCoverage, period: Period, top: int) -> list[str]:
    control = one.control
    name = f"{control.id} {control.title}".strip()
    short = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1].rstrip()}…"
    parts = [
        f'<text x="0" y="{top + 12}" fill="currentColor">{escape(short)}'
        f"<title>{escape(name)}</title></text>"
    ]
    frequency = control.frequency
    slots: Sequence[Period] = list(period.slots(frequency)) if frequency else []
    for slot in slots:
        left, right = _place(slot.start, period), _place(slot.end, period, after=True)
        missing = not one.evidence or slot in one.missing
        said = f"{control.id}, {label(slot)}: {'no record' if missing else 'a record is held'}"
        look = (
            f'fill="none" stroke="{_MISSING}" stroke-width="2" stroke-dasharray="4 3"'
            if missing
            else f'fill="{_HELD}"'
        )
        parts.append(
            f'<rect x="{left + 2:.1f}" y="{top + 1}" width="{max(right - left - 4, 3):.1f}" '
            f'height="{_BAR}" rx="4" {look}><title>{escape(said)}</title></rect>'
        )
    return parts


def _place(day: date, period: Period, *, after: bool = False) -> float:
    """Return where a day begins, or ends, from left to right."""
    days = (period.end - period.start).days + 1
    passed = (day - period.start).days + after
    return _LABEL + _WIDTH * min(max(passed, 0), days) / days
