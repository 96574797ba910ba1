"""Reports of readiness: each form says what was found, and other programs open it."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET

import openpyxl
import pytest

from copilot.bootstrap.readiness import assess_workspace, write_readiness
from copilot.domain.criteria import CRITERION_IDS
from copilot.errors import BadInput
from copilot.readiness.coverage import CoverageStatus
from copilot.readiness.page import page
from copilot.readiness.timeline import timeline


@pytest.fixture(scope="module")
def found(sample):
    """Return the sample company's readiness."""
    return assess_workspace(sample, principal=sample.principal(None))


@pytest.fixture(scope="module")
def workbook(found, tmp_path_factory):
    """Return a workbook with the sample company's readiness."""
    path = tmp_path_factory.mktemp("reports") / "readiness.xlsx"
    write_readiness(path, found)
    return path


def rows_of(workbook, sheet):
    page = openpyxl.load_workbook(workbook)[sheet]
    return [[cell.value or "" for cell in row] for row in page.iter_rows()]


def test_the_workbook_has_the_matrix_of_criteria_and_controls(found, workbook):
    """Each cell says whether the control's records prove it; an empty one that it does not serve."""
    header, *rows = rows_of(workbook, "Matrix")
    by_id = {row[0]: dict(zip(header[2:], row[2:], strict=True)) for row in rows}

    assert list(by_id) == [one.id for one in found.in_scope]
    assert by_id["CC6.2"]["AC-03"] == "not proven"
    assert by_id["CC6.1"]["AC-01"] == "proven"
    assert by_id["CC3.3"].keys() == set(header[2:])
    assert set(by_id["CC3.3"].values()) == {""}


def test_the_workbook_has_gaps_and_tasks(found, workbook):
    """A row for each thing that is missing, and the tasks in their order."""
    gaps = [(row[0], row[3]) for row in rows_of(workbook, "Gaps")[1:]]
    tasks = [row[1] for row in rows_of(workbook, "Tasks")[1:]]

    lacking = {one.id for one in found.in_scope if one.status is not CoverageStatus.MET}
    assert {criterion for criterion, _ in gaps} == lacking
    assert ("CC6.2", "AC-03") in gaps
    assert tasks == [one.what for one in found.tasks]


def test_each_sheet_prints_across_with_its_header_on_every_page(workbook):
    """No column stands on a page of its own, and rows are as tall as their lines."""
    for sheet in openpyxl.load_workbook(workbook).worksheets:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.print_title_rows == "$1:$1"
    tall = openpyxl.load_workbook(workbook)["Criteria"]
    for row in tall.iter_rows(min_row=2, max_row=6):
        lines = max(str(cell.value or "").count("\n") for cell in row) + 1
        assert lines == 1 or tall.row_dimensions[row[0].row].height >= 15 * lines


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed here")
def test_libreoffice_opens_the_workbook(workbook, tmp_path):
    """Another program reads the same sheet."""
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    form = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,3"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", form, "--outdir", tmp_path, workbook],
        check=True,
        capture_output=True,
        timeout=120,
    )
    made = next(tmp_path.glob("*.csv"))
    read = list(csv.reader(made.read_text(encoding="utf-8").splitlines()))
    assert read[0] == [str(one) for one in rows_of(workbook, "Matrix")[0]]


def test_the_table_has_every_criterion(found, tmp_path):
    """Also those that are not in scope, with the rule that gave the status."""
    write_readiness(tmp_path / "readiness.csv", found)

    with (tmp_path / "readiness.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["criterion"] for row in rows] == list(CRITERION_IDS)
    by_id = {row["criterion"]: row for row in rows}
    assert by_id["P1.1"]["status"] == "not in scope"
    assert by_id["CC6.2"]["rule"].startswith("AC-03 runs quarterly and has no record for Q3 2025")


def test_oscal_has_a_finding_for_each_criterion_and_refers_to_what_is_there(found, tmp_path):
    """Every record that a finding names is observed, and the plan that is imported exists."""
    write_readiness(tmp_path / "readiness.oscal.json", found)

    document = json.loads((tmp_path / "readiness.oscal.json").read_text())["assessment-results"]
    result = document["results"][0]
    observed = {one["uuid"] for one in result["observations"]}
    referred = {
        one["observation-uuid"]
        for finding in result["findings"]
        for one in finding.get("related-observations", ())
    }
    states = {
        one["target"]["target-id"]: one["target"]["status"]["state"] for one in result["findings"]
    }
    assert referred == observed
    assert states["CC6.2"] == states["CC3.3"] == "not-satisfied"
    assert states["CC6.1"] == "satisfied"
    assert document["import-ap"]["href"] == f"#{document['back-matter']['resources'][0]['uuid']}"


def test_the_page_asks_for_nothing_from_anywhere(found):
    """One file: no script, no picture, no font from outside."""
    written = page(found)
    assert "<script" not in written
    assert not re.search(r"(?:src|href)=[\"'](?!#)", written)
    assert "http" not in written.replace("http://www.w3.org/2000/svg", "")


def test_the_page_can_be_pushed_aside_on_a_phone_and_names_the_policies(found):
    """What is wide stands in a region that keys reach; a criterion has its policies and its records."""
    written = page(found)
    assert written.count('<div class="wide" role="region"') == 3
    about = written.partition('<details id="CC6.1"')[2].partition("</details>")[0]
    assert about.index("policies/access-control.md") < about.index("Evidence in the period")


def test_the_timeline_shows_the_missing_quarter(found):
    """A hollow bar stands where no record is held, and says so to whoever points at it."""
    drawn = ET.fromstring(timeline(found.in_scope, found.scope))  # noqa: S314  our own
    hollow = [
        one[0].text for one in drawn.iter("{http://www.w3.org/2000/svg}rect") if one.get("stroke")
    ]
    assert "AC-03, Q3 2025: no record" in hollow
    assert not any(said.startswith("AC-08") for said in hollow)


def test_a_form_that_is_unknown_is_refused(found, tmp_path):
    """With the forms that there are."""
    with pytest.raises(BadInput) as caught:
        write_readiness(tmp_path / "readiness.docx", found)
    assert ".xlsx" in caught.value.hint
    assert list(tmp_path.iterdir()) == []
