"""CSV and XLSX as grids of text, and back.

A cell that begins like a formula is written so that a spreadsheet shows it and never computes it:
in XLSX as text, in CSV behind an apostrophe, which reading takes off again.
"""

from __future__ import annotations

import csv
import io
import re
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

from copilot.adapters.readers.archives import refuse_bombs
from copilot.adapters.readers.cells import STATED_DELIMITER, cell_text, delimiter_of
from copilot.adapters.readers.decoding import read_text
from copilot.adapters.readers.tables import column_index
from copilot.errors import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_MOST_ROWS: Final = 300_000
"""More than any honest list, and what a child of the usual size can hold."""
_LONGEST_CELL: Final = 1_000_000

_GUARDED: Final = re.compile(r"'*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r]")
"""What spreadsheets take for a formula, or what would read as a guarded one."""
_GUARD: Final = re.compile(r"\A'(?='*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r])")

_MERGED: Final = re.compile(rb'<mergeCell ref="([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)"')
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LIKE_ESCAPED: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_WIDTHS: Final = (6, 40)
_GROUND: Final = "E8ECF4"
_A4: Final = 9
"""The number of the paper in the format."""
_LINE_POINTS: Final = 15
_TALLEST_POINTS: Final = 409
"""What Excel takes as the height of a row."""


def read_csv(path: Path) -> dict[str, Any]:
    """Return the one grid of a delimited file.

    Raises:
        UnreadableFile: It is no text, a quote never closes, or it has too many rows.
    """
    text, notes = read_text(path)
    csv.field_size_limit(_LONGEST_CELL)
    stated = STATED_DELIMITER.match(text)
    lines = list(io.StringIO(text, newline=""))
    delimiter = stated[1] if stated else delimiter_of(lines)
    rows = []
    try:
        reader = csv.reader(lines, delimiter=delimiter)
        began = 0
        for number, cells in enumerate(reader, start=1):
            _refuse_many(number)
            if any(cell.strip() for cell in cells) and not (stated and number == 1):
                rows.append((number, [_GUARD.sub("", cell) for cell in cells]))
            if reader.line_num == len(lines):
                _refuse_open_quote(lines[began:], number, delimiter)
            began = reader.line_num
    except csv.Error as exc:
        raise UnreadableFile(
            f"row {len(rows) + 1} cannot be read: {exc}", hint="Export the file again."
        ) from exc
    return {"grids": [{"sheet": "", "rows": rows, "faults": []}], "notes": notes}


def _refuse_open_quote(last: Sequence[str], row: int, delimiter: str) -> None:
    """Raise if the last row ends within quotes: it has swallowed the rest of the file."""
    try:
        list(csv.reader(last, delimiter=delimiter, strict=True))
    except csv.Error as exc:
        if "unexpected end of data" in str(exc):
            raise UnreadableFile(
                f"row {row}: a quote opens there and never closes",
                hint='A quote within a cell is written twice: "".',
            ) from exc


def _refuse_many(number: int) -> None:
    if number > _MOST_ROWS:
        raise UnreadableFile(
            f"it has more than {_MOST_ROWS:,} rows", hint="Keep the part that matters."
        )


