"""PDF: text page by page with pypdfium2, pypdf as the second reader, OCR where it is installed."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from copilot.adapters.readers import ocr
from copilot.adapters.readers.building import TextBuilder
from copilot.adapters.readers.legibility import is_legible
from copilot.domain.documents import BlockKind, ParsedDocument
from copilot.errors import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MOST_PAGES: Final = 3_000
_HEADING_SCALE: Final = 1.12
"""A line is a heading when its letters are so much larger than the body's."""
_HEADING_LENGTH: Final = 110
_NUMBERED: Final = re.compile(r"(?:\d{1,2}\.){0,3}\d{1,2}\.?[ \t]+[A-Z][^.!?]{2,80}")
_PAGE_NUMBER: Final = re.compile(r"(?:page\s*)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?", re.IGNORECASE)
_BULLET: Final = re.compile(r"[•●▪◦‣·–-]\s+|\(?[a-z0-9]{1,2}[.)]\s+")


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    size: float
    gap: bool
    """Whether more than the usual space stands above it."""


class PdfReader:
    """A PDF. Headers and footers that repeat on most pages are left out."""

    def read(self, path: Path, *, name: str) -> ParsedDocument:
        """Return the document's text by page.

        Raises:
            UnreadableFile: It needs a password, is damaged, has no text and cannot be read by OCR,
                or has a text layer that is gibberish.
        """
        import pypdfium2

        try:
            pdf = pypdfium2.PdfDocument(path)
        except pypdfium2.PdfiumError as exc:
            return _second_reader(path, exc)
        try:
            if len(pdf) > _MOST_PAGES:
                raise UnreadableFile(
                    f"it has {len(pdf):,} pages, more than {_MOST_PAGES:,}",
                    hint="Split it, and keep the part that matters.",
                )
            title = str(pdf.get_metadata_dict().get("Title", "")).strip()
            pages = [_lines(pdf[at]) for at in range(len(pdf))]
            pages, notes = _with_ocr(pdf, pages)
        finally:
            pdf.close()
        return _document(pages, title, notes)


def _lines(page: Any) -> list[_Line]:
    import pypdfium2.raw as pdfium

    textpage = page.get_textpage()
    try:
        count = textpage.count_chars()
        if count <= 0:
            return []
        text = textpage.get_text_range(0, count)
        lines: list[_Line] = []
        at, gap = 0, False
        for raw in text.split("\n"):
            stripped = raw.strip()
            if stripped:
                first = min(count - 1, at + len(raw) - len(raw.lstrip()))
                size = float(pdfium.FPDFText_GetFontSize(textpage.raw, first))
                lines.append(_Line(_mended(stripped), round(size, 1), gap))
            gap = not stripped
            at += len(raw) + 1
        return lines
    finally:
        textpage.close()
        page.close()


def _mended(line: str) -> str:
    # pdfium marks a hyphen that breaks a word at the line's end with U+FFFE or U+0002.
    return line.replace("\ufffe", "-").replace("\x02", "-").replace("\xa0", " ").replace("\x00", "")


def _with_ocr(
    pdf: Any,
    pages: list[list[_Line]],
) -> tuple[list[list[_Line]], tuple[str, ...]]:
    """Replace pages without usable text by what OCR reads on them, where it is installed."""
    texts = ["\n".join(line.text for line in page) for page in pages]
    gibberish = not is_legible("\n".join(texts))
    blind = [
        at for at, text in enumerate(texts) if gibberish or (not text.strip() and _inked(pdf[at]))
    ]
    if not blind:
        return pages, ()
    listed = _listed([at + 1 for at in blind])
    if ocr.available():
        for at in blind:
            read = ocr.read_page(pdf[at])
            pages[at] = [_Line(line.strip(), 0.0, gap=False) for line in read.split("\n")]
        return pages, (f"read by OCR: {listed}",)
    if gibberish:
        raise UnreadableFile(
            "its text layer is gibberish: the letters on screen and those stored do not match",
            hint="Print it to a new PDF, or install tesseract so that it can be read by OCR.",
        )
    if len(blind) == len(pages):
        raise UnreadableFile(
            "it is scanned: there are pictures of pages and no text",
            hint="Install tesseract so that it can be read by OCR, or find the original.",
        )
    return pages, (f"no text on {listed}",)


