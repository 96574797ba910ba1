"""Build the sample workspace: `python examples/build.py TARGET`.

The folder `harbourlight` holds text only. This script copies it and makes the Word, PDF and Excel
files from the text in `harbourlight/_text`. The same text always gives the same bytes.
"""

from __future__ import annotations

import io
import re
import sys
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

import docx
import openpyxl
import yaml
from openpyxl.styles import Font
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Table, TableStyle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SOURCE: Final = Path(__file__).parent / "harbourlight"
TEXTS: Final = "_text"
LEFT_OUT: Final = {TEXTS, "README.md"}
FIXED: Final = datetime(2025, 12, 15, 9, 0, tzinfo=UTC)
"""The moment that every binary file gives as its creation; it says nothing about the content."""

_ZIP_TIME: Final = (2025, 12, 15, 9, 0, 0)
_STAMP: Final = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")
_HEADING: Final = re.compile(r"(#{1,3}) +(.+)")
_ITEM: Final = re.compile(r"- +(.+)")
_RULE: Final = re.compile(r"\|[-:| ]+\|")
_WIDTH: Final = A4[0] - 44 * mm


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a document: a heading, a paragraph, an item or a table."""

    kind: str
    text: str = ""
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


def parts(text: str) -> Iterator[Part]:
    """Yield the parts of a page written in a small share of Markdown."""
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = block.splitlines()
        if heading := _HEADING.fullmatch(lines[0]):
            yield Part("heading", heading[2], level=len(heading[1]))
            lines = lines[1:]
        if not lines:
            continue
        if lines[0].startswith("|"):
            yield Part("table", rows=tuple(_cells(line) for line in lines if not _is_rule(line)))
        elif _ITEM.fullmatch(lines[0]):
            yield from (Part("item", item) for item in _items(lines))
        else:
            yield Part("paragraph", " ".join(lines))


def _is_rule(line: str) -> bool:
    return bool(_RULE.fullmatch(line.strip()))


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip().strip("|").split("|"))


def _items(lines: list[str]) -> list[str]:
    """Join each item with the lines that continue it."""
    found: list[str] = []
    for line in lines:
        if item := _ITEM.fullmatch(line):
            found.append(item[1])
        else:
            found[-1] += f" {line.strip()}"
    return found


def make_docx(text: str) -> bytes:
    """Return a Word document with the page's headings, lists and tables."""
    document = docx.Document()
    for part in parts(text):
        match part.kind:
            case "heading":
                document.add_heading(part.text, level=part.level - 1)
            case "item":
                document.add_paragraph(part.text, style="List Bullet")
            case "table":
                _add_table(document, part.rows)
            case _:
                document.add_paragraph(part.text)
    core = document.core_properties
    core.title = _title(text)
    core.author = core.last_modified_by = "Harbourlight Ltd"
    core.created = core.modified = FIXED
    core.comments = ""
    buffer = io.BytesIO()
    document.save(buffer)
    return _frozen_zip(buffer.getvalue())


def _add_table(document: Any, rows: tuple[tuple[str, ...], ...]) -> None:
    table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, value in zip(row.cells, cells, strict=True):
            cell.text = value


def make_pdf(text: str) -> bytes:
    """Return a PDF with headings in larger letters, tables and numbered pages."""
    buffer = io.BytesIO()
    template = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=22 * mm,
        rightMargin=22 * mm,
        topMargin=22 * mm,
        bottomMargin=24 * mm,
        title=_title(text),
        author="Harbourlight Ltd",
        invariant=1,
    )
    template.build(
        [_flowable(part) for part in parts(text)], onFirstPage=_footer, onLaterPages=_footer
    )
    return buffer.getvalue()


def _style(size: float, *, bold: bool = False, before: float = 0, after: float = 6) -> Any:
    return ParagraphStyle(
        f"s{size}{bold}",
        fontName="Helvetica-Bold" if bold else "Helvetica",
        fontSize=size,
        leading=size * 1.35,
        spaceBefore=before,
        spaceAfter=after,
        keepWithNext=bold and size > _CELL_SIZE,
    )


