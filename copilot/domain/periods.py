"""Stretches of calendar time: audit periods, and what evidence speaks for."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from copilot.domain.criteria import Frequency
from copilot.errors import InvalidPeriod

if TYPE_CHECKING:
    from collections.abc import Iterator

_YEAR: Final = re.compile(r"(\d{4})")
_QUARTER: Final = re.compile(r"(\d{4})[- ]?Q([1-4])", re.IGNORECASE)
_HALF: Final = re.compile(r"(\d{4})[- ]?H([12])", re.IGNORECASE)
_MONTH: Final = re.compile(r"(\d{4})-(\d{2})")
_DAY: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})")

MONTHS_OF: Final = {
    Frequency.MONTHLY: 1,
    Frequency.QUARTERLY: 3,
    Frequency.SEMI_ANNUAL: 6,
    Frequency.ANNUAL: 12,
}
"""How many months pass between two occurrences, for the frequencies that are counted in months."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A stretch of days, both ends included."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise InvalidPeriod(f"the period ends on {self.end}, before it starts on {self.start}")

    def __str__(self) -> str:
        """Return the form that `parse_period` reads."""
        return f"{self.start}..{self.end}" if self.start != self.end else f"{self.start}"

    def overlaps(self, other: Period) -> bool:
        """Say whether the two have a day in common."""
        return self.start <= other.end and other.start <= self.end

    def covers(self, other: Period) -> bool:
        """Say whether every day of `other` is in this period."""
        return self.start <= other.start and other.end <= self.end

    def slots(self, frequency: Frequency) -> Iterator[Period]:
        """Yield the calendar stretches in which a control of `frequency` should have run.

        Quarters are calendar quarters, months calendar months, and so on, each cut to this period;
        frequencies that are not counted in months yield nothing.
        """
        months = MONTHS_OF.get(frequency)
        if months is None:
            return
        if frequency is Frequency.ANNUAL:
            yield self
            return
        first = (self.start.month - 1) // months * months + 1
        start = date(self.start.year, first, 1)
        while start <= self.end:
            end = _month_end(start.year, start.month + months - 1)
            yield Period(max(start, self.start), min(end, self.end))
            start = end + timedelta(days=1)


def parse_period(text: str) -> Period:
    """Read `2026-01-01..2026-12-31`, `2026`, `2026-Q3`, `2026-H1`, `2026-03` or `2026-03-15`.

    Raises:
        InvalidPeriod: It is none of these, names a day that does not exist, or ends before it
            starts.
    """
    start, dots, end = (part.strip() for part in text.strip().partition(".."))
    try:
        first = _stretch(start)
        return Period(first.start, _stretch(end).end) if dots else first
    except ValueError as exc:
        raise InvalidPeriod(
            f"{text!r} is not a period ({exc})",
            hint="Write 2026-01-01..2026-12-31, 2026, 2026-Q3, 2026-03 or 2026-03-15.",
        ) from exc


def label(period: Period) -> str:
    """Return a short name for a period: `Q3 2026`, `March 2026`, `2026`, or its ends, as months or days."""
    start, end = period.start, period.end
    same_year = start.year == end.year
    if start == end:
        return f"{start:%-d %B %Y}"
    whole = start.day == 1 and end == _month_end(end.year, end.month)
    months = end.month - start.month + 1
    if same_year and whole:
        if months == 1:
            return f"{start:%B %Y}"
        if months == 3 and start.month % 3 == 1:
            return f"Q{(start.month + 2) // 3} {start.year}"
        if months == 12:
            return f"{start.year}"
    if whole:
        return f"{start:%B %Y} to {end:%B %Y}"
    return f"{start:%-d %B %Y} to {end:%-d %B %Y}"


def _stretch(text: str) -> Period:
    if match := _DAY.fullmatch(text):
        day = date(*map(int, match.groups()))
        return Period(day, day)
    if match := _MONTH.fullmatch(text):
        return _months(int(match[1]), int(match[2]), 1)
    if match := _QUARTER.fullmatch(text):
        return _months(int(match[1]), int(match[2]) * 3 - 2, 3)
    if match := _HALF.fullmatch(text):
        return _months(int(match[1]), int(match[2]) * 6 - 5, 6)
    if match := _YEAR.fullmatch(text):
        return _months(int(match[1]), 1, 12)
    raise ValueError(f"{text!r} is no date")


def _months(year: int, month: int, count: int) -> Period:
    return Period(date(year, month, 1), _month_end(year, month + count - 1))


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])
