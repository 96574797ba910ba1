"""`copilot review`: a draft on its way into the index, mappings on theirs into readiness."""

from __future__ import annotations

import csv
import shutil

import pytest

from tests.cli.within import run

DRAFT = """\
# Visitor policy

Visitors sign the brass ledger at reception and wear a badge.

[open question → Head of IT: Who keeps the badges?]
"""
ITEM = "policy/visitors"
CONTROLS = (
    ("AC-01", "Access review", "Each quarter owners review accounts and remove access.", ""),
    ("AC-02", "Access requests", "Access is granted after the owner approved a request.", ""),
    ("AC-03", "Leavers", "Accounts of leavers are disabled on their last day.", ""),
    ("BK-01", "Backups", "The database is backed up each night and restores are tested.", ""),
    ("BK-02", "Restore tests", "A restore of the database is tested twice a year.", ""),
)


def step(workspace, *arguments, by="mara.lindqvist"):
    """Take a step of the review as a person and return what came of it."""
    return run("review", *arguments, "--as", by, cwd=workspace)


@pytest.fixture(scope="module")
def workspace(sample_folder, tmp_path_factory):
    """Return a copy of the sample company's workspace, to which the tests of this file add."""
    return shutil.copytree(sample_folder, tmp_path_factory.mktemp("review") / "company")


@pytest.fixture(scope="module")
def reviewed(copilot, workspace):
    """Return what each step said: saved, submitted, waived, approved."""
    (workspace / "draft.md").write_text(DRAFT)
    steps = (
        ("save", ITEM, "draft.md", "--title", "Visitor policy"),
        ("submit", ITEM),
        ("waive", ITEM, "--question", "1", "--reason", "Reception is being rebuilt."),
    )
    done = [step(workspace, *one) for one in steps]
    found_before = run("search", '"brass ledger"', "--json", cwd=workspace)
    approved = copilot("review", "approve", ITEM, "--as", "simon.ekdahl", cwd=workspace)
    return {"steps": [*done, approved], "before": found_before}


def test_every_step_says_what_it_did(reviewed):
    """One line each, on standard output, with nothing to complain of."""
    said = [(one.returncode, one.stdout.splitlines()[0]) for one in reviewed["steps"]]
    assert said == [
        (0, "policy/visitors version 1: draft"),
        (0, "policy/visitors version 1: in review"),
        (0, "Waived: Head of IT: Who keeps the badges?"),
        (0, "policy/visitors version 1: approved"),
    ]


def test_a_draft_is_not_found_and_an_approved_policy_is(workspace, reviewed):
    """By anybody, as a policy that everybody may read."""
    assert reviewed["before"].json["results"] == []
    asked = ("search", '"brass ledger"', "--json", "--as", "audience:everyone")
    (found,) = run(*asked, cwd=workspace).json["results"]
    assert (found["source"], found["kind"]) == ("policies/visitors.md", "policy")
    assert found["title"] == "Visitor policy"


def test_nobody_approves_their_own(workspace, reviewed):
    """The message names who wrote it, and the status is that of a failure."""
    (workspace / "more.md").write_text(DRAFT + "\nMore.\n")
    step(workspace, "save", "response/R-1", "more.md")
    step(workspace, "submit", "response/R-1")
    done = step(workspace, "approve", "response/R-1")
    assert done.returncode == 1
    assert "mara.lindqvist wrote version 1 and cannot approve it" in done.stderr
    blocked = step(workspace, "approve", "response/R-1", by="simon.ekdahl")
    assert "1. Head of IT: Who keeps the badges?" in blocked.stderr
    given_back = ("request-changes", "response/R-1", "--reason", "Ask reception.")
    assert "changes requested" in step(workspace, *given_back, by="simon.ekdahl").stdout


def test_an_item_is_shown_with_all_that_was_said(workspace, reviewed):
    """As JSON: versions, questions with their waivers, comments, where it is published."""
    step(workspace, "comment", ITEM, "Where is the ledger kept?")
    shown = step(workspace, "show", ITEM, "--json").json
    assert shown["version"]["text"] == DRAFT
    assert shown["questions"][0]["waived"]["who"] == "mara.lindqvist"
    assert [one["text"] for one in shown["comments"]] == ["Where is the ledger kept?"]
    assert shown["published"]["state"] == "as approved"
    plain = step(workspace, "show", ITEM).stdout
    assert "waived by mara.lindqvist: Reception is being rebuilt." in plain


def test_a_stale_base_is_refused_and_the_difference_shown(workspace, reviewed):
    """The second of two who edited the same version is told; what the first saved stays."""
    (workspace / "two.md").write_text(DRAFT.replace("brass", "leather"))
    step(workspace, "save", ITEM, "two.md", "--base", "1", "--note", "new ledger")
    late = step(workspace, "save", ITEM, "draft.md", "--base", "1", by="simon.ekdahl")
    assert late.returncode == 1
    assert "mara.lindqvist saved version 2" in late.stderr
    assert "(new ledger)" in late.stderr
    told = step(workspace, "diff", ITEM).stdout
    assert "-Visitors sign the brass ledger" in told
    assert "+Visitors sign the leather ledger" in told
    assert step(workspace, "diff", ITEM, "1", "1").stdout == "The two are the same.\n"


def test_a_list_has_states_and_can_be_narrowed(workspace, reviewed):
    """By kind and by state, for people and for programs."""
    both = step(workspace, "list", "--kind", "policy", "--json").json
    assert [one["id"] for one in both["items"]] == [ITEM]
    assert both["mappings"] == []
    changes = ("list", "--state", "changes-requested", "--kind", "response")
    assert "response/R-1" in step(workspace, *changes).stdout
    wrong = step(workspace, "list", "--state", "done")
    assert (wrong.returncode, "superseded" in wrong.stderr) == (2, True)


