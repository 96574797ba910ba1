"""The workflow: nothing is overwritten, drafts stay within, approved policies go out."""

from __future__ import annotations

import multiprocessing
import threading

import pytest
import sqlalchemy as sa

from copilot.domain.access import Role, principal
from copilot.domain.review import ItemId, State, parse_item
from copilot.errors import (
    BadInput,
    EditConflict,
    FileInTheWay,
    NotPermitted,
    StillOpen,
    UnknownItem,
    WorkspaceNotWritable,
    WrongStep,
)
from copilot.review.witness import contradictions
from copilot.review.workflow import Saved
from tests.review.desks import ANN, BOB, CLOSED, EMPLOYEE, ENGINEER, ITEM, OPEN, Desk

# Two people at once


def test_a_stale_base_is_told_who_saved_what_when(desk):
    """And their text is not kept, so that they can take over what the other wrote."""
    desk.save()
    desk.save(CLOSED + "Bob's line.\n", by=BOB, base=1, note="added a line")
    with pytest.raises(EditConflict) as told:
        desk.save(CLOSED + "Ann's line.\n", base=1)
    assert not isinstance(told.value, BadInput)
    assert "bob saved version 2 on 2 March 2026 at 09:0" in str(told.value)
    assert "(added a line)" in str(told.value)
    assert "--base 2" in told.value.hint
    assert [one.author for one in desk.store.versions(ITEM)] == ["ann", "bob"]


def test_a_new_item_does_not_replace_one_that_exists(desk):
    """Whoever thinks that it is new is told that somebody was there before."""
    desk.save()
    with pytest.raises(EditConflict, match="already an item policy/access-control: ann saved"):
        desk.save("# Another\n", by=BOB)


def _save_at_once(folder, name, barrier, results):
    own = Desk(folder)
    try:
        barrier.wait()
        own.save(f"{CLOSED}{name}\n", by=principal(name, role=Role.COMPLIANCE), base=1)
        results.append((name, "saved"))
    except EditConflict as exc:
        results.append((name, str(exc)))
    finally:
        own.close()


def test_of_threads_that_save_at_once_one_is_kept_and_the_others_are_told(desk, tmp_path):
    """On one file, each with a connection of its own."""
    desk.save()
    results, barrier = [], threading.Barrier(8)
    threads = [
        threading.Thread(target=_save_at_once, args=(tmp_path, f"p{n}", barrier, results))
        for n in range(8)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    (winner,) = [name for name, said in results if said == "saved"]
    losers = [said for name, said in results if name != winner]
    assert len(losers) == 7
    assert all(f"{winner} saved version 2" in said for said in losers)
    assert [one.author for one in desk.store.versions(ITEM)] == ["ann", winner]


def test_of_processes_that_save_at_once_one_is_kept(desk, tmp_path):
    """The same between processes."""
    desk.save()
    context = multiprocessing.get_context("fork")
    with context.Manager() as manager:
        results, barrier = manager.list(), manager.Barrier(3)
        started = [
            context.Process(target=_save_at_once, args=(tmp_path, f"p{n}", barrier, results))
            for n in range(3)
        ]
        for one in started:
            one.start()
        for one in started:
            one.join()
        assert sorted(said == "saved" for _, said in results) == [False, False, True]
    assert len(desk.store.versions(ITEM)) == 2


def test_an_approval_never_falls_on_a_text_that_was_saved_meanwhile(desk):
    """The reviewer approves what is in review; a version that came after it is a draft."""
    desk.save()
    desk.workflow.submit(ITEM, principal=ANN)
    desk.save(CLOSED + "Slipped in.\n", base=1)
    with pytest.raises(WrongStep, match="version 2 is draft"):
        desk.workflow.approve(ITEM, principal=BOB)


def test_a_postgresql_server_keeps_the_same(server_url, tmp_path):
    """Save, conflict, approval and log where the truth is kept by a server."""
    desk = Desk(tmp_path, url=server_url)
    desk.approved()
    desk.save(CLOSED + "New.\n", base=1)
    with pytest.raises(EditConflict):
        desk.save("# Late\n", by=BOB, base=1)
    assert desk.store.item(ITEM).in_force == 1
    assert [action for _, action, _ in desk.actions()][-1] == "saved a version"
    assert list(contradictions(desk.log.entries(), {ITEM: desk.store.versions(ITEM)})) == []
    desk.close()


# Versions


def test_a_save_keeps_the_approved_version_in_force(desk):
    """Until the new one is approved too; then the old one is superseded, and its text still there."""
    desk.approved()
    desk.save(CLOSED + "New.\n", base=1)
    item = desk.store.item(ITEM)
    assert (item.state, item.in_force, item.latest.base) == (State.DRAFT, 1, 1)
    desk.workflow.submit(ITEM, principal=ANN)
    desk.workflow.approve(ITEM, principal=BOB)
    old, new = desk.store.versions(ITEM)
    assert (old.state, old.text, old.decided_by) == (State.SUPERSEDED, CLOSED, "bob")
    assert (new.state, desk.store.item(ITEM).in_force) == (State.APPROVED, 2)


def test_the_same_text_again_is_no_new_version(desk):
    """A draft that is made anew and comes out the same leaves no trace."""
    desk.save()
    again = desk.workflow.save(ITEM, Saved(text=CLOSED, on_newest=True), principal=BOB)
    assert (again.latest.number, again.latest.author, len(desk.actions())) == (1, "ann", 1)


@pytest.mark.parametrize("text", ["", "  \n", "a\0b"])
def test_a_text_that_is_none_is_not_saved(desk, text):
    """Nothing, white space, or bytes that no text has."""
    with pytest.raises(BadInput, match="no text"):
        desk.save(text)
    assert desk.actions() == []


def test_differences_are_against_what_is_in_force(desk):
    """A reviewer sees what would change for everybody; two numbers show any other difference."""
    desk.approved()
    desk.save(CLOSED + "Two.\n", base=1)
    desk.save(CLOSED + "Three.\n", base=2)
    whole = desk.library.diff(ITEM, principal=BOB)
    assert whole.splitlines()[:2] == [f"--- {ITEM} version 1", f"+++ {ITEM} version 3"]
    assert "+Three." in whole
    assert "Two" not in whole
    assert "-Two." in desk.library.diff(ITEM, principal=BOB, numbers=(2, 3))
    with pytest.raises(UnknownItem, match="no version 9"):
        desk.library.diff(ITEM, principal=BOB, numbers=(1, 9))


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("polcy/access", "Did you mean policy/access"),
        ("policy", "After the kind and a slash"),
        ("policy/../secrets", "letters, digits"),
        ("policy/.hidden", "letters, digits"),
        ("", "kind and name"),
    ],
)
def test_a_name_that_is_none_is_refused(typed, hint):
    """Also one that would be written elsewhere than among the policies."""
    with pytest.raises(UnknownItem) as told:
        parse_item(typed)
    assert hint in told.value.hint


