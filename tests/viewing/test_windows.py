"""Windows over texts that have no passages at all: still cut at lines, and without gaps."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from copilot.viewing.pieces import Style
from copilot.viewing.windows import window_of

LINES = st.lists(st.text(" abc", max_size=400), min_size=1, max_size=60).map("\n".join)


@given(LINES, st.integers(0, 20_000), st.sampled_from(Style))
def test_windows_follow_each_other_without_a_gap(text, at, style):
    """Wherever one begins, every letter up to the end is in one of those that follow."""
    at, seen = min(at, len(text)), ""
    start = at
    while start is not None:
        window = window_of(text, lambda *_: [], style=style, at=start)
        seen += "".join(run.text for one in window.pieces for run in one.runs)
        assert window.later is None or window.later > start
        start = window.later
    assert seen.replace(" ", "").endswith(text[at:].replace("\n", "").replace(" ", ""))


@given(LINES.filter(str.strip), st.data(), st.sampled_from(Style))
def test_a_quote_is_in_the_window_around_it(text, data, style):
    """Whole, however long the text is."""
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, min(len(text), start + 500)))
    window = window_of(text * 3, lambda *_: [], style=style, mark=(start, end))
    marked = "".join(run.text for one in window.pieces for run in one.runs if run.marked)
    assert "".join(marked.split()) == "".join(text[start:end].split())
