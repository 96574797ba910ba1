"""What a draft has open as a list, and which citations an edit would lose."""

from __future__ import annotations

from copilot.drafting.checklist import checklist, lost_citations
from copilot.drafting.open_marks import open_marks

TEXT = (
    "# T\n\nA [open question → CEO: Why is it so?] and [to confirm → CEO: 1 day].[^1]\n\n"
    "Again [open question → CEO: Why is it so?] and [open question CTO: broken]\n\n"
    "[^1]: “Words” — a.md, characters 1–6\n"
)


def test_the_list_is_numbered_as_the_marks_are():
    """Each question once, with every place where it stands."""
    entries = checklist(TEXT)
    assert [one.says for one in entries] == open_marks(TEXT)
    assert [one.kind for one in entries] == ["question", "decision", "broken"]
    assert [len(one.places) for one in entries] == [2, 1, 1]
    assert (entries[1].role, entries[1].words) == ("CEO", "1 day")
    for one in entries:
        for place in one.places:
            assert TEXT[place.start] == "["


def test_a_citation_is_kept_under_any_number():
    """It is lost without its footnote, without a reference, or with other words."""
    assert lost_citations(TEXT, TEXT.replace("[^1]", "[^22]")) == ()
    for edited in (
        TEXT.replace("].[^1]", "]."),
        TEXT.partition("\n[^1]:")[0],
        TEXT.replace("“Words”", "“Swords”"),
        TEXT.replace("1–6", "2–6"),
        "",
    ):
        assert [one.label for one in lost_citations(TEXT, edited)] == ["1"]


def test_what_was_not_used_cannot_be_lost():
    """A footnote that nothing referred to carried no sentence."""
    assert lost_citations("# T\n\n[^1]: “Words” — a.md, characters 1–6\n", "# T\n") == ()
