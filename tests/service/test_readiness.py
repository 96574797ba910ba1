"""Readiness over HTTP: the score, a criterion in full, tasks, reports, and who sees what of it."""

from __future__ import annotations

import json

import pytest

from copilot.bootstrap.readiness import assess_workspace
from copilot.domain.access import Role
from copilot.readiness.plain import readiness_json

API = "/api/v1/readiness"


@pytest.fixture
def compliance(clients):
    """Return a client of somebody of compliance, who may read everything."""
    return clients[Role.COMPLIANCE]


def test_it_is_what_the_command_line_says(served, compliance):
    """The same document, with whether something was left out for want of permission."""
    principal = served.service.register.find("mara.lindqvist").principal()
    said = readiness_json(assess_workspace(served.service.copilot, principal=principal))
    found = compliance.get(API).json()
    assert found.pop("partial") is False
    assert found == json.loads(json.dumps(said))


def test_a_criterion_names_its_records_and_what_is_missing(compliance):
    """The access review of the third quarter is the one that is not there."""
    found = compliance.get(f"{API}/criteria/cc6.3").json()
    review = next(one for one in found["controls"] if one["id"] == "AC-03")
    assert review["missing"] == [{"period": "2025-07-01..2025-09-30", "named": "Q3 2025"}]
    assert "evidence/access-review-2025-q1.csv" in {one["source"] for one in review["evidence"]}
    assert all(one["touched"] for one in found["points_of_focus"])
    assert found["audit"]["requests"]
    assert [one["source"] for one in found["policies"]] == ["policies/access-control.md"]
    assert "AC-03" in {one["control"] for one in found["tasks"]}


def test_a_criterion_that_there_is_not_is_not_there(compliance):
    """The hint names the nearest."""
    answer = compliance.get(f"{API}/criteria/CC6.9")
    assert answer.status_code == 404
    assert "CC6" in answer.json()["hint"]


def test_coverage_is_listed_by_status(compliance):
    """Two criteria have no control."""
    found = compliance.get(f"{API}/criteria", params={"status": "gap"}).json()
    assert [one["id"] for one in found["items"]] == ["CC3.3", "C1.2"]


@pytest.mark.parametrize(
    ("asked", "fits", "control"),
    [
        ({"criterion": "C1.2"}, lambda one: "C1.2" in one["criteria"], None),
        ({"owner": "jonas mendes"}, lambda one: one["owner"] == "Jonas Mendes", "AC-03"),
        ({"risk": "medium"}, lambda one: one["risk"] == "medium", "AC-10"),
    ],
    ids=["criterion", "owner", "risk"],
)
def test_tasks_are_narrowed_down(compliance, asked, fits, control):
    """To those that fit, all of them."""
    everything = compliance.get(f"{API}/tasks").json()["items"]
    found = compliance.get(f"{API}/tasks", params=asked).json()["items"]
    assert found == [one for one in everything if fits(one)]
    assert control in {one["control"] for one in found}


def test_another_period_and_scope_may_be_asked_for(compliance):
    """For a year without records nothing is met."""
    found = compliance.get(API, params={"period": "2023", "category": "privacy"}).json()
    assert (found["categories"], found["period"]) == (["privacy"], "2023-01-01..2023-12-31")
    assert found["scores"][0]["met"] == 0
    assert compliance.get(API, params={"period": "soon"}).status_code == 422
    assert compliance.get(API, params={"category": "safety"}).status_code == 422


def test_records_of_others_count_for_nothing_and_that_is_said(clients):
    """An engineer sees fewer records, so less is met; an employee sees no readiness."""
    everything = clients[Role.COMPLIANCE].get(API).json()
    theirs = clients[Role.ENGINEER].get(API).json()
    assert theirs["partial"]
    assert theirs["score"] < everything["score"]
    hidden = {one for each in everything["criteria"] for one in each["evidence"]}
    hidden -= {one for each in theirs["criteria"] for one in each["evidence"]}
    assert hidden
    assert clients[Role.EMPLOYEE].get(API).status_code == 403


def test_an_auditor_sees_no_record_of_another_time_and_no_work_of_ours(clients):
    """The penetration test of the year before is none of theirs, nor is what we have yet to do."""
    assert clients[Role.AUDITOR].get(f"{API}/tasks").json()["total"] == 0
    seen = {}
    for role in (Role.COMPLIANCE, Role.AUDITOR):
        found = clients[role].get(f"{API}/criteria/CC4.1").json()
        seen[role] = {one["source"] for each in found["controls"] for one in each["outside"]}
    assert any("pen" in one for one in seen[Role.COMPLIANCE])
    assert seen[Role.AUDITOR] == set()


@pytest.mark.parametrize(
    ("form", "start"),
    [("html", b"<!doctype"), ("csv", b""), ("xlsx", b"PK"), ("json", b"{"), ("oscal", b"{")],
)
def test_a_report_is_saved_and_not_shown(compliance, form, start):
    """Each form as an attachment."""
    answer = compliance.get(f"{API}/export", params={"form": form})
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith('attachment; filename="readiness.')
    assert answer.content.startswith(start)
