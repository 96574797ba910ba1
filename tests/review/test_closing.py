"""Answers and confirmed decisions: written into the text, saved by the rules of every other edit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.domain.access import Role, principal
from copilot.domain.review import ItemId, State
from copilot.drafting import closing as drafted
from copilot.drafting import markup
from copilot.drafting.open_marks import open_marks
from copilot.errors import BadInput, EditConflict, NotPermitted, UnknownItem
from copilot.review.closing import Closing
from tests.review.desks import ANN, BOB, EMPLOYEE, ITEM, OPEN

ASKS = "[open question → Head of IT: Which system are requests recorded in?]"
DRAFT = f"""\
# Access control policy

Requests are recorded in {ASKS} and reviewed [to confirm → Head of IT: every calendar quarter].

- {ASKS}
- Leavers lose access [to confirm → Head of People: on their last day].
- Leavers lose access [to confirm → Head of People: on their last day].

1. > {ASKS}

| what | when |
|---|---|
| restore tests | [to confirm → Head of IT: twice a year] |
"""
QUESTION, REVIEWED, LEAVERS, RESTORES = 1, 2, 3, 4
AUDITOR = principal("ada", role=Role.AUDITOR, audiences=["compliance"])


@pytest.fixture
def closing(desk):
    """Return what closes the marks of an item that ann saved."""
    desk.save(DRAFT)
    return Closing(
        desk.workflow,
        desk.library,
        answered=drafted.answered,
        confirmed=drafted.confirmed,
        confirmed_all=markup.confirmed_all,
    )


def test_an_answer_stands_wherever_its_question_stood(closing, desk):
    """As a new version on the one that was shown, whose note and log entry say who answered what."""
    item = closing.answer(ITEM, QUESTION, "the ticket\nsystem", principal=BOB)
    kept = item.latest
    assert DRAFT.replace(ASKS, "the ticket system") == kept.text
    assert (kept.number, kept.base, kept.author, kept.state) == (2, 1, "bob", State.DRAFT)
    assert kept.note == "bob answered Head of IT: Which system are requests recorded in?"
    assert desk.actions()[-1] == ("bob", "saved a version", 2)


@pytest.mark.parametrize(
    ("numbers", "gone", "note"),
    [
        ([REVIEWED], ["every calendar quarter"], "to confirm: every calendar quarter"),
        ([LEAVERS], ["on their last day"] * 2, "to confirm: on their last day"),
        ([RESTORES, REVIEWED], ["twice a year", "every calendar quarter"], "2 decisions"),
        ([], ["twice a year", "every calendar quarter"] + ["on their last day"] * 2, "3 decisions"),
    ],
    ids=["one", "one that stands twice", "two", "all"],
)
def test_decisions_are_confirmed_as_they_stand(closing, numbers, gone, note):
    """Their words stay, their marks go, and the open questions and other decisions stay."""
    item = closing.confirm(ITEM, numbers, principal=BOB)
    left = markup.read(item.latest.text)
    before = [one.decision.says for one in markup.read(DRAFT).decisions]
    assert sorted([*(one.decision.says for one in left.decisions), *gone]) == sorted(before)
    assert len(left.questions) == 1
    assert note in item.latest.note
    assert item.latest.note.startswith("bob confirmed ")


def test_a_decision_may_be_another_one(closing):
    """The words of whoever decided stand in place of those proposed, and in the note."""
    item = closing.confirm(ITEM, [REVIEWED], principal=BOB, instead="each month")
    assert "and reviewed each month." in item.latest.text
    assert item.latest.note.endswith(" as “each month”")


def test_a_long_question_is_cut_in_the_note(closing, desk):
    """A note is read in a list of versions."""
    asks = "why " * 100
    text = f"[open question → Head of IT: {asks.strip()}?]\n"
    desk.save(text, item=ItemId("policy/x"))
    item = closing.answer(ItemId("policy/x"), 1, "Because.", principal=ANN)
    assert item.latest.text == "Because.\n"
    assert item.latest.note.endswith(" …")
    assert len(item.latest.note) < 250


def test_what_somebody_saved_meanwhile_is_kept(closing, desk):
    """Numbers of an older version close nothing in a newer one; the second is told."""
    desk.save(OPEN, by=BOB, base=1)
    with pytest.raises(EditConflict, match="bob saved version 2"):
        closing.answer(ITEM, 1, "the ticket system", principal=ANN, base=1)
    assert desk.store.item(ITEM).latest.text == OPEN


def test_a_version_that_waits_for_approval_is_a_draft_again(closing, desk):
    """What was handed in stays as it was, and is superseded."""
    desk.workflow.submit(ITEM, principal=ANN)
    closing.confirm(ITEM, [], principal=BOB)
    assert [one.state for one in desk.store.versions(ITEM)] == [State.SUPERSEDED, State.DRAFT]


def test_whoever_closed_the_last_question_does_not_approve(closing, desk):
    """They wrote a part of it; somebody else approves what both have written."""
    closing.answer(ITEM, QUESTION, "the ticket system", principal=BOB)
    closing.confirm(ITEM, [], principal=BOB)
    desk.workflow.submit(ITEM, principal=BOB)
    with pytest.raises(NotPermitted):
        desk.workflow.approve(ITEM, principal=BOB)
    assert desk.workflow.approve(ITEM, principal=ANN).in_force == 3


@pytest.mark.parametrize(
    ("step", "problem", "said"),
    [
        (lambda one: one.answer(ITEM, 9, "x", principal=ANN), BadInput, "no question 9"),
        (lambda one: one.answer(ITEM, QUESTION, " ", principal=ANN), BadInput, "is empty"),
        (lambda one: one.answer(ITEM, REVIEWED, "x", principal=ANN), BadInput, "is a decision"),
        (lambda one: one.confirm(ITEM, [QUESTION], principal=ANN), BadInput, "is no decision"),
        (
            lambda one: one.confirm(ITEM, [REVIEWED, LEAVERS], principal=ANN, instead="x"),
            BadInput,
            "for one decision",
        ),
        (lambda one: one.answer(ITEM, 1, "x", principal=EMPLOYEE), UnknownItem, "there is no"),
        (lambda one: one.answer(ITEM, 1, "x", principal=AUDITOR), NotPermitted, "auditor"),
    ],
    ids=["number", "empty", "decision", "question", "two", "unseen", "auditor"],
)
def test_what_cannot_be_closed_is_refused(closing, desk, step, problem, said):
    """With the reason, and with nothing saved."""
    before = desk.state()
    with pytest.raises(problem, match=said):
        step(closing)
    assert desk.state() == before


def test_a_broken_mark_is_mended_by_hand(closing, desk):
    """It is neither a question nor a decision, so that nobody knows what the answer would replace."""
    desk.save("[open question Head of IT: Which?]\n", by=ANN, base=1)
    with pytest.raises(BadInput, match="cannot be answered as it stands"):
        closing.answer(ITEM, 1, "This one.", principal=ANN)
    with pytest.raises(BadInput, match="no decision to confirm"):
        closing.confirm(ITEM, [], principal=ANN)


HOSTILE = st.lists(
    st.sampled_from(
        [
            *"#->+=|*_`~:[]()<&!\\\n1. ab",
            *("[^1]", "[^1]: x", "[open question → A: B]", "[to confirm → A: b]", "confirm → "),
            *("\n\n# H\n", "---", "\n===", "<!-- ", "</p>", "|---|", "   "),
        ]
    ),
    min_size=1,
    max_size=8,
).map("".join)


@given(HOSTILE.filter(str.strip), HOSTILE.filter(str.strip))
def test_nothing_that_is_answered_becomes_more_than_words(answer, decided):
    """No mark, heading, footnote or row: whatever somebody types stays text, wherever it stands."""
    says = open_marks(DRAFT)
    text = drafted.answered(DRAFT, says[QUESTION - 1], answer)
    text = drafted.confirmed(text, [says[RESTORES - 1], says[LEAVERS - 1]], decided)
    was, now = markup.read(DRAFT), markup.read(text)
    assert [one.text for one in now.headings] == [one.text for one in was.headings]
    assert [one.decision.says for one in now.decisions] == ["every calendar quarter"]
    assert (now.questions, now.mangled, now.footnotes, now.unknown) == ((), (), (), ())
    assert len(text.splitlines()) == len(DRAFT.splitlines())