# Questions


def test_what_is_open_stands_in_the_way(desk):
    """Each question and decision is named with its number."""
    desk.save(OPEN)
    desk.workflow.submit(ITEM, principal=ANN)
    with pytest.raises(StillOpen) as told:
        desk.workflow.approve(ITEM, principal=BOB)
    assert told.value.marks == (
        "1. Head of IT: Which system are requests recorded in?",
        "2. Head of IT, to confirm: every calendar quarter, in “Accounts are reviewed every calendar "
        "quarter.”",
    )
    assert desk.store.item(ITEM).state is State.IN_REVIEW


def test_what_is_waived_does_not(desk):
    """The waivers are kept with the version, and the log counts them."""
    desk.save(OPEN)
    desk.workflow.submit(ITEM, principal=ANN)
    for number in (1, 2):
        desk.workflow.waive(ITEM, number, "Decided in April.", principal=BOB)
    with pytest.raises(WrongStep, match="waived already"):
        desk.workflow.waive(ITEM, 2, "Again.", principal=BOB)
    approved = desk.workflow.approve(ITEM, principal=BOB)
    assert [one.reason for one in approved.latest.waivers] == ["Decided in April."] * 2
    assert desk.log.entries()[-1].happening.detail["waived"] == "2"


def test_a_waiver_holds_while_its_question_stands_unchanged(desk):
    """A corrected word elsewhere does not ask for it again; another question does."""
    desk.save(OPEN)
    desk.workflow.waive(ITEM, 1, "Later.", principal=BOB)
    desk.save(OPEN + "One more sentence.\n", base=1)
    desk.save(OPEN.replace("Which system", "Which register"), base=2)
    kept = [len(one.waivers) for one in desk.store.versions(ITEM)]
    assert kept == [1, 1, 0]


@pytest.mark.parametrize("number", [0, 3, -1])
def test_a_question_that_is_not_there_cannot_be_waived(desk, number):
    """The hint says how many there are."""
    desk.save(OPEN)
    with pytest.raises(BadInput) as told:
        desk.workflow.waive(ITEM, number, "Why not.", principal=BOB)
    assert "its 2 questions" in told.value.hint


