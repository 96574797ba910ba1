"""The workflow: versions, open questions, who sees what, and what the log bears out."""

from __future__ import annotations

import pytest

from copilot.domain.access import Role, principal
from copilot.domain.review import ItemId, State, parse_item
from copilot.errors import BadInput, NotPermitted, StillOpen, UnknownItem, WrongStep
from copilot.review.witness import contradictions
from copilot.review.workflow import Saved
from tests.review.desks import ANN, BOB, CLOSED, EMPLOYEE, ENGINEER, ITEM, OPEN

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


def test_auditors_only_read_and_only_what_is_approved(desk):
    """Holding the audience of drafts shows them none; of what is approved they see the version in force."""
    desk.save()
    auditor = principal("aud", role=Role.AUDITOR, audiences=["compliance"])
    with pytest.raises(NotPermitted, match="role is auditor"):
        desk.save("# Mine\n", by=auditor, base=1)
    with pytest.raises(NotPermitted, match="role is auditor"):
        desk.workflow.comment(ITEM, "Who owns it?", principal=auditor)
    with pytest.raises(UnknownItem):
        desk.library.show(ITEM, principal=auditor)
    desk.workflow.submit(ITEM, principal=ANN)
    desk.workflow.comment(ITEM, "Between us.", principal=ANN)
    desk.workflow.approve(ITEM, principal=BOB)
    desk.save(CLOSED + "New.\n", base=1)
    shown = desk.library.show(ITEM, principal=auditor)
    assert ([one.number for one in shown.versions], shown.comments) == ([1], ())
