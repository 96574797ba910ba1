"""Readiness of the sample company: what was planted is found, and nothing else is called a gap."""

from __future__ import annotations

import pytest

from copilot.bootstrap.readiness import assess_workspace
from copilot.readiness.coverage import CoverageStatus


@pytest.fixture(scope="module")
def found(sample):
    """Return the sample company's readiness."""
    return assess_workspace(sample, principal=sample.principal(None))


def test_every_criterion_that_is_not_met_was_checked_by_hand(found):
    """Planted: no control for CC3.3 and C1.2, no review in the third quarter, an old penetration test, a
    record that names no time. Of the ordinary state of such a folder: scans of four months only."""
    lacking = {one.id: one.rule for one in found.in_scope if one.status is not CoverageStatus.MET}

    assert lacking.keys() == {"CC3.3", "C1.2", "CC6.2", "CC6.3", "CC4.1", "CC6.8", "CC7.1", "CC7.2"}
    assert lacking["CC3.3"] == lacking["C1.2"] == "No control serves it."
    assert lacking["CC6.2"] == "AC-03 runs quarterly and has no record for Q3 2025."
    assert "Penetration test report, Saltmarsh Security, June 2024" in lacking["CC4.1"]
    assert "MO-03 runs monthly and has no record for January 2025" in lacking["CC7.1"]
    assert "CrowdStrike Falcon coverage summary" in lacking["CC6.8"]


def test_the_first_task_is_the_missing_access_review(found):
    """It weighs much and takes little."""
    assert found.tasks[0].what.startswith("Find the record of AC-03 for Q3 2025")
    assert found.tasks[0].owner == "Jonas Mendes"


def test_who_may_not_read_evidence_is_not_told_of_it(sample):
    """An employee's readiness rests on what an employee may read."""
    seen = assess_workspace(sample, principal=sample.principal("audience:everyone"))

    audiences = {s.metadata.audience for one in seen.covered for s in one.evidence}
    outside = {
        s.metadata.audience
        for one in seen.covered
        for control in one.controls
        for s in control.outside
    }
    assert audiences | outside <= {"everyone"}
