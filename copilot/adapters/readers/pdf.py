"""PDF: text page by page with pypdfium2, pypdf as the second reader, OCR where it is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from copilot.adapters.readers import ocr
from copilot.adapters.readers.legibility import is_legible
from copilot.adapters.readers.pdf_forms import fields_of
from copilot.adapters.readers.pdf_layout import Line, lines_of
from copilot.adapters.readers.pdf_paragraphs import document_of
from copilot.errors import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from copilot.domain.documents import ParsedDocument

_MOST_PAGES: Final = 3_000
_MOST_SCANNED: Final = 300
_GIBBERISH: Final = UnreadableFile(
    "its text layer is gibberish: the letters on screen and those stored do not match",
    hint="Print it to a new PDF, or install tesseract so that it can be read by OCR.",
)
_SCANNED: Final = UnreadableFile(
    "it is scanned: there are pictures of pages and no text",
    hint="Install tesseract so that it can be read by OCR, or find the original.",
)


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
            pdf.init_forms()
            pages, broken = _pages(pdf)
            pages, notes = _with_ocr(pdf, pages, broken)
            if pdf.count_attachments():
                notes = (*notes, f"files attached to it are not read: {_attached(pdf)}")
        finally:
            pdf.close()
        return document_of(pages, title, notes)


def _pages(pdf: Any) -> tuple[list[list[Line]], list[int]]:
    """Return the lines of each page, and which pages could not be opened."""
    import pypdfium2

    pages: list[list[Line]] = []
    broken: list[int] = []
    for at in range(len(pdf)):
        try:
            page = pdf[at]
            lines = lines_of(page)
            if pdf.formenv is not None:
                lines += fields_of(page, pdf.formenv)
            page.close()
        except pypdfium2.PdfiumError:
            # One damaged page is no reason to lose the others.
            lines = []
            broken.append(at)
        pages.append(lines)
    if len(broken) == len(pages):
        raise UnreadableFile(
            "the PDF is damaged: none of its pages can be opened",
            hint="Export it again from where it came from.",
        )
    return pages, broken


def _attached(pdf: Any) -> str:
    names = [pdf.get_attachment(at).get_name() for at in range(min(8, pdf.count_attachments()))]
    return ", ".join(names)


def _with_ocr(
    pdf: Any, pages: list[list[Line]], broken: Sequence[int]
) -> tuple[list[list[Line]], tuple[str, ...]]:
    """Replace pages without usable text by what OCR reads on them, where it is installed."""
    notes = (f"damaged and not read: {_listed(broken)}",) if broken else ()
    texts = ["\n".join(line.text for line in page) for page in pages]
    # Pages of few words are judged together with the rest.
    whole = not is_legible("\n".join(texts))
    odd = [at for at, text in enumerate(texts) if whole or not is_legible(text)]
    empty = [
        at
        for at, text in enumerate(texts)
        if not text.strip() and at not in broken and _inked(pdf[at])
    ]
    blind = sorted({*odd, *empty})
    if not blind:
        return pages, notes
    if ocr.available():
        if len(blind) > _MOST_SCANNED:
            raise UnreadableFile(
                f"{len(blind)} of its pages are scanned, more than {_MOST_SCANNED}",
                hint="Split it, and keep the part that matters.",
            )
        for at in blind:
            read = ocr.read_page(pdf[at])
            pages[at] = [Line(line.strip()) for line in read.split("\n")]
        return pages, (*notes, f"read by OCR: {_listed(blind)}")
    if whole or (odd and len(blind) == len(pages)):
        raise _GIBBERISH
    if len(blind) == len(pages):
        raise _SCANNED
    for at in odd:
        pages[at] = []
    if odd:
        notes = (*notes, f"gibberish and not read: {_listed(odd)}")
    if empty:
        notes = (*notes, f"no text on {_listed(empty)}")
    return pages, notes


def _inked(page: Any) -> bool:
    """Say whether anything is drawn on a page."""
    return next(iter(page.get_objects(max_depth=2)), None) is not None


def _listed(places: Sequence[int]) -> str:
    """Return page numbers, counted from 1, with stretches as `3–12`; of many only the first."""
    runs: list[tuple[int, int]] = []
    for at in places:
        if runs and runs[-1][1] == at - 1:
            runs[-1] = (runs[-1][0], at)
        else:
            runs.append((at, at))
    shown = [str(a + 1) if a == b else f"{a + 1}–{b + 1}" for a, b in runs[:8]]
    more = " …" if len(runs) > 8 else ""
    return f"page{'s' if len(places) > 1 else ''} {', '.join(shown)}{more}"


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
    text = "\n".join(line.text for page in pages for line in page)
    if not text.strip():
        raise UnreadableFile(
            "the PDF is damaged: no text could be recovered",
            hint="Export it again from where it came from.",
        )
    if not is_legible(text):
        raise _GIBBERISH
    return document_of(pages, title, ("mended: the usual reader could not open it",))


def _recovered(path: Path) -> tuple[list[list[Line]], str]:
    from pypdf import PdfReader as PyPdf

    reader = PyPdf(path, strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise UnreadableFile(
            "it is encrypted and needs a password",
            hint="Save a copy without the password, if you may.",
        )
    pages = [
        [Line(line.strip()) for line in page.extract_text().split("\n")] for page in reader.pages
    ]
    return pages, (reader.metadata.title if reader.metadata else None) or ""
