"""`copilot ask --pass-on`, and how reviewers close what is open: from the question to the answer."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.cli.within import run

ASKED = "Do we hold a FedRAMP authorisation?"
PRIVATE = "What is Mara Lindqvist's salary?"
ASKER, OTHER, FIRST, SECOND = "grace.whitlock", "dev.malhotra", "simon.ekdahl", "mara.lindqvist"
ANSWER = "# No. [open question → CTO: When?] [^1]"
POLICY = """\
# Visitor policy

Badges are kept by [open question → Head of IT: Who keeps the badges?].

Visitors are met [to confirm → Head of IT: at the door] and sign [to confirm → Head of IT: the ledger].
"""
ITEM = "policy/visitors"


@pytest.fixture(scope="module")
def workspace(sample_folder, tmp_path_factory):
    """Return a copy of the sample company's workspace, to which the tests of this file add."""
    return shutil.copytree(sample_folder, tmp_path_factory.mktemp("passed") / "company")


def review(workspace, *arguments, by=FIRST):
    """Take a step of the review as a person."""
    return run("review", *arguments, "--as", by, cwd=workspace)


def ask(workspace, question, *more, by=ASKER):
    """Ask as a person."""
    return run("ask", question, *more, "--as", by, cwd=workspace)


@pytest.fixture(scope="module")
def passed(workspace):
    """Return what was said to a question that was passed on, and then once more."""
    once = ask(workspace, ASKED, "--pass-on", "--note", "For a *tender*.")
    again = ask(workspace, ASKED.lower(), "--pass-on", "--json")
    return once, again


@pytest.fixture(scope="module")
def answered(workspace, passed):
    """Return what the steps to the approval of an answer said, and what the asker saw before it."""
    drafted = review(workspace, "answer", "answer/1", "--question", "1", ANSWER)
    before = review(workspace, "show", "answer/1", "--json", by=ASKER).json
    steps = [drafted, review(workspace, "submit", "answer/1")]
    own = review(workspace, "approve", "answer/1")
    steps.append(review(workspace, "approve", "answer/1", by=SECOND))
    return [one.stdout for one in steps], own, before


def test_a_refusal_names_the_way_on_and_a_question_gets_a_number(passed):
    """The status stays that of a refusal; the item is named."""
    once, _ = passed
    said = " ".join(once.stdout.split())
    assert once.returncode == 3
    assert "Pass the question on to compliance with --pass-on" in said
    assert "Passed on to compliance as answer/1." in said


def test_the_same_question_again_is_a_comment(workspace, passed):
    """Programs are told which item it is, and that it was there."""
    _, again = passed
    assert again.json["passed_on"] == {"item": "answer/1", "again": True}
    assert again.json["status"] == "abstained"
    waits = review(workspace, "list", "--kind", "answer", "--json").json["items"]
    assert [one["id"] for one in waits] == ["answer/1"]


def test_reviewers_read_what_was_asked_and_why_there_is_no_answer(workspace, passed):
    """With the note in plain words."""
    text = review(workspace, "show", "answer/1", "--version", "1", "--json").json["version"]["text"]
    for said in (ASKED, "Asked by Grace Whitlock (grace.whitlock).", r"For a \*tender\*."):
        assert said in text
    assert "No answer (no support). Nothing in the sources" in text
    assert "Sources searched: " in text


def test_an_answer_goes_to_the_asker_once_somebody_else_approved_it(workspace, answered):
    """Not before, and as the plain words that were typed."""
    said, own, before = answered
    assert [one.strip() for one in said] == [
        "answer/1 version 2: draft",
        "answer/1 version 2: in review",
        "answer/1 version 2: approved",
    ]
    assert (own.returncode, "cannot approve it" in own.stderr) == (1, True)
    assert (before["state"], before["version"]["number"]) == ("draft", 1)
    after = review(workspace, "show", "answer/1", "--json", by=ASKER).json
    assert (after["state"], after["version"]["number"]) == ("approved", 2)
    assert r"\# No. \[open question &rarr; CTO: When?\] \[^1\]" in after["version"]["text"]
    assert after["questions"] == []
    assert r"\[^1\]" in review(workspace, "show", "answer/1", by=ASKER).stdout
    assert run("log", "verify", cwd=workspace).returncode == 0


