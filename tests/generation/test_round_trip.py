"""Whatever is hidden comes back, for any text and any part of one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.generation.hiding import HidingRules, read_hidden
from copilot.generation.placeholders import Placeholders
from tests.generation.planted import ADDRESSES, SECRETS
from tests.generation.staff import FINDER, ORDINARY, PEOPLE, RULES, SHAPE

_PIECES = st.one_of(
    st.sampled_from(
        [
            *(one.text for one in (*SECRETS, *ADDRESSES)),
            *(one.value for one in (*SECRETS, *ADDRESSES)),
            *(
                "Mara Lindqvist",
                "mara",
                "LINDQVIST",
                "Mara\nLindqvist",
                "Simon",
                "bluebird",
                "HL-123456",
            ),
            *(
                "[EMAIL_1]",
                "EMAIL_1",
                "PERSON\\_1",
                "[SECRET_",
                "PERSON_",
                "1]",
                "\\",
                "[",
                "]",
                "_",
                "1",
                "b",
            ),
            *(
                "password: ",
                "token=",
                " ",
                "\n",
                '"',
                "@",
                "://",
                "LITERAL_",
                "HIDDEN_2b",
                "[[PERSON_1]]",
            ),
        ]
    ),
    st.text(max_size=12),
)
_TEXTS = st.lists(st.lists(_PIECES, max_size=8).map("".join), min_size=1, max_size=4)


@settings(deadline=None, max_examples=300)
@given(texts=_TEXTS)
def test_whatever_is_hidden_comes_back(texts):
    """Any texts, hidden one by one or together, are restored exactly."""
    placeholders = Placeholders(RULES)
    one_by_one = [placeholders.hide(text) for text in texts]
    together = placeholders.hide_all(texts)
    assert [placeholders.restore(one) for one in one_by_one] == texts
    assert [placeholders.restore(one) for one in together] == texts


# Expressions that tear at the form of a placeholder, and at values that others find.
_TEARING = [r"\d", r"[A-Z]", "_", r"\[", r"\]", r"\\", "ON_", r"_1", r"@", "[ab]", r"\w+", "N_1]"]


@settings(deadline=None, max_examples=300)
@given(texts=_TEXTS, torn=st.lists(st.sampled_from(_TEARING), max_size=3), data=st.data())
def test_a_quote_from_a_hidden_text_stands_in_the_original(texts, torn, data):
    """Whatever part of a hidden text is copied, if it cuts no placeholder, is a part of the source."""
    placeholders = Placeholders(
        HidingRules(FINDER, patterns=read_hidden(torn), people=PEOPLE, ordinary=ORDINARY)
    )
    hidden = placeholders.hide_all(texts)
    for text, sent in zip(texts, hidden, strict=True):
        ours = [match.span() for match in SHAPE.finditer(sent)]
        whole = [at for at in range(len(sent) + 1) if not any(s < at < e for s, e in ours)]
        start, end = sorted(data.draw(st.tuples(*[st.sampled_from(whole)] * 2)))
        parts = [placeholders.restore(one) for one in (sent[:start], sent[start:end], sent[end:])]
        assert "".join(parts) == text
