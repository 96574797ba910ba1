"""Folding layout away, and reading amounts, in any text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from copilot.citations.amounts import take_amounts
from copilot.citations.quotes import fold

TEXTS = st.text(
    st.sampled_from("ab- \t\n\ré\u00ad\u2010\u200b\ufeffﬁ½\u00a0\u3000\x00\x1c漢."), max_size=40
)


@given(text=TEXTS)
@example(text="exam-\n ple")
@example(text="  a\u200b \ufeff b  ")
def test_each_folded_character_comes_from_its_place(text):
    """Every character of a folded text is what stands at its offset, and offsets never go back."""
    folded = fold(text)
    assert len(folded.offsets) == len(folded.text) + 1
    assert list(folded.offsets) == sorted(folded.offsets)
    for character, at in zip(folded.text, folded.offsets, strict=False):
        assert character in unicodedata.normalize("NFKC", text[at]) or (
            character == " " and text[at].isspace()
        )


@given(text=TEXTS)
def test_folding_leaves_single_spaces_between_words(text):
    """There is no white space in a folded text but one space between two words."""
    folded = fold(text).text
    assert folded == " ".join(folded.split())


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("at 12:30", "clock"),
        ("twice a NIGHT", "often"),
        ("hourly", "often"),
        ("the annual review", "often"),
        ("5 %", "share"),
        ("three per cent", "share"),
        ("£5", "gbp"),
        ("ten Pounds", "gbp"),
        ("5 \u017fe\u212a", "\u017fek"),
        ("12 characters", "character"),
        ("2 s", "hours"),
        ("seven", "number"),
    ],
)
def test_no_kind_of_amount_is_passed_over(text, kind):
    """Amounts are found in whatever letters they are written."""
    assert kind in {one.kind for one in take_amounts(text)}
