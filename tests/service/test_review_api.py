"""The review through HTTP: who sees and does what, and that nothing of anybody is lost."""

from __future__ import annotations

import pytest

from copilot.domain.access import Role
from tests.service.desk import CLOSED, OPEN, until

API = "/api/v1/review"


def test_an_item_comes_with_its_checklist_and_what_one_may_do(desk):
    """What is open is numbered; a step that cannot be taken says why."""
    desk.write("policy/checklist")
    shown = desk.shown("policy/checklist")
    assert [one["kind"] for one in shown["questions"]] == ["question", "decision"]
    assert shown["questions"][0]["role"] == "Head of IT"
    place = shown["questions"][0]["places"][0]
    text = shown["version"]["text"]
    assert text[place["start"] : place["end"]].startswith("[open question → Head of IT")
    assert shown["footnotes"][0]["citation"]["source"] == "policies/access-control.md"
    steps = {one["step"]: one for one in shown["steps"]}
    assert steps["submit"]["possible"]
    assert "in review" in steps["approve"]["why_not"] or "wrote" in steps["approve"]["why_not"]


def test_a_draft_that_is_not_for_somebody_is_as_if_it_were_not_there(desk):
    """Employees and auditors get the words that they get for what does not exist."""
    desk.write("policy/hidden")
    for role in (Role.EMPLOYEE, Role.AUDITOR):
        hidden = desk[role].get(f"{API}/policy/hidden")
        absent = desk[role].get(f"{API}/policy/absent")
        assert hidden.status_code == absent.status_code == 404
        assert hidden.json()["detail"].replace("hidden", "absent") == absent.json()["detail"]
        for path in ("versions", "versions/1", "diff", "export"):
            assert desk[role].get(f"{API}/policy/hidden/{path}").status_code == 404
        assert "policy/hidden" not in desk[role].get(API).text


def test_steps_of_others_are_refused_by_role(desk):
    """Employees decide nothing, auditors write nothing, and nothing changes."""
    desk.in_review("policy/roles")
    assert desk.step("policy/roles", "approve", {}, by=Role.EMPLOYEE).status_code == 403
    assert desk.step("policy/roles", "submit", by=Role.AUDITOR).status_code == 403
    assert desk.step("policy/roles", "comments", {"text": "x"}, by=Role.EMPLOYEE).status_code == 404
    assert desk.shown("policy/roles")["state"] == "in review"


def test_the_list_can_be_cut_down_and_read_in_parts(desk):
    """By kind, by state, and to what waits for whoever asks."""
    desk.in_review("policy/listed", by=Role.ADMIN)
    desk.write("response/listed", "# R\n\nText.\n")
    mine = desk[Role.COMPLIANCE]
    kinds = mine.get(API, params={"kind": "response"}).json()["items"]
    assert {one["kind"] for one in kinds} == {"response"}
    waiting = {
        one["id"] for one in mine.get(API, params={"waiting": True, "limit": 200}).json()["items"]
    }
    assert "policy/listed" in waiting
    assert "response/listed" in waiting
    others = desk[Role.ADMIN].get(API, params={"waiting": True, "limit": 200}).json()["items"]
    assert "policy/listed" not in {one["id"] for one in others}
    first = mine.get(API, params={"limit": 1}).json()
    second = mine.get(API, params={"limit": 1, "cursor": first["next"]}).json()
    assert first["items"][0]["id"] < second["items"][0]["id"]
    assert first["total"] >= 2


def test_a_change_has_to_say_which_version_was_seen(desk):
    """Without If-Match nothing is saved and no step is taken."""
    desk.write("policy/etag")
    client = desk[Role.COMPLIANCE]
    for path, body in (
        ("versions", {"text": "# New\n"}),
        ("submit", None),
        ("answers", {"question": 1, "text": "Jira"}),
        ("confirmations", {}),
        ("waivers", {"question": 1, "reason": "Settled."}),
    ):
        assert client.post(f"{API}/policy/etag/{path}", json=body).status_code == 428
    assert desk.step("policy/etag", "submit", seen='"abc"').status_code == 412
    assert desk.shown("policy/etag")["version"]["number"] == 1


