"""What changed between two texts, line by line and word by word."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from copilot.review.differences import hunks

WORDS = st.sampled_from(
    ["access", "ends", "after", "three", "days", "", "  ", "one", "- item", "#"]
)
TEXTS = st.lists(st.lists(WORDS, max_size=8).map(" ".join), max_size=12).map("\n".join)


@given(TEXTS, TEXTS)
def test_what_is_shown_is_what_the_texts_say(before, after):
    """Each line of a side is a line of its text, once; those left out are the same in both."""
    rows = [row for hunk in hunks(before, after) for row in hunk.rows]
    left = []
    for text, sides in (
        (before, [row.before for row in rows if row.before]),
        (after, [row.after for row in rows if row.after]),
    ):
        lines = text.splitlines()
        shown = {one.number: one.text for one in sides}
        assert len(shown) == len(sides)
        assert all(lines[number - 1] == said for number, said in shown.items())
        left.append([line for number, line in enumerate(lines, 1) if number not in shown])
    assert left[0] == left[1]
    assert all(row.before.text == row.after.text for row in rows if row.same)


def test_words_that_differ_are_marked_within_their_lines():
    """Lines with little in common are one removed and one added."""
    (hunk,) = hunks("Access ends after three days.\nx", "Access ends after one day.\ny")
    changed, *rest = hunk.rows
    assert [one.text for one in changed.before.pieces if one.changed] == ["three", "days"]
    assert [(one.before is None, one.after is None) for one in rest] == [
        (False, True),
        (True, False),
    ]


def test_texts_with_the_same_lines_have_no_difference():
    """Nor has a text with itself."""
    assert hunks("a\nb", "a\nb\n") == ()


def test_long_lines_are_compared_as_a_whole():
    """So that nobody can make the comparison long by what they write."""
    before, after = "word " * 2_000, "word " * 1_999 + "other"
    (hunk,) = hunks(before, after)
    assert [len(side.pieces) for row in hunk.rows for side in (row.before, row.after) if side] == [
        1,
        1,
    ]