def test_nobody_else_sees_a_question(workspace, answered):
    """Neither before nor after its approval."""
    denied = review(workspace, "show", "answer/1", by=OTHER)
    assert (denied.returncode, "there is no answer/1" in denied.stderr) == (2, True)


def test_events_end_with_the_item(workspace):
    """The last event is the answer still, and has where the question went."""
    lines = ask(workspace, PRIVATE, "--pass-on", "--events").stdout.splitlines()
    last = json.loads(lines[-1])
    assert (last["event"], last["answer"]["reason"]) == ("done", "personal_data")
    assert last["answer"]["passed_on"]["again"] is False


def test_reviewers_are_shown_no_source_that_is_not_theirs(workspace):
    """What an engineer was answered from engineering's files is left out of what compliance reads."""
    done = ask(
        workspace,
        "Which backup vault do we have, and who owns it?",
        "--pass-on",
        "--json",
        by="tomasz.wilk",
    ).json
    quoted = {cited["source"] for claim in done["claims"] for cited in claim["citations"]}
    item = done["passed_on"]["item"]
    text = review(workspace, "show", item, "--json").json["version"]["text"]
    theirs = run("search", "backup vault owner", "-k", "50", "--json", "--as", FIRST, cwd=workspace)
    readable = {one["source"] for one in theirs.json["results"]}
    kept = {one for one in quoted if f"— {one}" in text}
    assert kept < quoted
    assert kept <= readable
    assert "left out here that rest" in text


def test_a_note_without_passing_on_and_an_auditor_are_refused(workspace):
    """A note that nobody would read is a mistake; auditors write nothing."""
    alone = ask(workspace, PRIVATE, "--note", "Please.")
    assert (alone.returncode, "--note goes with --pass-on" in alone.stderr) == (2, True)
    auditor = ask(workspace, PRIVATE, "--pass-on", by="eleanor.finch")
    assert (auditor.returncode, "the role is auditor" in auditor.stderr) == (1, True)


@pytest.fixture(scope="module")
def drafted(workspace):
    """Return the workspace with a draft that has a question and two decisions open."""
    (workspace / "visitors.md").write_text(POLICY)
    review(workspace, "save", ITEM, "visitors.md", "--title", "Visitor policy")
    return workspace


def test_a_draft_is_closed_without_an_editor(drafted):
    """A question by its number, a decision with other words, and the rest as it stands."""
    steps = [
        review(drafted, "answer", ITEM, "Reception", "--question", "1", "--base", "1"),
        review(drafted, "confirm", ITEM, "--question", "1", "--with", "at the gate", by=SECOND),
        review(drafted, "confirm", ITEM, "--all"),
    ]
    assert [one.stdout.strip() for one in steps] == [
        f"{ITEM} version {number}: draft" for number in (2, 3, 4)
    ]
    shown = review(drafted, "show", ITEM, "--json").json
    assert (
        "kept by Reception.\n\nVisitors are met at the gate and sign the ledger."
        in (shown["version"]["text"])
    )
    assert shown["questions"] == []
    assert shown["versions"][2]["note"].startswith(
        "mara.lindqvist confirmed Head of IT, to confirm"
    )
    late = review(drafted, "confirm", ITEM, "--question", "2", "--base", "1", by=SECOND)
    assert (late.returncode, "simon.ekdahl saved version 2" in late.stderr) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("confirm", ITEM), "say which decisions"),
        (("confirm", ITEM, "--all", "--question", "1"), "say which decisions"),
        (("confirm", ITEM, "--question", "1", "--with", " "), "--with is empty"),
        (("confirm", ITEM, "--all", "--with", "x"), "for one decision"),
        (("answer", ITEM, "x", "--question", "99"), "no question 99"),
        (("answer", "answer/77", "x", "--question", "1"), "there is no answer/77"),
    ],
    ids=["nothing", "both", "empty", "all", "number", "item"],
)
def test_what_is_used_wrongly_is_explained(drafted, arguments, said):
    """With the exit status for it."""
    done = review(drafted, *arguments)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr
