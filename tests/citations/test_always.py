"""Rules of the gate that hold whatever a claim and its quotes are."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.citations.quotes import SHORTEST_QUOTE, find_folded, fold
from copilot.domain.access import Audience, principal
from copilot.domain.answers import Outcome
from tests.citations.conftest import passage
from tests.citations.honest_pairs import PAIRS

ANYTHING = st.text(max_size=300)
PLAIN = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=200)
SOME = settings(max_examples=120, deadline=None)
NUMBERED = [pair for pair in PAIRS if any(letter.isdigit() for letter in pair[0])]


@SOME
@given(claim=ANYTHING, quote=ANYTHING, text=ANYTHING)
def test_any_text_gets_a_verdict(check, claim, quote, text):
    """Control characters, other scripts and nothing at all are judged, and nothing is raised."""
    verdict = check(claim, quote, sources=[passage(text)])
    assert (verdict.outcome is Outcome.FOUND) is (verdict.claim is not None)


@SOME
@given(quote=ANYTHING, text=ANYTHING)
def test_a_quote_that_stands_nowhere_is_never_released(check, quote, text):
    """A claim whose quote is not in its source is withheld, even one that says what it quotes."""
    if fold(quote).text not in fold(text).text:
        assert check(quote, quote, sources=[passage(text)]).claim is None


@SOME
@given(pair=st.sampled_from(PAIRS))
def test_a_source_that_may_not_be_read_carries_nothing(check, pair):
    """What only others may read is never released, however well it carries a claim."""
    claim, quote = pair
    secret = passage(quote, audience=Audience("board"))
    assert check(claim, quote, sources=[secret], asker=principal("asker")).claim is None


@SOME
@given(pair=st.sampled_from(NUMBERED), data=st.data())
def test_a_changed_digit_is_never_released(check, pair, data):
    """Another digit makes another number, date or id, which the quote does not have."""
    claim, quote = pair
    at = data.draw(st.sampled_from([n for n, one in enumerate(claim) if one.isdecimal()]))
    digit = data.draw(st.sampled_from([one for one in "0123456789" if one != claim[at]]))
    changed = f"{claim[:at]}{digit}{claim[at + 1 :]}"
    assert check(changed, quote).claim is None


@SOME
@given(
    pair=st.sampled_from(PAIRS), before=PLAIN, gap=st.sampled_from([" ", "\n", "  \t", "\u00a0"])
)
def test_released_offsets_are_those_of_the_quote(check, pair, before, gap):
    """A released citation's offsets give its words in the stored text, up to white space."""
    claim, quote = pair
    text = f"{before}\n\n{quote.replace(' ', gap)}"
    verdict = check(claim, quote, sources=[passage(text)])
    for citation in verdict.claim.citations if verdict.claim else ():
        assert text[citation.start : citation.end] == citation.quote
        assert fold(citation.quote).text == fold(quote).text


@SOME
@given(before=PLAIN, words=PLAIN, after=PLAIN)
def test_what_is_folded_is_found_where_it_stands(before, words, after):
    """Folded words are found in any text that holds them, at offsets that fold to them."""
    text, wanted = f"{before} {words} {after}", fold(words).text
    place = find_folded(text, wanted) if len(wanted) >= SHORTEST_QUOTE else None
    if place:
        assert fold(text[place[0] : place[1]]).text == wanted


@pytest.mark.parametrize(
    "unit", ["not ", "a", "1 ", "every 3 days ", ", and", '"a": 1, ', "| x ", "\n- "]
)
def test_long_texts_are_judged(check, unit):
    """A hundred thousand characters get a verdict: were the time not linear, this would not end."""
    text = "The key is replaced within 4 hours. " + unit * (100_000 // len(unit))
    claim = "The key is replaced within 4 hours."
    assert check(claim, text[:90_000], sources=[passage(text)]).outcome
    assert check(text, claim, sources=[passage(text)]).outcome is Outcome.UNSUPPORTED
