"""What cannot be imported is not imported in part, and every reason is named."""

from __future__ import annotations

import openpyxl
import pytest

from copilot.adapters.control_files import BoundedControlFiles
from copilot.adapters.parsing import Limits
from copilot.controls.reading import import_controls
from copilot.errors import InvalidControls
from tests.controls.conftest import workbook

SIX = ["id", "title", "text", "owner", "frequency", "criteria"]


def test_every_problem_is_named_at_once(refused):
    """Twins, missing ids and texts, unknown criteria: each with its row and column."""
    rows = [
        ["Ref", "Activity", "TSC"],
        ["A-1", "One.", "CC6.1"],
        ["", "Two.", ""],
        ["A-3", "", "CC6.9"],
        ["A-1", "Again.", ""],
    ]
    error = refused("c.xlsx", {"List": rows})
    assert error.problems == (
        "c.xlsx, sheet List, row 3, column Ref: the id is missing",
        "c.xlsx, sheet List, row 4, column Activity: control A-3 has no text",
        "c.xlsx, sheet List, row 4, column TSC: 'CC6.9' is not a criterion. The nearest are CC6.8, "
        "CC6.7, CC6.6.",
        "c.xlsx, sheet List, row 5: the id A-1 stands here again, after sheet List, row 2",
    )


def test_twenty_problems_are_printed_and_the_rest_counted(refused):
    """A long list of problems is cut where nobody reads on, and kept whole beside it."""
    error = refused("c.csv", [["id", "text"], *([f"A-{n}", ""] for n in range(45))])
    lines = str(error).splitlines()
    assert (len(lines), lines[-1]) == (21, "and 25 more")
    assert len(error.problems) == 45


def test_twins_on_two_sheets(refused):
    """The same id on two sheets names both."""
    rows = [["id", "text"], ["A-1", "One."]]
    error = refused("c.xlsx", {"One": rows, "Two": rows})
    assert error.problems == (
        "c.xlsx, sheet Two, row 2: the id A-1 stands here again, after sheet One, row 2",
    )


def test_merged_cells_in_the_table(refused, tmp_path):
    """Cells that are merged within the table are named with their range."""
    book = workbook({"List": [["id", "text"], ["A-1", "One."], ["A-2", ""]]})
    book["List"].merge_cells("B2:B3")
    book.save(tmp_path / "c.xlsx")
    error = refused(None, tmp_path / "c.xlsx")
    assert "c.xlsx, sheet List, row 2, column text: the cells B2:B3 are merged" in error.problems


def test_a_formula_without_a_result(refused):
    """A formula whose result was never saved is named, not read as an empty cell."""
    error = refused("c.xlsx", [["id", "text", "owner"], ["A-1", "One.", "=B2"]])
    [problem] = error.problems
    assert problem.startswith(
        "c.xlsx, sheet Controls, row 2, column owner: the cell holds a formula"
    )


def test_an_error_in_a_cell(refused, tmp_path):
    """What a spreadsheet could not compute is no text."""
    book = workbook({"List": [["id", "text"], ["A-1", "#REF!"]]})
    book.save(tmp_path / "c.xlsx")
    error = refused(None, tmp_path / "c.xlsx")
    assert "row 2, column text: the cell holds the error #REF!" in error.problems[0]


def test_a_fault_in_a_column_that_is_not_read_does_no_harm(imported):
    """A formula beside the table stops nobody."""
    assert imported("c.xlsx", [["id", "text", "Budget"], ["A-1", "One.", "=1+1"]]).controls


def test_fifty_thousand_rows(refused):
    """More than the limit is one clear problem."""
    error = refused("c.csv", "id,text\n" + "".join(f"A-{n},One.\n" for n in range(50_000)))
    assert error.problems == ("c.csv: it has 50,000 rows; at most 20,000 controls are imported",)