_CELL_SIZE: Final = 8.5
_BODY: Final = _style(10.5)
_HEADINGS: Final = {
    1: _style(20, bold=True, after=12),
    2: _style(14, bold=True, before=10, after=5),
    3: _style(12, bold=True, before=8, after=4),
}
_CELL: Final = _style(_CELL_SIZE, after=0)
_HEAD_CELL: Final = _style(_CELL_SIZE, bold=True, after=0)


def _flowable(part: Part) -> Flowable:
    match part.kind:
        case "heading":
            return Paragraph(escape(part.text), _HEADINGS[part.level])
        case "item":
            style = ParagraphStyle("item", parent=_BODY, leftIndent=12, bulletIndent=2)
            return Paragraph(escape(part.text), style, bulletText="•")
        case "table":
            return _pdf_table(part.rows)
        case _:
            return Paragraph(escape(part.text), _BODY)


def _pdf_table(rows: tuple[tuple[str, ...], ...]) -> Flowable:
    longest = [
        max(20, *(min(60, len(cell)) for cell in column)) for column in zip(*rows, strict=True)
    ]
    cells = [
        [Paragraph(escape(cell), _CELL if number else _HEAD_CELL) for cell in row]
        for number, row in enumerate(rows)
    ]
    widths = [_WIDTH * share / sum(longest) for share in longest]
    table = Table(cells, colWidths=widths, repeatRows=1, spaceBefore=4, spaceAfter=10)
    table.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.5, colors.HexColor("#8a97a6")),
                ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#e4ebf2")),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ]
        )
    )
    return table


def _footer(canvas: Any, template: Any) -> None:
    canvas.saveState()
    canvas.setFont("Helvetica", 8.5)
    canvas.drawCentredString(A4[0] / 2, 12 * mm, f"Page {template.page}")
    canvas.restoreState()


def make_xlsx(text: str) -> bytes:
    """Return a workbook with the sheets that the YAML text lists; the first row is the header."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for listed in yaml.safe_load(text)["sheets"]:
        sheet = book.create_sheet(listed["name"])
        for row in listed["rows"]:
            sheet.append(row)
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
        for column in sheet.columns:
            longest = max(len(str(cell.value or "")) for cell in column)
            sheet.column_dimensions[column[0].column_letter].width = min(60, longest + 2)
    book.properties.creator = "Harbourlight Ltd"
    buffer = io.BytesIO()
    book.save(buffer)
    return _frozen_zip(buffer.getvalue())


def _title(text: str) -> str:
    return text.lstrip().splitlines()[0].lstrip("# ")


def _frozen_zip(content: bytes) -> bytes:
    """Return the same archive with every date in it set to `FIXED`."""
    stamp = f"{FIXED:%Y-%m-%dT%H:%M:%SZ}".encode()
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as before,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            data = before.read(name)
            if name == "docProps/core.xml":
                data = _STAMP.sub(rb"\g<1>" + stamp + rb"\g<3>", data)
            entry = zipfile.ZipInfo(name, date_time=_ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            after.writestr(entry, data)
    return buffer.getvalue()


MAKERS: Final[dict[str, Callable[[str], bytes]]] = {
    ".docx": make_docx,
    ".pdf": make_pdf,
    ".xlsx": make_xlsx,
}


def files() -> Iterator[tuple[Path, bytes]]:
    """Yield each file of the workspace: its path there and its content."""
    for path in sorted(SOURCE.rglob("*")):
        place = path.relative_to(SOURCE)
        if path.is_file() and place.parts[0] not in LEFT_OUT:
            yield place, path.read_bytes()
    texts = SOURCE / TEXTS
    for path in sorted(texts.rglob("*")):
        if path.is_file():
            place = path.relative_to(texts).with_suffix("")
            yield place, MAKERS[place.suffix](path.read_text(encoding="utf-8"))


def build(target: Path) -> int:
    """Write the workspace into `target` and return how many files were new or different."""
    written = 0
    for place, content in files():
        path = target / place
        if path.is_file() and path.read_bytes() == content:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written += 1
    return written


def main(arguments: list[str]) -> int:
    """Build into the folder that the only argument names."""
    if len(arguments) != 1:
        sys.stderr.write("Usage: python examples/build.py TARGET\n")
        return 2
    target = Path(arguments[0])
    sys.stdout.write(f"{build(target)} files written to {target}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
