"""CSV and spreadsheets: each row is a block, its header is its context.

The header has itself as its context, so that a passage which is no more than that is known as one.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any, Final

from copilot.adapters.readers.archives import refuse_bombs
from copilot.adapters.readers.building import TextBuilder
from copilot.adapters.readers.cells import STATED_DELIMITER, cell_text, delimiter_of
from copilot.adapters.readers.decoding import read_text
from copilot.domain.documents import Block, BlockKind, ParsedDocument
from copilot.errors import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

_NUMBER: Final = re.compile(r"[-+]?[\d.,]+ ?%?")
_VALUE: Final = re.compile(
    r"^\d{4}-\d\d-\d\d|^\d{1,2}[./]\d{1,2}[./]\d{2,4}$|\S@\S+\.\S|^https?://"
)
_MERGED: Final = re.compile(r'<mergeCell ref="([A-Z]{1,3})(\d+):[A-Z]{1,3}(\d+)"')
_MOST_MERGED: Final = 10_000
_CONTEXT_LENGTH: Final = 300
"""Header characters that go with a row: a finding of forty columns must not drown its row."""


class CsvReader:
    """Delimited text; the file's text is the text, so offsets are those of the file."""

    def read(self, path: Path, *, name: str) -> ParsedDocument:
        """Return a block for each row.

        Raises:
            UnreadableFile: It is no text, or a cell is longer than any honest one.
        """
        text, notes = read_text(path)
        csv.field_size_limit(10_000_000)
        stated = STATED_DELIMITER.match(text)
        delimiter = stated[1] if stated else delimiter_of(io.StringIO(text, newline=""))
        rows = list(_rows(text, delimiter, csv.QUOTE_MINIMAL))
        if rows and text[rows[-1][2] : rows[-1][3]].count('"') % 2:
            # An odd quote swallows the rest of the file; as a letter it does no harm.
            rows = list(_rows(text, delimiter, csv.QUOTE_NONE))
            notes = (*notes, "a quote opens and never closes; quotes were read as letters")
        rows = rows[1:] if stated else rows
        first = next((number for number, cells, *_ in rows if _is_header(cells)), 0)
        header = _header([cells for number, cells, *_ in rows if number == first])
        blocks = tuple(
            Block(
                kind=BlockKind.ROW,
                start=start,
                end=end,
                place=f"row {number}",
                context=header if number >= first else "",
            )
            for number, _, start, end in rows
        )
        return ParsedDocument(text=text, blocks=blocks, notes=notes)


def _rows(text: str, delimiter: str, quoting: int) -> Iterator[tuple[int, list[str], int, int]]:
    """Yield each row that is not empty: its number, its cells, where it starts and ends.

    Quoted cells may hold line ends; rows are numbered as a spreadsheet numbers them.
    """
    consumed = [0]

    def lines() -> Iterator[str]:
        for line in io.StringIO(text, newline=""):
            consumed[0] += len(line)
            yield line

    start = 0
    reader: Iterator[list[str]] = csv.reader(lines(), delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type]
    try:
        for number, cells in enumerate(reader, start=1):
            end = consumed[0]
            stripped = len(text[start:end].rstrip())
            if stripped:
                blank = len(text[start:end]) - len(text[start:end].lstrip())
                yield number, cells, start + blank, start + stripped
            start = end
    except csv.Error as exc:
        line = text.count("\n", 0, start) + 1
        raise UnreadableFile(
            f"line {line} cannot be read as a row: {exc}", hint="Export the file again."
        ) from exc


def _is_header(cells: Sequence[str]) -> bool:
    """Say whether a row names columns: several words, and no values such as dates or addresses."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    numbers = sum(bool(_NUMBER.fullmatch(cell)) for cell in filled)
    return len(filled) > 1 and numbers * 2 < len(filled) and not any(map(_VALUE.search, filled))


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

        refuse_bombs(path, must_hold="xl/")
        try:
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
            formulas = openpyxl.load_workbook(path, read_only=True)
        except Exception as exc:
            raise UnreadableFile(
                f"the workbook cannot be opened: {type(exc).__name__}",
                hint="Open it in a spreadsheet program and save it again as .xlsx.",
            ) from exc
        builder = TextBuilder()
        notes: list[str] = []
        try:
            for sheet in book.worksheets:
                # Some programs write a wrong size, at which openpyxl would stop reading.
                sheet.reset_dimensions()
                rows = list(sheet.iter_rows(values_only=True))
                if any(None in row for row in rows):
                    missing = _uncalculated(rows, formulas[sheet.title])
                    notes += [f"sheet {sheet.title}: {missing}"] if missing else []
                    _fill_merged(rows, book, sheet)
                _sheet(sheet.title, rows, builder)
                if sheet.sheet_state != "visible":
                    notes.append(f"sheet {sheet.title} is hidden")
        finally:
            book.close()
            formulas.close()
        title = book.properties.title or ""
        return ParsedDocument(
            text=builder.text, blocks=tuple(builder.blocks), title=title, notes=tuple(notes)
        )


def _sheet(name: str, rows: Iterable[Sequence[Any]], builder: TextBuilder) -> None:
    builder.add(BlockKind.HEADING, name, level=1, place=f"sheet {name}")
    header = ""
    for number, values in enumerate(rows, start=1):
        cells = [" ".join(cell_text(value).split()) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        if not any(cells):
            continue
        line = " | ".join(cells)
        if not header and _is_header(cells):
            header = _header([cells])
        builder.add(BlockKind.ROW, line, place=f"sheet {name}, row {number}", context=header)


def _uncalculated(rows: Sequence[Sequence[Any]], sheet: Any) -> str:
    """Say how many cells hold a formula whose result was never saved; nothing if none does."""
    sheet.reset_dimensions()
    count = 0
    for values, written in zip(rows, sheet.iter_rows(values_only=True), strict=False):
        pairs = zip(values, written, strict=False)
        count += sum(v is None and isinstance(w, str) and w.startswith("=") for v, w in pairs)
    if not count:
        return ""
    cells = "1 formula has" if count == 1 else f"{count} formulas have"
    return f"{cells} no saved result; open it in a spreadsheet program and save it"


def _fill_merged(rows: list[tuple[Any, ...]], book: Any, sheet: Any) -> None:
    """Let each row of cells merged downwards say what stands in the first."""
    # openpyxl forgets about merged cells when it reads row by row, and anything else needs fifty
    # times the memory.
    with book._archive.open(sheet._worksheet_path) as file:
        ranges = _MERGED.findall(file.read().decode("utf-8", "replace"))
    for left, top, bottom in ranges[:_MOST_MERGED]:
        column = column_index(left)
        first, last = int(top) - 1, min(int(bottom), len(rows))
        for at in range(first + 1, last):
            if column < len(rows[at]) and column < len(rows[first]) and rows[at][column] is None:
                rows[at] = (*rows[at][:column], rows[first][column], *rows[at][column + 1 :])


def column_index(letters: str) -> int:
    """Return the place of a column from 0: A is 0, AA is 26."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1