def test_too_many_rows_of_a_workbook(refused, tmp_path):
    """The limit is the same in a workbook, and one row over it is too many."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("List")
    sheet.append(["id", "text"])
    for number in range(20_001):
        sheet.append([number, "One."])
    book.save(tmp_path / "c.xlsx")
    error = refused(None, tmp_path / "c.xlsx")
    assert error.problems == ("c.xlsx: it has 20,001 rows; at most 20,000 controls are imported",)


def test_no_header(refused):
    """The columns that were found are listed, with how to say what they are."""
    error = refused("c.csv", [["Nummer der Sache", "Was"], ["A-1", "One."]])
    assert error.problems == (
        "c.csv: no header is recognised; the columns found are: Nummer der Sache, Was",
    )
    assert "--columns id=Ref,description=Activity" in error.hint


def test_a_named_column_that_is_not_there(refused):
    """A column that somebody names and that is absent is named."""
    error = refused("c.csv", [["id", "text"], ["A-1", "One."]], columns={"owner": "Who"})
    assert (
        "there is no column 'Who' for owner; the columns found are: id, text" in error.problems[0]
    )


def test_a_field_that_is_none(refused):
    """A field that does not exist is named before anything is read."""
    error = refused("c.csv", [["id", "text"], ["A-1", "One."]], columns={"colour": "Red"})
    assert error.problems == ("c.csv: 'colour' is no field",)


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("c.csv", b"", "it is empty"),
        ("c.csv", b" \n\n", "it is empty"),
        ("c.csv", b"id,text\n", "it holds no controls"),
        ("c.csv", b'id,text\nA-1,"open\nA-2,x\n', "row 2: a quote opens there and never closes"),
        ("c.csv", b"%PDF-1.7 x", "it is named .csv and is a PDF"),
        ("c.csv", b"<!DOCTYPE html><html>", "it is named .csv and is a web page"),
        ("c.csv", bytes(range(32)) * 50, "not text"),
        ("c.pdf", b"%PDF-1.7", "files named .pdf are not read"),
        ("c.xls", b"\xd0\xcf\x11\xe0", "files named .xls are not read"),
        ("c.xlsx", b"id,text\nA-1,x\n", "it is named .xlsx and is no workbook"),
        ("c.xlsx", b"PK\x03\x04 damaged", "the file is damaged"),
        ("c.json", b'[{"id": "A-1",\n "text": }]', "line 2 is not JSON"),
        ("c.json", b'[{"id": "A-1", "id": "A-2"}]', "the field 'id' stands twice"),
        ("c.json", b'"a text"', "it holds no list of records"),
        ("c.json", b'[{"id": "A-1", "text": "x"}, "A-2"]', "line 1: here stands no record"),
        ("c.json", b"[" * 100_000, "nested too deeply"),
        ("c.jsonl", b'{"id": "A-1", "text": "x"}\n{"id"\n', "line 2 is not JSON"),
        ("c.yaml", b"controls:\n  - id: [A-1\n", "is not YAML"),
        ("c.yaml", b"controls:\n- id: A-1\n  id: A-2\n", "line 3: the field 'id' stands"),
        ("c.yaml", b"a: &a [x]\nb: [*c]\n", "line 2 is not YAML"),
        ("c.yaml", b"# nothing\n", "it holds no list of records"),
        ("c.yaml", b"- id: A-1\n  text: x\n- id: A-1\n  text: y\n", "line 3: the id A-1 stands here"),
        ("c.json", b'[{"name": "x", "colour": "red"}]', "the columns found are: name, colour"),
        ("c.json", b'{"catalog": []}', "holds no OSCAL document"),
        ("c.json", b'{"catalog": {"controls": [{"id": "x"}]}}', "control x has no text"),
        ("c.csv", b"System,Type\nDB,x\n,y\n", "row 3, column System: the system has no name"),
        ("c.json", b'{"profile": {}}', "holds none of their text"),
        ("c.json", b'{"assessment-plan": {}}', "describes no controls"),
        ("c.json", b'{"catalog": {"controls": [{"title": "x"}]}}', "control 1 of the document has no id"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_read(refused, name, content, what):
    """Each kind of damage has its own plain reason, with the file's name before it."""
    error = refused(name, content)
    assert error.problems[0].startswith(name)
    assert what in error.problems[0]


def test_an_empty_workbook(refused):
    """A workbook whose sheets hold nothing is empty."""
    assert refused("c.xlsx", {"One": [], "Two": [[]]}).problems == ("c.xlsx: it is empty",)


def test_too_many_records(refused):
    """The limit holds for records as well."""
    records = [{"id": str(number), "text": "x"} for number in range(20_001)]
    assert "20,001 rows; at most 20,000" in refused("c.json", records).problems[0]


def test_a_file_that_is_not_there(refused, tmp_path):
    """A missing file is a plain error as well."""
    assert "No such file" in str(refused(None, tmp_path / "none.csv"))


def test_a_text_that_no_spreadsheet_holds(refused):
    """A text that could not be written back is refused when it comes in."""
    error = refused("c.csv", [["id", "text"], ["A-1", "x" * 40_000]])
    assert "has a text of 40,000 characters; the most is 30,000" in error.problems[0]


def test_aliases_that_explode_stay_in_the_child(written):
    """A few lines of YAML that stand for gigabytes end the child, not the caller."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    path = written("c.yaml", "\n".join(lines))
    with BoundedControlFiles(Limits(seconds=1)) as files:
        with pytest.raises(InvalidControls, match=r"seconds|MB"):
            import_controls(path, files=files)
        good = written("good.csv", "id,text\nA-1,One.\n")
        assert import_controls(good, files=files).controls
