"""Where the words of a PDF page stand: its lines, and the tables that the columns betray."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_COLUMN_GAP: Final = 0.9
"""Space between two cells of a row, in letter sizes; between two words it is about a third."""
_ROW_GAP: Final = 0.5
"""Space between two rows, in letter sizes, where cells are padded; between two lines about a third."""
_SAME_SIZE: Final = 1.15
_LONGEST_CELL: Final = 12
"""Lines of a wrapped cell, beyond which what follows is taken for text below the table."""


_ALIGNED: Final = 2.5
"""Points by which edges that are meant to be in line may differ."""
_MOST: Final = 0.75
_LABEL: Final = re.compile(r"\W|\(?[a-zA-Z0-9]{1,3}(?:\.\d+)*[.)]|\d+(?:\.\d+)+|\([a-z0-9]+\)")
"""A bullet or a number that stands before an item or a section."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Words that stand together; the box counts from the bottom left of the page."""

    text: str
    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text as the reader gives it; in a table it may run over several cells."""

    text: str
    size: float = 0.0
    gap: bool = False
    """Whether more than the usual space stands above it."""
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table."""

    text: str
    header: str
    """The first row of the table, for all rows but the first."""


def lines_of(page: Any) -> list[Line]:
    """Return the lines of a page of pypdfium2."""
    import pypdfium2.raw as pdfium

    textpage = page.get_textpage()
    try:
        count = textpage.count_chars()
        if count <= 0:
            return []
        lines: list[Line] = []
        at, gap = 0, False
        for raw in textpage.get_text_range(0, count).split("\n"):
            stripped = raw.strip()
            if stripped:
                first = min(count - 1, at + len(raw) - len(raw.lstrip()))
                size = round(float(pdfium.FPDFText_GetFontSize(textpage.raw, first)), 1)
                cells = _cells(textpage, first, (_mended(stripped), size))
                lines.append(Line(_mended(stripped), size, gap, cells))
            gap = not stripped
            at += len(raw) + 1
        return lines
    finally:
        textpage.close()


def _mended(line: str) -> str:
    # pdfium marks a hyphen that breaks a word at the line's end with U+FFFE or U+0002.
    return line.replace("\ufffe", "-").replace("\x02", "-").replace("\xa0", " ").replace("\x00", "")


def _cells(textpage: Any, first: int, line: tuple[str, float]) -> tuple[Cell, ...]:
    """Return the line in pieces, where it has gaps that are wider than between words."""
    text, size = line
    boxes: list[tuple[float, float, float, float]] = []
    for at in range(textpage.count_rects(first, len(text))):
        left, bottom, right, top = textpage.get_rect(at)
        if right - left < 0.1:
            continue
        if boxes and left - boxes[-1][2] < _COLUMN_GAP * max(size, 4.0):
            last = boxes[-1]
            boxes[-1] = (min(last[0], left), min(last[1], bottom), right, max(last[3], top))
        else:
            boxes.append((left, bottom, right, top))
    if len(boxes) == 1:
        return (Cell(text, *boxes[0]),)
    found = (Cell(_bounded(textpage, box), *box) for box in boxes)
    return tuple(cell for cell in found if cell.text)


def _bounded(textpage: Any, box: tuple[float, float, float, float]) -> str:
    return " ".join(_mended(textpage.get_text_bounded(*box)).split())


def with_tables(lines: Sequence[Line]) -> Iterator[Line | Row]:
    """Yield the lines in order, with those that make up a table replaced by its rows.

    A table is where several lines have cells in the same columns, and no cell crosses two. The
    lines between and after, such as those of a wrapped cell, belong to it while each fits a column.
    """
    at = 0
    while at < len(lines):
        rows, until = _table(lines, at) if len(lines[at].cells) > 1 else ([], at)
        if not rows:
            yield lines[at]
            at += 1
            continue
        header = ""
        for row in rows:
            yield Row(row, header)
            # A line above the table that got in as a row of one cell is no header.
            header = header or (row if " | " in row else "")
        at = until


def _table(lines: Sequence[Line], start: int) -> tuple[list[str], int]:
    """Return the rows of the table that begins at a line, and the line after it."""
    columns = _Columns()
    end = start
    for at in range(start, len(lines)):
        line = lines[at]
        if not columns.take(line, lines[start].size):
            break
        if len(line.cells) > 1:
            end = at + 1
        elif at - end > _LONGEST_CELL:
            break
    while end < len(lines) and columns.continues(lines[end], lines[end - 1]):
        end += 1
    part = lines[start:end]
    if not columns.make_a_table([line.cells for line in part if len(line.cells) > 1]):
        return [], start
    words = "".join("".join(line.text.split()) for line in part)
    rows = columns.rows([cell for line in part for cell in line.cells], lines[start].size)
    # What the boxes do not give back whole is left as lines: no word may be lost.
    kept = "".join("".join(cell.split()) for row in rows for cell in row)
    if sorted(kept) != sorted(words):
        return [], start
    return [" | ".join(row) for row in rows], end


