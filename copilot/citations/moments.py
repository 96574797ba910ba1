"""Dates, months, quarters and years in a text, and whether one carries another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from copilot.citations.cues import any_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    _Reading = Callable[[tuple[str, ...]], tuple[int | None, tuple[int, int] | None, int | None]]

_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH: Final = (
    r"(January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?"
)
_YEAR: Final = r"((?:19|20)\d\d)"
_DAY: Final = r"(\d{1,2})(?:st|nd|rd|th)?"
_ORDINALS: Final = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3,
                    "fourth": 4, "4th": 4, "last": 4}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moment:
    """A stretch of time as a text names it: any part may be left open."""

    year: int | None = None
    months: tuple[int, int] | None = None
    """The first and the last month; the same for one month."""
    day: int | None = None
    words: str = ""

    def carried_by(self, others: Collection[Moment]) -> bool:
        """Say whether the others name this time or a more exact one within it."""
        if any(self._holds(other) for other in others):
            return True
        # "On 3 November 2025" may rest on "3 November" in one place and "2025" in another.
        bare = Moment(None, self.months, self.day)
        return (
            self.year is not None
            and self.months is not None
            and any(other.year == self.year for other in others)
            and any(other.year is None and bare._holds(other) for other in others)
        )

    def _holds(self, other: Moment) -> bool:
        if self.year is not None and other.year != self.year:
            return False
        if self.day is not None and other.day != self.day:
            return False
        if self.months is None:
            return True
        return (
            other.months is not None
            and self.months[0] <= other.months[0]
            and other.months[1] <= self.months[1]
        )


def _month(name: str) -> tuple[int, int]:
    number = _MONTHS.index(name[:3].lower()) + 1
    return (number, number)


def _quarter(number: int) -> tuple[int, int]:
    return (number * 3 - 2, number * 3)


def _half(number: int) -> tuple[int, int]:
    return (1, 6) if number == 1 else (7, 12)


def _number(text: str) -> int:
    return _ORDINALS.get(text.lower()) or int(text)


_ORDINAL: Final = "(" + "|".join(_ORDINALS) + ")"

# Each pattern and how its groups are read; the first that matches at a place wins.
_FORMS: Final = (
    (rf"\b{_YEAR}-(\d\d)-(\d\d)(?!\d)", lambda g: (int(g[0]), (int(g[1]), int(g[1])), int(g[2]))),
    (rf"\b{_YEAR}[ -]Q([1-4])\b", lambda g: (int(g[0]), _quarter(int(g[1])), None)),
    (rf"\b{_YEAR}[ -]H([12])\b", lambda g: (int(g[0]), _half(int(g[1])), None)),
    (rf"\b{_YEAR}-(\d\d)(?![\d-])", lambda g: (int(g[0]), (int(g[1]), int(g[1])), None)),
    (rf"\b(\d{{1,2}})[./](\d{{1,2}})[./]{_YEAR}\b",
     lambda g: (int(g[2]), (int(g[1]), int(g[1])), int(g[0]))),
    (rf"\b{_DAY}\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}\b", lambda g: (int(g[2]), _month(g[1]), int(g[0]))),
    (rf"\b{_MONTH}\s+{_DAY},?\s+{_YEAR}\b", lambda g: (int(g[2]), _month(g[0]), int(g[1]))),
    (rf"\b{_MONTH},?\s+(?:of\s+)?{_YEAR}\b", lambda g: (int(g[1]), _month(g[0]), None)),
    (rf"\b{_DAY}\s+(?:of\s+)?{_MONTH}(?!\w)", lambda g: (None, _month(g[1]), int(g[0]))),
    (rf"\b{_MONTH}\s+{_DAY}(?![\w%])", lambda g: (None, _month(g[0]), int(g[1]))),
    (rf"\bQ([1-4])[ -]?{_YEAR}\b", lambda g: (int(g[1]), _quarter(int(g[0])), None)),
    (rf"\bH([12])[ -]?{_YEAR}\b", lambda g: (int(g[1]), _half(int(g[0])), None)),
    (rf"\b{_ORDINAL}\s+quarter(?:\s+of)?\s+{_YEAR}\b",
     lambda g: (int(g[1]), _quarter(_number(g[0])), None)),
    (rf"\b{_ORDINAL}\s+half(?:\s+of)?\s+{_YEAR}\b", lambda g: (int(g[1]), _half(_number(g[0])), None)),
    (r"\bQ([1-4])\b", lambda g: (None, _quarter(int(g[0])), None)),
    (r"\bH([12])\b", lambda g: (None, _half(int(g[0])), None)),
    (rf"\b{_ORDINAL}\s+quarter\b", lambda g: (None, _quarter(_number(g[0])), None)),
    (rf"\b{_YEAR}\b(?![.,]?\d)", lambda g: (int(g[0]), None, None)),
    (rf"\b(?:(?:in|of|during|since|until|by|from|to|for|early|late|mid) (?=May)|(?!May\b)){_MONTH}(?!\w)",
     lambda g: (None, _month(g[0]), None)),
)  # fmt: skip

_PARTS: Final = (_YEAR, _MONTH, "Q", "H([12])", "quarter", "half")
_COMPILED: Final = tuple(
    # A month in lower case is a word: `may`, `march`; the words around it may be in any case.
    (
        re.compile(pattern.replace("quarter", "(?i:quarter)").replace("half", "(?i:half)")),
        read,
        frozenset(part for part in _PARTS if part in pattern),
    )
    for pattern, read in _FORMS
)
_NAMED: Final = re.compile(_MONTH)
TIME_WORDS: Final = any_of(
    (*re.findall(r"[a-z]+", _MONTH.lower()), "sep", "quarter", "half", *"0123456789")
)
"""Without one of these a text names no time."""
_DATED: Final = re.compile(_YEAR)
_KEPT: Final = 1_000
"""Texts of which the times are kept; .5 kB each."""


def _parts_in(text: str) -> frozenset[str]:
    """Return those of the parts of a time that a text may have; most stretches of a text have none."""
    found = [_MONTH] if _NAMED.search(text) else []
    plain = text.lower()
    found += [one for one in ("quarter", "half") if one in plain]
    found += [sign for sign, mark in (("Q", "Q"), ("H([12])", "H")) if mark in text]
    if _DATED.search(text):
        found.append(_YEAR)
    return frozenset(found)


@cache
def _forms_of(parts: frozenset[str]) -> tuple[tuple[re.Pattern[str], _Reading], ...]:
    """Return the forms that a time may have in a text with some of its parts."""
    return tuple((pattern, read) for pattern, read, needed in _COMPILED if needed <= parts)


@lru_cache(maxsize=_KEPT)
def take_moments(text: str) -> tuple[tuple[Moment, ...], str]:
    """Return the times that a text names, and the text with their words blanked out."""
    found: list[Moment] = []
    for pattern, read in _forms_of(_parts_in(text)):
        while match := pattern.search(text):
            text = f"{text[: match.start()]}{' ' * len(match[0])}{text[match.end() :]}"
            try:
                year, months, day = read(match.groups())
            except ValueError:
                continue
            found.append(Moment(year, months, day, match[0].strip()))
    return tuple(found), text
