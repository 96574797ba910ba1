"""Dates, months, quarters and years in a text, and whether one carries another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection

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

_PARTS: Final = ((_YEAR, r"(?:19|20)\d\d"), (_MONTH, _MONTH), ("Q", "Q"), ("H([12])", "H"),
                 ("quarter", "(?i:quarter)"), ("half", "(?i:half)"))  # fmt: skip
_SIGNS: Final = {part: re.compile(sign) for part, sign in _PARTS}
"""What must stand in a text, anywhere, for a pattern that has such a part to match."""

_COMPILED: Final = tuple(
    # A month in lower case is a word: `may`, `march`; the words around it may be in any case.
    (
        re.compile(pattern.replace("quarter", "(?i:quarter)").replace("half", "(?i:half)")),
        read,
        frozenset(part for part in _SIGNS if part in pattern),
    )
    for pattern, read in _FORMS
)
_NAMED: Final = re.compile(_MONTH)
_DIGITS: Final = frozenset("0123456789")


def _names_a_time(text: str) -> bool:
    """Say whether a text may name a time at all; most stretches of a text do not."""
    if not (_DIGITS.isdisjoint(text) and text.isascii()) or _NAMED.search(text):
        return True
    plain = text.lower()
    return "quarter" in plain or "half" in plain


def take_moments(text: str) -> tuple[list[Moment], str]:
    """Return the times that a text names, and the text with their words blanked out."""
    found: list[Moment] = []
    if not _names_a_time(text):
        return found, text
    signs = {part for part, sign in _SIGNS.items() if sign.search(text)}
    for pattern, read, parts in _COMPILED:
        while parts <= signs and (match := pattern.search(text)):
            text = f"{text[: match.start()]}{' ' * len(match[0])}{text[match.end() :]}"
            try:
                year, months, day = read(match.groups())
            except ValueError:
                continue
            found.append(Moment(year, months, day, match[0].strip()))
    return found, text
