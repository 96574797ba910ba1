"""Word documents: headings by style, lists, tables, text boxes and notes, in the order of the page.

Headers and footers are left out, as are comments, deleted and hidden words: what is stored is what a
reader of the page sees in its body.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from copilot.adapters.readers.archives import refuse_bombs
from copilot.adapters.readers.building import TextBuilder
from copilot.domain.documents import BlockKind, ParsedDocument
from copilot.errors import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING: Final = re.compile(r"(?:heading|überschrift|titre)\s*(\d)", re.IGNORECASE)
_UNSEEN: Final = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_W}pPr", f"{_W}instrText"})
_BREAKS: Final = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_BOX: Final = f"{_W}txbxContent"
_FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_NOTES: Final = ("footnotes", "endnotes")


class DocxReader:
    """A .docx file. Its pages exist only once it is laid out, so none are named."""

    def read(self, path: Path, *, name: str) -> ParsedDocument:
        """Return the document's paragraphs and table rows.

        Raises:
            UnreadableFile: It is damaged or protected by a password.
        """
        import docx

        refuse_bombs(path, must_hold="word/")
        try:
            document = docx.Document(str(path))
        except Exception as exc:
            raise UnreadableFile(
                "the document cannot be opened: it is damaged",
                hint="Open it in a word processor and save it again as .docx.",
            ) from exc
        walk = _Walk(_Styles(document))
        walk.body(document.element.body)
        walk.notes(document)
        return ParsedDocument(
            text=walk.builder.text,
            blocks=tuple(walk.builder.blocks),
            title=document.core_properties.title or walk.title,
        )


class _Styles:
    """What the styles of a document make of a paragraph."""

    def __init__(self, document: Any) -> None:
        self._levels: dict[str, int] = {}
        self._lists: set[str] = set()
        self.titles: set[str] = set()
        for style in document.styles:
            name = (getattr(style, "name", "") or "").lower()
            if "list" in name:
                self._lists.add(style.style_id)
            if name == "title":
                self.titles.add(style.style_id)
            if level := _level_of(style):
                self._levels[style.style_id] = level

    def kind(self, paragraph: Any) -> tuple[BlockKind, int]:
        """Return what a paragraph is and, for a heading, its level."""
        properties = paragraph.find(f"{_W}pPr")
        style = self.name(paragraph)
        if style in self.titles:
            return BlockKind.HEADING, 1
        if level := self._levels.get(style, 0) or _outline(properties):
            return BlockKind.HEADING, level
        numbered = properties is not None and properties.find(f"{_W}numPr") is not None
        return (BlockKind.ITEM if numbered or style in self._lists else BlockKind.TEXT), 0

    @staticmethod
    def name(paragraph: Any) -> str:
        """Return the id of a paragraph's style."""
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        return style.get(f"{_W}val", "") if style is not None else ""


def _level_of(style: Any) -> int:
    """Return the heading level of a style, or of one that it is based on; 0 for others."""
    for _ in range(10):  # styles may be based on each other in a ring
        if style is None:
            return 0
        if match := _HEADING.match(style.name or ""):
            return int(match[1]) + 1
        if level := _outline(style.element.find(f"{_W}pPr")):
            return level
        style = getattr(style, "base_style", None)
    return 0


def _outline(properties: Any) -> int:
    level = properties.find(f"{_W}outlineLvl") if properties is not None else None
    value = level.get(f"{_W}val", "9") if level is not None else "9"
    return int(value) + 2 if value in set("012345678") else 0


class _Walk:
    """Goes through the elements of a document and adds what it shows."""

    def __init__(self, styles: _Styles) -> None:
        self.builder = TextBuilder()
        self.title = ""
        self._styles = styles
        self._tables = 0

    def body(self, parent: Any) -> None:
        """Add the paragraphs and tables under an element, content controls and insertions too."""
        for element in parent.iterchildren():
            if element.tag == f"{_W}p":
                self._paragraph(element)
            elif element.tag == f"{_W}tbl":
                self._table(element)
            elif element.tag not in _UNSEEN and isinstance(element.tag, str):
                self.body(element)

    def notes(self, document: Any) -> None:
        """Add the footnotes and endnotes after everything else."""
        from docx.oxml import parse_xml

        for part in document.part.rels.values():
            kind = part.reltype.rpartition("/")[2]
            if kind not in _NOTES or part.is_external:
                continue
            for note in parse_xml(part.target_part.blob).iterchildren():
                # The first two are the lines that separate notes from the page.
                if note.get(f"{_W}type") is None:
                    words = "\n".join(map(_words, note.iter(f"{_W}p")))
                    self.builder.add(BlockKind.TEXT, words, place=kind.removesuffix("s"))

    def _paragraph(self, paragraph: Any) -> None:
        kind, level = self._styles.kind(paragraph)
        words = _words(paragraph)
        if not self.title and self._styles.name(paragraph) in self._styles.titles:
            self.title = words
        self.builder.add(kind, words, level=level)
        for box in paragraph.iter(_BOX):
            if not any(ancestor.tag == _FALLBACK for ancestor in box.iterancestors()):
                self.body(box)

    def _table(self, table: Any) -> None:
        self._tables += 1
        header = ""
        above: dict[int, str] = {}
        rows = [row for row in _within(table, f"{_W}tr") if _seen(row)]
        for at, row in enumerate(rows, start=1):
            line = " | ".join(_row(row, above))
            place = f"table {self._tables}, row {at}"
            self.builder.add(BlockKind.ROW, line, place=place, context=header)
            header = header or line


def _row(row: Any, above: dict[int, str]) -> Iterator[str]:
    """Yield the words of each cell; a cell merged with the one above says the same."""
    column = 0
    for cell in _within(row, f"{_W}tc"):
        span = cell.find(f"{_W}tcPr/{_W}gridSpan")
        merged = cell.find(f"{_W}tcPr/{_W}vMerge")
        words = "\n".join(filter(None, map(_words, cell.iter(f"{_W}p"))))
        if merged is not None and merged.get(f"{_W}val", "continue") == "continue":
            words = above.get(column, words)
        above[column] = words
        width = span.get(f"{_W}val", "1") if span is not None else "1"
        column += int(width) if width.isdecimal() else 1
        yield words


def _within(parent: Any, tag: str) -> Iterator[Any]:
    """Yield the rows of a table or the cells of a row, content controls around them or not."""
    for child in parent.iterchildren():
        if child.tag == tag:
            yield child
        elif child.tag in {f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"}:
            yield from _within(child, tag)


def _seen(row: Any) -> bool:
    return row.find(f"{_W}trPr/{_W}del") is None


def _words(paragraph: Any) -> str:
    joined = "".join(_pieces(paragraph))
    lines = (" ".join(part.split()) for part in joined.split("\n"))
    return "\n".join(line for line in lines if line)


def _pieces(element: Any) -> Iterator[str]:
    for child in element.iterchildren():
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in _BREAKS:
            yield _BREAKS[child.tag]
        elif isinstance(child.tag, str) and not _apart(child):
            yield from _pieces(child)


def _apart(element: Any) -> bool:
    """Say whether the words in an element are not those of its paragraph, or not seen."""
    if element.tag == f"{_W}r":
        return _vanished(element)
    return element.tag in _UNSEEN or element.tag in {_BOX, _FALLBACK, f"{_W}p"}


def _vanished(run: Any) -> bool:
    mark = run.find(f"{_W}rPr/{_W}vanish")
    return mark is not None and mark.get(f"{_W}val", "true") not in {"0", "false", "off"}
