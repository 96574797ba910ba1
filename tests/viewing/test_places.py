"""Where a quote is found on a page, however its words are laid out there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.adapters.pdf_places import places_of
from tests.viewing.opened import words

PAGE = (
    "Retention\r\nCopies are kept for\r\nthirty-five days, and the exam\ufffeple of the bro\u00adken\r\n"
    "word ﬁts. Daily copies are kept for one year.\r\n"
)


def found(page, quote, near=0.0):
    """Return the characters of a page that are taken for a quote."""
    return "".join(
        page[first : first + count] for first, count in places_of(page, quote, near=near)
    )


@pytest.mark.parametrize(
    "quote",
    [
        "Copies are kept for thirty-five days",
        "Copies are kept for\nthirty-\nfive days",
        "the exam-\nple of the broken word fits.",
        "Retention Copies",
    ],
)
def test_a_quote_is_found_whatever_the_layout_did(quote):
    """White space, broken words and ligatures do not count."""
    plain = found(PAGE, quote).replace("ﬁ", "fi").replace("\ufffe", "").replace("\u00ad", "")
    assert words(plain) == words(quote)


def test_of_several_places_the_nearest_is_meant():
    """The share of the page before the quote tells which."""
    first = places_of(PAGE, "kept for", near=0.0)
    last = places_of(PAGE, "kept for", near=1.0)
    assert first[0][0] < last[0][0]


def test_cells_are_found_in_whatever_order_a_page_draws_them():
    """The stored text has the table by rows; here the page has it by columns, one cell wrapped."""
    page = "System Database Files Method Point in\r\ntime Copy Kept for 35 days 90 days"
    quote = "Database | Point in time | 35 days\nFiles | Copy | 90 days"
    assert sorted(words(found(page, quote))) == sorted(words(quote))
    scattered = "Point Database 35 days in time Files"
    assert sorted(words(found(scattered, "Database | Point in time | 35 days"))) == sorted(
        "DatabasePointintime35days"
    )


@pytest.mark.parametrize(
    "quote", ["Copies are kept for ten days", "Database | Retention", "", "|", "x" * 500]
)
def test_what_is_not_there_whole_is_not_marked_in_part(quote):
    """Half a mark would mislead."""
    assert places_of(PAGE, quote, near=0.5) == []


def test_a_word_far_from_its_row_is_not_taken_for_it():
    """Otherwise any common word of another table would do."""
    page = "A long name of a system" + " filler" * 300 + " 35 days"
    assert places_of(page, "A long name of a system | 35 days", near=0.0) == []


@given(
    st.lists(st.text("ab cd-|\n\u00ad", min_size=1, max_size=12), min_size=1, max_size=12),
    st.data(),
)
def test_every_stretch_of_a_page_is_found_on_it(parts, data):
    """Or it has too few letters to say where it stands."""
    page = "\r\n".join(parts)
    start = data.draw(st.integers(0, len(page) - 1))
    quote = page[start : data.draw(st.integers(start + 1, len(page)))]
    places = places_of(page, quote, near=start / len(page))
    assert places or len(words(quote)) < 3
    assert sorted(words(found(page, quote, start / len(page)))) == (
        sorted(words(quote)) if places else []
    )
