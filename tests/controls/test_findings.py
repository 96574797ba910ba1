"""Cloud findings as technical controls."""

from __future__ import annotations

import pytest

from copilot.controls.reading import read_controls
from copilot.domain.controls import ControlKind
from tests.conftest import ROOT


@pytest.fixture
def prowler(shared, files):
    """Return a function that reads an example of the scanner."""
    return lambda name: read_controls(shared / "corpus" / "prowler" / name, files=files)


@pytest.mark.parametrize(
    ("name", "checks"),
    [
        ("example_output_aws.csv", 4),
        ("example_output_aws.ocsf.json", 5),
        ("example_output_gcp.csv", 3),
        ("example_output_kubernetes.ocsf.json", 6),
    ],
)
def test_every_example_gives_a_control_for_each_check(prowler, name, checks):
    """Both forms of the scanner's output are read, a control for each check."""
    controls = prowler(name)
    assert len(controls) == checks
    assert {control.kind for control in controls} == {ControlKind.FINDING}
    assert all(control.title and control.system and control.place.row for control in controls)


def test_resources_are_counted(prowler):
    """A check that saw two resources is one control that says so."""
    check = next(c for c in prowler("example_output_gcp.csv") if "rdp" in c.id)
    assert check.description.endswith("Scanned on 2 resources: 2 pass.")
    assert check.system == "Google Cloud networking"


def test_both_forms_say_the_same(prowler):
    """The CSV file and the OCSF file of one scan give the same controls."""
    table = {c.id: c for c in prowler("example_output_aws.csv")}
    tree = {c.id: c for c in prowler("example_output_aws.ocsf.json")}
    assert table.keys() <= tree.keys()
    for id_, control in table.items():
        assert (control.title, control.text) == (tree[id_].title, tree[id_].text)


def test_outcomes_are_told_apart(read):
    """Passed, failed, muted and open checks are counted apart."""
    header = "CHECK_ID;CHECK_TITLE;STATUS;MUTED;DESCRIPTION\n"
    rows = "".join(
        f"c1;Title;{status};{muted};About it.\n"
        for status, muted in [
            ("PASS", "False"),
            ("FAIL", "False"),
            ("FAIL", "True"),
            ("MANUAL", ""),
        ]
    )
    [control] = read("f.csv", header + rows)
    assert control.description == (
        "About it.\nScanned on 4 resources: 1 passes, 1 fails, 1 is left to be checked by hand, "
        "1 is muted."
    )


def test_more_resources_than_controls_are_allowed(read):
    """A scan of many resources is no list of many controls."""
    rows = "c1,PASS\n" * 30_000
    [control] = read("f.csv", f"check_id,status\n{rows}")
    assert "30,000 resources: 30000 pass" in control.description


def test_the_findings_of_the_sample_company(files):
    """The simple form that the sample company keeps is read as well."""
    path = ROOT / "examples" / "harbourlight" / "evidence" / "cloud-findings-2025-11.json"
    controls = read_controls(path, files=files)
    assert len(controls) == 15
    assert controls[0].title == "root user has a second factor"


def test_a_finding_without_a_check_is_named(refused):
    """A row that says nothing of its check stops the import."""
    error = refused("f.csv", "check_id,status\nc1,PASS\n,FAIL\n")
    assert "f.csv, row 3: the finding has no check" in error.problems