def test_reasons_and_comments_have_to_be_given(desk):
    """An empty reason is none."""
    desk.save(OPEN)
    desk.workflow.submit(ITEM, principal=ANN)
    for call in (
        lambda: desk.workflow.waive(ITEM, 1, " ", principal=BOB),
        lambda: desk.workflow.request_changes(ITEM, "", principal=BOB),
        lambda: desk.workflow.comment(ITEM, "\n", principal=BOB),
    ):
        with pytest.raises(BadInput):
            call()
    assert desk.store.comments(ITEM) == []


def test_the_reason_for_changes_is_a_comment_and_in_the_log(desk):
    """The author finds it where comments are, the auditor in the log; comments are not logged whole."""
    desk.save()
    desk.workflow.submit(ITEM, principal=ANN)
    desk.workflow.request_changes(ITEM, "Name the owner.", principal=BOB)
    desk.workflow.comment(ITEM, "Which owner?", principal=ANN)
    said = [(one.who, one.version, one.text) for one in desk.store.comments(ITEM)]
    assert said == [("bob", 1, "Name the owner."), ("ann", 1, "Which owner?")]
    details = [one.happening.detail.get("reason") for one in desk.log.entries()]
    assert details[-2:] == ["Name the owner.", None]


def test_a_note_on_an_approval_is_a_comment(desk):
    """Where the next editor finds it."""
    desk.save()
    desk.workflow.submit(ITEM, principal=ANN)
    desk.workflow.approve(ITEM, principal=BOB, note="Good as it is.")
    assert [one.text for one in desk.store.comments(ITEM)] == ["Good as it is."]


def test_what_does_not_exist_can_neither_be_edited_nor_decided_on(desk):
    """A base that there never was, an item that nobody saved."""
    for call in (
        lambda: desk.save(base=3),
        lambda: desk.workflow.submit(ITEM, principal=ANN),
        lambda: desk.library.show(ITEM, principal=ANN),
    ):
        with pytest.raises(UnknownItem):
            call()


def test_the_first_draft_is_compared_with_nothing(desk):
    """All of it is new."""
    desk.save()
    told = desk.library.diff(ITEM, principal=ANN)
    assert told.startswith(f"--- nothing\n+++ {ITEM} version 1\n")
    assert "+# Access control policy" in told


# Who sees what


def test_a_draft_is_seen_by_compliance_and_its_author(desk):
    """For others there is no such item, whatever they try."""
    desk.save(by=ENGINEER)
    assert desk.library.show(ITEM, principal=ENGINEER).item.latest.text == CLOSED
    assert [one.id for one in desk.library.listed(principal=ANN)] == [ITEM]
    assert desk.library.listed(principal=EMPLOYEE) == []
    for call in (
        lambda: desk.library.show(ITEM, principal=EMPLOYEE),
        lambda: desk.library.diff(ITEM, principal=EMPLOYEE),
        lambda: desk.workflow.comment(ITEM, "I see it.", principal=EMPLOYEE),
        lambda: desk.save("# Mine\n", by=EMPLOYEE, base=1),
    ):
        with pytest.raises(UnknownItem, match="there is no"):
            call()


def test_everybody_sees_an_approved_policy_and_not_the_draft_after_it(desk):
    """Nor the comments of those who work on it."""
    desk.approved()
    desk.workflow.comment(ITEM, "Between us.", principal=BOB)
    desk.save(CLOSED + "Secret plans.\n", base=1)
    shown = desk.library.show(ITEM, principal=EMPLOYEE)
    assert (shown.version.text, shown.item.state, shown.comments) == (CLOSED, State.APPROVED, ())
    assert [one.number for one in shown.versions] == [1]
    with pytest.raises(UnknownItem):
        desk.library.show(ITEM, principal=EMPLOYEE, number=2)


def test_who_wrote_an_earlier_version_sees_the_later_ones(desk):
    """An engineer's draft that compliance went on with."""
    desk.save(by=ENGINEER)
    desk.save(CLOSED + "More.\n", base=1)
    assert [one.latest.number for one in desk.library.listed(principal=ENGINEER)] == [2]
    assert len(desk.library.show(ITEM, principal=ENGINEER).versions) == 2


def test_an_approved_response_stays_with_compliance(desk):
    """Only policies are for everybody."""
    desk.approved(item=ItemId("response/F-1"))
    assert desk.library.listed(principal=EMPLOYEE) == []
    assert len(desk.library.listed(principal=ANN, states={State.APPROVED})) == 1


# What goes out


