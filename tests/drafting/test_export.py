"""Drafts as files for people: what Markdown says, Word and PDF say, and footnotes are footnotes."""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import replace
from datetime import date
from itertools import pairwise

import docx
import pypdfium2
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Cm

from copilot.adapters.draft_files import DraftFiles
from copilot.domain.exporting import Export, ExportedVersion
from copilot.errors import BadInput, CannotExport

TEXT = """---
title: Access control policy
company: Harbourlight
---

# Access control policy

## 1. Purpose

Who may use which system at Harbourlight.[^1] It is *firm* and **short**, and says so again.[^1]

## 2. Reviewing access

- Accounts are reviewed [to confirm → Head of IT: every calendar quarter].
- Requests are kept in [open question → Head of IT: Which system are requests kept in?] alone.[^2]
  - a nested item

1. One
2. Two

Between two lists.

1. First again

### 2.1. A detail

| Criterion | Section |
| --- | --- |
| CC6.2 | a \\| b[^2] |

A <b>tag</b> & a \\[bracket\\] stay words.

[^1]: “Each person has one account.” — policies/access-control.md, characters 10–38
[^2]: “Every quarter & more” — evidence/q1.csv, page 3, characters 0–20
"""


@pytest.fixture
def export():
    versions = (
        ExportedVersion(
            number=1, on=date(2026, 11, 20), author="Mara", note="first", state="superseded"
        ),
        ExportedVersion(
            number=2, on=date(2026, 11, 22), author="Mara", note="quarterly", state="in review"
        ),
    )
    return Export(
        title="Access control policy",
        company="Harbourlight",
        text=TEXT,
        status="in review",
        owner="Head of IT",
        approver="Chief Executive",
        versions=versions,
    )


@pytest.fixture
def written(export, tmp_path):
    path = tmp_path / "draft.docx"
    DraftFiles().write(path, export)
    return path


def notes_of(path):
    with zipfile.ZipFile(path) as package:
        root = parse_xml(package.read("word/footnotes.xml"))
    notes = {note.get(qn("w:id")): note for note in root.iter(qn("w:footnote"))}
    return {
        number: "".join(text.text for text in note.iter(qn("w:t"))).strip()
        for number, note in notes.items()
    }


def test_each_reference_opens_a_note_with_its_citation(written):
    """The notes of Word say what the footnotes of the Markdown say, in the order of the text."""
    document = docx.Document(str(written))
    referred = [one.get(qn("w:id")) for one in document.element.iter(qn("w:footnoteReference"))]
    notes = notes_of(written)
    first = "“Each person has one account.” — policies/access-control.md, characters 10–38"
    second = "“Every quarter & more” — evidence/q1.csv, page 3, characters 0–20"
    assert [notes[number] for number in referred] == [first, first, second, second]


def test_headings_number_themselves_and_do_not_say_their_number_twice(written):
    """Word's outline is made of heading styles; the title stands on the title page."""
    document = docx.Document(str(written))
    headings = [
        (one.style.name, one.text)
        for one in document.paragraphs
        if one.style.name.startswith("Heading")
    ]
    assert headings == [
        ("Heading 1", "Purpose"),
        ("Heading 1", "Reviewing access"),
        ("Heading 2", "A detail"),
    ]
    assert document.styles["Heading 1"].element.pPr.numPr.numId.val > 0


def test_what_is_open_and_undecided_is_marked_in_colour(written):
    """A reader sees at a glance what still has to be said."""
    runs = [run for one in docx.Document(str(written)).paragraphs for run in one.runs]
    marked = {run.text: run.font.highlight_color for run in runs if run.font.highlight_color}
    assert {text.partition(" →")[0] for text in marked} == {"[open question", "[to confirm"}
    assert len(set(marked.values())) == 2


def test_the_title_page_has_versions_and_a_block_for_approval(written):
    """Who wrote which version, who has to approve it, and that nobody has."""
    document = docx.Document(str(written))
    tables = [
        [[cell.text for cell in row.cells] for row in table.rows] for table in document.tables
    ]
    assert tables[0][2] == ["2", "22 November 2026", "Mara", "quarterly", "in review"]
    assert tables[1][1:] == [
        ["Owner", "Head of IT", "", "", ""],
        ["Approver", "Chief Executive", "", "", ""],
    ]
    said = [one.text for one in document.paragraphs]
    assert "Version 2, in review, not approved" in said


