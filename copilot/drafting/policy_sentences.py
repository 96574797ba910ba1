"""The sentences, items and table cells of a policy, each with what stands above it and says its case."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from copilot.domain.answers import Citation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from copilot.domain.documents import Passage

_END: Final = re.compile(
    r"(?<=[.!?])[\"”’)*_]*\s+(?=[\"“‘(*_\[]*[A-Z0-9])|\n\s*\n|\n(?=\s*(?:[-*•|]|\d+[.)])\s)|(?<=:)[*_]*\s*\n"
)
_UNSEEN: Final = re.compile(
    r"\[to confirm → [^:\]]+:|\[open question → [^\]]*\]|<!--.*?-->|<(?!/?(?:td|th|tr)\b)[^<>]{1,300}>|!\[[^\]]*\]\([^)]*\)|(?<=\])\([^)\s]*(?:\s\"[^\"]*\")?\)|`+|\*+(?=\S)|(?<=\S)\*+|"
    r"(?<!\w)_+|_+(?!\w)|[\[\]]",
    re.DOTALL,
)
"""What a page shows no words for, and the marks of a draft: an open question says nothing yet. It is
replaced by as many spaces, so that offsets stay right."""

_CELL_TAG: Final = re.compile(r"</t[dh]\s*>", re.IGNORECASE)
_ROW_TAG: Final = re.compile(r"</tr\s*>", re.IGNORECASE)
_TAG: Final = re.compile(r"</?t[dhr]\b[^<>]*>", re.IGNORECASE)
_LEADING: Final = re.compile(r"^\s*(?:#{1,6}\s+|[-•]\s+|>\s+|\d{1,2}[.)]\s+)+")
_LABEL: Final = re.compile(r"^([^:.;?!|]{2,70})(?::\s|\.\s(?=[A-Z])|\s[–—-]\s)")
_PRONOUN: Final = re.compile(
    r"(?:they|their|it|its|these|those|he|she|his|her|this|that)\b", re.IGNORECASE
)
_GAP: Final = re.compile(r"\n\s*\n")
_FEW_WORDS: Final = 4
_LABEL_LENGTH: Final = 100
_RULE: Final = re.compile(r"^[\s|:-]*$")
_LONGEST: Final = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence, an item of a list, or a cell of a table, in a policy."""

    passage: Passage
    start: int
    end: int
    """Of the words that are quoted: the sentence, or the whole row."""
    text: str
    """Its words, without marks of the format."""
    label: str = ""
    """What it is about, where it says so in front: the beginning of an item, the first cells of a row."""
    lead: str = ""
    """The words that a list stands under, such as `Records are kept for:`."""
    before: str = ""
    """The sentence before it, where this one speaks of the same thing: `Their access ends …`."""

    @property
    def heading(self) -> str:
        """The headings above it, as one text."""
        return " > ".join(self.passage.heading)

    def cite(self) -> Citation:
        """Return a citation of it; it still has to be checked."""
        start = self.start - self.passage.start
        return Citation(
            source=self.passage.source.path,
            title=self.passage.title,
            page=self.passage.page,
            start=self.start,
            end=self.end,
            quote=self.passage.text[start : self.end - self.passage.start],
            place=self.passage.place,
        )


@dataclass(slots=True)
class _List:
    """Where one is in a list: what it stands under, and the items that the present one is part of."""

    lead: str = ""
    items: list[tuple[int, str]] = field(default_factory=list)
    """Indentation and first words of each."""

    def enter(self, indent: int, words: str) -> None:
        """Begin an item; deeper ones that are open end."""
        self.items = [one for one in self.items if one[0] < indent]
        self.items.append((indent, words[:_LABEL_LENGTH]))

    @property
    def above(self) -> str:
        """The lead and the outer items."""
        return " ".join((self.lead, *(words for _, words in self.items[:-1]))).strip()


def sayings(passages: Iterable[Passage]) -> Iterator[Said]:
    """Yield what the passages of one policy say, in order."""
    place = _List()
    heading: tuple[str, ...] = ()
    for passage in passages:
        if passage.heading != heading:
            place, heading = _List(), passage.heading
        text = _UNSEEN.sub(lambda match: " " * len(match[0]), passage.text)
        if _is_table(text):
            yield from _rows(passage, text)
        else:
            yield from _prose(passage, text, place)


def _prose(passage: Passage, text: str, place: _List) -> Iterator[Said]:
    label, last, before = "", 0, ""
    for start, end in _sentences(text):
        words = text[start:end]
        bare = " ".join(_LEADING.sub("", words).split())
        if _LEADING.match(words):
            place.enter(start - text.rfind("\n", 0, start), bare)
            found = _LABEL.match(bare)
            label = found[1] if found else ""
        elif _GAP.search(text, last, start):
            label, place.items = "", []
            place.lead = place.lead if bare.endswith(":") else ""
        last = end
        if place.items and len(bare.split()) <= _FEW_WORDS and bare.endswith((".", ":")):
            # `- **Customers.** If …`: what the item is about, as a sentence of its own.
            label = bare.rstrip(".:")
        yield Said(
            passage=passage,
            start=passage.start + start,
            end=passage.start + end,
            text=bare,
            label=label,
            lead=place.above if place.items else "",
            before=before if _PRONOUN.match(bare) else "",
        )
        before = bare
        if bare.endswith(":") and len(place.items) < 2 and not label:
            place.lead, place.items = bare, []


def _is_table(text: str) -> bool:
    return bool(_CELL_TAG.search(text)) or (text.count("|") >= 1 and all(
        "|" in line for line in text.splitlines() if line.strip()
    ))  # fmt: skip


def _rows(passage: Passage, text: str) -> Iterator[Said]:
    tagged = bool(_CELL_TAG.search(text))
    if tagged:
        text = _CELL_TAG.sub(lambda match: "|".ljust(len(match[0])), text)
        spans = list(_between(text, _ROW_TAG))
        text = _TAG.sub(lambda match: " " * len(match[0]), text)
    else:
        spans = list(_between(text, re.compile(r"\n")))
    header = passage.context.rpartition("\n")[2].split("|") if "\n" in passage.context else []
    for start, end in spans:
        row = text[start:end]
        cells = [" ".join(cell.split()) for cell in row.strip().strip("|").split("|")]
        if _RULE.match(row) or [c.strip() for c in header] == cells:
            continue
        if not header:
            header = cells
            continue
        yield from _cells(passage, (passage.start + start, passage.start + end), cells, header)


def _cells(
    passage: Passage, span: tuple[int, int], cells: Sequence[str], header: Sequence[str]
) -> Iterator[Said]:
    """Yield each cell with its column's name in front, and with the first ones as its label."""
    named = len(cells) == len(header)
    for at, cell in enumerate(cells):
        column = header[at].strip() if named else ""
        # What names a row is short and stands at its beginning.
        names = [one for place, one in enumerate(cells[:2]) if place != at and len(one) <= 70]
        if cell:
            yield Said(
                passage=passage,
                start=span[0],
                end=span[1],
                text=f"{column}: {cell}" if column else cell,
                label="; ".join(names) if at else "",
            )


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    for start, end in _between(text, _END):
        yield start, min(end, start + _LONGEST)


def _between(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    at = 0
    for match in (*pattern.finditer(text), None):
        start, end = at, match.start() if match else len(text)
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if end > start:
            yield start, end
        at = match.end() if match else len(text)
