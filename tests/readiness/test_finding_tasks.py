"""What an auditor's findings ask for becomes tasks, with owner and due date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from copilot.bootstrap.readiness import assess_workspace
from copilot.cli.readiness_command import readiness_json
from copilot.domain.findings import Decision, Finding, FindingForm, Remediation
from copilot.readiness.page import page
from copilot.readiness.tasks import Weight, finding_tasks

TODAY = date(2026, 1, 10)
OWNERS = {"AC-03": "Jonas Mendes"}
BARE = Finding(id="F-1", control="AC-03", criterion="CC6.2", exceptions="One is missing.")
DUE = Remediation(
    action="Hold the review.", owner="Jo Berg", due=date(2026, 2, 1), evidence="The list"
)


def tasks(*findings):
    """Return the tasks of findings, as of the same day."""
    return finding_tasks(findings, owners=OWNERS, today=TODAY)


def test_a_finding_without_actions_wants_a_response():
    """The owner of the control writes it, within two weeks."""
    (task,) = tasks(BARE)

    assert task.what.startswith("Write the management response to F-1")
    assert (task.owner, task.due) == ("Jonas Mendes", date(2026, 1, 24))
    assert (task.criteria, task.control, task.risk) == (("CC6.2",), "AC-03", Weight.HIGH)


def test_each_open_action_is_a_task():
    """Its own owner and date stand; what is done is none."""
    done = replace(DUE, done_on=date(2026, 1, 5))
    (task,) = tasks(replace(BARE, remediation=(DUE, done)))

    assert task.what == "Hold the review (F-1). To show for it: The list."
    assert (task.owner, task.due) == ("Jo Berg", date(2026, 2, 1))


def test_an_action_without_owner_and_date_gets_those_of_the_finding():
    """Nobody has to be asked twice: the finding's owner, and a month."""
    bare = Remediation(action="Hold the review")
    (task,) = tasks(replace(BARE, owner="Mara Lindqvist", remediation=(bare,)))

    assert (task.owner, task.due) == ("Mara Lindqvist", date(2026, 2, 9))


@pytest.mark.parametrize(
    "finding",
    [
        pytest.param(replace(BARE, status="Closed"), id="closed"),
        pytest.param(
            replace(BARE, form=FindingForm.OBSERVATION, decision=Decision.DECLINED), id="declined"
        ),
        pytest.param(replace(BARE, remediation=(replace(DUE, done_on=TODAY),)), id="all done"),
    ],
)
def test_what_is_settled_asks_for_nothing(finding):
    """A list of tasks holds what is to be done."""
    assert tasks(finding) == []


def test_the_sample_company_has_its_findings_to_answer(sample):
    """They stand in the terminal's list, in JSON and on the page, with owner and date."""
    found = assess_workspace(sample, principal=sample.principal(None))
    listed = [one for one in readiness_json(found)["tasks"] if "F-2025-01" in one["what"]]

    assert [one["owner"] for one in listed] == ["Jonas Mendes"]
    assert all(one["due"] for one in listed)
    assert "Write the management response to F-2025-01" in page(found)


def test_who_may_not_read_a_finding_is_given_no_task_of_it(sample):
    """A task would tell that there is a finding."""
    found = assess_workspace(sample, principal=sample.principal("audience:everyone"))

    assert not any("F-2025" in one.what for one in found.tasks)