def test_tables_and_words_that_look_like_markup_come_over_as_they_are(written):
    """A pipe within a cell, a tag and brackets are words."""
    document = docx.Document(str(written))
    assert [cell.text for cell in document.tables[2].rows[1].cells] == ["CC6.2", "a | b"]
    assert "A <b>tag</b> & a [bracket] stay words." in [one.text for one in document.paragraphs]


def test_columns_are_as_wide_as_what_stands_in_them(tmp_path, export):
    """A number or an id leaves the page to the words beside it, and no word of a header is torn."""
    rows = "| No. | Criterion | Action |\n| --- | --- | --- |\n"
    wide = replace(
        export, text=f"# T\n\n## 1. A\n\n{rows}| 1 | CC6.2 | {'compare them all ' * 9}|\n"
    )
    DraftFiles().write(tmp_path / "wide.docx", wide)
    table = docx.Document(str(tmp_path / "wide.docx")).tables[2]
    number, criterion, action = (cell.width for cell in table.rows[1].cells)
    assert number < criterion < action / 2
    assert criterion > Cm(1.6)
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)


def test_each_numbered_list_counts_from_one(written):
    """Word makes one list of all paragraphs of a style unless told otherwise."""
    items = [
        one for one in docx.Document(str(written)).paragraphs if one.style.name == "List Number"
    ]
    numbers = [one._p.pPr.numPr.numId.val for one in items]
    assert [one.text for one in items] == ["One", "Two", "First again"]
    assert numbers[0] == numbers[1] != numbers[2]


def test_a_package_has_the_parts_that_word_looks_for(written):
    """Every part is of a known type and every list is declared after the kinds of lists."""
    with zipfile.ZipFile(written) as package:
        types = package.read("[Content_Types].xml").decode()
        numbering = parse_xml(package.read("word/numbering.xml"))
    assert "/word/footnotes.xml" in types
    kinds = [child.tag for child in numbering]
    changes = sum(first != second for first, second in pairwise(kinds))
    assert changes <= 1, "a list stands between the kinds of lists"


def test_markdown_is_written_as_it_is(export, tmp_path):
    """What is kept is what is exported."""
    DraftFiles().write(tmp_path / "draft.md", export)
    assert (tmp_path / "draft.md").read_text(encoding="utf-8") == TEXT


@pytest.mark.skipif(
    shutil.which("soffice") is None and shutil.which("libreoffice") is None,
    reason="LibreOffice is not installed here",
)
def test_libreoffice_opens_the_document_and_makes_a_pdf(export, tmp_path):
    """Another program reads it: numbers of headings, notes at the foot, the page's own number."""
    DraftFiles().write(tmp_path / "draft.pdf", export)
    pages = pypdfium2.PdfDocument(tmp_path / "draft.pdf")
    text = pages[1].get_textpage().get_text_bounded()
    assert len(pages) == 2
    assert "2.1 A detail" in " ".join(text.split())
    assert "policies/access-control.md, characters 10–38" in text
    assert "Page 2 of 2" in text


def test_a_pdf_without_libreoffice_says_what_to_install(monkeypatch, tmp_path, export):
    """No traceback and no half of a file."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotExport, match="LibreOffice") as caught:
        DraftFiles().write(tmp_path / "draft.pdf", export)
    assert ".docx" in caught.value.hint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["draft.odt", "draft", "nowhere/draft.docx"])
def test_a_file_that_cannot_be_written_is_refused(export, tmp_path, name):
    """An unknown form, or a folder that does not exist."""
    with pytest.raises(BadInput):
        DraftFiles().write(tmp_path / name, export)


@pytest.mark.parametrize("form", [".md", ".docx"])
def test_nothing_is_overwritten_unless_it_is_asked_for(export, tmp_path, form):
    """A file that is there stays whole."""
    path = tmp_path / f"draft{form}"
    path.write_text("mine")
    with pytest.raises(BadInput, match="exists"):
        DraftFiles().write(path, export)
    assert path.read_text() == "mine"
    DraftFiles().write(path, export, replace=True)
    assert path.read_bytes() != b"mine"
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