def test_of_two_who_edit_at_once_the_second_is_told_and_loses_nothing(desk):
    """What the first saved stays; the second hears who saved what, and saves on top of it."""
    desk.write("policy/both", "# A\n\nOne.\n")
    save = {"text": "# A\n\nTwo.\n", "note": "two"}
    assert desk.step("policy/both", "versions", save, seen='"1"').status_code == 201
    late = desk.step(
        "policy/both", "versions", {"text": "# A\n\nThree.\n"}, by=Role.ADMIN, seen='"1"'
    )
    assert late.status_code == 412
    assert "mara.lindqvist saved version 2" in late.json()["detail"]
    assert "(two)" in late.json()["detail"]
    assert desk.shown("policy/both")["version"]["text"] == save["text"]
    again = desk.step(
        "policy/both", "versions", {"text": "# A\n\nThree.\n"}, by=Role.ADMIN, seen='"2"'
    )
    assert again.headers["etag"] == '"3"'
    versions = desk[Role.ADMIN].get(f"{API}/policy/both/versions").json()["items"]
    assert [one["number"] for one in versions] == [3, 2, 1]


def test_a_new_item_is_not_saved_over_one_that_is_there(desk):
    """If-None-Match makes one only where there is none."""
    desk.write("policy/once")
    client = desk[Role.ADMIN]
    again = client.post(
        f"{API}/policy/once/versions", json={"text": "# B\n"}, headers={"If-None-Match": "*"}
    )
    assert again.status_code == 412


def test_a_decision_on_a_version_that_was_not_read_is_refused(desk):
    """Somebody saved and submitted another one meanwhile; that one is not approved unread."""
    desk.in_review("policy/unread")
    desk.step("policy/unread", "versions", {"text": "# Other\n"})
    desk.step("policy/unread", "submit")
    refused = desk.step("policy/unread", "approve", {}, by=Role.ADMIN, seen='"1"')
    assert refused.status_code == 412
    assert desk.shown("policy/unread")["state"] == "in review"


def test_an_edit_that_loses_a_citation_says_which_and_asks(desk):
    """It is saved only by somebody who means it."""
    desk.write("policy/cited")
    without = {"text": OPEN.replace("[^1]\n", "\n")}
    asked = desk.step("policy/cited", "versions", without)
    assert asked.status_code == 409
    assert asked.json()["type"].endswith(":citations-lost")
    assert "Nobody shares an account." in asked.json()["errors"][0]
    moved = {"text": OPEN.replace("[^1]", "[^7]")}
    assert desk.step("policy/cited", "versions", moved).status_code == 201
    assert (
        desk.step("policy/cited", "versions", without | {"let_citations_go": True}).status_code
        == 201
    )


def test_a_text_is_looked_through_while_it_is_edited(desk):
    """What is open in it, what it would lose, what it refers to and does not have."""
    desk.write("policy/typing")
    text = "# T\n\n[open question → CEO: Why?] See.[^9]\n"
    found = desk[Role.COMPLIANCE].post(
        f"{API}/policy/typing/check", json={"text": text}, params={"base": 1}
    )
    assert [one["words"] for one in found.json()["questions"]] == ["Why?"]
    assert [one["label"] for one in found.json()["lost"]] == ["1"]
    assert found.json()["undefined"] == ["9"]


