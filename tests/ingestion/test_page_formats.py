"""Formats whose text has to be put together: PDF, Word, Excel, HTML, mail."""

from __future__ import annotations

from email.message import EmailMessage
from itertools import pairwise

import docx
import openpyxl
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from reportlab.lib import colors
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen import canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from copilot.domain.documents import BlockKind
from copilot.errors import UnreadableFile
from copilot.ingestion.chunking import cut
from tests.ingestion.helpers import outline

STYLES = getSampleStyleSheet()
PROSE = "We review every account of production each quarter and write down who decided what. " * 6


def in_one_piece(document):
    """Say whether blocks stand one after the other within the text."""
    spans = [(block.start, block.end) for block in document.blocks]
    return all(a[1] <= b[0] for a, b in pairwise(spans)) and spans[-1][1] <= len(document.text)


@pytest.fixture
def review_pdf(tmp_path):
    """Return a PDF of two pages with headings, prose and a table whose cells wrap."""
    path = tmp_path / "review.pdf"
    head = ["User", "Role", "Reviewed", "Decision"]
    wrapped = "keep since the work needs it and nothing less would do here"
    rows = [
        [f"user{n}@x.com", ("Admin", "Read only")[n % 2], f"2026-0{n + 1}-15",
         Paragraph(wrapped, STYLES["Normal"])]
        for n in range(5)
    ]  # fmt: skip
    grid = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black)])
    SimpleDocTemplate(str(path), title="Access review Q1").build(
        [
            Paragraph("Scope", STYLES["Heading1"]),
            Paragraph(PROSE, STYLES["Normal"]),
            Spacer(1, 12),
            Table([head, *rows], colWidths=[120, 80, 80, 150], style=grid),
            PageBreak(),
            Paragraph("Sign-off", STYLES["Heading1"]),
            Paragraph(PROSE, STYLES["Normal"]),
        ]
    )
    return path


def test_pdf_headings_and_pages(read, review_pdf):
    """A passage of a PDF knows its page and its heading."""
    document = read("review.pdf", None)
    passages = list(cut(document, title=document.title))
    assert document.title == "Access review Q1"
    assert {(one.page, one.heading) for one in passages} == {(1, ("Scope",)), (2, ("Sign-off",))}
    assert all(document.text[one.start : one.end] == one.text for one in passages)
    assert in_one_piece(document)


def test_pdf_tables_are_rows(read, review_pdf):
    """The rows of a table are found by its columns, wrapped cells included."""
    document = read("review.pdf", None)
    rows = [text for kind, text in outline(document) if kind == "row"]
    assert rows[0] == "User | Role | Reviewed | Decision"
    assert rows[1] == (
        "user0@x.com | Admin | 2026-01-15 | "
        "keep since the work needs it and nothing less would do here"
    )
    assert len(rows) == 6
    contexts = [b.context for b in document.blocks if b.kind is BlockKind.ROW]
    assert set(contexts[1:]) == {rows[0]}


def test_pdf_prose_is_no_table(read, tmp_path):
    """Numbered sections with hanging numbers, and justified lines, stay prose."""
    page = canvas.Canvas(str(tmp_path / "a.pdf"))
    for at in range(12):
        page.drawString(72, 700 - 14 * at, f"{at + 1}.1")
        page.drawString(120, 700 - 14 * at, "The processor keeps records of what it does.")
    page.save()
    assert not any(kind == "row" for kind, _ in outline(read("a.pdf", None)))


def test_pdf_repeated_heads_and_page_numbers_are_left_out(read, tmp_path):
    """What stands on every page is not part of what is said."""
    page = canvas.Canvas(str(tmp_path / "a.pdf"))
    for number in range(1, 6):
        page.drawString(72, 800, f"Confidential, version {number}")
        page.drawString(72, 700, f"Paragraph {number} of the plan has words of its own.")
        page.drawString(72, 650, "Another line, and it is no edge of the page.")
        page.drawString(72, 40, f"Page {number} of 5")
        page.showPage()
    page.save()
    text = read("a.pdf", None).text
    assert "Confidential" not in text
    assert "Page 2 of 5" not in text
    assert "Paragraph 5" in text


