"""Drafts as Markdown, and Markdown read as a draft: the one form in which drafts are kept.

`write` makes it, people edit it, `read` says what it holds. What stands in a draft is written such that
nothing of it can become a mark, a footnote, a heading or HTML; only marks made by `copilot.drafting.marks`
are marks.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from copilot.domain.drafts import Bullets, OpenQuestion, Paragraph, Table, ToConfirm
from copilot.domain.marked import Asked, Footnote, Mangled, Marked, StrayReference, Undecided
from copilot.drafting import layout, marks
from copilot.drafting.escaping import at_line_start, escape, flat
from copilot.drafting.footnotes import Footnotes, read_citation
from copilot.drafting.marks import BrokenMark, Mark, MarkKind
from copilot.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copilot.domain.drafts import Block, Covered, Draft, Line, Statement

COVERAGE: Final = "Coverage of the criteria"
"""The heading of the last section."""

NOT_ADDRESSED: Final = "not addressed"

_COVERAGE_HEADER: Final = ("Criterion", "Point of focus", "Where")
_LINE_START: Final = re.compile(r"(?:\A|\n)[ \t]*(?:(?:[-*+>]|\d{1,9}[.)])[ \t]*)*\Z")
"""The beginning of a line, also of one that stands in lists and quotations."""
_UNMARKED: Final = str.maketrans({one: f"\\u{ord(one):04x}" for one in "[→>"})
_AFTER_A_MARK: Final = re.compile(r"\A[:(\[]")
"""What would make a link of the brackets of a mark."""


def write(draft: Draft) -> str:
    """Return the Markdown of a draft.

    It has front matter, the title, the numbered sections, the coverage table if anything is claimed, and
    the footnotes. There is no date in it: the same draft is always the same text.
    """
    notes = Footnotes()
    numbers = {one.heading: at for at, one in enumerate(draft.sections, start=1)}
    parts = [_front(draft), f"# {escape(flat(draft.title))}"]
    for number, section in enumerate(draft.sections, start=1):
        parts.append(f"## {number}. {escape(flat(section.heading))}")
        parts += [one for block in section.blocks if (one := _block(block, notes))]
    if draft.coverage:
        parts.append(f"## {len(draft.sections) + 1}. {COVERAGE}")
        rows = (_covered(one, numbers) for one in draft.coverage)
        parts.append("\n".join(_table(_COVERAGE_HEADER, rows)))
    if definitions := notes.definitions():
        parts.append("\n".join(definitions))
    return "\n\n".join(parts) + "\n"


def read(text: str) -> Marked:
    """Return what a draft's text holds, whatever a person has done to it.

    Nothing is refused: what cannot be read is in `mangled` or `unknown`.
    """
    page = layout.read(text, coverage=COVERAGE)
    scanned = list(marks.scan(text))
    sound = [one for one in scanned if isinstance(one, Mark)]
    return Marked(
        front=page.front,
        headings=tuple(page.headings),
        questions=tuple(
            Asked(question=question, places=tuple(page.place(one.start, one.end) for one in found))
            for question, found in marks.by_question(sound).items()
        ),
        decisions=tuple(
            Undecided(
                decision=ToConfirm(role=one.role, says=one.says),
                place=page.place(one.start, one.end),
            )
            for one in sound
            if one.kind is MarkKind.TO_CONFIRM
        ),
        mangled=(
            *(
                Mangled(text=one.text, why=one.why, place=page.place(one.start, one.end))
                for one in scanned
                if isinstance(one, BrokenMark)
            ),
            *page.doubled,
        ),
        sentences=tuple(page.sentences),
        footnotes=tuple(
            Footnote(
                label=label,
                text=words,
                citation=read_citation(words),
                place=place,
                references=tuple(page.references.get(label, ())),
            )
            for label, (words, place) in page.definitions.items()
        ),
        unknown=tuple(
            StrayReference(label=label, place=place)
            for label, places in page.references.items()
            if label not in page.definitions
            for place in places
        ),
        coverage=tuple(page.coverage),
    )


def answered(text: str, question: OpenQuestion, answer: str) -> str:
    """Return a draft's text with the answer in every place where the question stands.

    The answer is plain text: nothing in it becomes a mark or Markdown.

    Raises:
        BadInput: The answer is empty, or no such question is open.
    """
    if not flat(answer):
        raise BadInput("the answer is empty", hint="A question stays open until somebody knows.")
    same = OpenQuestion(role=flat(question.role), asks=flat(question.asks))
    found = marks.by_question(marks.find(text)).get(same)
    if not found:
        raise BadInput(f"the draft does not ask {same.role}: {same.asks}")
    return _replaced(text, [(one.start, one.end, answer) for one in found])


def confirmed(text: str, undecided: Undecided, *, says: str = "") -> str:
    """Return a draft's text with one decision confirmed, where it stands.

    Args:
        text: The text that `undecided` was read from.
        undecided: The decision.
        says: What was decided instead of the words proposed; plain text.

    Raises:
        BadInput: The decision does not stand there; the text has changed.
    """
    there = Mark(
        kind=MarkKind.TO_CONFIRM,
        role=undecided.decision.role,
        says=undecided.decision.says,
        start=undecided.place.start,
        end=undecided.place.end,
    )
    if there not in marks.find(text):
        raise BadInput(
            f"line {undecided.place.line} does not ask to confirm “{there.says}”",
            hint="The text has changed since it was read; read it again.",
        )
    return _replaced(text, [(there.start, there.end, flat(says) or there.says)])


def confirmed_all(text: str) -> str:
    """Return a draft's text with every decision confirmed as it was proposed."""
    decisions = [one for one in marks.find(text) if one.kind is MarkKind.TO_CONFIRM]
    return _replaced(text, [(one.start, one.end, one.says) for one in decisions])