def test_from_open_questions_to_a_policy_in_force(desk):
    """Answered, confirmed, waived, submitted, given back, approved by somebody else; file, log, index."""
    item = "policy/story"
    text = OPEN + "\n[open question → CEO: Who signs?]\n"
    desk.write(item, text, title="Story policy")
    answered = desk.step(item, "answers", {"question": 1, "text": "In *Jira*."}, seen='"1"')
    assert answered.headers["etag"] == '"2"'
    assert desk.step(item, "confirmations", {"questions": []}, seen='"2"').status_code == 201
    assert "In \\*Jira\\*." in desk.shown(item)["version"]["text"]
    desk.step(item, "submit")
    open_still = desk.step(item, "approve", {}, by=Role.ADMIN)
    assert open_still.status_code == 409
    assert open_still.json()["errors"] == ["1. CEO: Who signs?"]
    given_back = desk.step(item, "request-changes", {"reason": "Who?"}, by=Role.ADMIN)
    assert given_back.json()["state"] == "changes requested"
    waived = desk.step(item, "waivers", {"question": 1, "reason": "The CEO."}, by=Role.ADMIN)
    assert waived.status_code == 201
    desk.step(item, "submit")
    assert desk.step(item, "approve", {}).status_code == 403
    done = desk.step(item, "approve", {"note": "Good."}, by=Role.ADMIN, seen='"3"')
    assert done.json()["state"] == "approved"
    file = desk.served.folder / "policies" / "story.md"
    assert "every calendar quarter" in file.read_text()
    assert "approved_by: jonas.mendes" in file.read_text()
    assert desk[Role.EMPLOYEE].get(f"{API}/{item}").json()["published"]["state"] == "as approved"
    logged = desk[Role.ADMIN].get("/api/v1/log", params={"about": item}).json()["items"]
    assert logged[0]["action"] == "approved a version"
    assert logged[0]["who"] == "jonas.mendes"
    assert done.json()["job"]
    truth = desk.served.service.copilot.truth
    assert until(lambda: "policies/story.md" in truth.fingerprints())


def test_a_file_that_others_wrote_is_in_the_way_until_somebody_says_so(desk):
    """Nothing is approved before that, and the file is as it was."""
    item, text = "policy/encryption", CLOSED.format(title="Encryption policy")
    desk.in_review(item, text)
    file = desk.served.folder / "policies" / "encryption.md"
    before = file.read_bytes()
    refused = desk.step(item, "approve", {}, by=Role.ADMIN)
    assert refused.status_code == 409
    assert refused.json()["type"].endswith(":file-in-the-way")
    assert file.read_bytes() == before
    allowed = desk.step(item, "approve", {"replace_file": True}, by=Role.ADMIN)
    assert allowed.status_code == 200
    assert b"Each quarter" in file.read_bytes()


def test_what_changed_comes_line_by_line_and_word_by_word(desk):
    """The two sides are the two texts."""
    desk.write("policy/diff", "# D\n\nAccess ends after three days.\n")
    desk.step("policy/diff", "versions", {"text": "# D\n\nAccess ends after one day.\n\nNew.\n"})
    diff = desk[Role.COMPLIANCE].get(f"{API}/policy/diff/diff").json()
    assert (diff["older"], diff["newer"], diff["removed"]) == (1, 2, 1)
    row = next(one for one in diff["hunks"][0]["rows"] if one["before"] and not one["same"])
    changed = "".join(one["text"] for one in row["after"]["pieces"] if one["changed"])
    assert changed == "oneday"
    half = desk[Role.COMPLIANCE].get(f"{API}/policy/diff/diff", params={"older": 1})
    assert half.status_code == 422


@pytest.mark.parametrize(("form", "begins"), [("md", b"# Ex"), ("docx", b"PK")])
def test_a_version_is_exported_as_an_attachment(desk, form, begins):
    """Its name says which version it is."""
    item = f"policy/exported-{form}"
    desk.write(item, "# Exported\n\nText.\n")
    answer = desk[Role.COMPLIANCE].get(f"{API}/{item}/export", params={"form": form})
    assert answer.content.startswith(begins)
    assert f"exported-{form}-version-1.{form}" in answer.headers["content-disposition"]
    assert answer.headers["content-disposition"].startswith("attachment")


def test_comments_stay_with_their_version(desk):
    """Nothing in one is more than text."""
    desk.write("policy/said")
    said = desk.step("policy/said", "comments", {"text": "<b>No</b>"})
    assert said.json()["text"] == "<b>No</b>"
    assert desk.shown("policy/said")["comments"][0]["who"] == "mara.lindqvist"
    assert desk.step("policy/said", "comments", {"text": "  "}).status_code == 422


def test_a_request_that_is_sent_again_is_done_once(desk):
    """A key makes it safe to try again."""
    desk.write("policy/key")
    headers = {"If-Match": '"1"', "Idempotency-Key": "once-and-again"}
    body = {"question": 1, "text": "Jira"}
    client = desk[Role.COMPLIANCE]
    first, second = (
        client.post(f"{API}/policy/key/answers", json=body, headers=headers) for _ in range(2)
    )
    assert first.json() == second.json()
    assert desk.shown("policy/key")["version"]["number"] == 2
