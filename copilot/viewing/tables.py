"""Rows of CSV files and workbooks as real cells, found in the stored text.

The stored text of a CSV file is the file's own; that of a workbook has a line for each row, with bars
between the cells, under the name of its sheet. Either way the text is enough: what is shown is what was
quoted from, even if the file has changed since.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from copilot.domain.views import Cell, TableBody, TableRow
from copilot.viewing.marking import NOWHERE, mapped_runs, touches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from copilot.domain.documents import Passage
    from copilot.viewing.marking import Span

_BEFORE: Final = 6
_AFTER: Final = 12
_AT_ONCE: Final = 40
"""Rows that are shown when paging through."""
_MOST_QUOTED: Final = 120
_LONGEST: Final = 20_000
"""Characters of a row that is taken apart; of a longer one a part is shown, in one cell."""
_PART: Final = 2_000

_DELIMITERS: Final = ",;\t|"
_SAMPLE: Final = 200
_HEADER: Final = 300
"""Characters of a header that a passage keeps."""
_STATED: Final = re.compile(r"sep=([,;\t|])\r?\n", re.IGNORECASE)
_BAR: Final = " | "


@dataclass(frozen=True, slots=True)
class _Line:
    """A row as it stands in the text."""

    number: int | None
    start: int
    end: int


Cells = list[tuple[str, list[int]]]
"""What each cell says, and for each character the offset that it comes from."""


@dataclass(frozen=True, slots=True)
class _Table:
    lines: Sequence[_Line]
    cells: Callable[[_Line], Cells]
    sheet: str = ""
    previous: int | None = None
    """Where the table before this one is, if there is one."""
    following: int | None = None


def delimited(
    text: str, passages: Sequence[Passage], *, mark: Span = NOWHERE, at: int | None = None
) -> TableBody:
    """Return rows of a CSV file.

    Args:
        text: The stored text.
        passages: Those near the place that is shown; they know the header.
        mark: The quote.
        at: Where the rows begin that are shown; around the quote if not given.
    """
    header = _known_header(passages)
    delimiter, quoting = _dialect(text, header)
    lines = list(_records(text, delimiter, quoting))

    def cells(line: _Line) -> Cells:
        return list(_delimited_cells(text, line, delimiter, quoting=quoting))

    return _body(_Table(lines, cells), header, text, (mark, at))


def sheet(
    text: str,
    passages_between: Callable[[int, int], Sequence[Passage]],
    *,
    mark: Span = NOWHERE,
    at: int | None = None,
) -> TableBody:
    """Return rows of the sheet of a workbook that a place is in.

    Args:
        text: The stored text.
        passages_between: Returns the passages that a stretch of it touches.
        mark: The quote.
        at: Where the rows begin that are shown; around the quote if not given.
    """
    place = min(max(0, mark[0]) if at is None else at, max(0, len(text) - 1))
    blocks = list(_blocks(text))
    tables = [n for n, one in enumerate(blocks) if n and passages_between(*one)]
    chosen = next((n for n in tables if blocks[n][1] > place), tables[-1] if tables else 0)
    block = blocks[chosen]
    passages = passages_between(*block)
    beside = tables.index(chosen) if chosen in tables else 0
    table = _Table(
        lines=[
            replace(line, number=_numbers(text, passages).get(line.start))
            for line in _text_lines(text, block)
        ],
        cells=lambda line: list(_barred_cells(text, line)),
        sheet=passages[0].heading[0] if passages and passages[0].heading else "",
        previous=blocks[tables[beside - 1]][0] if beside else None,
        following=blocks[tables[beside + 1]][0] if beside + 1 < len(tables) else None,
    )
    return _body(table, _known_header(passages), text, (mark, at))


def _body(table: _Table, header: str, text: str, where: tuple[Span, int | None]) -> TableBody:
    mark, at = where
    lines = table.lines
    named = (n for n, one in enumerate(lines[:_SAMPLE]) if _joined(table, one) == header)
    head = next(named, -1) if header else -1
    first, last = _chosen(lines, mark if at is None else NOWHERE, at)
    names = [value for value, _ in table.cells(lines[head])] if head >= 0 else []
    shown = [one for n, one in enumerate(lines[first:last], start=first) if n != head]
    if head >= 0 and touches((lines[head].start, lines[head].end), mark) and first <= head:
        shown = list(lines[first:last])  # the header is what was quoted
    return TableBody(
        sheet=table.sheet,
        header=tuple(" ".join(name.split()) for name in names),
        rows=tuple(_row(table, one, text, mark) for one in shown),
        length=len(text),
        earlier=_earlier(table, first),
        later=lines[last].start if last < len(lines) else table.following,
    )


def _row(table: _Table, line: _Line, text: str, mark: Span) -> TableRow:
    found = table.cells(line) if line.end - line.start <= _LONGEST else [_part(line, text, mark)]
    cells = tuple(
        Cell(
            runs=mapped_runs(shown, origins, mark),
            touched=any(mark[0] <= origin < mark[1] for origin in origins),
        )
        for shown, origins in found
    )
    return TableRow(number=line.number, cells=cells, start=line.start, end=line.end)


def _part(line: _Line, text: str, mark: Span) -> tuple[str, list[int]]:
    """Return what stands around the quote in a row, or its beginning, as it is written."""
    quoted = touches((line.start, line.end), mark)
    start = max(line.start, mark[0] - _PART) if quoted else line.start
    end = min(line.end, max(start, mark[1] if quoted else 0) + _PART)
    return text[start:end], list(range(start, end))


def _chosen(lines: Sequence[_Line], mark: Span, at: int | None) -> tuple[int, int]:
    """Return which rows are shown, as the first and the one after the last."""
    quoted = [n for n, one in enumerate(lines) if touches((one.start, one.end), mark)]
    if quoted:
        first = max(0, quoted[0] - _BEFORE)
        return first, min(len(lines), quoted[-1] + 1 + _AFTER, quoted[0] + _MOST_QUOTED)
    first = next((n for n, one in enumerate(lines) if one.end > (at or 0)), len(lines))
    return first, min(len(lines), first + _AT_ONCE)


def _earlier(table: _Table, first: int) -> int | None:
    if first:
        return table.lines[max(0, first - _AT_ONCE)].start
    return table.previous


def _known_header(passages: Sequence[Passage]) -> str:
    """Return a table's header as its passages have it: names with bars between them."""
    lines = (one.context.rpartition("\n") for one in passages)
    return next((header for above, _, header in lines if above), "")


