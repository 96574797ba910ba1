"""Drafts that are started through HTTP, policies that are checked, findings that are added."""

from __future__ import annotations

import pytest

from copilot.domain.access import Role

FINDING = {
    "id": "F-2026-09",
    "control": "AC-03",
    "criterion": "cc6.2",
    "exceptions": "1 of 4. The review of the second quarter was <b>late</b>.",
    "sample": "4",
    "remediation": [{"action": "The reminder is sent a week earlier", "due": "2026-03-31"}],
}


def test_kinds_of_policies_say_what_they_cover(desk):
    """In the company's own words, with the criteria that they answer for."""
    kinds = desk[Role.EMPLOYEE].get("/api/v1/drafts/kinds").json()
    assert len(kinds) == 22
    access = next(one for one in kinds if one["id"] == "access-control")
    assert "Harbourlight" in access["covers"]
    assert "{" not in "".join(one["covers"] for one in kinds)
    assert "CC6.2" in access["criteria"]


def test_a_policy_is_never_drafted_over_somebodys_work(desk):
    """What somebody wrote is superseded only if that is asked for, and stays among the versions."""
    client = desk[Role.COMPLIANCE]
    first = client.post("/api/v1/drafts/policy", json={"kind": "Physical security policy"})
    assert first.status_code == 201
    draft = first.json()
    assert (draft["item"], draft["version"]) == ("policy/physical-security", 1)
    assert draft["open_questions"] or draft["to_confirm"]
    assert all(one["verified"] for one in draft["citations"])
    kinds = client.get("/api/v1/drafts/kinds").json()
    assert "policy/physical-security" in [one["item"]["id"] for one in kinds if one["item"]]
    mine = desk.step(draft["item"], "versions", {"text": "# Mine\n", "let_citations_go": True})
    assert mine.status_code == 201
    refused = client.post("/api/v1/drafts/policy", json={"kind": "physical-security"})
    assert refused.status_code == 409
    assert "version 2 was written by mara.lindqvist" in refused.json()["detail"]
    again = client.post("/api/v1/drafts/policy", json={"kind": "physical-security", "again": True})
    assert again.json()["version"] == 3
    assert (
        client.get("/api/v1/review/policy/physical-security/versions/2").json()["text"]
        == "# Mine\n"
    )


def test_a_kind_that_there_is_not_names_the_nearest(desk):
    """Nothing is drafted, and whoever misspelt it is helped."""
    unknown = desk[Role.COMPLIANCE].post(
        "/api/v1/drafts/policy", json={"kind": "incident-responsibility"}
    )
    assert unknown.status_code == 422
    assert "incident-response" in unknown.json()["hint"]


def test_a_response_is_drafted_from_a_file_of_findings(desk):
    """Employees, who may not read the finding, are told what they are told of one that there is not."""
    path = {"path": "findings/untested-alert.yaml"}
    hidden = desk[Role.EMPLOYEE].post("/api/v1/drafts/response", json=path)
    absent = desk[Role.EMPLOYEE].post("/api/v1/drafts/response", json={"path": "findings/no.yaml"})
    assert hidden.status_code == absent.status_code == 404
    outside = desk[Role.ADMIN].post("/api/v1/drafts/response", json={"path": "../secret.yaml"})
    assert outside.status_code == 404
    made = desk[Role.COMPLIANCE].post("/api/v1/drafts/response", json=path)
    assert made.json()["item"] == "response/F-2025-03"
    listed = desk[Role.COMPLIANCE].get("/api/v1/findings").json()["items"]
    assert {one["id"]: bool(one["item"]) for one in listed}["F-2025-03"]


def test_a_response_is_drafted_from_fields_and_leaves_no_file(desk):
    """The finding is not kept; what is wrong with it is named by field."""
    client = desk[Role.COMPLIANCE]
    before = sorted((desk.served.folder / "findings").iterdir())
    made = client.post("/api/v1/drafts/response", json={"finding": FINDING | {"id": "F-2026-10"}})
    assert made.status_code == 201
    assert made.json()["item"] == "response/F-2026-10"
    wrong = client.post(
        "/api/v1/drafts/response", json={"finding": FINDING | {"criterion": "CC99"}}
    )
    assert wrong.status_code == 422
    assert any("`criterion`" in one for one in wrong.json()["errors"])
    both = client.post("/api/v1/drafts/response", json={"finding": FINDING, "path": "findings/x"})
    assert both.status_code == client.post("/api/v1/drafts/response", json={}).status_code == 422
    assert sorted((desk.served.folder / "findings").iterdir()) == before


def test_a_finding_is_kept_as_a_new_file_and_never_over_another(desk):
    """It is logged, and listed at once."""
    client = desk[Role.ENGINEER]
    added = client.post("/api/v1/findings", json=FINDING)
    assert added.status_code == 201
    path = added.json()["path"]
    assert path == "findings/finding-F-2026-09.yaml"
    text = (desk.served.folder / path).read_text()
    assert "<b>late</b>" in text
    assert "criterion: cc6.2" in text
    again = client.post("/api/v1/findings", json=FINDING | {"exceptions": "Other."})
    taken = client.post("/api/v1/findings", json=FINDING | {"id": "F-2025-01"})
    assert again.status_code == taken.status_code == 409
    assert (desk.served.folder / path).read_text() == text
    logged = desk[Role.ADMIN].get("/api/v1/log", params={"about": path}).json()
    assert [one["who"] for one in logged["items"]] == ["tomasz.wilk"]
    listed = desk[Role.COMPLIANCE].get("/api/v1/findings").json()["items"]
    assert path in {one["path"] for one in listed}


@pytest.mark.parametrize(
    "id_", ["../x", "a/b", "", " ", "x y", "manifest", "x.meta", ".hidden", "é\u0000"]
)
def test_no_id_of_a_finding_leads_elsewhere(desk, id_):
    """Neither out of the folder nor to a name that says something of other files."""
    before = {one.name for one in (desk.served.folder / "findings").iterdir()}
    answer = desk[Role.ENGINEER].post("/api/v1/findings", json=FINDING | {"id": id_})
    after = {one.name for one in (desk.served.folder / "findings").iterdir()}
    assert answer.status_code in {201, 422}
    assert all(one.startswith("finding-") for one in after - before)
    assert not any(one.endswith(".meta.yaml") for one in after)


def test_employees_add_no_findings(desk):
    """They are sources of the workspace."""
    assert desk[Role.EMPLOYEE].post("/api/v1/findings", json=FINDING).status_code == 403
    assert (
        desk[Role.AUDITOR].post("/api/v1/drafts/policy", json={"kind": "backup"}).status_code == 403
    )


def test_a_policy_is_checked_with_remarks_and_changes(desk):
    """Only one that whoever asks may read, and nothing outside the workspace."""
    client = desk[Role.COMPLIANCE]
    found = client.post(
        "/api/v1/drafts/check", json={"path": "policies/access-control.md", "on": "2026-01-15"}
    )
    assert found.status_code == 200
    assert found.json()["kind"] == "access-control"
    assert any(one["citations"] for one in found.json()["remarks"])
    for path in ("../company.yaml", "company.yaml", "/etc/passwd", "policies/none.md"):
        assert client.post("/api/v1/drafts/check", json={"path": path}).status_code == 404


def test_there_is_one_system_description_and_it_is_not_drafted_over(desk):
    """Whoever asks for it again has to say that the work on it may be superseded."""
    desk.write("description/system", "# System description\n\nOurs.\n")
    refused = desk[Role.COMPLIANCE].post("/api/v1/drafts/description", json={})
    assert refused.status_code == 409
    assert "again" in refused.json()["hint"]
