"""Rows that a claim tells, taken apart again, so that each place can show them as records."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_LEAD: Final = re.compile(r"“.*?”[^:;]*: (?=[^:;]{1,40}: )")
"""What names a record before its fields: its title in quotation marks, and its time."""

_FIELD: Final = re.compile(r"([^:;.“”]{1,40}): (.*)", re.DOTALL)
_FEWEST: Final = 3
"""Fields that make a row: prose has a colon here and there."""

_IDS: Final = ("id", "ref", "control id", "control", "ticket", "key", "number")
_TITLES: Final = ("title", "name", "subject", "summary")
_TEXTS: Final = ("description", "activity", "text", "details")


def told_records(text: str) -> tuple[str, tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Take a claim that tells rows of a table apart: what stands before them, the names of fields, the values.

    Rows come as `name: value; name: value`, several with ` / ` between them, and leave out what is empty.
    What does not look like that is left whole; the page's script does the same.
    """
    first, *others = text.split(" / ")
    begun = _LEAD.match(first)
    lead = begun[0] if begun else ""
    rows = [_fields(one) for one in (first[len(lead) :], *others)]
    if any(len(row) < _FEWEST for row in rows):
        return text, (), ()
    names = tuple(dict.fromkeys(name for row in rows for name in row))
    return lead.strip(), names, tuple(tuple(row.get(one, "") for one in names) for row in rows)


def _fields(row: str) -> dict[str, str]:
    """Return the fields of a row; none if it does not begin with one, or has one twice."""
    found: dict[str, str] = {}
    last = ""
    for part in row.split("; "):
        named = _FIELD.fullmatch(part)
        if named and named[1] in found:
            return {}  # prose that counts up, whose parts a record would put in the place of each other
        if named:
            last = named[1]
            found[last] = named[2]
        elif not last:
            return {}
        else:
            # A semicolon within a value.
            found[last] += f"; {part}"
    return found


@dataclass(frozen=True, slots=True)
class Record:
    """A row as a person reads it: what it is called, what it says, and the rest of its fields."""

    headline: str
    """Its id and title; empty if it has no title."""
    text: str
    """Its description; empty if it has no title or none."""
    fields: tuple[tuple[str, str], ...]
    """The others, each with the name of its column in words."""


def read_records(text: str) -> tuple[str, tuple[Record, ...]]:
    """Return what a claim says before its records, and the records; without any, all of it and none."""
    lead, names, rows = told_records(text)
    spoken = tuple(name.replace("_", " ") for name in names)
    return lead, tuple(_record(dict(zip(spoken, row, strict=True))) for row in rows)


def _record(row: dict[str, str]) -> Record:
    left = {name: value for name, value in row.items() if value}
    title = _taken(left, _TITLES)
    if not title:
        return Record("", "", tuple(left.items()))
    headline = f"{_taken(left, _IDS)} {title}".strip()
    return Record(headline, _taken(left, _TEXTS), tuple(left.items()))


def _taken(left: dict[str, str], names: tuple[str, ...]) -> str:
    """Take the first of some fields out of a row, and return its value; nothing where there is none."""
    found = next((one for one in left if one.casefold() in names), "")
    return left.pop(found, "")
