"""Drafts as Word documents: title page, version table, approval block, numbered headings, footnotes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from copilot.adapters import docx_footnotes
from copilot.adapters.docx_body import shade, write_body

if TYPE_CHECKING:
    from pathlib import Path

    from docx.document import Document

    from copilot.domain.exporting import Export

_GREY: Final = RGBColor(0x55, 0x55, 0x55)
_INK: Final = RGBColor(0x1F, 0x2A, 0x44)
_FONT: Final = "Liberation Sans"
"""Has the measures of Arial, which a machine without it takes in its place."""
_SMALL: Final = Pt(8.5)
_SIZES: Final = {"Heading 1": 15, "Heading 2": 12.5, "Heading 3": 11}
_LIST: Final = 70
"""A number that no list of the usual template has."""


def write_docx(path: Path, export: Export) -> None:
    """Write a document; nothing is left at `path` if it fails."""
    document = docx.Document()
    _set_up(document)
    footnotes = docx_footnotes.Footnotes()
    _title_page(document, export)
    write_body(document, export.text, footnotes)
    footnotes.store(document)
    _running_lines(document, export)
    about = document.core_properties
    about.title, about.author, about.subject = export.title, export.company, export.status
    about.comments = ""
    document.save(str(path))


def _set_up(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.3)
    section.top_margin = section.bottom_margin = Cm(2.2)
    section.different_first_page_header_footer = True
    normal: Any = document.styles["Normal"]
    normal.font.name = _FONT
    normal.font.size = Pt(10.5)
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.line_spacing = 1.15
    docx_footnotes.add_styles(document)
    _number_headings(document)
    for name, size in _SIZES.items():
        style: Any = document.styles[name]
        style.font.name, style.font.size, style.font.bold = _FONT, Pt(size), True
        style.font.color.rgb = _INK
        fonts = style.element.rPr.rFonts
        for kind in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(kind), None)  # a theme's font would win over the one named here
        style.paragraph_format.space_before = Pt(14 if name == "Heading 1" else 10)
        style.paragraph_format.space_after = Pt(4)
        style.paragraph_format.keep_with_next = True


def _number_headings(document: Document) -> None:
    """Let the three heading styles number themselves: 1, 1.1, 1.1.1."""
    numbering: Any = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
        f'<w:pStyle w:val="Heading{level + 1}"/>'
        f'<w:lvlText w:val="{".".join(f"%{n}" for n in range(1, level + 2))}"/>'
        f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="567" w:hanging="567"/></w:pPr></w:lvl>'
        for level in range(3)
    )
    kind = parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{_LIST}">'
        f'<w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
    )
    # All kinds of lists stand before all lists.
    numbering.insert(0, kind)
    numbering.append(
        parse_xml(
            f'<w:num {nsdecls("w")} w:numId="{_LIST}"><w:abstractNumId w:val="{_LIST}"/></w:num>'
        )
    )
    for level, name in enumerate(_SIZES):
        style: Any = document.styles[name]
        number = style.element.get_or_add_pPr().get_or_add_numPr()
        number.get_or_add_ilvl().val = level
        number.get_or_add_numId().val = _LIST


def _title_page(document: Document, export: Export) -> None:
    for text, size, colour, gap in (
        (export.company, 13, _GREY, 110),
        (export.title, 26, _INK, 6),
        (_standing(export), 12, _GREY, 10),
    ):
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(gap)
        run = paragraph.add_run(text)
        run.font.size, run.font.color.rgb = Pt(size), colour
        run.bold = text == export.title
    if export.versions:
        _caption(document, "Versions")
        _grid(
            document,
            ("Version", "Date", "Author", "Change", "State"),
            [
                (str(one.number), _day(one.on), one.author, one.note, one.state)
                for one in export.versions
            ],
        )
    _caption(document, "Approval")
    _grid(
        document,
        ("", "Role", "Name", "Date", "Signature"),
        [
            ("Owner", export.owner, "", "", ""),
            # Whoever approves in the review need not hold the post that the document names.
            ("Approver", export.approver, "", "", ""),
            *(
                [("Approved in review", "", export.approved_by, _day(export.approved_on), "")]
                if export.approved_by and export.approved_on
                else []
            ),
        ],
    )
    document.paragraphs[-1].add_run().add_break(WD_BREAK.PAGE)


def _standing(export: Export) -> str:
    newest = f"Version {export.versions[-1].number}" if export.versions else ""
    status = export.status if export.status == "approved" else f"{export.status}, not approved"
    return ", ".join(one for one in (newest, status if export.status else "") if one)


def _day(on: Any) -> str:
    return f"{on.day} {on:%B %Y}"


def _caption(document: Document, text: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_before = Pt(28)
    run = paragraph.add_run(text)
    run.bold = True
    run.font.color.rgb = _INK


def _grid(document: Document, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    table = document.add_table(rows=0, cols=len(header))
    table.style = "Table Grid"
    for number, texts in enumerate([header, *rows]):
        for cell, text in zip(table.add_row().cells, texts, strict=True):
            if number == 0:
                shade(cell)
            run = cell.paragraphs[0].add_run(text)
            run.font.size = Pt(9)
            run.bold = number == 0
            cell.paragraphs[0].paragraph_format.space_after = Pt(3)
    document.add_paragraph()


def _running_lines(document: Document, export: Export) -> None:
    """Write the lines at the head and foot of every page but the first."""
    section = document.sections[0]
    head = section.header.paragraphs[0]
    head.text = " · ".join(one for one in (export.company, export.title, _standing(export)) if one)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text, code in (("Page ", "PAGE"), (" of ", "NUMPAGES")):
        foot.add_run(text)
        _counted(foot, code)
    for paragraph in (head, foot):
        for run in paragraph.runs:
            run.font.size, run.font.color.rgb = _SMALL, _GREY


def _counted(paragraph: Any, code: str) -> None:
    """Add what the program that opens the document counts; the figure looks like the run in it."""
    field: Any = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = paragraph.add_run("1")
    run.font.size, run.font.color.rgb = _SMALL, _GREY
    paragraph._p.append(field)
    field.append(run._r)
