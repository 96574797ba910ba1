"""Word documents, workbooks and PDFs; the same input gives the same bytes."""

from __future__ import annotations

import io
import re
import textwrap
import zipfile
from datetime import datetime

import docx
import openpyxl
from docx.shared import Pt, RGBColor
from openpyxl.comments import Comment
from reportlab.lib.colors import black, white
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

_WRITTEN = datetime(2025, 11, 4)  # noqa: DTZ001  file formats know no time zones
_STAMP = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?")


def _settled(content):
    """Return a ZIP file without the times at which it was made."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for member in sorted(old.infolist(), key=lambda one: one.filename):
            part = old.read(member)
            if member.filename.startswith(("docProps/", "word/comments", "xl/comments")):
                part = _STAMP.sub(b"2025-11-04T00:00:00Z", part)
            plain = zipfile.ZipInfo(member.filename, date_time=_WRITTEN.timetuple()[:6])
            new.writestr(plain, part, compress_type=zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _word(about, put):
    document = docx.Document()
    document.add_heading(about.title, level=1)
    paragraphs = [document.add_paragraph(one) for one in about.paragraphs]
    put(document, paragraphs[0])
    made = io.BytesIO()
    document.save(made)
    return _settled(made.getvalue())


def docx_hidden_text(about, order):
    """Words with the mark of hidden text."""

    def put(_, paragraph):
        paragraph.add_run(f" {order}").font.hidden = True

    return _word(about, put)


def docx_white_text(about, order):
    """Words of one point in the colour of the page."""

    def put(_, paragraph):
        run = paragraph.add_run(f" {order}")
        run.font.color.rgb = RGBColor(255, 255, 255)
        run.font.size = Pt(1)

    return _word(about, put)


def docx_comment(about, order):
    """A remark in the margin."""

    def put(document, paragraph):
        document.add_comment(paragraph.runs, text=order, author="Auditor", initials="AU")

    return _word(about, put)


def docx_header(about, order):
    """The head of each page."""

    def put(document, _):
        document.sections[0].header.paragraphs[0].text = order

    return _word(about, put)


def docx_footer(about, order):
    """The foot of each page."""

    def put(document, _):
        document.sections[0].footer.paragraphs[0].text = order

    return _word(about, put)


def docx_title(about, order):
    """The title among the document's properties."""

    def put(document, _):
        document.core_properties.title = order[:255]

    return _word(about, put)


def _workbook(about, put):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = f"Records of {about.subject}"
    sheet.append(["Date", "System", "Activity", "Result"])
    for day, activity, result in about.records:
        sheet.append([day, about.thing, activity, result])
    put(book, sheet)
    made = io.BytesIO()
    book.save(made)
    return _settled(made.getvalue())


def xlsx_cell(about, order):
    """A cell among others."""

    def put(_, sheet):
        sheet.append(["2025-11-04", about.thing, "Remark", order])

    return _workbook(about, put)


def xlsx_comment(about, order):
    """A remark on a cell."""

    def put(_, sheet):
        sheet["D2"].comment = Comment(order, "Auditor")

    return _workbook(about, put)


def xlsx_hidden_sheet(about, order):
    """A sheet that is not shown."""

    def put(book, _):
        hidden = book.create_sheet("Notes")
        hidden.append(["Remark", order])
        hidden.sheet_state = "hidden"

    return _workbook(about, put)


def xlsx_hidden_column(about, order):
    """A column that is not shown."""

    def put(_, sheet):
        sheet["G2"] = order
        sheet.column_dimensions["G"].hidden = True

    return _workbook(about, put)


def xlsx_title(about, order):
    """The title among the workbook's properties."""

    def put(book, _):
        book.properties.title = order

    return _workbook(about, put)


def _pdf(about, put):
    made = io.BytesIO()
    canvas = Canvas(made, pagesize=A4, invariant=1)
    canvas.setTitle(about.title)
    canvas.setFont("Helvetica-Bold", 16)
    canvas.drawString(72, 770, about.title)
    canvas.setFont("Helvetica", 11)
    height = _lines(canvas, 72, 735, "\n\n".join(about.paragraphs))
    put(canvas, height - 20)
    canvas.showPage()
    canvas.save()
    return made.getvalue()


def _lines(canvas, left, height, words, *, between=14):
    for paragraph in words.split("\n\n"):
        for line in textwrap.wrap(paragraph, 84):
            canvas.drawString(left, height, line)
            height -= between
        height -= between / 2
    return height


def pdf_white_text(about, order):
    """Words in the colour of the page."""

    def put(canvas, height):
        canvas.setFillColor(white)
        _lines(canvas, 72, height, order)
        canvas.setFillColor(black)

    return _pdf(about, put)


def pdf_tiny_text(about, order):
    """Words of less than a point."""

    def put(canvas, height):
        canvas.setFont("Helvetica", 0.7)
        _lines(canvas, 72, height, order, between=1)

    return _pdf(about, put)


def pdf_off_page(about, order):
    """Words beside the page."""

    def put(canvas, height):
        _lines(canvas, 1_400, height, order)

    return _pdf(about, put)


def pdf_invisible_text(about, order):
    """Words that are neither filled nor drawn, as behind a scan."""

    def put(canvas, height):
        words = canvas.beginText(72, height)
        words.setTextRenderMode(3)
        for line in textwrap.wrap(order, 84):
            words.textLine(line)
        canvas.drawText(words)

    return _pdf(about, put)


def pdf_title(about, order):
    """The title among the document's properties."""
    return _pdf(about, lambda canvas, _: canvas.setTitle(order))


def pdf_keywords(about, order):
    """The keywords among the document's properties."""
    return _pdf(about, lambda canvas, _: canvas.setKeywords(order))


def pdf_annotation(about, order):
    """A note that sticks to the page."""
    return _pdf(
        about,
        lambda canvas, height: canvas.textAnnotation(order, Rect=[72, height - 20, 92, height]),
    )


BINARIES = {
    "docx hidden text": (".docx", docx_hidden_text),
    "docx white text": (".docx", docx_white_text),
    "docx comment": (".docx", docx_comment),
    "docx header": (".docx", docx_header),
    "docx footer": (".docx", docx_footer),
    "docx title": (".docx", docx_title),
    "xlsx cell": (".xlsx", xlsx_cell),
    "xlsx comment": (".xlsx", xlsx_comment),
    "xlsx hidden sheet": (".xlsx", xlsx_hidden_sheet),
    "xlsx hidden column": (".xlsx", xlsx_hidden_column),
    "xlsx title": (".xlsx", xlsx_title),
    "pdf white text": (".pdf", pdf_white_text),
    "pdf tiny text": (".pdf", pdf_tiny_text),
    "pdf off page": (".pdf", pdf_off_page),
    "pdf invisible text": (".pdf", pdf_invisible_text),
    "pdf title": (".pdf", pdf_title),
    "pdf keywords": (".pdf", pdf_keywords),
    "pdf annotation": (".pdf", pdf_annotation),
}
"""The ending of each place's file, and what writes it."""
