"""A pattern that is passed over where it cannot match finds what the same pattern finds that is always tried."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot import citations
from copilot.citations.cues import Cue, signs_in
from copilot.citations.signs import signs_of
from tests.citations.honest_pairs import PAIRS


def _inside(value):
    """Yield the cues that a value of a module is, or is made of."""
    if isinstance(value, Cue):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _inside(one)


def _of_the_gate():
    for module in pkgutil.iter_modules(citations.__path__):
        for value in vars(importlib.import_module(f"copilot.citations.{module.name}")).values():
            yield from _inside(value)


CUES = tuple({one.pattern: one for one in _of_the_gate()}.values())
SPELLED = {
    one.pattern: re.findall(r"[A-Za-z]+", re.sub(r"\\[a-zA-Z]", " ", one.pattern)) for one in CUES
}
BETWEEN = (
    " ",
    " ",
    " ",
    ", ",
    ". ",
    "; ",
    "\n",
    "-",
    "_",
    "'",
    "’",
    "",
    " 3 ",
    " 100% ",
    ": ",
    "=",
    " | ",
)


def _same(cue, text):
    always = re.compile(cue.pattern, cue.flags)
    return [one.span() for one in cue.finditer(text)] == [
        one.span() for one in always.finditer(text)
    ]


def test_there_are_many():
    """Most rules of the gate are looked for in this way, and of hardly one it is unknown what it needs."""
    assert len(CUES) > 60
    assert sum(signs_of(one.pattern, one.flags) == {""} for one in CUES) < len(CUES) / 10


def test_what_is_found_in_honest_claims_is_the_same():
    """Each pattern finds in claims and quotes what it finds when it is tried on every text."""
    assert all(_same(cue, text) for pair in PAIRS[:60] for text in pair for cue in CUES)


@given(st.data())
def test_what_is_found_in_texts_made_of_its_own_words_is_the_same(data):
    """Each pattern finds the same in texts of the words that it is written with, which it matches often."""
    cue = data.draw(st.sampled_from(CUES))
    words = st.sampled_from(
        (*SPELLED[cue.pattern], "the", "Review", "ſo", "no", "Kind", "less", "٣", "user", "of")
    )
    pieces = data.draw(st.lists(st.tuples(words, st.sampled_from(BETWEEN)), max_size=9))
    assert _same(cue, "".join(part for piece in pieces for part in piece))


@pytest.mark.parametrize(
    ("pattern", "signs"),
    [
        (r"\b(?:only|sole)\b", {"only", "sole"}),
        (r"\ban?\b", {"a", "an"}),
        (r"\bautomat\w*", {"automat", "aut"}),
        (r"\bin the event\b", {"event"}),
        (r"\bneeds?\b|<=", {"need", "needs", "="}),
        (r"\b(?:SEV|P)-?[0-5]\b", {"sev", "p"}),
        (r"\bin(?=sane|valid)[a-z]{4,}", {"ins", "inv"}),
        (r"\b\w+n['’]t\b", {"t"}),
        (r"\b(?:to|-)+done\b", {""}),
        (r"\w+", {""}),
        (r"less\b", {""}),
    ],
)
def test_signs_are_what_a_match_cannot_do_without(pattern, signs):
    """A word is known as a whole, a longer one by its beginning; what may begin within a word is not known."""
    assert signs_of(pattern) == signs


def test_a_text_with_letters_that_deceive_shows_nothing():
    """The long s is an s for a pattern that ignores the case; such a text is tried with every pattern."""
    assert Cue(r"\bso\b").search("ſo it is")
    assert Cue(r"\b\d of \d\b").search("٣ of ٤")


def test_a_text_shows_its_words_their_beginnings_and_its_marks():
    """What stands in a text is read once, in small letters."""
    assert {"reviews", "rev", "of", "15", "%"} & signs_in("Reviews of 15 %") == {
        "reviews",
        "rev",
        "of",
        "%",
    }