def _inked(page: Any) -> bool:
    """Say whether anything is drawn on a page."""
    return next(iter(page.get_objects(max_depth=2)), None) is not None


def _listed(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:8])) + (" …" if len(numbers) > 8 else "")
    return f"page{'s' if len(numbers) > 1 else ''} {shown}"


def _second_reader(path: Path, cause: Exception) -> ParsedDocument:
    """Try pypdf, which mends some files that pdfium refuses and tells encryption from damage."""
    from pypdf.errors import PyPdfError

    damage = (PyPdfError, ValueError, KeyError, TypeError, AttributeError, OSError, RecursionError)
    try:
        pages, title = _recovered(path)
    except damage as exc:
        raise UnreadableFile(
            f"the PDF is damaged: {cause}", hint="Export it again from where it came from."
        ) from exc
    if not any(line.text for page in pages for line in page):
        raise UnreadableFile(
            "the PDF is damaged: no text could be recovered",
            hint="Export it again from where it came from.",
        )
    return _document(pages, title, ("damaged; read by the second reader",))


def _recovered(path: Path) -> tuple[list[list[_Line]], str]:
    from pypdf import PdfReader as PyPdf

    reader = PyPdf(path, strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise UnreadableFile(
            "it is encrypted and needs a password",
            hint="Save a copy without the password, if you may.",
        )
    pages = [
        [_Line(line.strip(), 0.0, gap=False) for line in page.extract_text().split("\n")]
        for page in reader.pages
    ]
    return pages, (reader.metadata.title if reader.metadata else None) or ""


def _document(pages: list[list[_Line]], title: str, notes: tuple[str, ...]) -> ParsedDocument:
    sizes = Counter[float]()
    for page in pages:
        for line in page:
            sizes[line.size] += len(line.text)
    body = sizes.most_common(1)[0][0] if sizes else 0.0
    larger = sorted({size for size in sizes if size > body * _HEADING_SCALE}, reverse=True)
    repeated = _repeated(pages)
    builder = TextBuilder()
    for number, page in enumerate(pages, start=1):
        for kind, level, text in _paragraphs(page, body, larger, repeated):
            builder.add(kind, text, level=level, page=number)
    text = builder.text
    if not text.strip():
        raise UnreadableFile("it has no text", hint="If it shows text, print it to a new PDF.")
    if not title:
        headings = (b for b in builder.blocks if b.kind is BlockKind.HEADING)
        title = next((text[b.start : b.end].replace("\n", " ") for b in headings), "")
    return ParsedDocument(text=text, blocks=tuple(builder.blocks), title=title, notes=notes)


def _repeated(pages: list[list[_Line]]) -> set[str]:
    """Return first and last lines that stand on more than half of the pages, digits aside."""
    edges = Counter[str]()
    for page in pages:
        texts = [line.text for line in page if line.text]
        edges.update({re.sub(r"\d+", "#", text) for text in texts[:2] + texts[-2:]})
    return {text for text, times in edges.items() if len(pages) > 3 and times > len(pages) / 2}


def _paragraphs(
    page: list[_Line], body: float, larger: list[float], repeated: set[str]
) -> Iterator[tuple[BlockKind, int, str]]:
    """Join lines into paragraphs; a heading, a bullet or a gap begins a new one."""
    kept: list[str] = []
    kind = BlockKind.TEXT
    for at, line in enumerate(page):
        edge = at < 2 or at >= len(page) - 2
        if edge and (
            re.sub(r"\d+", "#", line.text) in repeated or _PAGE_NUMBER.fullmatch(line.text)
        ):
            continue
        level = _heading_level(line, body, larger)
        bullet = bool(_BULLET.match(line.text))
        if kept and (level or bullet or line.gap or _ended(kept[-1], line.text)):
            yield kind, 0, "\n".join(kept)
            kept = []
        if level:
            yield BlockKind.HEADING, level, line.text
        else:
            kind = (BlockKind.ITEM if bullet else BlockKind.TEXT) if not kept else kind
            kept.append(line.text)
    if kept:
        yield kind, 0, "\n".join(kept)


def _heading_level(line: _Line, body: float, larger: list[float]) -> int:
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