def _joined(table: _Table, line: _Line) -> str:
    if line.end - line.start > _LONGEST:
        return ""
    values = (value.strip() for value, _ in table.cells(line))
    return _BAR.join(value for value in values if value)[:_HEADER]


# Delimited text


def _dialect(text: str, header: str) -> tuple[str, bool]:
    """Return what stands between cells, and whether quotes have a meaning."""
    stated = _STATED.match(text)
    candidates = stated[1] if stated else _DELIMITERS
    sample = text[: text.find("\n", 100_000) + 1 or len(text)]
    delimiter = max(candidates, key=lambda one: _fit(sample, one, header))
    last = next(iter(deque(_records(text, delimiter, quoting=True), maxlen=1)), None)
    # An odd quote would swallow the rest of the file; the reader takes it for a letter then.
    return delimiter, last is None or text.count('"', last.start, last.end) % 2 == 0


def _fit(sample: str, delimiter: str, header: str) -> tuple[bool, float, int]:
    """Return how well a delimiter splits: the header as it is known, then the most even columns."""
    csv.field_size_limit(10_000_000)
    counts = Counter[int]()
    found = False
    try:
        for n, cells in enumerate(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)):
            if n > _SAMPLE:
                break
            named = _BAR.join(cell.strip() for cell in cells if cell.strip())[:_HEADER]
            found = found or (bool(header) and len(cells) > 1 and named == header)
            counts[len(cells)] += bool(cells)
    except csv.Error:
        return found, 0.0, 0
    width, times = counts.most_common(1)[0] if counts else (1, 0)
    return found, times / counts.total() if width > 1 else 0.0, width


def _records(text: str, delimiter: str, quoting: bool) -> Iterator[_Line]:
    """Yield the rows that are not empty, numbered as a spreadsheet numbers them."""
    consumed = [0]

    def lines() -> Iterator[str]:
        for line in io.StringIO(text, newline=""):
            consumed[0] += len(line)
            yield line

    mode = csv.QUOTE_MINIMAL if quoting else csv.QUOTE_NONE
    csv.field_size_limit(10_000_000)
    reader: Iterator[list[str]] = csv.reader(lines(), delimiter=delimiter, quoting=mode)  # type: ignore[arg-type]
    start = 0
    for number, _ in enumerate(reader, start=1):
        written = text[start : consumed[0]]
        if written.strip():
            yield _Line(number, start, start + len(written.rstrip("\r\n")))
        start = consumed[0]


def _delimited_cells(
    text: str, line: _Line, delimiter: str, *, quoting: bool
) -> Iterator[tuple[str, list[int]]]:
    """Yield the cells of a row as the standard library reads them, and where they come from."""
    shown: list[str] = []
    origins: list[int] = []
    fresh, inside, at = True, False, line.start
    while at < line.end:
        character = text[at]
        doubled = inside and text.startswith('""', at) and at + 1 < line.end
        if doubled:
            at += 1
        if character == '"' and not doubled and quoting and (fresh or inside):
            inside = not inside
        elif character == delimiter and not inside:
            yield "".join(shown), origins
            shown, origins = [], []
            fresh, at = True, at + 1
            continue
        else:
            shown.append(character)
            origins.append(at)
        fresh, at = False, at + 1
    yield "".join(shown), origins


# Workbooks


def _blocks(text: str) -> Iterator[Span]:
    """Yield what stands between empty lines: names of sheets, and rows."""
    at = 0
    while at <= len(text):
        end = text.find("\n\n", at)
        end = len(text) if end < 0 else end
        if end > at:
            yield at, end
        at = end + 2


def _text_lines(text: str, block: Span) -> Iterator[_Line]:
    at, end = block
    while at < end:
        until = text.find("\n", at, end)
        until = end if until < 0 else until
        yield _Line(None, at, until)
        at = until + 1


def _numbers(text: str, passages: Sequence[Passage]) -> dict[int, int]:
    """Return the number of each row by where it starts, as far as the passages tell.

    A passage names its first and last row; if rows between them were empty, only these two are known.
    """
    found: dict[int, int] = {}
    for passage in passages:
        named = re.search(r"rows? (\d+)(?: to (\d+))?$", passage.place)
        if named is None:
            continue
        first, last = int(named[1]), int(named[2] or named[1])
        starts = [line.start for line in _text_lines(text, (passage.start, passage.end))]
        if passage.start and text[passage.start - 1] != "\n":
            continue  # the rest of a row that was too long for one passage
        found |= {starts[0]: first, starts[-1]: last}
        if len(starts) == last - first + 1:
            found |= {start: first + n for n, start in enumerate(starts)}
    return found


def _barred_cells(text: str, line: _Line) -> Iterator[tuple[str, list[int]]]:
    at = line.start
    for value in text[line.start : line.end].split(_BAR):
        yield value, list(range(at, at + len(value)))
        at += len(value) + len(_BAR)
