"""Marks: open questions and decisions to confirm, as they stand in a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.domain.drafts import OpenQuestion, ToConfirm
from copilot.drafting import marks
from copilot.drafting.escaping import flat
from copilot.drafting.marks import BrokenMark, Mark, MarkKind

HOSTILE = st.lists(
    st.sampled_from(
        [*"[]()\\|*_`#<>&:;“”\"'→…-+=!~^.\n\r\t\x85\u2028\x00", "open question", "to confirm", " → ",
         "[open question → CEO: why?]", "[to confirm → CEO: 1]", "[^1]", "[^1]: ", "&rarr;", "-->",
         "\n\n", "\n# ", "<!-- ", "a", "B", "é", "9", " "]
    )
    | st.text(max_size=4),
    max_size=12,
).map("".join)  # fmt: skip
WORDS = HOSTILE.filter(flat)


@given(role=WORDS, asks=WORDS, before=HOSTILE, after=HOSTILE)
def test_a_mark_is_found_as_it_was_made_among_any_words(role, asks, before, after):
    """Nothing in a role, a question or the words around a mark makes it another mark."""
    made = marks.open_question(OpenQuestion(role=role, asks=asks))
    text = f"{marks.literal(before)}{made}{marks.literal(after)}"
    start = len(marks.literal(before))
    assert marks.find(text) == [
        Mark(
            kind=MarkKind.OPEN_QUESTION,
            role=flat(role),
            says=flat(asks),
            start=start,
            end=start + len(made),
        )
    ]


@given(HOSTILE)
def test_literal_words_hold_no_mark_and_come_back(text):
    """Somebody else's words are never a mark, and can be read back."""
    assert not marks.find(marks.literal(text))
    assert marks.spoken(marks.literal(text)) == text


def test_a_mark_reads_as_the_contract_says():
    """The two marks have the form that people are told of."""
    asked = marks.open_question(OpenQuestion(role="Head of IT", asks="Which system?"))
    said = marks.to_confirm(ToConfirm(role="Head of IT", says="every calendar quarter"))
    assert asked == "[open question → Head of IT: Which system?]"
    assert said == "[to confirm → Head of IT: every calendar quarter]"


@pytest.mark.parametrize(("role", "says"), [("", "Which?"), ("CEO", " \n"), ("\x00", "Which?")])
def test_a_mark_needs_a_role_and_words(role, says):
    """A question to nobody, or of nothing, is no question."""
    with pytest.raises(ValueError, match="a role and words"):
        marks.open_question(OpenQuestion(role=role, asks=says))


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("[Open question → Head of IT: Which system?]", id="capital"),
        pytest.param("[open question  →\nHead of IT: Which\n  system?]", id="wrapped"),
        pytest.param("x[open question → Head of IT: Which system?]y", id="within words"),
        pytest.param("\\\\[open question → Head of IT: Which system?]", id="after a backslash"),
    ],
)
def test_marks_survive_what_editors_do(typed):
    """Capitals, wrapped lines and words that touch it leave a mark what it is."""
    (found,) = marks.find(typed)
    assert (found.role, found.says) == ("Head of IT", "Which system?")


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        pytest.param("[open question -> IT: Which?]", "arrow", id="another arrow"),
        pytest.param("[open question → IT: Which?", "not closed", id="not closed"),
        pytest.param("[open question → Which?]", "a role", id="no role"),
        pytest.param("[open question → : Which?]", "a role", id="empty role"),
        pytest.param("[open question → IT:]", "a role", id="no words"),
        pytest.param("[open question: Which?]", "arrow", id="no arrow"),
        pytest.param("[ open questions → IT: Which?]", "a role", id="plural"),
        pytest.param("[to-confirm → IT: 1 day]", "a role", id="hyphen"),
        pytest.param("open question → IT: Which?]", "bracket before", id="no bracket"),
        pytest.param("[open question → IT: Which [one]?]", "within", id="brackets within"),
        pytest.param("[open question → IT: Which\n\nsystem?]", "not closed", id="two paragraphs"),
    ],
)
def test_a_mangled_mark_is_told_of(typed, why):
    """What was meant to be a mark is never lost."""
    (found,) = marks.scan(typed)
    assert isinstance(found, BrokenMark)
    assert why in found.why


def test_a_sound_mark_within_a_broken_one_is_found():
    """A bracket that somebody forgot to close does not hide the next mark."""
    text = "[open question → IT: Which is it? [to confirm → IT: 24 hours]"
    broken, sound = marks.scan(text)
    assert isinstance(broken, BrokenMark)
    assert isinstance(sound, Mark)


def test_a_short_form_has_the_words_that_tell_it_from_others():
    """A question is cut where no other question goes on, and never to less than four words."""
    others = ["Where is the list of vendors kept?", "Where is the list of systems kept?", "Who?"]
    assert marks.shortened(others[0], others) == "Where is the list of vendors …"
    assert marks.shortened("Which tool watches the servers?", others) == "Which tool watches the …"
    assert marks.shortened("Who?", others) == "Who?"


def test_a_short_form_is_the_question_that_it_begins():
    """All marks of a question count as one, and one that fits two questions as its own."""
    text = " ".join(
        marks.open_question(OpenQuestion(role="IT", asks=one))
        for one in ("Where is the code kept?", "Where is …", "Where is the list?", "Where is the code …")
    )  # fmt: skip
    found = marks.by_question(marks.find(text))
    assert {one.asks: len(places) for one, places in found.items()} == {
        "Where is the code kept?": 2,
        "Where is …": 1,
        "Where is the list?": 1,
    }
