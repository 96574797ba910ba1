"""CSV and spreadsheets: each row is a block, its header is its context."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final

from copilot.adapters.readers.archives import refuse_bombs
from copilot.adapters.readers.building import TextBuilder
from copilot.adapters.readers.decoding import read_text
from copilot.domain.documents import Block, BlockKind, ParsedDocument
from copilot.errors import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

_DELIMITERS: Final = ",;\t|"
_SAMPLE_LINES: Final = 50
_CONTEXT_LENGTH: Final = 300
"""Header characters that go with a row: a finding of forty columns must not drown its row."""


class CsvReader:
    """Delimited text; the file's text is the text, so offsets are those of the file."""

    def read(self, path: Path, *, name: str) -> ParsedDocument:
        """Return a block for each row.

        Raises:
            UnreadableFile: A quote opens and never closes.
        """
        text, notes = read_text(path)
        delimiter = _delimiter(text)
        rows = list(_rows(text, delimiter))
        header = _header([cells for cells, _, _ in rows[:1]])
        blocks = tuple(
            Block(
                kind=BlockKind.ROW,
                start=start,
                end=end,
                place=f"row {number}",
                context="" if number == 1 else header,
            )
            for number, (_, start, end) in enumerate(rows, start=1)
        )
        return ParsedDocument(text=text, blocks=blocks, notes=notes)


def _rows(text: str, delimiter: str) -> Iterator[tuple[list[str], int, int]]:
    """Yield the cells of each row with the offsets of the row; quoted cells may hold line ends."""
    consumed = [0]

    def lines() -> Iterator[str]:
        for line in io.StringIO(text, newline=""):
            consumed[0] += len(line)
            yield line

    csv.field_size_limit(10_000_000)
    start = 0
    try:
        for cells in csv.reader(lines(), delimiter=delimiter, strict=False):
            end = consumed[0]
            stripped = len(text[start:end].rstrip())
            if stripped:
                yield cells, start, start + stripped
            start = end
    except csv.Error as exc:
        line = text.count("\n", 0, start) + 1
        raise UnreadableFile(
            f"line {line} cannot be read as a row: {exc}", hint="Export the file again."
        ) from exc


def _delimiter(text: str) -> str:
    """Return the delimiter that splits the first lines into the most even columns."""
    lines = [line for line in text.split("\n")[:_SAMPLE_LINES] if line.strip()]

    def evenness(delimiter: str) -> tuple[float, int]:
        counts = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        width, times = Counter(counts).most_common(1)[0] if counts else (1, 0)
        return (times / len(counts) if width > 1 else 0.0, width)

    return max(_DELIMITERS, key=evenness)


def _header(rows: Sequence[Sequence[str]]) -> str:
    joined = " | ".join(cell.strip() for row in rows for cell in row if cell.strip())
    return joined[:_CONTEXT_LENGTH]


class XlsxReader:
    """Excel workbooks: every sheet, values as they were last calculated."""

    def read(self, path: Path, *, name: str) -> ParsedDocument:
        """Return a block for each row of each sheet.

        Raises:
            UnreadableFile: It is damaged or protected by a password.
        """
        import openpyxl

        refuse_bombs(path)
        try:
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        except Exception as exc:
            raise UnreadableFile(
                f"the workbook cannot be opened: {exc}",
                hint="Open it in a spreadsheet program and save it again as .xlsx.",
            ) from exc
        builder = TextBuilder()
        notes: list[str] = []
        try:
            for sheet in book.worksheets:
                _sheet(sheet.title, sheet.iter_rows(values_only=True), builder)
                if sheet.sheet_state != "visible":
                    notes.append(f"sheet {sheet.title} is hidden")
        finally:
            book.close()
        title = book.properties.title or ""
        return ParsedDocument(
            text=builder.text, blocks=tuple(builder.blocks), title=title, notes=tuple(notes)
        )


def _sheet(name: str, rows: Iterable[Sequence[Any]], builder: TextBuilder) -> None:
    builder.add(BlockKind.HEADING, name, level=1, place=f"sheet {name}")
    header = ""
    for number, values in enumerate(rows, start=1):
        cells = [_cell(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        if not any(cells):
            continue
        line = " | ".join(cells)
        builder.add(BlockKind.ROW, line, place=f"sheet {name}, row {number}", context=header)
        if not header and sum(bool(cell) for cell in cells) > 1:
            header = _header([cells])


def _cell(value: Any) -> str:
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
        case _:
            return " ".join(str(value).split())