def write_csv(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """Write a grid as UTF-8 with a mark, by which spreadsheet programs know it."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
        for cells in rows:
            writer.writerow([f"'{cell}" if _GUARDED.match(cell) else cell for cell in cells])


def read_xlsx(path: Path) -> dict[str, Any]:
    """Return a grid for each sheet, with values as they were last calculated.

    Raises:
        UnreadableFile: It is damaged, protected by a password, or has too many rows.
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
    notes = [f"sheet {one.title} is hidden" for one in book.worksheets if _hidden(one)]
    try:
        grids = [_grid(sheet, book, formulas) for sheet in book.worksheets]
    finally:
        book.close()
        formulas.close()
    return {"grids": grids, "notes": notes}


def _hidden(sheet: Any) -> bool:
    return bool(sheet.sheet_state != "visible")


def _grid(sheet: Any, book: Any, formulas: Any) -> dict[str, Any]:
    # Some programs write a wrong size, at which openpyxl would stop reading.
    sheet.reset_dimensions()
    rows: list[tuple[int, list[str]]] = []
    faults: list[dict[str, Any]] = []
    blank: set[tuple[int, int]] = set()
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        texts = [_text(cell.value) for cell in cells]
        for column, cell in enumerate(cells, start=1):
            if cell.data_type == "e":
                what = f"the cell holds the error {cell.value}"
                faults.append(_fault(number, column, what=what))
            elif cell.value is None and cell.data_type == "n" and hasattr(cell, "row"):
                blank.add((number, column))
        if any(text.strip() for text in texts):
            rows.append((number, texts))
            _refuse_many(len(rows))
    faults += _uncalculated(blank, formulas[sheet.title])
    faults += _merged(book, sheet)
    return {"sheet": sheet.title, "rows": rows, "faults": faults}


def _fault(row: int, column: int, *, what: str) -> dict[str, Any]:
    return {
        "row": row,
        "column": column,
        "last_row": row,
        "last_column": column,
        "what": what,
    }


def _uncalculated(blank: set[tuple[int, int]], sheet: Any) -> list[dict[str, Any]]:
    """Return the cells among those that are blank which hold a formula."""
    if not blank:
        return []
    sheet.reset_dimensions()
    what = (
        "the cell holds a formula whose result was never saved; open the workbook in a spreadsheet "
        "program and save it"
    )
    return [
        _fault(number, column, what=what)
        for number, cells in enumerate(sheet.iter_rows(), start=1)
        for column, cell in enumerate(cells, start=1)
        if cell.data_type == "f" and (number, column) in blank
    ]


def _merged(book: Any, sheet: Any) -> list[dict[str, Any]]:
    # openpyxl forgets about merged cells when it reads row by row, and anything else needs fifty
    # times the memory.
    with book._archive.open(sheet._worksheet_path) as file:
        ranges = _MERGED.findall(file.read())
    return [
        {
            "row": int(top),
            "column": column_index(left.decode()) + 1,
            "last_row": int(bottom),
            "last_column": column_index(right.decode()) + 1,
            "what": f"the cells {left.decode()}{int(top)}:{right.decode()}{int(bottom)} are merged",
        }
        for left, top, right, bottom in ranges
    ]


def _text(value: Any) -> str:
    """Return what a cell says, with the characters that XLSX writes as codes."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), cell_text(value))


def write_xlsx(path: Path, tables: Mapping[str, Sequence[Sequence[str]]]) -> None:
    """Write each grid as a sheet whose header stays in view, and which prints as wide as its paper."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in tables.items():
        _write_sheet(book.create_sheet(name), rows)
    book.save(path)


def _write_sheet(page: Any, rows: Sequence[Sequence[str]]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    wrapped = Alignment(vertical="top", wrap_text=True)
    for number, cells in enumerate(rows, start=1):
        for column, text in enumerate(cells, start=1):
            cell = page.cell(row=number, column=column)
            cell.alignment = wrapped
            if not text:
                continue
            cell.value = _LIKE_ESCAPED.sub("_x005F_", text)
            # openpyxl takes `=1+1` for a formula and `#N/A` for an error; here both are words, and
            # the mark keeps them words when somebody edits the cell.
            cell.data_type = "s"
            cell.quotePrefix = bool(_GUARDED.match(text))
    widths = _widths(rows)
    for column, width in enumerate(widths, start=1):
        page.column_dimensions[get_column_letter(column)].width = width
        header = page.cell(row=1, column=column)
        header.font = Font(bold=True)
        header.fill = PatternFill("solid", fgColor=_GROUND)
    for number, cells in enumerate(rows, start=1):
        # Not every program makes rows as tall as what stands in them.
        if (lines := _lines(cells, widths)) > 1:
            height = min(lines * _LINE_POINTS, _TALLEST_POINTS)
            page.row_dimensions[number].height = height
    page.freeze_panes = "A2"
    page.auto_filter.ref = page.dimensions
    _set_up_print(page)


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """Return how many characters wide each column is."""
    least, most = _WIDTHS
    return [
        min(
            max(least, *(2 + len(line) for cells in rows for line in cells[column].split("\n"))),
            most,
        )
        for column in range(len(rows[0]))
    ]


def _lines(cells: Sequence[str], widths: Sequence[int]) -> int:
    """Return how many lines a row takes."""
    return max(
        (
            sum(len(wrap(line, width)) if len(line) > width else 1 for line in text.split("\n"))
            for text, width in zip(cells, widths, strict=False)
        ),
        default=1,
    )


def _set_up_print(page: Any) -> None:
    """Have a sheet print across, all its columns on one page, with its header on each."""
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = _A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "1:1"
    page.oddFooter.center.text = "&A · &P / &N"
