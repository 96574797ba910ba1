"""Lines of PDF pages to headings, paragraphs, list items and table rows."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from copilot.adapters.readers.building import TextBuilder
from copilot.adapters.readers.pdf_layout import Line, Row, with_tables
from copilot.domain.documents import BlockKind, ParsedDocument
from copilot.errors import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HEADING_SCALE: Final = 1.12
"""A line is a heading when its letters are so much larger than the body's."""
_HEADING_LENGTH: Final = 110
_NUMBERED: Final = re.compile(r"(?:\d{1,2}\.){0,3}\d{1,2}\.?[ \t]+[A-Z][^.!?]{2,80}")
_PAGE_NUMBER: Final = re.compile(r"(?:page\s*)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?", re.IGNORECASE)
_BULLET: Final = re.compile(r"[•●▪◦‣·–-]\s+|\(?[a-z0-9]{1,2}[.)]\s+")
_PROGRAM_TITLE: Final = re.compile(r"(?:Microsoft (?:Word|PowerPoint|Excel)|untitled)(?: - )?")
_LONG_PAGE: Final = 8
"""Lines; on a shorter page, such as a slide, the second line is what the page is about."""
_FILE_ENDING: Final = re.compile(r"\.(?:docx?|pptx?|xlsx?|pdf|odt|indd)$", re.IGNORECASE)


def document_of(
    pages: Sequence[Sequence[Line]], title: str, notes: tuple[str, ...]
) -> ParsedDocument:
    """Return the document that the lines of its pages make up.

    Raises:
        UnreadableFile: There are no words in it.
    """
    sizes = Counter[float]()
    for page in pages:
        for line in page:
            sizes[line.size] += len(line.text)
    body = sizes.most_common(1)[0][0] if sizes else 0.0
    larger = sorted({size for size in sizes if size > body * _HEADING_SCALE}, reverse=True)
    repeated = _repeated(pages)
    builder = TextBuilder()
    for number, page in enumerate(pages, start=1):
        kept = list(with_tables(_without_edges(page, repeated)))
        for kind, level, text, context in _paragraphs(kept, body, larger):
            builder.add(kind, text, level=level, page=number, context=context)
    text = builder.text
    if not text.strip():
        raise UnreadableFile("it has no text", hint="If it shows text, print it to a new PDF.")
    title = _title(title)
    if not title:
        headings = (b for b in builder.blocks if b.kind is BlockKind.HEADING)
        title = next((text[b.start : b.end].replace("\n", " ") for b in headings), "")
    return ParsedDocument(text=text, blocks=tuple(builder.blocks), title=title, notes=notes)


def _title(stated: str) -> str:
    """Return the title that a PDF states, unless it is only what a program put there."""
    printable = "".join(c for c in stated if c.isprintable())
    return _FILE_ENDING.sub("", _PROGRAM_TITLE.sub("", printable)).strip()


def _repeated(pages: Sequence[Sequence[Line]]) -> set[str]:
    """Return first and last lines that stand on more than half of the pages, digits aside."""
    edges = Counter[str]()
    for page in pages:
        texts = [line.text for line in page if line.text]
        depth = _edge(texts)
        edges.update({_masked(text) for text in texts[:depth] + texts[-depth:]})
    return {text for text, times in edges.items() if len(pages) > 3 and times > len(pages) / 2}


def _without_edges(page: Sequence[Line], repeated: set[str]) -> list[Line]:
    """Return the lines of a page without running heads and page numbers."""
    depth = _edge(page)
    kept = [
        line
        for at, line in enumerate(page)
        if depth <= at < len(page) - depth
        or not (_masked(line.text) in repeated or _PAGE_NUMBER.fullmatch(line.text))
    ]
    # A page that has nothing else, such as a form that is filled in again and again, is kept whole.
    return kept or list(page)


def _edge(page: Sequence[object]) -> int:
    """Return how many lines at the top and bottom of a page may be running heads."""
    return 2 if len(page) >= _LONG_PAGE else 1


def _masked(text: str) -> str:
    return re.sub(r"\d+", "#", text)


def _paragraphs(
    page: Sequence[Line | Row], body: float, larger: list[float]
) -> Iterator[tuple[BlockKind, int, str, str]]:
    """Join lines into paragraphs; a heading, a bullet, a table or a gap begins a new one."""
    kept: list[str] = []
    kind = BlockKind.TEXT
    for line in page:
        if isinstance(line, Row):
            if kept:
                yield kind, 0, "\n".join(kept), ""
                kept = []
            yield BlockKind.ROW, 0, line.text, line.header
            continue
        level = _heading_level(line, body, larger)
        bullet = bool(_BULLET.match(line.text))
        if kept and (level or bullet or line.gap or _ended(kept[-1], line.text)):
            yield kind, 0, "\n".join(kept), ""
            kept = []
        if level:
            yield BlockKind.HEADING, level, line.text, ""
        else:
            kind = (BlockKind.ITEM if bullet else BlockKind.TEXT) if not kept else kind
            kept.append(line.text)
    if kept:
        yield kind, 0, "\n".join(kept), ""


def _heading_level(line: Line, body: float, larger: list[float]) -> int:
    if len(line.text) > _HEADING_LENGTH or not any(map(str.isalpha, line.text)):
        return 0
    if line.size in larger and not line.text.endswith((".", ",", ";")):
        return min(6, larger.index(line.size) + 1)
    if line.size >= body and _NUMBERED.fullmatch(line.text):
        return min(6, len(larger) + 1)
    return 0


def _ended(above: str, below: str) -> bool:
    """Guess whether a paragraph ended between two lines of a page that marks no gaps."""
    return above.endswith((".", ":", "!", "?")) and below[:1].isupper() and len(above) < 70