def test_pdf_form_values_are_read(read, tmp_path):
    """What was filled in on a form is found with the name of its field."""
    page = canvas.Canvas(str(tmp_path / "a.pdf"))
    page.drawString(72, 700, "Offboarding form")
    form = page.acroForm
    form.textfield(name="employee", tooltip="Employee", value="Ana Ortiz", x=72, y=650)
    form.checkbox(name="laptop", tooltip="Laptop returned", checked=True, x=72, y=600)
    form.checkbox(name="badge", tooltip="Badge returned", checked=False, x=72, y=560)
    page.save()
    text = read("a.pdf", None).text
    assert "Employee: Ana Ortiz" in text
    assert "Laptop returned: yes" in text
    assert "Badge" not in text


def test_docx_keeps_its_structure(read, tmp_path):
    """Title, headings, lists and tables come in the order of the page, merged cells repeated."""
    document = docx.Document()
    document.add_paragraph("Access policy", style="Title")
    document.add_heading("Reviews", level=1)
    document.add_paragraph("Every  account\tis reviewed.")
    document.add_paragraph("by the owner", style="List Bullet")
    table = document.add_table(rows=3, cols=2)
    for at, words in enumerate(["Role", "Days", "Admin", "30", "", "60"]):
        table.cell(at // 2, at % 2).text = words
    table.cell(1, 0).merge(table.cell(2, 0))
    document.add_heading("Exceptions", level=2)
    document.add_paragraph("None.")
    document.save(tmp_path / "a.docx")
    parsed = read("a.docx", None)
    assert outline(parsed) == [
        ("heading", "Access policy"),
        ("heading", "Reviews"),
        ("text", "Every account is reviewed."),
        ("item", "by the owner"),
        ("row", "Role | Days"),
        ("row", "Admin | 30"),
        ("row", "Admin | 60"),
        ("heading", "Exceptions"),
        ("text", "None."),
    ]
    assert parsed.title == "Access policy"
    assert [p.heading for p in cut(parsed, title="t")][-1] == (
        "Access policy", "Reviews", "Exceptions",
    )  # fmt: skip


def test_docx_content_controls_and_revisions(read, tmp_path):
    """Words in content controls and insertions are read, deleted and hidden ones are not."""
    document = docx.Document()
    document.add_paragraph("First.")
    w = nsdecls("w")
    run = "<w:r><w:t>{}</w:t></w:r>"
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>"
    box = (
        f"<w:r><w:pict><w:txbxContent><w:p>{run.format('in a box')}</w:p></w:txbxContent>"
        "</w:pict></w:r>"
    )
    for xml in (
        f"<w:sdt {w}><w:sdtContent><w:p>{run.format('in a control')}</w:p></w:sdtContent></w:sdt>",
        f"<w:p {w}><w:ins w:id='1'>{run.format('added')}</w:ins><w:del w:id='2'><w:r><w:delText>"
        f"deleted</w:delText></w:r></w:del>{hidden}</w:p>",
        f"<w:p {w}>{run.format('around')}{box}</w:p>",
    ):
        document.element.body.insert(-1, parse_xml(xml))
    document.save(tmp_path / "a.docx")
    found = [text for _, text in outline(read("a.docx", None))]
    assert found == ["First.", "in a control", "added", "around", "in a box"]


def test_docx_headings_of_a_style_of_ones_own(read, tmp_path):
    """A style that is based on a heading makes headings."""
    document = docx.Document()
    style = document.styles.add_style("Our chapter", 1)
    style.base_style = document.styles["Heading 2"]
    document.add_paragraph("Scope", style="Our chapter")
    document.save(tmp_path / "a.docx")
    block = read("a.docx", None).blocks[0]
    assert (block.kind, block.level) == (BlockKind.HEADING, 3)


def workbook(path, fill):
    """Write a workbook that a function fills."""
    book = openpyxl.Workbook()
    fill(book)
    book.save(path)


def test_xlsx_sheets_rows_and_headers(read, tmp_path):
    """Every sheet is read; a row knows where it stands and carries its header."""

    def fill(book):
        sheet = book.active
        sheet.title = "Assets"
        sheet.append(["Inventory of 2026"])
        sheet.append([])
        sheet.append(["Asset", "Owner", "Share"])
        sheet.append(["db-1", "Ana", 0.1 + 0.2])
        other = book.create_sheet("Old")
        other.append(["gone", True])
        other.sheet_state = "hidden"

    workbook(tmp_path / "a.xlsx", fill)
    document = read("a.xlsx", None)
    assert outline(document) == [
        ("heading", "Assets"),
        ("row", "Inventory of 2026"),
        ("row", "Asset | Owner | Share"),
        ("row", "db-1 | Ana | 0.3"),
        ("heading", "Old"),
        ("row", "gone | yes"),
    ]
    row = document.blocks[3]
    assert (row.place, row.context) == ("sheet Assets, row 4", "Asset | Owner | Share")
    assert document.notes == ("sheet Old is hidden",)


def test_xlsx_merged_cells_speak_for_every_row(read, tmp_path):
    """A cell merged downwards stands in each of its rows."""

    def fill(book):
        for row in (["Quarter", "User"], ["Q1", "ana"], [None, "bo"], ["Q2", "cy"]):
            book.active.append(row)
        book.active.merge_cells("A2:A3")

    workbook(tmp_path / "a.xlsx", fill)
    assert [text for _, text in outline(read("a.xlsx", None))][2:] == [
        "Q1 | ana", "Q1 | bo", "Q2 | cy",
    ]  # fmt: skip


def test_xlsx_formulas_without_a_result_are_noted(read, tmp_path):
    """A formula whose result was never saved is not silently blank."""
    workbook(tmp_path / "a.xlsx", lambda book: book.active.append(["Total", "=1+1", 3]))
    assert "1 formula has no saved result" in read("a.xlsx", None).notes[0]


def test_xlsx_named_docx_is_called_what_it_is(read, tmp_path):
    """A workbook under the name of a Word document is refused by its true name."""
    workbook(tmp_path / "a.docx", lambda book: book.active.append(["x"]))
    with pytest.raises(UnreadableFile, match=r"named \.docx and is a workbook"):
        read("a.docx", None)


HTML = """<html><head><title>Access</title><style>p{}</style></head><body>
<nav>menu</nav><h1>Reviews</h1><p>Every <b>quarter</b>.<p style="display: none">secret</p>
<div hidden>more secret</div><ul><li>owner<ul><li>deputy</li></ul></li></ul>
<table><caption>Limits</caption><tr><th>Role</th><th>Days</th></tr>
<tr><td>Admin</td><td>30<table><tr><td>inner</td></tr></table></td></tr></table>
<!-- note --><script>bad()</script></body></html>"""


def test_html_is_what_a_reader_sees(read):
    """Headings, nested lists and tables are kept; menus, scripts and hidden text are not."""
    document = read("a.html", HTML)
    assert outline(document)[:6] == [
        ("heading", "Reviews"),
        ("text", "Every quarter."),
        ("item", "owner"),
        ("item", "deputy"),
        ("text", "Limits"),
        ("row", "Role | Days"),
    ]
    assert document.title == "Access"
    assert not any(word in document.text for word in ("secret", "menu", "bad", "note"))
    assert document.text.count("inner") == 1
    assert document.blocks[6].context == "Role | Days"


def test_html_in_the_encoding_it_states(read):
    """A page that is not UTF-8 is read as it says of itself."""
    page = '<meta charset="iso-8859-2"><p>Přístup je přezkoumán</p>'
    assert read("a.html", page.encode("iso-8859-2")).text == "Přístup je přezkoumán"


def mail(**parts):
    """Return a message."""
    message = EmailMessage()
    message["From"], message["To"] = "Ana Ortiz <ana@example.com>", "bo@example.com"
    message["Date"], message["Subject"] = "Mon, 02 Mar 2026 10:00:00 +0000", "Q1 review ✓ done"
    message.set_content(parts.get("plain", "The review is done.\n\nRegards, Ana\n"))
    if "html" in parts:
        message.add_alternative(parts["html"], subtype="html")
    return message


def test_mail_has_its_header_and_words(read):
    """Who, when and what about come first, then the paragraphs."""
    document = read("a.eml", mail().as_bytes())
    found = [text for _, text in outline(document)]
    assert "From: Ana Ortiz <ana@example.com>" in found[0]
    assert "Subject: Q1 review ✓ done" in found[0]
    assert found[1:] == ["The review is done.", "Regards, Ana"]
    assert document.title == "Q1 review ✓ done"


def test_mail_reads_attachments_that_are_text(read):
    """A table that is attached is read; a picture is named."""
    message = mail()
    message.add_attachment("user,role\nana,admin\n", subtype="csv", filename="users.csv")
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="shot.png")
    document = read("a.eml", message.as_bytes())
    assert ("heading", "Attachment: users.csv") in outline(document)
    assert ("row", "ana,admin") in outline(document)
    assert "shot.png" in document.notes[0]
    assert "users.csv" not in document.notes[0]


def test_mail_with_an_empty_plain_part(read):
    """The HTML part speaks when the plain one is blank."""
    document = read("a.eml", mail(plain=" \n", html="<p>In <b>HTML</b>.</p>").as_bytes())
    assert outline(document)[-1] == ("text", "In HTML.")
