"""Controls out of CSV files and workbooks."""

from __future__ import annotations

import zipfile

import openpyxl
import pytest

from copilot.controls.reading import read_controls
from copilot.domain.controls import ControlKind
from copilot.domain.criteria import Frequency
from tests.conftest import ROOT

HEADER = ["Control ID", "Title", "Control Activity", "Owner", "Frequency", "System", "TSC"]
ROW = ["AC-01", "Sign-on", "Everyone signs in with Okta.", "Jo", "Daily", "Okta", "CC6.1; CC6.6"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_delimiter_and_encoding(read, delimiter, encoding):
    """A CSV file is read whatever program wrote it."""
    row = [*ROW[:2], "Zürich; a, b | c “quoted”\nnext line", *ROW[3:]]
    [control] = read("c.csv", [HEADER, row], delimiter=delimiter, encoding=encoding)
    assert control.description == "Zürich; a, b | c “quoted”\nnext line"
    assert (control.id, control.owner, control.system) == ("AC-01", "Jo", "Okta")


def test_a_line_that_states_the_delimiter(read):
    """The first line that Excel wants is no header."""
    [control] = read("c.csv", "sep=;\nid;text\nA-1;one, two\n")
    assert control.description == "one, two"


def test_the_sample_company(files):
    """The control list of the sample company is read as it stands."""
    path = ROOT / "examples" / "harbourlight" / "controls" / "controls.csv"
    controls = read_controls(path, files=files)
    review = next(control for control in controls if control.id == "AC-03")
    assert len(controls) == 45
    assert review.frequency is Frequency.QUARTERLY
    assert review.criteria == ("CC6.2", "CC6.3")
    assert review.place.row > 1


def test_a_workbook_with_titles_above_and_several_sheets(imported):
    """Every sheet with a header counts; what stands above it does not, even if it is merged."""
    sheets = {
        "Read me": [["How to use this file"]],
        "Access": [["Harbourlight controls"], [], HEADER, ROW],
        "Change": [["ref", "statement"], ["CM-1", "Changes are reviewed."]],
    }
    book = imported("c.xlsx", sheets)
    assert [control.id for control in book.controls] == ["AC-01", "CM-1"]
    assert [(c.place.sheet, c.place.row) for c in book.controls] == [("Access", 4), ("Change", 2)]
    assert any("Read me" in note for note in book.notes)


def test_merged_title_above_the_header(written, files):
    """A title over the whole width is no merged cell of the table."""
    path = written("c.xlsx", [["Controls 2025"], HEADER, ROW])
    book = openpyxl.load_workbook(path)
    book.active.merge_cells("A1:G1")
    book.save(path)
    assert [control.id for control in read_controls(path, files=files)] == ["AC-01"]


def test_numbers_and_dates_are_text(read):
    """An id that is a number for the spreadsheet is the text that a person sees."""
    controls = read("c.xlsx", [["No.", "Control"], [1, "One"], [2.5, "Two"], ["003", "Three"]])
    assert [control.id for control in controls] == ["1", "2.5", "003"]


def test_a_formula_with_a_saved_result_is_its_result(written, files):
    """What a formula gave when the workbook was saved is what it says."""
    path = written("c.xlsx", [["id", "text"], ["A-1", "=CONCAT(1;2)"]])
    put_results(path, {"CONCAT(1;2)": "twelve"})
    assert read_controls(path, files=files)[0].description == "twelve"


def put_results(path, results):
    """Save results beside the formulas of a workbook, as a spreadsheet program does."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    text = members[sheet].decode()
    for formula, result in results.items():
        for value in ("<v></v>", "<v />", "<v/>"):
            text = text.replace(f"<f>{formula}</f>{value}", f"<f>{formula}</f><v>{result}</v>")
    text = text.replace('"><f>', '" t="str"><f>')
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, text if name == sheet else content)


def test_a_formula_that_gave_nothing_is_an_empty_cell(written, files):
    """A result that was saved and is empty is no missing result."""
    path = written("c.xlsx", [["id", "text", "owner"], ["A-1", "one", '=""']])
    put_results(path, {'""': "", "&quot;&quot;": ""})
    assert read_controls(path, files=files)[0].owner == ""


def test_explicit_columns_win(read):
    """A column that somebody names is taken, whatever it is called."""
    rows = [["Nummer", "Sache", "Was", "Title"], ["A-1", "x", "One.", "T"]]
    [control] = read("c.csv", rows, columns={"id": "Nummer", "description": "was"})
    assert (control.id, control.description, control.title) == ("A-1", "One.", "T")


def test_the_control_column_is_the_id_where_nothing_else_is(read):
    """In `Control, Activity` the control is named by its id."""
    [control] = read("c.csv", [["Control", "Control activity"], ["AC-1", "Doors are locked."]])
    assert (control.id, control.title, control.text) == ("AC-1", "", "Doors are locked")


def test_unknown_columns_and_frequencies_are_noted(imported):
    """What is not used is said, and the import goes on."""
    rows = [["id", "text", "Budget", "frequency"], ["A-1", "One.", "5", "bi-weekly"]]
    book = imported("c.csv", rows)
    assert any("not used: Budget" in note for note in book.notes)
    assert any("row 2, column frequency: 'bi-weekly'" in note for note in book.notes)
    assert book.controls[0].frequency is None


def test_a_header_that_is_repeated_is_no_control(read):
    """Printed lists repeat their header on each page."""
    rows = [["id", "text"], ["A-1", "One."], ["id", "text"], ["A-2", "Two."]]
    assert [control.id for control in read("c.csv", rows)] == ["A-1", "A-2"]


def test_blank_rows_are_passed_over_and_counted(read):
    """A row is numbered as a spreadsheet numbers it."""
    controls = read("c.csv", 'id,text\n\nA-1,"two\nlines"\n,\nA-2,x\n')
    assert [control.place.row for control in controls] == [3, 5]


def test_excel_escapes_are_undone(read):
    """Carriage returns that Excel wrote out are line breaks again."""
    [control] = read("c.xlsx", [["id", "text"], ["A-1", "one_x000D_\ntwo"]])
    assert control.description == "one\ntwo"


def test_a_table_of_systems(imported):
    """A system becomes a control that says what is set up; further columns are settings."""
    header = ["System", "Type", "What it holds", "Owner", "Settings", "MFA"]
    row = ["Berthly DB", "PostgreSQL", "bookings", "Tomasz", "encrypted; daily backups", "yes"]
    book = imported("s.csv", [header, row])
    [system] = book.controls
    assert (system.kind, system.id, system.owner) == (ControlKind.SYSTEM, "Berthly DB", "Tomasz")
    assert system.description == (
        "Berthly DB is of the type PostgreSQL. Berthly DB holds bookings. "
        "It is set up with encrypted; daily backups; MFA: yes."
    )
    assert any("read as settings: MFA" in note for note in book.notes)


def test_a_list_can_be_said_to_be_of_systems(read):
    """Where the columns do not tell, the caller does."""
    rows = [["name", "type", "owner"], ["Okta", "identity provider", "Jo"]]
    [system] = read("s.csv", rows, kind=ControlKind.SYSTEM)
    assert system.description == "Okta is of the type identity provider."