def test_an_employee_sees_no_draft_and_decides_nothing(workspace, reviewed):
    """What they may not see is not there; what they may not do is refused."""
    shown = step(workspace, "list", "--json", by="audience:everyone").json
    assert [(one["id"], one["state"]) for one in shown["items"]] == [(ITEM, "approved")]
    assert shown["mappings"] == []
    denied = step(workspace, "show", "response/R-1", by="audience:everyone")
    assert (denied.returncode, "there is no response/R-1" in denied.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "polcy/x"), "Did you mean policy/x"),
        (("reject", ITEM, "--reason", "No."), "only mappings are rejected"),
        (("replace", ITEM, "--with", "CC6.1", "--reason", "No."), "only mappings are replaced"),
        (("save", ITEM, "absent.md"), "cannot be read"),
        (("diff", ITEM, "1"), "two versions"),
        (("show", ITEM, "--version", "99"), "no version 99"),
    ],
    ids=lambda given: given if isinstance(given, str) else given[0],
)
def test_what_is_used_wrongly_is_explained(workspace, reviewed, arguments, said):
    """With the exit status for it."""
    done = step(workspace, *arguments)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr


@pytest.fixture(scope="module")
def mapped(tmp_path_factory, mapper_known):
    """Return a workspace with a few controls, what was suggested first, and after some decisions."""
    home = tmp_path_factory.mktemp("mapped")
    (home / "copilot.toml").write_text('company = "Harbour"\n')
    (home / "controls").mkdir()
    with (home / "controls" / "list.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("id", "title", "description", "criteria"), *CONTROLS])
    first = run("review", "list", "--kind", "mapping", "--json", cwd=home)
    alone = run("map", "controls/list.csv", "--json", cwd=home)
    steps = [
        ("approve", "mapping", "--above", "0.4"),
        ("replace", "mapping/AC-01/CC6.3", "--with", "CC1.1", "--reason", "Ours is an odd house."),
        ("replace", "mapping/AC-02/CC6.2", "--with", "CC1.1", "--reason", "Here too."),
        ("reject", "mapping/BK-02/A1.3", "--reason", "Not tested there."),
    ]
    done = [run("review", *one, cwd=home) for one in steps]
    taught = run("map", "controls/list.csv", "--json", cwd=home)
    return home, first.json["mappings"], (alone.json, taught.json), done


def test_suggestions_wait_for_decisions(mapped):
    """Each with its confidence and reason, none decided."""
    _, first, _, _ = mapped
    assert {one["control"] for one in first} == {row[0] for row in CONTROLS}
    assert {one["state"] for one in first} == {"suggested"}
    assert all(0 < one["confidence"] <= 0.95 for one in first)
    assert any(one["reason"] for one in first)


def test_decisions_are_told_and_kept(mapped):
    """Who, when, how sure, and why."""
    home, _, _, done = mapped
    assert [one.returncode for one in done] == [0] * 4, [one.stderr for one in done]
    assert "mapping/AC-01/CC6.3: replaced" in done[1].stdout
    shown = run("review", "show", "mapping/AC-01/CC6.3", "--json", cwd=home).json
    assert shown["history"][-1]["reason"] == "Ours is an odd house."
    assert (shown["state"], shown["history"][-1]["instead"]) == ("replaced", "CC1.1")
    assert "replaced by CC1.1" in run("review", "show", "mapping/AC-01/CC6.3", cwd=home).stdout


def test_mappings_are_counted_in_the_list_and_listed_by_their_kind(mapped):
    """With how sure the mapper is; a program gets them all either way."""
    home, *_ = mapped
    brief = run("review", "list", cwd=home).stdout
    assert "2 replaced" in brief
    assert "`copilot review list" in brief
    whole = run("review", "list", "--kind", "mapping", "--state", "rejected", cwd=home).stdout
    assert whole.startswith("mapping/BK-02/A1.3")
    assert "rejected" in whole
    assert (
        run("review", "list", "--kind", "policy", cwd=home).stdout == "Nothing waits for review.\n"
    )
    again = run("review", "approve", "mapping", "--above", "0.94", cwd=home)
    assert (again.returncode, "still undecided" in again.stderr) == (0, True)


def test_decisions_teach_the_mapper_of_this_workspace(mapped, tmp_path):
    """What its reviewers named ranks higher here, and nowhere else."""
    home, _, (alone, taught), _ = mapped

    def confidence(found, control):
        ranked = {one["id"]: one["suggestions"] for one in found["controls"]}[control]
        return next(one["confidence"] for one in ranked if one["criterion"] == "CC1.1")

    assert confidence(taught, "AC-03") > confidence(alone, "AC-03")
    shutil.copy(home / "controls" / "list.csv", tmp_path / "list.csv")
    elsewhere = run("map", "list.csv", "--json", cwd=tmp_path).json
    assert confidence(elsewhere, "AC-03") == confidence(alone, "AC-03")


def test_readiness_counts_what_was_accepted(mapped):
    """Controls that no list maps serve what people accepted; one that changed is named."""
    home, _, _, _ = mapped
    listed = (home / "controls" / "list.csv").read_text()
    (home / "controls" / "list.csv").write_text(
        listed.replace("removed", "taken").replace("remove", "end")
    )
    found = run("readiness", "--json", cwd=home).json
    serving = {one["id"]: [c["id"] for c in one["controls"]] for one in found["criteria"]}
    assert set(serving["CC1.1"]) == {"AC-01", "AC-02"}
    assert "mapping/AC-01/CC1.1" in found["in_doubt"]
    assert "mapping/AC-02/CC1.1" not in found["in_doubt"]
