"""The dates that a policy gives of itself: when it was approved and reviewed, and when it is next."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copilot.checking.policy_file import PolicyFile
    from copilot.domain.answers import Citation

_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH: Final = rf"(?P<name>(?:{'|'.join(_MONTHS)})[a-z]*)\.?"
_DATES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?P<year>20\d\d)-(?P<month>\d\d?)-(?P<day>\d\d?)\b",
        rf"\b(?P<day>\d\d?)(?:st|nd|rd|th)?[ -](?:of )?{_MONTH},?[ -](?P<year>20\d\d)\b",
        rf"\b{_MONTH} (?P<day>\d\d?)(?:st|nd|rd|th)?,? (?P<year>20\d\d)\b",
        r"\b(?P<day>\d\d?)[-./](?P<month>\d\d?)[-./](?P<year>20\d\d)\b",
    )
)


class DateKind(StrEnum):
    """What a policy says happened, or is to happen, on a day."""

    APPROVED = "approved"
    REVIEWED = "reviewed"
    NEXT = "next review"


_WORDS: Final = (
    (DateKind.NEXT, r"next (?:\w+ )?(?:review|revision|update)|review (?:is )?due|due (?:by|for review|date)|to be reviewed|valid (?:until|to|through)|review by|expir(?:y|es)"),
    (DateKind.REVIEWED, r"review|revis|updat|amend|modified|history|comments"),
    (DateKind.APPROVED, r"approv|adopt|sign(?:ed|ature)|effective|in force|published|issued|authori[sz]ed|in effect"),
)  # fmt: skip
_PATTERNS: Final = tuple(
    (kind, re.compile(rf"\b(?:{text})", re.IGNORECASE)) for kind, text in _WORDS
)
_FIELDS: Final = (
    (DateKind.NEXT, ("next_review", "next_review_date", "review_due", "next_review_on", "review_by", "expires")),
    (DateKind.REVIEWED, ("reviewed_on", "last_reviewed", "last_review", "reviewed", "review_date", "last_updated", "updated", "lastmod")),
    (DateKind.APPROVED, ("approved_on", "approved", "approval_date", "date_approved", "effective_date", "effective", "effective_on", "date")),
)  # fmt: skip
_NEAR: Final = 60
"""Characters before a date in which the word that says what it is stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A day that a policy gives of itself."""

    kind: DateKind
    day: date
    citation: Citation
    in_front_matter: bool = False


def dates_of(file: PolicyFile) -> Iterator[Dated]:
    """Yield the dates in the front matter, the approval block and the version table of a policy."""
    for kind, names in _FIELDS:
        found = file.field(*names)
        if found:
            for day, _ in read_dates(found[0]):
                yield Dated(kind=kind, day=day, citation=found[1], in_front_matter=True)
    for said in file.said:
        text = said.text
        before = 0
        for day, at in read_dates(text):
            near = text[max(before, at - _NEAR) : at]
            told = _kind(near) or _kind(said.label) or _in_table(said.label, said.heading, near)
            if told is not None:
                yield Dated(kind=told, day=day, citation=said.cite())
            before = at


def read_dates(text: str) -> list[tuple[date, int]]:
    """Return the days that a text names in full and where they stand, in order."""
    found: dict[int, date] = {}
    for pattern in _DATES:
        for match in pattern.finditer(text):
            parts = match.groupdict()
            name = (parts.get("name") or "")[:3].lower()
            month = _MONTHS.index(name) + 1 if name else int(parts["month"])
            day, year = int(parts["day"]), int(parts["year"])
            if month > 12 >= day:
                day, month = month, day
            try:
                found.setdefault(match.start(), date(year, month, day))
            except ValueError:
                # The thirty-first of a short month is no date; there is nothing to compare.
                continue
    return [(found[at], at) for at in sorted(found)]


def _kind(text: str) -> DateKind | None:
    """Return what the last such word of a text says."""
    last: tuple[int, DateKind] | None = None
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            # "Next review due" is one thing, and "review" in it is no other.
            if last is None or match.start() > last[0] + _ONE_PHRASE:
                last = (match.start(), kind)
    return last[1] if last else None


_ONE_PHRASE: Final = 14


def _in_table(label: str, heading: str, column: str) -> DateKind | None:
    """Return what a date in a table of versions is: the day on which the policy was last gone through."""
    versions = re.fullmatch(r"v?\d+(?:\.\d+)*(?:;.*)?", label.strip())
    named = re.search(r"version|history|revision|change log", heading, re.IGNORECASE)
    return DateKind.REVIEWED if "date" in column.lower() and (versions or named) else None
