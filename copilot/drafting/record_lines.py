"""The sentences and rows of a source, each as something that can be quoted and read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from copilot.citations.records import cells_of
from copilot.citations.support import Grounds, is_record, paragraph, surrounding
from copilot.domain.answers import Citation
from copilot.drafting.policy_sentences import sayings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from copilot.citations.records import Cells
    from copilot.domain.documents import Passage

_SENTENCE: Final = re.compile(r"\S.*?(?:[.!?](?=\s|$)|$)", re.DOTALL)
_FEWEST_WORDS: Final = 4
"""Words of a cell that says something by itself."""

_PERSONAL: Final = re.compile(
    r"name|person|holder|login|account|e-?mail|author|(?:^|[ _])by$|approver|owner|who|manager"
)
"""Columns that name people: a response does not."""

_LOOSE_POINT: Final = re.compile(r"\s+([.,;:!?])(?=\s|$)")
"""A point that stands apart because the marks of the format between were taken out."""

_OUTCOME: Final = re.compile(r"result|outcome|state|status|comment|reason|decision")
_BRACKETS: Final = re.compile(r"^\[|\]$|(?<=\[)'|'(?=[,\]])|(?<=, )'")
"""How a list in a cell is written."""

_PIPES: Final = re.compile(r"\s*\|\s*")
_MOST_CELLS: Final = 6
_DATED: Final = re.compile(r"\b(\d{4}-\d\d-\d\d)")
_SHORTEST: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLine:
    """A sentence of a source, or a row of one, as offsets into the source's text."""

    passage: Passage
    start: int
    end: int
    cells: Cells = ()
    """For a row of a table or an entry, its values with the names of their columns."""
    bare: str = ""
    """For a sentence, its words without the marks of the format."""

    @property
    def quote(self) -> str:
        """The words as they stand there."""
        return self.passage.text[self.start - self.passage.start : self.end - self.passage.start]

    @property
    def words(self) -> str:
        """The words on one line; a row with the names of its columns."""
        if self.cells:
            return "; ".join(f"{_column(name)} {value}" for name, value in self.cells if value)
        return _LOOSE_POINT.sub(r"\1", " ".join((self.bare or self.quote).split()))

    def told(self, about: Callable[[str], float], *, people: bool = False) -> str:
        """Return the words as a response gives them: quoted, or the cells of a row that matter.

        Args:
            about: How much of what the response is about a text speaks of.
            people: Whether columns that name people are shown; a response names nobody who is not to
                do something.
        """
        if not self.cells and " | " in self.quote:
            return _PIPES.sub(": ", self.words.strip(" |"))  # a table of two columns
        if not self.cells:
            return f"“{self.words.replace('“', '‘').replace('”', '’')}”"
        first, *rest = [(name, value) for name, value in self.cells if value]
        kept = [one for one in rest if people or not _PERSONAL.search(one[0].lower())]

        def matters(cell: tuple[str, str]) -> float:
            outcome = 1.0 if _OUTCOME.search(cell[0].lower()) else 0.0
            return outcome + about(f"{_column(cell[0])} {cell[1]}")

        ranked = sorted(kept, key=matters, reverse=True)
        shown = [one for one in kept if one in ranked[: _MOST_CELLS - 1]]
        return "; ".join(
            f"{_column(name)}: {_BRACKETS.sub('', value)}" for name, value in (first, *shown)
        )

    @property
    def latest(self) -> str:
        """The latest day that it names, as 2025-08-15; empty if it names none."""
        return max(_DATED.findall(self.quote), default="")

    def cite(self) -> Citation:
        """Return a citation of it; it still has to be checked."""
        return Citation(
            source=self.passage.source.path,
            title=self.passage.title,
            page=self.passage.page,
            start=self.start,
            end=self.end,
            quote=self.quote,
            place=self.passage.place,
        )

    def grounds(self) -> Grounds:
        """Return what a statement is held against that this line is to carry."""
        text, start = self.passage.text, self.start - self.passage.start
        end, rows = start + self.end - self.start, is_record(self.passage)
        around = surrounding(text, start, end, rows=rows)
        return Grounds(self.quote, around, self.passage, paragraph(text, start, end, rows=rows))


def lines_of(passage: Passage) -> Iterator[RecordLine]:
    """Yield the sentences of a passage, or its rows, in order; too short ones are left out."""
    if not is_record(passage):
        for one in sayings([passage]):
            line = RecordLine(passage=passage, start=one.start, end=one.end, bare=one.text)
            yield from _long_enough(line)
        return
    columns = "\n".join((*passage.text.splitlines()[:3], passage.context))
    at = passage.start
    for row in passage.text.splitlines(keepends=True):
        start = at + len(row) - len(row.lstrip())
        end = at + len(row.rstrip())
        at += len(row)
        # A row of Markdown may begin and end with a bar, its header as well.
        found = cells_of(row, columns)
        cells = tuple((name.strip(" |"), value.strip(" |")) for name, value in found)
        if cells and tuple(value for _, value in cells) != tuple(name for name, _ in cells):
            line = RecordLine(passage=passage, start=start, end=end, cells=cells)
            yield from _long_enough(line)
        elif not cells and not _is_header(row, passage):
            yield from _long_enough(RecordLine(passage=passage, start=start, end=end))


def sayings_in(row: RecordLine) -> Iterator[RecordLine]:
    """Yield the sentences that stand in the cells of a row, such as a comment's."""
    for _, value in row.cells:
        if len(value.split()) < _FEWEST_WORDS:
            continue
        at = row.passage.text.find(value, row.start - row.passage.start)
        if at < 0 or at >= row.end - row.passage.start:
            continue  # written with escapes, so it does not stand there as it reads
        for match in _SENTENCE.finditer(value):
            start = row.passage.start + at + match.start()
            line = RecordLine(passage=row.passage, start=start, end=start + len(match[0]))
            yield from _long_enough(line)


def under_heading(line: RecordLine) -> str:
    """Return the words of a line with the heading above: what they are about stands there as often."""
    return " ".join((*line.passage.heading[-1:], line.words))


def _is_header(row: str, passage: Passage) -> bool:
    names = re.split(r"\s*[|,;\t]\s*", passage.context.rpartition("\n")[2])
    return re.split(r"\s*[|,;\t]\s*", row.strip().strip("|")) == names or not re.search(r"\w", row)


def _long_enough(line: RecordLine) -> Iterator[RecordLine]:
    if line.end - line.start >= _SHORTEST:
        yield line


def _column(name: str) -> str:
    words = " ".join(name.replace("_", " ").split())
    return f"{words[:1].lower()}{words[1:]}" if words[1:2].islower() else words
