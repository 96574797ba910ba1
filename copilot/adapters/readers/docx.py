"""Word documents: headings by style, lists, tables, in the order of the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from copilot.adapters.readers.archives import refuse_bombs
from copilot.adapters.readers.building import TextBuilder
from copilot.domain.documents import BlockKind, ParsedDocument
from copilot.errors import UnreadableFile

if TYPE_CHECKING:
    from pathlib import Path

    from docx.table import Table
    from docx.text.paragraph import Paragraph

_HEADING: Final = re.compile(r"(?:heading|überschrift|titre)\s*(\d)", re.IGNORECASE)


class DocxReader:
    """A .docx file. Its pages exist only once it is laid out, so none are named."""

    def read(self, path: Path, *, name: str) -> ParsedDocument:
        """Return the document's paragraphs and table rows.

        Raises:
            UnreadableFile: It is damaged or protected by a password.
        """
        import docx
        from docx.table import Table

        refuse_bombs(path)
        try:
            document = docx.Document(str(path))
            content = list(document.iter_inner_content())
        except Exception as exc:
            raise UnreadableFile(
                f"the document cannot be opened: {exc}",
                hint="Open it in a word processor and save it again as .docx.",
            ) from exc
        builder = TextBuilder()
        title = document.core_properties.title or ""
        for number, item in enumerate(content, start=1):
            if isinstance(item, Table):
                _table(item, builder, number)
            else:
                title = title or (item.text if _style(item) == "title" else "")
                _paragraph(item, builder)
        return ParsedDocument(text=builder.text, blocks=tuple(builder.blocks), title=title)


def _style(paragraph: Paragraph) -> str:
    style = paragraph.style
    return (style.name or "").lower() if style is not None else ""


def _paragraph(paragraph: Paragraph, builder: TextBuilder) -> None:
    style = _style(paragraph)
    text = _folded(paragraph.text)
    if style == "title":
        builder.add(BlockKind.HEADING, text, level=1)
    elif match := _HEADING.match(style):
        builder.add(BlockKind.HEADING, text, level=int(match[1]) + 1)
    elif "list" in style or (paragraph._p.pPr is not None and paragraph._p.pPr.numPr is not None):
        builder.add(BlockKind.ITEM, text)
    else:
        builder.add(BlockKind.TEXT, text)


def _table(table: Table, builder: TextBuilder, number: int) -> None:
    header = ""
    for at, row in enumerate(table.rows, start=1):
        cells: list[str] = []
        seen: set[int] = set()
        for cell in row.cells:
            if id(cell._tc) not in seen:
                seen.add(id(cell._tc))
                cells.append(_folded(cell.text))
        line = " | ".join(cells)
        builder.add(BlockKind.ROW, line, place=f"table {number}, row {at}", context=header)
        header = header or line


def _folded(text: str) -> str:
    return "\n".join(line for part in text.split("\n") if (line := " ".join(part.split())))
