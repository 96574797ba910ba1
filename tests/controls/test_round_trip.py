"""What is written and read again is the same, in every form, and runs in no spreadsheet."""

from __future__ import annotations

import csv
import json
import string
from dataclasses import replace
from datetime import UTC, datetime

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from copilot.controls.reading import read_controls
from copilot.controls.texts import is_empty
from copilot.controls.writing import FORMS, form_of, tidy, write_controls
from copilot.domain.controls import (
    Because,
    Control,
    ControlId,
    ControlKind,
    Suggestion,
    Suggestions,
)
from copilot.domain.criteria import CRITERION_IDS, CriterionId, Frequency
from copilot.domain.documents import SourcePath
from copilot.errors import BadInput
from tests.conftest import ROOT

WHEN = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
NAMES = {form: "c.oscal.json" if form == "oscal" else f"c.{form}" for form in FORMS}
NASTY = st.sampled_from(
    ["=1+1", "'=1+1", "''@x", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "#N/A", "TRUE", "1.10", "007",
     "_x000D_", "_x005F_x0041_", 'a "b" c', "a,b;c|d\te", "a\r\nb\rc\n\nd", "  a  ", "'", "''",
     "\x00\x07a", "a\u2028b", "\ufeffa", "a\ud800b", "null", "~", "yes", "sep=;", "id", "=cmd|' /C calc'!A0"]
)  # fmt: skip
TEXTS = st.one_of(NASTY, st.text(max_size=40), st.text(string.printable, max_size=40))


@st.composite
def controls(draw):
    """Draw controls with ids that stay apart and with some text, as a file may hold."""
    drawn = draw(
        st.lists(
            st.builds(
                Control,
                id=TEXTS.map(ControlId),
                title=TEXTS,
                description=TEXTS,
                owner=TEXTS,
                frequency=st.none() | st.sampled_from(Frequency),
                system=TEXTS,
                criteria=st.lists(st.sampled_from(CRITERION_IDS), unique=True, max_size=4).map(
                    tuple
                ),
                kind=st.sampled_from(ControlKind),
            ),
            min_size=1,
            max_size=4,
        )
    )
    kept = {}
    for control in map(tidy, drawn):
        says = not (is_empty(control.title) and is_empty(control.description))
        if control.id and says and control.text:
            kept[control.id] = control
    return list(kept.values()) or [Control(id=ControlId("A-1"), title="=1+1")]


def bare(found):
    """Return controls without the place that they were read from."""
    return [replace(control, place=None) for control in found]


@pytest.mark.parametrize("form", FORMS)
@given(written=controls())
@example(written=[Control(id=ControlId("=1+1"), title="'=1", description="a;b\n;;;\n'=x\n\n c")])
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_nothing_is_lost(form, written, files, tmp_path):
    """Any controls come back as they were."""
    path = tmp_path / NAMES[form]
    write_controls(path, written, files=files)
    assert bare(read_controls(path, files=files)) == bare(written)


@pytest.mark.parametrize("form", FORMS)
def test_the_sample_company_comes_back(form, files, tmp_path, suggestions):
    """The whole list of the sample company survives every form, with suggestions beside it."""
    listed = ROOT / "examples" / "harbourlight" / "controls" / "controls.csv"
    before = read_controls(listed, files=files)
    write_controls(tmp_path / NAMES[form], before, suggestions, files=files)
    assert bare(read_controls(tmp_path / NAMES[form], files=files)) == bare(before)


@pytest.fixture
def suggestions():
    """Return suggestions for one control of the sample company."""
    because = Because(
        kind="criterion", source=SourcePath("tsc/cc6.yaml"), title="CC6.7", quote="x", start=1,
        end=2, likeness=0.5,
    )  # fmt: skip
    ranked = tuple(
        Suggestion(
            criterion=CriterionId(one), confidence=share, reason="=says so", because=(because,)
        )
        for one, share in [("CC6.7", 0.83), ("CC6.8", 0.21)]
    )
    decided = (CriterionId("CC6.7"),)
    return [Suggestions(control=ControlId("AC-01"), ranked=ranked, decided=decided)]


CONTROL = Control(
    id=ControlId("AC-01"),
    title="-2+3",
    description='=HYPERLINK("x")',
    owner="@Jo",
    frequency=Frequency.QUARTERLY,
    criteria=(CriterionId("CC6.1"), CriterionId("CC6.6")),
)


def test_csv_runs_nothing(files, tmp_path, suggestions):
    """No cell of a CSV file begins like a formula."""
    write_controls(tmp_path / "c.csv", [CONTROL], suggestions, files=files)
    with (tmp_path / "c.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[1][:4] == ["AC-01", "'-2+3", '\'=HYPERLINK("x")', "'@Jo"]
    assert rows[1][6:] == ["CC6.1;CC6.6", "control", "CC6.7", "0.83", "CC6.7: =says so"]
    assert not any(cell.startswith(tuple("=+-@")) for row in rows for cell in row)


def test_a_workbook_runs_nothing(files, tmp_path):
    """Every cell of a workbook is text, and marked to stay text when it is edited."""
    write_controls(tmp_path / "c.xlsx", [CONTROL], files=files)
    sheet = openpyxl.load_workbook(tmp_path / "c.xlsx").active
    assert {cell.data_type for row in sheet.rows for cell in row if cell.value} == {"s"}
    assert (sheet["C2"].value, sheet["C2"].quotePrefix) == ('=HYPERLINK("x")', True)
    assert (sheet.freeze_panes, sheet["A2"].quotePrefix) == ("A2", False)


def test_json_has_what_was_suggested(files, tmp_path, suggestions):
    """JSON holds the contract of `map --json`: suggestions, decided, what speaks for them."""
    write_controls(tmp_path / "c.json", [CONTROL], suggestions, files=files)
    [control] = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))["controls"]
    assert control["decided"] == ["CC6.7"]
    assert [one["criterion"] for one in control["suggestions"]] == ["CC6.7", "CC6.8"]
    assert control["suggestions"][0]["because"][0]["quote"] == "x"


def test_the_name_tells_the_form(tmp_path):
    """A file's name asks for a form, and one that asks for none is refused."""
    assert form_of(tmp_path / "C.OSCAL.JSON") == "oscal"
    assert form_of(tmp_path / "c.xlsx") == "xlsx"
    with pytest.raises(BadInput, match=r"not written as \.pdf"):
        form_of(tmp_path / "c.pdf")


def test_a_place_that_cannot_be_written(files, tmp_path):
    """A folder that is not there is a plain error, and an unknown form as well."""
    with pytest.raises(BadInput, match="cannot be written"):
        write_controls(tmp_path / "none" / "c.csv", [CONTROL], files=files)
    with pytest.raises(BadInput, match="not written as 'pdf'"):
        write_controls(tmp_path / "c.csv", [CONTROL], files=files, form="pdf")


def test_what_was_there_stays_when_writing_fails(files, tmp_path):
    """A file is replaced as a whole or not at all, and nothing is left beside it."""
    path = tmp_path / "c.csv"
    write_controls(path, [CONTROL], files=files)
    before = path.read_bytes()
    with pytest.raises(BadInput, match="more than 30,000"):
        write_controls(path, [replace(CONTROL, description="x" * 40_000)], files=files)
    with pytest.raises(BadInput, match="neither"):
        files.write_tables(tmp_path / "c.txt", {"x": [["id"]]})
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["c.csv"]
