"""Questions that several people asked and no source answered."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from copilot.bootstrap.questions import RepeatedQuestions
from copilot.domain.review import ItemId
from copilot.review.repeated import ALIKE, Unanswered, repeated


def asked(question, who, item=None):
    return Unanswered(question=question, who=who, item=ItemId(item) if item else None)


def apart(texts):
    """Nothing is like anything else but itself."""
    return [[float(one == other) for other in texts] for one in texts]


def near(texts):
    """Everything is just alike."""
    return [[ALIKE for _ in texts] for _ in texts]


def test_what_two_people_asked_in_other_words_is_one_question():
    """It has the words that were used most, how many people had it and how often, and where it waits."""
    (one,) = repeated(
        [
            asked("Are we FedRAMP authorised?", "ada", "answer/1"),
            asked("do we have FedRAMP", "bo"),
            asked("Do we have FedRAMP?", "bo", "answer/4"),
            asked("Do we have FedRAMP?", "ada", "answer/1"),
        ],
        cosines=near,
    )
    assert (one.question, one.people, one.times) == ("Do we have FedRAMP?", 2, 4)
    assert one.items == ("answer/1", "answer/4")


def test_what_one_person_asks_again_and_again_is_no_candidate():
    """Nor what two people asked that is not alike."""
    own = [asked("Do we have FedRAMP?", "ada"), asked("do we have  fedramp", "ada")]
    assert repeated([*own, asked("May I use Notion?", "bo")], cosines=apart) == ()


def test_the_same_words_typed_loosely_are_the_same_question():
    """Whatever an encoder makes of them."""
    (one,) = repeated(
        [asked("Do we have FedRAMP?", "ada"), asked("do we have  fedramp", "bo")], cosines=apart
    )
    assert one.people == 2


@given(
    st.lists(
        st.tuples(st.text(max_size=5), st.sampled_from(["anna.b", "bo.c", "cy.d"])), max_size=12
    )
)
def test_nothing_says_who_asked(pairs):
    """And every question is counted once at most."""
    found = repeated([asked(words, who) for words, who in pairs], cosines=near)
    assert not any(who in repr(found) for who in ("anna.b", "bo.c", "cy.d"))
    assert sum(one.times for one in found) <= len(pairs)


def test_the_sample_company_s_questions_are_compared_by_meaning(sample):
    """By the encoder that ships with the product, with which the threshold was measured."""
    texts = [
        "Are we HIPAA compliant?",
        "Is HIPAA compliance something we have?",
        "Who tests backups?",
    ]
    (_, same, other), *_ = RepeatedQuestions(sample)._cosines(texts)
    assert same > ALIKE > other
