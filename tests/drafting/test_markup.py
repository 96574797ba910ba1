"""Drafts as Markdown, and Markdown read as a draft."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from copilot.citations.quotes import fold
from copilot.domain.answers import Citation
from copilot.domain.criteria import CriterionId
from copilot.domain.documents import SourcePath
from copilot.domain.drafts import (
    Bullets,
    Covered,
    Draft,
    DraftSection,
    OpenQuestion,
    Paragraph,
    Statement,
    Table,
    ToConfirm,
)
from copilot.domain.review import ItemId, ItemKind
from copilot.drafting import marks, markup
from copilot.drafting.escaping import flat
from copilot.errors import BadInput
from tests.drafting.test_marks import HOSTILE, WORDS

QUESTION = OpenQuestion(role="Head of IT", asks="Which system are requests recorded in?")
DECISION = ToConfirm(role="Head of IT", says="24 hours")


def cited(quote="Access is removed within a day.", path="policies/access.md", page=3, start=1042):
    return Citation(
        source=SourcePath(path),
        title="Access",
        page=page,
        start=start,
        end=start + len(quote),
        quote=quote,
    )


def drafted(*blocks, heading="Purpose", title="Access control policy", coverage=()):
    return Draft(
        id=ItemId("policy/access-control"),
        kind=ItemKind.POLICY,
        title=title,
        company="Halden Labs",
        sections=(DraftSection(heading=heading, blocks=blocks),),
        coverage=coverage,
        outline="access-control 1",
    )


def paragraph(text, *citations):
    return Paragraph((Statement(text=text, citations=citations),))


CITATIONS = st.builds(
    cited,
    quote=WORDS,
    path=WORDS.map(lambda text: text.strip("\x00") or "x").filter(
        lambda text: all(one.isprintable() or one in "\n\t" for one in text)
    ),
    page=st.none() | st.integers(1, 999),
    start=st.integers(0, 10**6),
)


@st.composite
def statements(draw):
    """A statement of hostile words, with marks between them and citations behind."""
    parts = []
    for _ in range(draw(st.integers(0, 2))):
        parts.append(marks.literal(draw(HOSTILE)))
        role, says = draw(WORDS), draw(WORDS)
        parts.append(
            marks.open_question(OpenQuestion(role=role, asks=says))
            if draw(st.booleans())
            else marks.to_confirm(ToConfirm(role=role, says=says))
        )
    parts.append(marks.literal(draw(HOSTILE)))
    citations = draw(st.lists(CITATIONS, max_size=2))
    return Statement(text="".join(parts), citations=tuple(citations))


LINES = st.lists(statements(), min_size=1, max_size=2).map(tuple)
BLOCKS = st.one_of(
    LINES.map(Paragraph),
    st.lists(LINES, min_size=1, max_size=2).map(lambda items: Bullets(tuple(items))),
    st.lists(st.tuples(LINES, LINES), max_size=2).map(
        lambda rows: Table(("First", "Second"), tuple(rows))
    ),
)


def lines_of(block):
    match block:
        case Paragraph(line=line):
            return [line]
        case Bullets(items=items):
            return list(items)
        case Table(rows=rows):
            return [cell for row in rows for cell in row]


@settings(max_examples=60)
@given(blocks=st.lists(BLOCKS, max_size=3), heading=WORDS, title=WORDS)
def test_what_is_written_is_read_back_and_nothing_else(blocks, heading, title):
    """Whatever a draft holds: its headings, marks and citations come back, and no others."""
    draft = drafted(*blocks, heading=heading, title=title)
    read = markup.read(markup.write(draft))
    said = [one for block in blocks for line in lines_of(block) for one in line]
    made = [one for statement in said for one in marks.find(statement.text)]
    assert [(one.level, one.number, one.text) for one in read.headings] == [
        (1, None, flat(title)),
        (2, 1, flat(heading)),
    ]
    assert read.front["title"] == flat(title)
    asked = [(one.role, one.says) for one in made if one.kind is marks.MarkKind.OPEN_QUESTION]
    assert sum(len(one.places) for one in read.questions) == len(asked)
    assert {(one.question.role, one.question.asks) for one in read.questions} <= set(asked)
    assert [(one.decision.role, one.decision.says) for one in read.decisions] == [
        (one.role, one.says) for one in made if one.kind is marks.MarkKind.TO_CONFIRM
    ]
    assert not read.mangled
    assert not read.unknown
    assert not read.unused
    cited = {
        (one.source, one.page, one.start, one.end, one.quote): one
        for statement in said
        for one in statement.citations
    }
    assert len(read.citations) == len(cited)
    for one, there in zip(read.citations, cited.values(), strict=True):
        place = (there.source, there.page, there.start, there.end)
        assert (one.source, one.page, one.start, one.end) == place
        quotes = {fold(flat(there.quote)).text, fold(there.quote).text}
        assert fold(one.quote).text in quotes


@given(text=HOSTILE, citation=CITATIONS)
def test_words_stand_in_a_draft_as_they_were_said(text, citation):
    """A reader of the Markdown sees the words of a statement, and not what Markdown makes of them."""
    draft = drafted(paragraph(marks.literal(text), citation))
    read = markup.read(markup.write(draft))
    assert " ".join(one.text for one in read.sentences).replace(" ", "") == flat(text).replace(" ", "")  # fmt: skip
    assert read.sentences[-1].footnotes == ("1",)


@given(text=HOSTILE, heading=WORDS)
def test_another_reader_of_markdown_sees_text_only(text, heading):
    """For a strict reader of Markdown there is one heading, one paragraph and no HTML or link."""
    draft = drafted(paragraph(f"x{marks.literal(text)}"), heading=heading)
    body = markup.write(draft).partition("\n---\n")[2]
    tokens = MarkdownIt().enable("table").parse(body)
    assert [one.type for one in tokens if one.type.endswith("_open")] == [
        "heading_open",
        "heading_open",
        "paragraph_open",
    ]
    inline = tokens[-2]
    assert all(one.type in {"text", "text_special"} for one in inline.children)
    assert "".join(one.content for one in inline.children) == flat(f"x{text}")


def test_a_draft_is_written_in_the_form_that_people_edit():
    """Front matter, title, numbered headings, lists, tables, footnotes and coverage."""
    line = (Statement(text="Access ends in a day.", citations=(cited(),)),)
    draft = drafted(
        Paragraph((*line, Statement(text=f"It lasts {marks.to_confirm(DECISION)}."))),
        Bullets((line, (Statement(text="Another."),))),
        Table(("Role", "Does"), ((line, (Statement(text="asks"),)),)),
        coverage=(
            Covered(criterion=CriterionId("CC6.2"), point="CC6.2-1", name="Removes", sections=("Purpose",)),
            Covered(criterion=CriterionId("CC6.2"), point="CC6.2-2", name="Keys", sections=(),
                    elsewhere="Encryption policy"),
            Covered(criterion=CriterionId("CC6.2"), point="CC6.2-3", name="Doors", sections=()),
        ),
    )  # fmt: skip
    assert (
        markup.write(draft)
        == """\