def test_an_approved_policy_is_written_with_who_approved_it(desk, tmp_path):
    """At its top stands what the index needs to know of it."""
    desk.approved()
    assert (tmp_path / "policies" / "access-control.md").read_text() == (
        "---\ntitle: Access control policy\nkind: policy\naudience: everyone\nversion: 1\n"
        "approved_by: bob\napproved_on: 2026-03-02\n---\n\n" + CLOSED
    )


def test_the_next_approval_replaces_the_file(desk, tmp_path):
    """It is ours, so there is nothing to ask."""
    desk.approved()
    desk.approved(CLOSED + "New.\n", base=1)
    assert "New." in (tmp_path / "policies" / "access-control.md").read_text()
    assert len(list((tmp_path / "policies").iterdir())) == 1


@pytest.mark.parametrize("when", ["before", "since"])
def test_a_file_that_is_not_ours_is_left_alone(desk, tmp_path, when):
    """One that was there before, or was edited since; nothing is approved until somebody says so."""
    file = tmp_path / "policies" / "access-control.md"
    base = None
    if when == "since":
        desk.approved()
        base = 1
    file.parent.mkdir(exist_ok=True)
    file.write_text("By hand.\n")
    desk.save(CLOSED + "New.\n", base=base)
    desk.workflow.submit(ITEM, principal=ANN)
    with pytest.raises(FileInTheWay) as told:
        desk.workflow.approve(ITEM, principal=BOB)
    assert "--replace" in told.value.hint
    assert file.read_text() == "By hand.\n"
    assert desk.store.item(ITEM).state is State.IN_REVIEW
    desk.workflow.approve(ITEM, principal=BOB, replace_file=True)
    assert "New." in file.read_text()


def test_an_approval_that_is_not_kept_writes_no_file(desk, tmp_path):
    """The database fails at the last moment: the policies are as they were, with nothing beside."""
    desk.save()
    desk.workflow.submit(ITEM, principal=ANN)
    with desk.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
    with pytest.raises(sa.exc.IntegrityError):
        desk.workflow.approve(ITEM, principal=BOB)
    assert list((tmp_path / "policies").iterdir()) == []
    assert desk.store.item(ITEM).state is State.IN_REVIEW


def test_a_folder_that_cannot_be_written_stops_the_approval(desk, tmp_path):
    """A file stands where the folder would be."""
    (tmp_path / "policies").write_text("")
    desk.save()
    desk.workflow.submit(ITEM, principal=ANN)
    with pytest.raises(WorkspaceNotWritable):
        desk.workflow.approve(ITEM, principal=BOB)
    assert desk.store.item(ITEM).state is State.IN_REVIEW


def test_drafts_and_responses_write_no_file(desk, tmp_path):
    """Only an approved policy does."""
    desk.save()
    desk.approved(item=ItemId("response/F-1"))
    assert not (tmp_path / "policies").exists()


# What the log bears out


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "UPDATE review_versions SET text = text || ' And more.' WHERE number = 1",
            f"the text of version 1 of {ITEM} is not the one that was saved",
        ),
        (
            "UPDATE review_versions SET state = 'approved' WHERE number = 2",
            f"version 2 of {ITEM} is kept as approved, and the log has no approval of its text",
        ),
        (
            "DELETE FROM review_versions WHERE number = 2",
            f"version 2 of {ITEM} was saved, and is not kept",
        ),
        (
            "INSERT INTO review_versions SELECT item_id, 3, 2, text, state, author, at, note, "
            "decided_by, decided_at FROM review_versions WHERE number = 2",
            f"version 3 of {ITEM} is kept, and the log does not say who saved it",
        ),
    ],
    ids=["text", "approval", "removed", "added"],
)
def test_what_is_changed_behind_the_logs_back_is_found(desk, statement, said):
    """An approval that nobody gave and a text that nobody saved contradict the log."""
    desk.approved()
    desk.save(CLOSED + "New.\n", base=1)
    with desk.engine.begin() as connection:
        connection.exec_driver_sql(statement)
    assert said in list(contradictions(desk.log.entries(), {ITEM: desk.store.versions(ITEM)}))


def test_an_item_that_is_gone_is_missed(desk):
    """The log still knows it."""
    desk.save()
    assert list(contradictions(desk.log.entries(), {})) == [f"{ITEM} was saved, and is not kept"]


def test_auditors_read_and_do_not_write(desk):
    """They may say something, and what the company writes is its own."""
    desk.save()
    auditor = principal("aud", role=Role.AUDITOR, audiences=["compliance"])
    with pytest.raises(NotPermitted, match="role is auditor"):
        desk.save("# Mine\n", by=auditor, base=1)
    assert desk.workflow.comment(ITEM, "Who owns it?", principal=auditor).who == "aud"
