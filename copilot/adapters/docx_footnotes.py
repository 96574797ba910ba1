"""Footnotes of a Word document, which python-docx cannot write: a part of their own in the package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docx.document import Document
    from docx.text.paragraph import Paragraph

TEXT_STYLE: Final = "FootnoteText"
REFERENCE_STYLE: Final = "FootnoteReference"

_SEPARATORS: Final = (
    (-1, "separator", "w:separator"),
    (0, "continuationSeparator", "w:continuationSeparator"),
)
"""The lines above the notes of a page, which Word looks for under these two numbers."""


class Footnotes:
    """Collects the notes of one document and writes them into it."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def refer(self, paragraph: Paragraph, text: str) -> None:
        """Add a reference to a new note at the end of a paragraph.

        Word numbers notes by where they are referred to, so each reference has a note of its own.
        """
        self._texts.append(text)
        run = paragraph.add_run()
        run.style = REFERENCE_STYLE
        reference: Any = OxmlElement("w:footnoteReference")
        reference.set(qn("w:id"), str(len(self._texts)))
        run._r.append(reference)

    def store(self, document: Document) -> None:
        """Put the notes into the document's package; nothing if there are none."""
        if not self._texts:
            return
        part = Part(
            PackURI("/word/footnotes.xml"),
            CONTENT_TYPE.WML_FOOTNOTES,
            _written(self._texts),
            document.part.package,
        )
        document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


def add_styles(document: Document) -> None:
    """Give a document the two styles of footnotes, which the usual template lacks."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt

    text: Any = document.styles.add_style(TEXT_STYLE, WD_STYLE_TYPE.PARAGRAPH)
    text.base_style = document.styles["Normal"]
    text.font.size = Pt(8.5)
    text.paragraph_format.space_after = Pt(2)
    reference: Any = document.styles.add_style(REFERENCE_STYLE, WD_STYLE_TYPE.CHARACTER)
    reference.font.superscript = True


def _written(texts: Iterable[str]) -> bytes:
    root: Any = OxmlElement("w:footnotes")
    for number, kind, mark in _SEPARATORS:
        note = _note(root, number)
        note.set(qn("w:type"), kind)
        _run(_paragraph(note)).append(OxmlElement(mark))
    for number, text in enumerate(texts, start=1):
        paragraph = _paragraph(_note(root, number), style=TEXT_STYLE)
        _run(paragraph, style=REFERENCE_STYLE).append(OxmlElement("w:footnoteRef"))
        written: Any = OxmlElement("w:t")
        written.set(qn("xml:space"), "preserve")
        written.text = f" {text}"
        _run(paragraph).append(written)
    return bytes(serialize_part_xml(root))


def _note(root: Any, number: int) -> Any:
    note: Any = OxmlElement("w:footnote")
    note.set(qn("w:id"), str(number))
    root.append(note)
    return note


def _paragraph(note: Any, *, style: str = "") -> Any:
    paragraph: Any = OxmlElement("w:p")
    if style:
        paragraph.style = style
    note.append(paragraph)
    return paragraph


def _run(paragraph: Any, *, style: str = "") -> Any:
    run = paragraph.add_r()
    if style:
        run.style = style
    return run