def inline(statement: Statement, notes: Footnotes) -> str:
    """Return a statement as Markdown on one line, with references to its footnotes."""
    text, pieces, at = statement.text, [], 0
    for mark in marks.find(text):
        pieces += [_plain(text[at : mark.start], after_mark=at > 0), text[mark.start : mark.end]]
        at = mark.end
    pieces.append(_plain(text[at:], after_mark=at > 0))
    words = " ".join("".join(pieces).split())
    return f"{words}{notes.references(statement.citations)}"


def _replaced(text: str, places: Sequence[tuple[int, int, str]]) -> str:
    """Return a text with plain words in place of stretches of it."""
    parts, at = [], 0
    for start, end, plain in sorted(places):
        words = escape(flat(plain))
        begins = _LINE_START.search(text[max(0, start - 80) : start]) is not None
        parts += [text[at:start], at_line_start(words) if begins else words]
        at = end
    return "".join((*parts, text[at:]))


def _plain(text: str, *, after_mark: bool) -> str:
    words = escape(marks.spoken(text))
    return f"\\{words}" if after_mark and _AFTER_A_MARK.match(words) else words


def _line(line: Line, notes: Footnotes) -> str:
    return " ".join(one for statement in line if (one := inline(statement, notes)))


def _block(block: Block, notes: Footnotes) -> str:
    match block:
        case Paragraph(line=line):
            return at_line_start(_line(line, notes))
        case Bullets(items=items):
            lines = (at_line_start(_line(item, notes)) for item in items)
            return "\n".join(f"- {one}" for one in lines if one)
        case Table(header=header, rows=rows):
            cells = ([_line(cell, notes) for cell in row] for row in rows)
            return "\n".join(_table([escape(flat(one)) for one in header], cells))


def _table(header: Sequence[str], rows: Iterator[Sequence[str]]) -> Iterator[str]:
    width = len(header)
    for cells in (header, ["---"] * width, *rows):
        padded = [*cells, *[""] * (width - len(cells))]
        yield f"| {' | '.join(padded)} |"


def _covered(one: Covered, numbers: dict[str, int]) -> list[str]:
    where = [f"{numbers[each]}. {each}" for each in one.sections if each in numbers]
    if not where and one.elsewhere:
        where = [f"see the {one.elsewhere[:1].lower()}{one.elsewhere[1:]}"]
    told = "; ".join(where) or NOT_ADDRESSED
    return [escape(flat(each)) for each in (one.criterion, f"{one.point} {one.name}", told)]


def _front(draft: Draft) -> str:
    about = {
        "title": draft.title,
        "company": draft.company,
        "kind": draft.kind.value,
        "outline": draft.outline,
        "owner": draft.owner,
        "approver": draft.approver,
    }
    lines = (f"{key}: {_quoted(value)}" for key, value in about.items() if value)
    return "\n".join(("---", *lines, "---"))


def _quoted(value: str) -> str:
    """Return a value in quotation marks, as YAML and JSON read it, in which nothing is a mark."""
    return json.dumps(flat(value), ensure_ascii=False).translate(_UNMARKED)
