"""Where records and missing occurrences of a control lie in the audit period, from left to right.

Places are shares of the period in per cent, so that whoever draws them may use any width.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from copilot.domain.periods import Period, label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copilot.domain.documents import Source
    from copilot.readiness.coverage import ControlCoverage

_MOST_MONTHS: Final = 12
"""Names of months that fit beside each other on a phone."""

_LEAST: Final = 0.8
"""Per cent that a single day is drawn with, so that it can be seen."""

_LANES: Final = 8


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the period."""

    left: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A stretch in which a control should have run."""

    span: Span
    name: str
    """Such as `Q3 2025`."""
    held: bool
    """Whether there is a record of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A record that speaks for a part of the period."""

    span: Span
    source: Source
    lane: int
    """Counts from 0, from the top: records of the same time lie in lanes of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """One control over the period."""

    slots: tuple[Slot, ...]
    """Nothing where it does not recur by the calendar, or only one date is audited."""
    marks: tuple[Mark, ...]
    lanes: int
    more: int
    """Records that found no lane."""


def months(period: Period) -> list[tuple[float, str]]:
    """Return where months begin and what they are called; of a long period only some of them."""
    count = (period.end.year - period.start.year) * 12 + period.end.month - period.start.month + 1
    every = -(-count // _MOST_MONTHS)
    found = []
    for number in range(0, count, every):
        year, month = divmod(period.start.month - 1 + number, 12)
        first = max(period.start, date(period.start.year + year, month + 1, 1))
        name = f"{first:%b}" if every == 1 else f"{first:%b %y}"
        found.append((_place(first, period), name))
    return found


def strip(one: ControlCoverage, period: Period, *, slotted: bool) -> Strip:
    """Return one control over the period.

    Args:
        one: The control and its records.
        period: The time that records must speak for.
        slotted: Whether it had to run throughout the period, and not only to be there on a date.
    """
    frequency = one.control.frequency
    expected = list(period.slots(frequency)) if slotted and frequency else []
    slots = tuple(
        Slot(
            span=_span(slot, period),
            name=label(slot),
            held=bool(one.evidence) and slot not in one.missing,
        )
        for slot in expected
    )
    marks, more = _marks(one.evidence, period)
    lanes = 1 + max((mark.lane for mark in marks), default=-1)
    return Strip(slots=slots, marks=marks, lanes=lanes, more=more)


def _marks(records: Sequence[Source], period: Period) -> tuple[tuple[Mark, ...], int]:
    dated = [(one.metadata.period, one) for one in records if one.metadata.period]
    dated.sort(key=lambda each: (each[0].start, each[0].end))
    ends: list[date] = []
    found: list[Mark] = []
    more = 0
    for when, one in dated:
        lane = next((at for at, end in enumerate(ends) if end < when.start), len(ends))
        if lane >= _LANES:
            more += 1
            continue
        ends[lane : lane + 1] = [when.end]
        found.append(Mark(span=_span(when, period), source=one, lane=lane))
    return tuple(found), more


def _span(when: Period, period: Period) -> Span:
    left = _place(when.start, period)
    right = _place(when.end, period, after=True)
    left = min(left, 100 - _LEAST)
    return Span(round(left, 2), round(max(right - left, _LEAST), 2))


def _place(day: date, period: Period, *, after: bool = False) -> float:
    """Return where a day begins, or ends."""
    days = (period.end - period.start).days + 1
    passed = (day - period.start).days + after
    return 100 * min(max(passed, 0), days) / days