---
title: "Access control policy"
company: "Halden Labs"
kind: "policy"
outline: "access-control 1"
---

# Access control policy

## 1. Purpose

Access ends in a day.[^1] It lasts [to confirm → Head of IT: 24 hours].

- Access ends in a day.[^1]
- Another.

| Role | Does |
| --- | --- |
| Access ends in a day.[^1] | asks |

## 2. Coverage of the criteria

| Criterion | Point of focus | Where |
| --- | --- | --- |
| CC6.2 | CC6.2-1 Removes | 1. Purpose |
| CC6.2 | CC6.2-2 Keys | see the encryption policy |
| CC6.2 | CC6.2-3 Doors | not addressed |

[^1]: “Access is removed within a day.” — policies/access.md, page 3, characters 1042–1073
"""
    )


def test_coverage_is_read_row_by_row():
    """The coverage table can be compared with the criteria again."""
    covered = Covered(
        criterion=CriterionId("CC6.2"), point="CC6.2-1", name="Removes", sections=("Purpose",)
    )
    read = markup.read(markup.write(drafted(paragraph("Text."), coverage=(covered,))))
    (row,) = read.coverage
    assert (row.criterion, row.point, row.where) == ("CC6.2", "CC6.2-1 Removes", "1. Purpose")


@pytest.mark.parametrize(
    ("typed", "page"),
    [
        pytest.param("See “We do it.” — a/b.md, page 2, characters 5–14; agreed.", 2, id="words around"),
        pytest.param("“We do it.” — a/b.md, characters 5–14", None, id="no page"),
        pytest.param("“We do\n    it.” — a/b.md, characters 5–14", None, id="wrapped"),
        pytest.param('"We do it." - a/b.md, characters 5-14', None, id="typed by hand"),
        pytest.param("An “old” rule: “We do it.” — a/b.md, characters 5–14", None, id="quotes before"),
    ],
)  # fmt: skip
def test_a_citation_survives_what_people_write_around_it(typed, page):
    """A footnote is read as a citation, whatever stands beside it."""
    (footnote,) = markup.read(f"Fact.[^a]\n\n[^a]: {typed}\n").footnotes
    assert footnote.citation == Citation(
        source=SourcePath("a/b.md"), title="a/b.md", page=page, start=5, end=14, quote="We do it."
    )


def test_footnotes_that_do_not_match_are_told_of():
    """A reference without a footnote, a footnote without a reference, and one that is defined twice."""
    read = markup.read("A.[^1] B.[^2]\n\n[^1]: mine\n[^3]: unused\n[^1]: again\n")
    assert [(one.label, one.place.line) for one in read.unknown] == [("2", 1)]
    assert [one.label for one in read.unused] == ["3"]
    assert [one.why for one in read.mangled] == ["the footnote 1 is defined twice"]
    assert read.footnotes[0].citation is None


def test_places_are_those_of_the_text():
    """Offsets and lines lead to the mark, with the line ends of any system."""
    mark = marks.open_question(QUESTION)
    text = f"# Title\r\n\r\nOne {mark} two.\r\n\r\n- [to confirm → CEO: 1\r\n  day]\r\n"
    read = markup.read(text)
    place = read.questions[0].places[0]
    assert (text[place.start : place.end], place.line) == (mark, 3)
    assert read.decisions[0].decision.says == "1 day"
    assert read.decisions[0].place.line == 5
    assert [one.text for one in read.headings] == ["Title"]


def test_sentences_have_their_own_footnotes():
    """A footnote belongs to the sentence that it ends, and a mark does not end one."""
    mark = marks.open_question(OpenQuestion(role="CEO", asks="Is it? And why?"))
    read = markup.read(f"## 1. Rules\n\nWe ask {mark} here. It is so, e.g. Here.[^1][^2] And on.\n")
    assert [(one.text, one.footnotes, one.section) for one in read.sentences] == [
        (f"We ask {mark} here.", (), "Rules"),
        ("It is so, e.g. Here.", ("1", "2"), "Rules"),
        ("And on.", (), "Rules"),
    ]


def test_marks_within_code_and_comments_count():
    """A question cannot be hidden from approval where the page does not show it."""
    mark = marks.open_question(QUESTION)
    assert markup.read(f"<!-- {mark} -->\n\n```\n# {mark}\n```\n").questions[0].places[1].line == 4


def test_an_answer_closes_a_question_everywhere():
    """The short form goes with the question in full."""
    short = marks.open_question(replace(QUESTION, asks=marks.shortened(QUESTION.asks, ())))
    text = markup.write(
        drafted(paragraph(f"{marks.open_question(QUESTION)}: here."), paragraph(f"And {short}."))
    )
    assert len(markup.read(text).questions) == 1
    done = markup.answered(text, QUESTION, "Jira [open question → CEO: really?]")
    assert markup.read(done).settled
    assert "\nJira \\[open question &rarr; CEO: really?\\]\\: here." in done


def test_an_answer_at_the_beginning_of_a_line_is_text():
    """An answer cannot become a heading or an item."""
    text = markup.answered(f"{marks.open_question(QUESTION)} is it.", QUESTION, "# 1")
    assert not markup.read(text).headings


def test_an_empty_answer_and_an_answer_to_nothing_are_refused():
    """A question is closed by words, and only one that is asked."""
    text = marks.open_question(QUESTION)
    with pytest.raises(BadInput, match="empty"):
        markup.answered(text, QUESTION, " \n")
    with pytest.raises(BadInput, match="does not ask"):
        markup.answered("Nothing.", QUESTION, "Jira")


def test_decisions_are_confirmed_one_by_one_or_all():
    """The same words may be two decisions, so one confirmation closes one place."""
    text = f"{marks.to_confirm(DECISION)} and {marks.to_confirm(DECISION)}."
    first, second = markup.read(text).decisions
    assert (
        markup.confirmed(text, second, says="2 days") == f"{marks.to_confirm(DECISION)} and 2 days."
    )
    with pytest.raises(BadInput, match="line 1 does not ask"):
        markup.confirmed(markup.confirmed(text, first), second)
    assert markup.confirmed_all(text) == "24 hours and 24 hours."


@pytest.mark.parametrize("front", ["", "---\ntitle: \"x\n---\n", "---\nno end\n", "\ufeff---\na: 1\n---\n"])  # fmt: skip
def test_front_matter_of_any_kind_does_no_harm(front):
    """What people do to the front matter is no reason to lose a question."""
    assert markup.read(f"{front}{marks.open_question(QUESTION)}").questions
