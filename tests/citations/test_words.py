"""What is known of words does not depend on what was read before."""

from __future__ import annotations

import pytest

from copilot.citations.content import hear
from copilot.citations.words import Words, nearly

CLAIM = "The team has led the review of the lost keys."
QUOTE = "The team guided the review of keys that were gone."
OTHERS = ("They lead a review and lose a key.", "Losses lead to reviews.", "Nobody leads.")


@pytest.mark.parametrize("first", [OTHERS, OTHERS[::-1], ()], ids=["one way", "other way", "alone"])
def test_what_was_read_before_changes_nothing(vocabulary, first):
    """A form of a word keeps its own neighbours, whichever form of it was met first."""
    words, fresh = Words(vocabulary), Words(vocabulary)
    for text in first:
        words.asked(text)

    assert words.near(CLAIM) == fresh.near(CLAIM)
    assert hear(CLAIM, (QUOTE,), words) == hear(CLAIM, (QUOTE,), fresh)


def test_forms_of_a_word_have_their_own_neighbours(vocabulary):
    """`lead` is near to `guide`, which `led` is not, so that the order of reading could have shown."""
    words = Words(vocabulary)
    concepts = words.concepts("guide")

    assert nearly("lead", concepts, words.near("They lead it.")) > 0
    assert nearly("lead", concepts, words.near("They led it.")) == 0
