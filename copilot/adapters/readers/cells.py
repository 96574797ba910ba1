"""What cells of tables say, and how delimited files are split; shared by whatever reads tables."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date, datetime, time
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_DELIMITERS: Final = ",;\t|"
_SAMPLE_ROWS: Final = 200

STATED_DELIMITER: Final = re.compile(r"sep=([,;\t|])\n", re.IGNORECASE)
"""The first line of files that Excel is told to split at a certain character."""


def delimiter_of(lines: Iterable[str]) -> str:
    """Return the delimiter that splits the first rows of a file into the most even columns."""
    sample = list(islice(lines, 10 * _SAMPLE_ROWS))

    def evenness(delimiter: str) -> tuple[float, int]:
        try:
            rows = csv.reader(sample, delimiter=delimiter)
            counts = [len(row) for row in islice((row for row in rows if row), _SAMPLE_ROWS)]
        except csv.Error:
            return (0.0, 0)
        width, times = Counter(counts).most_common(1)[0] if counts else (1, 0)
        return (times / len(counts) if width > 1 else 0.0, width)

    return max(_DELIMITERS, key=evenness)


def cell_text(value: Any) -> str:
    """Return what a cell of a spreadsheet says, as a person would type it."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            midnight = value.time() == time()
            return value.date().isoformat() if midnight else value.isoformat(" ", "minutes")
        case date() | time():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case float():
            return f"{value:.15g}"  # what was typed, without the dust of binary fractions
        case _:
            return str(value)
