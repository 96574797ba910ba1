"""What somebody can do to an item, why not, and whose turn it is."""

from __future__ import annotations

import pytest

from copilot.domain.access import Role, principal
from copilot.domain.review import State
from copilot.review.possible import possible_steps, waits_for, worked_on
from copilot.review.rules import Step
from tests.review.desks import ANN, BOB, CLOSED, EMPLOYEE, ENGINEER, ITEM, OPEN, Desk

AUDITOR = principal("aud", role=Role.AUDITOR, audiences=["compliance"])


@pytest.fixture
def desk(tmp_path, blank):
    """Return a desk with one draft of Ann's."""
    made = Desk(tmp_path, blank=blank)
    made.save(OPEN)
    return made


def why_not(desk, who, *, one_person=False):
    """Return what speaks against each step for somebody who sees the item."""
    shown = desk.library.show(ITEM, principal=who)
    works_on = desk.library.sees_drafts(shown.versions, who)
    found = possible_steps(shown, who, works_on=works_on, one_person=one_person)
    return {one.step: one.why_not for one in found}


def test_every_step_is_named_with_what_speaks_against_it(desk):
    """By state first; its author may hand it on and not approve it."""
    mine = why_not(desk, ANN)
    assert [step for step, why in mine.items() if not why] == [
        Step.SAVE,
        Step.SUBMIT,
        Step.COMMENT,
        Step.WAIVE,
    ]
    assert "in review" in mine[Step.REQUEST_CHANGES]
    desk.workflow.submit(ITEM, principal=ANN)
    assert "somebody else" in why_not(desk, ANN)[Step.APPROVE]
    assert why_not(desk, BOB)[Step.APPROVE].startswith("2 questions are open")
    assert why_not(desk, ANN, one_person=True)[Step.APPROVE].startswith("2 questions")


def test_what_cannot_be_done_agrees_with_what_is_refused(desk):
    """A step that is said to be possible is taken."""
    desk.save(CLOSED, base=1)
    desk.workflow.submit(ITEM, principal=ANN)
    assert why_not(desk, BOB)[Step.APPROVE] == ""
    assert why_not(desk, BOB)[Step.WAIVE] == "Nothing is open."
    desk.workflow.approve(ITEM, principal=BOB)
    for who in (EMPLOYEE, ENGINEER):
        reader = why_not(desk, who)
        assert "admin decide" in reader[Step.APPROVE]
        assert "in force" in reader[Step.SAVE]
    assert "Auditors" in why_not(desk, AUDITOR)[Step.COMMENT]


def test_the_next_step_is_somebodys(desk):
    """The author's until it is submitted, a reviewer's who did not write it after that."""

    def waiting():
        item = desk.library.show(ITEM, principal=ANN).item
        return [who.id for who in (ANN, BOB) if waits_for(item, who, one_person=False)]

    assert waiting() == ["ann"]
    desk.workflow.submit(ITEM, principal=ANN)
    assert waiting() == ["bob"]
    item = desk.library.show(ITEM, principal=ANN).item
    assert waits_for(item, ANN, one_person=True)
    desk.workflow.request_changes(ITEM, "Shorter.", principal=BOB)
    assert waiting() == ["ann"]


def test_a_draft_that_nobody_touched_may_be_made_anew(desk):
    """What was written, submitted or approved is somebody's work."""
    assert "was written by ann" in worked_on(desk.library.show(ITEM, principal=ANN).item)
    desk.save(CLOSED, base=1, note="drafted from the outline access-control 1")
    assert worked_on(desk.library.show(ITEM, principal=ANN).item) == ""
    desk.workflow.submit(ITEM, principal=ANN)
    assert str(State.IN_REVIEW) in worked_on(desk.library.show(ITEM, principal=ANN).item)
