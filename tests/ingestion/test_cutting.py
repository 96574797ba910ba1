"""Cutting into passages, by properties that hold for every document."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.adapters.readers.building import TextBuilder
from copilot.domain.documents import BlockKind, ParsedDocument
from copilot.ingestion.chunking import LONGEST, cut

WORDS = st.text(alphabet=st.sampled_from("ab.é \n|;🔒\u2028\u00a0"), max_size=60)
LONG = st.builds(lambda words, times: words * times, WORDS, st.integers(min_value=1, max_value=60))
BLOCKS = st.lists(
    st.tuples(
        st.sampled_from(list(BlockKind)),
        LONG,
        st.integers(min_value=1, max_value=6),
        st.sampled_from([None, 1, 2]),
        st.sampled_from(["", "user | role"]),
    ),
    max_size=12,
)


def build(blocks):
    """Return the document of some blocks."""
    builder = TextBuilder()
    for kind, text, level, page, context in blocks:
        builder.add(kind, text, level=level, page=page, place="here", context=context)
    return ParsedDocument(text=builder.text, blocks=tuple(builder.blocks))


@settings(deadline=None, max_examples=200)
@given(BLOCKS)
def test_cutting_loses_nothing(blocks):
    """Every character of every block but headings and white space is in exactly one passage."""
    document = build(blocks)
    passages = list(cut(document, title="t"))
    spans = sorted((one.start, one.end) for one in passages)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    covered = set()
    for start, end in spans:
        covered.update(range(start, end))
    for block in document.blocks:
        if block.kind is not BlockKind.HEADING:
            left = [at for at in range(block.start, block.end) if at not in covered]
            assert not "".join(document.text[at] for at in left).strip()


@settings(deadline=None, max_examples=200)
@given(BLOCKS)
def test_passages_are_short_and_stand_in_the_text(blocks):
    """A passage is its stretch of the text, short enough to quote, on one page, with words."""
    document = build(blocks)
    for one in cut(document, title="t"):
        assert document.text[one.start : one.end] == one.text
        assert one.text.strip()
        assert len(one.text) <= LONGEST
        pages = {b.page for b in document.blocks if b.start < one.end and one.start < b.end}
        assert pages == {one.page}


@settings(deadline=None, max_examples=100)
@given(BLOCKS)
def test_headings_are_never_lost(blocks):
    """Each heading is in the path of some passage, or is a passage itself."""
    document = build(blocks)
    passages = list(cut(document, title="t"))
    said = {name for one in passages for name in one.heading}
    said |= {" ".join(one.text.split()) for one in passages}
    for block in document.blocks:
        if block.kind is BlockKind.HEADING:
            words = document.text[block.start : block.end]
            shown = " ".join(words.replace("|", " ").split())
            assert any(shown in " ".join(one.replace("|", " ").split()) for one in said) or (
                len(words) > LONGEST
            )


def test_rows_and_prose_are_not_mixed():
    """A table's rows stand apart from the words around it, with their header."""
    document = build(
        [
            (BlockKind.TEXT, "Before.", 0, None, ""),
            (BlockKind.ROW, "ana | admin", 0, None, "user | role"),
            (BlockKind.ROW, "bo | read", 0, None, "user | role"),
            (BlockKind.TEXT, "After.", 0, None, ""),
        ]
    )
    passages = list(cut(document, title="Review"))
    assert [one.text for one in passages] == ["Before.", "ana | admin\nbo | read", "After."]
    assert passages[1].indexed == "Review\nuser | role\nana | admin\nbo | read"


def test_the_place_of_several_rows_is_a_range():
    """Short rows stand together and say from where to where."""
    builder = TextBuilder()
    for at in range(3):
        builder.add(BlockKind.ROW, f"row of {at}", place=f"sheet A, row {at + 2}")
    document = ParsedDocument(text=builder.text, blocks=tuple(builder.blocks))
    assert [one.place for one in cut(document, title="t")] == ["sheet A, rows 2 to 4"]


@pytest.mark.parametrize(
    ("places", "said"),
    [
        pytest.param(("id", "criterion"), "id to criterion", id="names of fields"),
        pytest.param(("title", "steps, record 3"), "title to steps, record 3", id="of two kinds"),
        pytest.param(("header", "line 3"), "header to line 3", id="of a message"),
        pytest.param(("rules, record 1", "rules, record 4"), "rules, records 1 to 4", id="records"),
    ],
)
def test_a_range_of_places_says_what_they_are(places, said):
    """A number alone would leave open of what it is."""
    builder = TextBuilder()
    for place in places:
        builder.add(BlockKind.ROW, f"words of {place}", place=place)
    document = ParsedDocument(text=builder.text, blocks=tuple(builder.blocks))
    assert [one.place for one in cut(document, title="t")] == [said]


def test_a_long_paragraph_is_cut_at_a_sentence_and_not_at_a_line():
    """In a PDF every line ends with a line feed; a passage should not end in the middle of what is said."""
    line = "the people of the company keep to the rules of this policy\n"
    text = (line * 3 + "and say so once a year. Everybody signs ") * 8
    passages = list(cut(build([(BlockKind.TEXT, text, 1, 1, "")]), title="t"))

    assert len(passages) > 1
    assert all(one.text.endswith("once a year.") for one in passages[:-1])
