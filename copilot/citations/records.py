"""Rows of tables and entries of records as names with values."""

from __future__ import annotations

import csv
import json
import re
from functools import lru_cache
from itertools import product
from typing import Final

_SEPARATORS: Final = (" | ", "|", "\t", ";", ",")
_FEWEST: Final = 3
"""Columns of a table; what has fewer is a sentence with commas."""

_RULE: Final = re.compile(r"^[\s|:+-]+$")
_TIMES: Final = re.compile(r"^\d")

_NOTHING: Final = '""'

Cells = tuple[tuple[str, str], ...]
"""The values of one row, each with the name of its column."""


@lru_cache(maxsize=1_000)
def cells_of(row: str, columns: str) -> Cells:
    """Return the cells of a row with their columns, or nothing if it has no known columns.

    Args:
        row: One row of a table, or one entry as JSON.
        columns: What stands above the table: its last lines may name the columns.
    """
    row = row.strip().removeprefix("- ")
    if row.startswith("{"):
        return _entry(row)
    if _RULE.match(row):
        return ()
    splits = [_split(row, one) for one in _SEPARATORS]
    for line in reversed(columns.splitlines()):
        for names, values in product((_split(line, one) for one in _SEPARATORS), splits):
            if _names(names) and len(values) == len(names):
                return () if values == names else tuple(zip(names, values, strict=True))
    return ()


def _names(cells: list[str]) -> bool:
    """Say whether the cells of a line may name columns."""
    return len(cells) >= _FEWEST and not any(_TIMES.match(one) for one in cells)


def _entry(row: str) -> Cells:
    try:
        values = json.loads(
            row.rstrip(",") if row.rstrip(",").endswith("}") else f"{row.rstrip(', ')}}}"
        )
    except ValueError:
        return ()
    if not isinstance(values, dict):
        return ()
    return tuple((str(name), "" if value is None else str(value)) for name, value in values.items())


def _split(line: str, separator: str) -> list[str]:
    line = line.strip()
    if separator == "|":
        line = line.strip("|")
    if separator not in line:
        return []
    if separator in {",", ";"}:
        try:
            return [one.strip() for one in next(csv.reader([line], delimiter=separator))]
        except (csv.Error, StopIteration):
            return []
    return [one.strip() for one in line.split(separator)]


def in_words(cells: Cells) -> str:
    """Return a row as a text: each cell is a clause that begins with the name of its column."""
    return "; ".join(f"{name.replace('_', ' ')} {value or _NOTHING}" for name, value in cells)
