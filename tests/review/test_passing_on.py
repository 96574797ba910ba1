"""Questions on their way to compliance, and who sees what of them."""

from __future__ import annotations

import pytest

from copilot.domain.access import Role, principal
from copilot.domain.answers import (
    Abstained,
    Answered,
    Basis,
    Citation,
    Claim,
    Reason,
    Status,
)
from copilot.domain.documents import SourcePath
from copilot.domain.review import ItemId, State
from copilot.drafting import markup
from copilot.drafting.passed_on import passed_on
from copilot.errors import NotPermitted, UnknownItem
from copilot.review.passing_on import PassingOn
from copilot.review.witness import contradictions
from tests.review.desks import ANN, BOB, EMPLOYEE, ENGINEER

ASKED = "Which vault holds the master key?"
TEXT = "# Which vault?\n\n[open question → Compliance: What is the answer?]\n"
FIRST = ItemId("answer/1")


@pytest.fixture
def passing(desk):
    """Return what passes questions on."""
    return PassingOn(desk.store, now=desk.now)


@pytest.fixture
def passed(passing):
    """Return the passing of an employee's question."""
    return passing.pass_on(ASKED, TEXT, principal=EMPLOYEE)


def answered(desk, text="# Which vault?\n\nThe one in Oslo.\n", *, base=1):
    """Save an answer of ann's to the first question."""
    return desk.save(text, by=ANN, base=base, item=FIRST)


def approved(desk, *, base=1):
    """Bring an answer of ann's to bob's approval."""
    answered(desk, base=base)
    desk.workflow.submit(FIRST, principal=ANN)
    return desk.workflow.approve(FIRST, principal=BOB, note="True.")


def test_a_question_becomes_an_item_that_waits_in_review(desk, passed):
    """By the asker, for compliance; the log says that it was saved and handed in."""
    item = passed.item
    assert (item.id, item.title, item.audience, passed.again) == (FIRST, ASKED, "compliance", False)
    assert (item.state, item.latest.author) == (State.IN_REVIEW, "emil")
    said = [("emil", "saved a version", 1), ("emil", "submitted for review", 1)]
    assert desk.actions() == said
    kept = {FIRST: desk.store.versions(FIRST)}
    assert list(contradictions(desk.log.entries(), kept)) == []


@pytest.mark.parametrize("again", [ASKED, "  which vault holds\nthe Master key "])
def test_the_same_question_again_is_a_comment(desk, passing, passed, again):
    """However it is typed, and in whichever state short of approval the first one is."""
    answered(desk)
    second = passing.pass_on(again, TEXT, principal=EMPLOYEE, note="It is urgent.")
    assert (second.item.id, second.again) == (FIRST, True)
    assert [one.text for one in desk.store.comments(FIRST)] == ["Asked again. It is urgent."]
    assert len(desk.store.items()) == 1


def test_another_question_or_another_asker_has_an_item_of_its_own(passing, passed):
    """Nobody learns from a number that somebody asked the same."""
    other = passing.pass_on("Who holds it?", TEXT, principal=EMPLOYEE)
    same = passing.pass_on(ASKED, TEXT, principal=ENGINEER)
    assert [one.item.id for one in (other, same)] == ["answer/2", "answer/3"]


def test_a_question_that_was_answered_may_be_asked_anew(desk, passing, passed):
    """The answer may no longer hold; also while a newer one is being written."""
    approved(desk)
    answered(desk, "Another.\n", base=2)
    assert passing.pass_on(ASKED, TEXT, principal=EMPLOYEE).item.id == "answer/2"


def test_numbers_go_on_after_names_and_after_those_who_were_quicker(desk, passing, monkeypatch):
    """An item may have been named by hand, and another made since the list was read."""
    desk.save(by=ANN, item=ItemId("answer/by-hand"))
    desk.save(by=ANN, item=ItemId("answer/9"))
    before = desk.store.items()
    desk.save(by=ANN, item=ItemId("answer/10"))
    monkeypatch.setattr(desk.store, "items", lambda: before)
    assert passing.pass_on(ASKED, TEXT, principal=EMPLOYEE).item.id == "answer/11"


def test_an_auditor_passes_nothing_on(passing, desk):
    """They have their own way to ask; nothing is kept."""
    with pytest.raises(NotPermitted):
        passing.pass_on(ASKED, TEXT, principal=principal("ada", role=Role.AUDITOR))
    assert desk.store.items() == []