@dataclass(slots=True)
class _Columns:
    """The columns of a table, as stretches from left to right that no cell crosses."""

    spans: list[tuple[float, float]] = field(default_factory=list)

    def take(self, line: Line, size: float) -> bool:
        """Widen the columns by a line; say no if it does not fit them."""
        if not line.cells or not size / _SAME_SIZE <= line.size <= size * _SAME_SIZE:
            return False
        spans = list(self.spans)
        for cell in line.cells:
            spans = _merged(spans, (cell.left, cell.right))
        fits = len(spans) >= max(2, len(self.spans)) if self.spans else len(spans) > 1
        if fits:
            self.spans = spans
        return fits

    def make_a_table(self, lines: Sequence[Sequence[Cell]]) -> bool:
        """Say whether lines of several cells stand as in a table.

        Justified prose has wide gaps too, but not below each other, and a list has its labels in a
        column of their own.
        """
        if len(self.spans) < 2 or len(lines) < (2 if len(self.spans) > 2 else 3):
            return False
        by_column: list[list[Cell]] = [[] for _ in self.spans]
        for cells in lines:
            for cell in cells:
                by_column[self._column(cell)].append(cell)
        labels = sum(bool(_LABEL.fullmatch(cell.text)) for cell in by_column[0])
        several = [cells for cells in by_column if len(cells) > 1]
        return labels * 2 <= len(by_column[0]) and len(several) > 1 and all(map(_aligned, several))

    def continues(self, line: Line, above: Line) -> bool:
        """Say whether a line is the rest of a wrapped cell of the last row."""
        if len(line.cells) != 1 or not above.cells or line.size != above.size:
            return False
        cell, last = line.cells[0], above.cells[-1]
        crossed = [s for s in self.spans if s[0] < cell.right and cell.left < s[1]]
        beside = abs(last.bottom - cell.top) < _ROW_GAP * line.size or cell.top > last.bottom
        return len(crossed) == 1 and crossed[0] != self.spans[0] and beside

    def rows(self, cells: Sequence[Cell], size: float) -> list[list[str]]:
        """Return the cells' words by row and column."""
        bands: list[list[Cell]] = []
        by_height = sorted(cells, key=lambda cell: -cell.top)
        floors = [cell.bottom for cell in by_height]
        for at in range(1, len(floors)):
            floors[at] = min(floors[at], floors[at - 1])
        gaps = [floors[at - 1] - by_height[at].top for at in range(1, len(by_height))]
        padded = any(gap > _ROW_GAP * size for gap in gaps)
        for cell, gap in zip(by_height, [0.0, *gaps], strict=True):
            first = self._column(cell) == 0
            apart = gap > _ROW_GAP * size if padded else first and gap > -1
            if not bands or (apart and not self._beside(cell, bands[-1])):
                bands.append([])
            bands[-1].append(cell)
        return [row for band in bands if (row := self._row(band))]

    @staticmethod
    def _beside(cell: Cell, band: Sequence[Cell]) -> bool:
        """Say whether a cell stands at the height of one of the band."""
        middle = (cell.top + cell.bottom) / 2
        return any(other.bottom < middle < other.top for other in band)

    def _row(self, band: Sequence[Cell]) -> list[str]:
        parts: list[list[str]] = [[] for _ in self.spans]
        for cell in band:
            parts[self._column(cell)].append(cell.text)
        row = [" ".join(part) for part in parts]
        while row and not row[-1]:
            row.pop()
        return row

    def _column(self, cell: Cell) -> int:
        middle = (cell.left + cell.right) / 2
        return min(
            range(len(self.spans)),
            key=lambda at: (
                abs((self.spans[at][0] + self.spans[at][1]) / 2 - middle)
                if not self.spans[at][0] <= middle <= self.spans[at][1]
                else -1.0
            ),
        )


def _aligned(cells: Sequence[Cell]) -> bool:
    """Say whether most cells begin, end or are centred below each other."""
    edges: tuple[Callable[[Cell], float], ...] = (
        lambda cell: cell.left,
        lambda cell: cell.right,
        lambda cell: (cell.left + cell.right) / 2,
    )
    for edge in edges:
        places = [edge(cell) for cell in cells]
        best = max(sum(abs(a - b) < _ALIGNED for b in places) for a in places)
        if best >= _MOST * len(cells):
            return True
    return False


def _merged(
    spans: Sequence[tuple[float, float]], new: tuple[float, float]
) -> list[tuple[float, float]]:
    left, right = new
    kept = []
    for span in spans:
        if span[0] < right and left < span[1]:
            left, right = min(left, span[0]), max(right, span[1])
        else:
            kept.append(span)
    return sorted([*kept, (left, right)])
