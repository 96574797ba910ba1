"""The lines of a draft's Markdown: front matter, headings, footnotes, and the sentences of its blocks.

This reads what `markup.write` writes and what people make of it in an editor; it is no general reader of
Markdown. Fenced code is passed over.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from copilot.domain.marked import CoverageRow, Heading, Mangled, Place, Sentence
from copilot.drafting import marks
from copilot.drafting.escaping import unescape

if TYPE_CHECKING:
    from collections.abc import Iterator

_FRONT: Final = re.compile(
    r"\A\ufeff?---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*\r?$", re.DOTALL | re.MULTILINE
)
_KEY: Final = re.compile(r"([A-Za-z][\w-]*):[ \t]*(.*?)[ \t\r]*\Z")
_FENCE: Final = re.compile(r" {0,3}(```+|~~~+)")
_HEADING: Final = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t\r]*\Z")
_NUMBER: Final = re.compile(r"(\d{1,4})\\?\.[ \t]+")
_DEFINITION: Final = re.compile(r" {0,3}\[\^([^\]\s]{1,60})\]:[ \t]*")
_REFERENCE: Final = re.compile(r"\\.|\[\^([^\]\s]{1,60})\]")
_BULLET: Final = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+|[ \t]*>[ \t]?")
_ROW: Final = re.compile(r"[ \t]*\|")
_RULE: Final = re.compile(r"[ \t]*\|?[\s:|-]*-[\s:|-]*\Z")
_CELL: Final = re.compile(r"(?:\\.|[^|\\])+", re.DOTALL)
_BOUNDARY: Final = re.compile(
    r"(?:(?P<word>(?<![\w.])[\w.]{0,12}|)[.!?][\"”’)*_]*(?P<after>(?:\[\^[^\]\s]+\])*)|(?P<notes>(?:\[\^[^\]\s]+\])+))"
    r"\s+(?=[\"“‘(\\*_\[]*[A-ZÀ-Þ0-9\[])"
)
_SHORT_FORMS: Final = frozenset("e.g i.e etc vs no nr approx dr mr ms mrs inc ltd st cf".split())


class Page:
    """What was read of a text, line by line."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self._marks = marks.find(text)
        self.front: dict[str, str] = {}
        self.headings: list[Heading] = []
        self.sentences: list[Sentence] = []
        self.definitions: dict[str, tuple[str, Place]] = {}
        self.references: dict[str, list[Place]] = {}
        self.doubled: list[Mangled] = []
        self.coverage: list[CoverageRow] = []

    def place(self, start: int, end: int) -> Place:
        """Return the place of a stretch."""
        return Place(start, end, bisect_right(self._lines, start))

    @property
    def section(self) -> str:
        """The heading under which the next block stands."""
        return self.headings[-1].text if self.headings else ""

    def add_heading(self, found: re.Match[str], start: int) -> None:
        """Add a heading that begins at an offset."""
        level, words = len(found[1]), found[2] or ""
        numbered = _NUMBER.match(words) if level > 1 else None
        self.headings.append(
            Heading(
                level=level,
                number=int(numbered[1]) if numbered else None,
                text=unescape(words[numbered.end() :] if numbered else words).strip(),
                place=self.place(start, start + len(found[0].rstrip())),
            )
        )
        self._refer(start, start + len(found[0]))

    def add_definition(self, label: str, start: int, words: tuple[int, int]) -> None:
        """Add the definition of a footnote; its words stand at the offsets given."""
        place = self.place(start, words[1])
        if label in self.definitions:
            why = f"the footnote {label} is defined twice"
            self.doubled.append(Mangled(text=self._text[start : words[1]], why=why, place=place))
        else:
            self.definitions[label] = (" ".join(self._text[slice(*words)].split()), place)

    def add_block(self, start: int, end: int) -> None:
        """Add the sentences of a paragraph, an item or a cell."""
        self._refer(start, end)
        text = self._text
        for at, stop in self._split(start, end):
            labels = dict.fromkeys(one[1] for one in _REFERENCE.finditer(text, at, stop) if one[1])
            words = _REFERENCE.sub(lambda one: "" if one[1] else one[0], text[at:stop])
            said = unescape(" ".join(words.split()))
            if said or labels:
                place = self.place(at, stop)
                self.sentences.append(
                    Sentence(text=said, footnotes=tuple(labels), section=self.section, place=place)
                )

    def add_row(self, start: int, end: int, *, coverage: bool) -> None:
        """Add the cells of a row of a table; the rows of the coverage table are no sentences."""
        text = self._text[start:end].strip()
        at = self._text.index(text, start)
        inner = [
            (at + one.start(), at + one.end()) for one in _CELL.finditer(text) if one[0].strip()
        ]
        if not coverage:
            for cell in inner:
                self.add_block(*cell)
            return
        self._refer(start, end)
        if len(inner) >= 3:
            criterion, point, where = (
                unescape(self._text[slice(*cell)]).strip() for cell in inner[:3]
            )
            place = self.place(start, end)
            self.coverage.append(
                CoverageRow(criterion=criterion, point=point, where=where, place=place)
            )

    def _refer(self, start: int, end: int) -> None:
        for one in _REFERENCE.finditer(self._text, start, end):
            if one[1]:
                self.references.setdefault(one[1], []).append(self.place(*one.span()))

    def _split(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the sentences of a stretch, none of which ends within a mark."""
        at = start
        for match in _BOUNDARY.finditer(self._text, start, end):
            word = (match["word"] or "").lower()
            cut = match.end("notes") if match["notes"] else match.end("after")
            if word in _SHORT_FORMS or self._within_a_mark(cut):
                continue
            yield from self._stripped(at, cut)
            at = match.end()
        yield from self._stripped(at, end)

    def _within_a_mark(self, at: int) -> bool:
        found = bisect_right(self._marks, at, key=lambda one: one.start)
        return found > 0 and at < self._marks[found - 1].end

    def _stripped(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        words = self._text[start:end]
        if words.strip():
            begin = start + len(words) - len(words.lstrip())
            yield begin, begin + len(words.strip())


def read(text: str, *, coverage: str) -> Page:
    """Return what the lines of a text hold.

    Args:
        text: The Markdown of a draft.
        coverage: The heading of the section that has the coverage table.
    """
    page = Page(text)
    front = _FRONT.match(text)
    if front:
        page.front = dict(_front(front[1]))
    reader = _Lines(page, text, coverage)
    at = front.end() if front else 0
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        reader.take(at, end)
        at = end + 1
    reader.close()
    return page


class _Lines:
    """Puts lines together to blocks."""

    def __init__(self, page: Page, text: str, coverage: str) -> None:
        self._page = page
        self._text = text
        self._coverage = coverage
        self._block: tuple[int, int] | None = None
        self._note: tuple[str, int, int] | None = None
        """The label of the footnote that is being defined, where it begins, and where its words do."""
        self._end = 0
        self._fence = ""
        self._row = 0
        """Rows of the table so far."""

    def take(self, start: int, end: int) -> None:
        """Take the next line."""
        line = self._text[start:end]
        fence = _FENCE.match(line)
        if fence or self._fence:
            self.close()
            if fence and not self._fence:
                self._fence = fence[1]
            elif fence and fence[1].startswith(self._fence):
                self._fence = ""
        elif not line.strip():
            self.close()
        elif _ROW.match(line):
            self._take_row(start, end)
        else:
            self._take_words(start, end)

    def close(self) -> None:
        """End the block that is being read, if any is."""
        if self._note is not None:
            label, start, words = self._note
            self._page.add_definition(label, start, (words, self._end))
        elif self._block is not None:
            self._page.add_block(self._block[0], self._end)
        self._note = self._block = None
        self._row = 0

    def _take_row(self, start: int, end: int) -> None:
        if self._row == 0:
            self.close()
        self._row += 1
        if self._row == 2 and _RULE.match(self._text[start:end]):
            return
        coverage = self._page.section == self._coverage
        if coverage and self._row == 1:
            return
        self._page.add_row(start, end, coverage=coverage)

    def _take_words(self, start: int, end: int) -> None:
        line = self._text[start:end]
        heading, note = _HEADING.match(line), _DEFINITION.match(line)
        bullet = _BULLET.match(line)
        if heading or note or bullet or self._row:
            self.close()
        if heading:
            self._page.add_heading(heading, start)
            return
        if note:
            self._note = (note[1], start, start + note.end())
        elif self._note is None and self._block is None:
            self._block = (start + (bullet.end() if bullet else 0), end)
        self._end = end


def _front(text: str) -> Iterator[tuple[str, str]]:
    """Yield the keys of front matter and their values, as far as they are plain words."""
    for line in text.splitlines():
        found = _KEY.match(line)
        if found is None:
            continue
        value: object = found[2]
        if found[2].startswith('"'):
            try:
                value = json.loads(found[2])
            except ValueError:
                value = found[2].strip('"')
        if isinstance(value, str):
            yield found[1], value