def test_the_asker_sees_the_question_and_its_state_but_no_draft_of_the_answer(desk, passed):
    """A draft may hold something that is not for them; what is said of it is no more theirs."""
    desk.workflow.comment(FIRST, "Which of the two do you mean?", principal=ANN)
    answered(desk)
    desk.workflow.comment(FIRST, "Is Oslo secret?", principal=BOB)
    desk.workflow.comment(FIRST, "The new one.", principal=EMPLOYEE)
    shown = desk.library.show(FIRST, principal=EMPLOYEE)
    assert (shown.version.text, shown.version.state) == (TEXT, State.DRAFT)
    assert shown.item.state is State.DRAFT
    assert [one.text for one in shown.comments] == ["Which of the two do you mean?", "The new one."]
    assert [one.state for one in desk.library.listed(principal=EMPLOYEE)] == [State.DRAFT]
    with pytest.raises(UnknownItem, match="no version 2"):
        desk.library.show(FIRST, principal=EMPLOYEE, number=2)
    assert "Oslo" not in desk.library.diff(FIRST, principal=EMPLOYEE)


def test_the_asker_sees_the_approved_answer(desk, passed):
    """And goes on seeing it while a newer one is being written."""
    approved(desk)
    answered(desk, "Perhaps Bergen.\n", base=2)
    shown = desk.library.show(FIRST, principal=EMPLOYEE)
    assert "The one in Oslo." in shown.version.text
    assert (shown.version.number, shown.item.state) == (2, State.APPROVED)
    assert "+The one in Oslo." in desk.library.diff(FIRST, principal=EMPLOYEE)
    assert "Bergen" not in str(shown)


def test_a_difference_shows_no_version_that_is_not_seen(desk, passed):
    """An approved answer that was edited from a draft is compared with nothing."""
    answered(desk, "Perhaps Bergen.\n")
    approved(desk, base=2)
    changes = desk.library.diff(FIRST, principal=EMPLOYEE)
    assert "Bergen" not in changes
    assert changes.startswith("--- nothing")


def test_reviewers_see_all_and_others_nothing(desk, passed):
    """An answer is the asker's; also once it is approved."""
    approved(desk)
    assert [one.number for one in desk.library.show(FIRST, principal=BOB).versions] == [1, 2]
    assert len(desk.library.show(FIRST, principal=ANN).comments) == 1
    with pytest.raises(UnknownItem):
        desk.library.show(FIRST, principal=ENGINEER)


def claim(text, path):
    """Return a claim that rests on a source."""
    citation = Citation(
        source=SourcePath(path), title="T", page=None, start=0, end=len(text), quote=text
    )
    return Claim(text=text, basis=Basis.POLICY, citations=(citation,))


def written(answer, *, whole=True, note="", asker=EMPLOYEE):
    """Return the text of a question that was answered so."""
    return passed_on(
        answer, asker=asker, company="Harbour", readable={"open.md"}, whole=whole, note=note
    )


PART = Answered(
    question="and who?",
    asked_as="Who holds the master key?",
    status=Status.PARTIAL,
    criteria=(),
    claims=(claim("Keys are kept.", "open.md"), claim("It is in Oslo.", "secret.md")),
    missing=("No record speaks of the secret vault.",),
    next_steps=(),
    searched=1234,
)
REFUSED = Abstained(
    question="Who?\n# [open question → A: B]",
    reason=Reason.NO_SUPPORT,
    explanation="Nothing supports an answer.",
    next_steps=(),
    searched=7,
)


def test_the_text_says_who_asked_what_and_what_was_answered():
    """In the asker's words too, with footnotes that can be checked and a place for the answer."""
    text = written(PART, note="For the tender.", asker=principal("emil"))
    read = markup.read(text)
    assert read.title == "Who holds the master key?"
    for said in ("In the asker's words: and who?", "Asked by emil.", "Note: For the tender."):
        assert said in text
    assert [one.quote for one in read.citations] == ["Keys are kept."]
    assert "No record speaks of the secret vault." in text
    assert "Sources searched: 1,234" in text
    (question,) = read.questions
    assert question.question.role == "Compliance"


def test_what_reviewers_may_not_read_is_left_out_and_counted():
    """Its words are nowhere, nor is what is missing, which may speak of it."""
    text = written(PART, whole=False)
    assert "Oslo" not in text
    assert "secret" not in text
    assert "1 claim is left out" in text
    assert "What is missing is left out" in text


def test_nothing_but_hidden_claims_is_told_so():
    """Without an empty list."""
    hidden = claim("It is in Oslo.", "secret.md")
    both = Answered(
        question="Who?",
        status=Status.ANSWERED,
        criteria=(),
        claims=(hidden, hidden),
        missing=(),
        next_steps=(),
        searched=1,
    )
    assert "2 claims are left out here that rest on" in written(both)


def test_a_refusal_stands_there_with_its_reason_and_words_stay_words():
    """A question may look like a heading or a mark; it becomes neither."""
    text = written(REFUSED, note="[^9] [to confirm → A: b]")
    read = markup.read(text)
    assert "No answer (no support). Nothing supports an answer." in text
    assert [one.question.role for one in read.questions] == ["Compliance"]
    assert (read.decisions, read.mangled, read.unknown) == ((), (), ())
    titles = ["Question", "What the copilot answered", "Answer"]
    assert [one.text for one in read.headings if one.level == 2] == titles
