"""Choose the words of a passage that answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from copilot.answering.expecting import meets
from copilot.domain.answers import Citation
from copilot.domain.documents import SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copilot.domain.documents import Passage
    from copilot.wording import Hearing, Vocabulary

LONGEST_QUOTE: Final = 420
"""Characters that a person reads in a list of claims without losing the thread."""

_SHORTEST_SENTENCE: Final = 25

_READ: Final = 3_000
"""Passages of which the sentences are kept; 10 kB each."""

_NEARLY: Final = 0.8

_EMPTY_HANDED: Final = 0.5
"""What a sentence loses of its score that points to what stands elsewhere: a link, the line before a table.
The header of a table loses all of it: its words are those of the question, and the answer is in the rows."""

_FITTING: Final = 0.25
"""What a sentence gains for having words of the kind that is asked for."""

_END: Final = re.compile(
    r"(?<=[.!?])[\"”’)*_]*\s+(?=[\"“‘(*_\[]*[A-Z0-9])|\n\s*\n|\n(?=\s*(?:[-*•|]|\d+[.)])\s)|(?<=</tr>)\s*"
)
_LINE_END: Final = re.compile(r"\n")
_TABLE_ROW: Final = re.compile(r"<tr\b.*?</tr>", re.DOTALL | re.IGNORECASE)
_ITEM: Final = re.compile(r"\s*(?:[-*•]|\d{1,2}[.)])\s")
_NO_WORD: Final = re.compile(r"\W+")
_ONLY_LINK: Final = re.compile(r"\W*(?:\[[^\]]*\]\([^)]*\)|<?https?://\S+)[\W\d]*")
_FORBIDS: Final = re.compile(
    r"\b(?:not|never|no|none|nobody|cannot|prohibited|forbidden|unacceptable|except|unless)\b",
    re.IGNORECASE,
)
_IN_LIST: Final = re.compile(rf"{_ITEM.pattern}|[ \t]+\S")
"""An item of a list, or a line that belongs to one."""

_LONGEST_LIST: Final = 5
"""Passages over which a list is followed back to the line that announces it."""

_LEADING: Final = re.compile(r"^\s*(?:#{1,6}\s+|[-*•]\s+|>\s+)+")


def best_words(
    passage: Passage,
    hearing: Hearing,
    vocabulary: Vocabulary,
    expectations: Sequence[re.Pattern[str]] = (),
) -> tuple[int, int]:
    """Return the stretch of a passage, as offsets into its source, that speaks most of the question.

    It is one sentence or row, with its neighbours as long as they add to what is said and the whole
    stays short enough to read. Words of the kind that is expected, such as a date, count as well.
    """
    said = said_in(passage, vocabulary)
    if not said:
        return passage.start, passage.end
    heard = [hearing.of(one.concepts) for one in said]
    points = [_only_points(one.text, last=one is said[-1]) for one in said]
    header = _bare(passage.context.rpartition("\n")[2])
    empty = [bool(header) and _bare(one.text) == header for one in said]
    scores = [
        (
            hearing.share(told)
            + (_FITTING if expectations and meets(one.text, expectations) else 0.0)
        )
        * (1 - _EMPTY_HANDED * points[at])
        * (not empty[at])
        for at, (one, told) in enumerate(zip(said, heard, strict=True))
    ]
    best = max(range(len(said)), key=lambda at: (round(scores[at], 3), not empty[at], -at))
    first, last = _announced(said, best), best
    covered = heard[best].union(*heard[first:best])
    while True:
        choices = []
        if last + 1 < len(said) and said[last + 1].end - said[first].start <= LONGEST_QUOTE:
            choices.append(last + 1)
        if first > 0 and said[last].end - said[first - 1].start <= LONGEST_QUOTE:
            choices.append(first - 1)
        gains = {at: hearing.share(covered | heard[at]) - hearing.share(covered) for at in choices}
        short = said[last].end - said[first].start < LONGEST_QUOTE // 4
        pick = max(gains, key=lambda at: (gains[at], at), default=None)
        if pick is None or (gains[pick] <= 0 and not short):
            break
        covered |= heard[pick]
        first, last = min(first, pick), max(last, pick)
    first, last = _with_what_is_asked(said, (first, last), expectations)
    return _trimmed(passage, passage.start + said[first].start, passage.start + said[last].end)


def _with_what_is_asked(
    said: Sequence[Said], chosen: tuple[int, int], expectations: Sequence[re.Pattern[str]]
) -> tuple[int, int]:
    """Return a stretch with the list that it announces, and with a neighbour that has the kind asked for."""
    first, last = chosen

    def short(one: int, other: int) -> bool:
        return said[other].end - said[one].start <= LONGEST_QUOTE

    if not any(meets(one.text, expectations) for one in said[first : last + 1]):
        if (
            last + 1 < len(said)
            and short(first, last + 1)
            and meets(said[last + 1].text, expectations)
        ):
            last += 1
        elif first and short(first - 1, last) and meets(said[first - 1].text, expectations):
            first -= 1
    if _announces(said[last].text):
        while last + 1 < len(said) and _ITEM.match(said[last + 1].text) and short(first, last + 1):
            last += 1
    return first, last


def _announces(text: str) -> bool:
    """Say whether a line is the one above a list or a table."""
    return text.rstrip("*_ ").endswith(":")


def _only_points(text: str, *, last: bool) -> bool:
    """Say whether a sentence says nothing itself: a bare link, or what announces the next passage."""
    return bool(_ONLY_LINK.fullmatch(text)) or (last and _announces(text))


def _bare(row: str) -> str:
    """Return a row without what stands between its cells, which differs between file and context."""
    return _NO_WORD.sub("", row)


def _announced(said: Sequence[Said], at: int) -> int:
    """Return where a stretch has to begin for an item of a list to be understood.

    It is the sentence with a colon that the list belongs to, if it is near enough; else the item.
    """
    first = at
    while first > 0 and _ITEM.match(said[first].text):
        first -= 1
    announces = first < at and _announces(said[first].text)
    short = said[at].end - said[first].start <= LONGEST_QUOTE
    return first if announces and short else at


def within_list(passage: Passage) -> bool:
    """Say whether a passage of prose begins with an item of a list."""
    return not _is_record(passage) and bool(_ITEM.match(passage.text))


def before_its_list(passage: Passage, page: Sequence[Passage]) -> tuple[Passage, ...]:
    """Return the passages that lead up to one that begins within a list, from where the list begins.

    Args:
        passage: Any passage.
        page: All passages of its source, in order; those under other headings have other lists.
    """
    found: list[Passage] = []
    above = [one for one in page if one.start < passage.start and one.heading == passage.heading]
    while above and len(found) < _LONGEST_LIST:
        found.insert(0, above.pop())
        if any(not _IN_LIST.match(line) for _, line in _lines(found[0])):
            break
    return tuple(found)


def denial_above(passage: Passage, start: int, before: Sequence[Passage] = ()) -> Citation | None:
    """Return the line that forbids what an item that is quoted without it would seem to allow.

    Args:
        passage: Where the item stands.
        start: Where the quote begins, as an offset into the source.
        before: What `before_its_list` says of the passage.
    """
    lines = [
        (one, at, line) for one in (*before, passage) for at, line in _lines(one) if at <= start
    ]
    if not lines or not _IN_LIST.match(lines[-1][2]):
        return None
    while lines and _IN_LIST.match(lines[-1][2]):
        lines.pop()
    where, at, line = lines[-1] if lines else (passage, 0, "")
    line = line.rstrip()
    if not _announces(line) or not _FORBIDS.search(line):
        return None
    sentence = max((match.end() for match in _END.finditer(line)), default=0)
    return cite(where, at + sentence, at + len(line))


def _lines(passage: Passage) -> Iterator[tuple[int, str]]:
    """Yield the lines of a passage that are not empty, each with its offset into the source."""
    at = passage.start
    for line in passage.text.split("\n"):
        if line.strip():
            yield at, line
        at += len(line) + 1


def only_names_columns(passage: Passage) -> bool:
    """Say whether a passage is the header of a table, whose words are a question's and never an answer."""
    header = passage.context.rpartition("\n")[2] if "\n" in passage.context else ""
    return (
        bool(header)
        and len(passage.text) < 2 * len(header)
        and _bare(passage.text) == _bare(header)
    )


def speaks_fittingly(
    passage: Passage,
    hearing: Hearing,
    vocabulary: Vocabulary,
    expectations: Sequence[re.Pattern[str]],
) -> bool:
    """Say whether a sentence that speaks most of the question has words of the kind asked for.

    A date somewhere else in the passage is no answer to `when`.
    """
    if not expectations:
        return True
    said = said_in(passage, vocabulary)
    scores = [hearing.share(one) for one in _with_announcement(said)]
    enough = _NEARLY * max(scores, default=0.0)
    return any(
        score >= enough and meets(one.text, expectations)
        for score, one in zip(scores, said, strict=True)
    )


def _with_announcement(said: Sequence[Said]) -> Iterator[frozenset[str]]:
    """Yield what each stretch speaks of; an item of a list speaks of what the line above its list does."""
    above: frozenset[str] = frozenset()
    for one in said:
        item = _ITEM.match(one.text)
        yield one.concepts | above if item else one.concepts
        if _announces(one.text):
            above = one.concepts
        elif not item:
            above = frozenset()


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence or row of a passage, and what it speaks of."""

    start: int
    """From the beginning of the passage."""
    end: int
    text: str
    concepts: frozenset[str]


def said_in(passage: Passage, vocabulary: Vocabulary) -> tuple[Said, ...]:
    """Return the sentences of a passage; the last few thousand passages are not read again."""
    return _said(vocabulary, passage.text, (), _has_rows(passage))


def said_under(passage: Passage, vocabulary: Vocabulary) -> tuple[Said, ...]:
    """Return the same with what each sentence speaks of together with the headings above it."""
    return _said(vocabulary, passage.text, (" ".join(passage.heading),), _has_rows(passage))


@lru_cache(maxsize=_READ)
def _said(
    vocabulary: Vocabulary, text: str, under: tuple[str, ...], rows: bool
) -> tuple[Said, ...]:
    return tuple(
        Said(
            start,
            end,
            text[start:end],
            frozenset(vocabulary.concepts(" ".join((*under, text[start:end])))),
        )
        for start, end in _spans(text, rows)
    )


def cite(passage: Passage, start: int, end: int) -> Citation:
    """Return a citation of a stretch of a passage; it still has to be checked."""
    source = passage.source
    return Citation(
        source=source.path,
        title=passage.title,
        page=passage.page,
        start=start,
        end=end,
        quote=passage.text[start - passage.start : end - passage.start],
        place=passage.place if source.metadata.kind is not SourceKind.CATALOG else "",
    )


def sentences(passage: Passage) -> Iterator[tuple[int, int]]:
    """Yield the sentences of prose, or the lines of rows and records, as offsets into the source."""
    for start, end in _spans(passage.text, _has_rows(passage)):
        yield passage.start + start, passage.start + end


def _has_rows(passage: Passage) -> bool:
    return passage.source.metadata.kind is not SourceKind.CATALOG and _is_record(passage)


def _spans(text: str, rows: bool) -> Iterator[tuple[int, int]]:
    """Yield the stretches of a text that end with a sentence or a line, without space at their edges.

    A row of a table of HTML is one, whatever stands in its cells. Of one that nobody would read to its end only
    the beginning.
    """
    at = 0
    kept = [row.span() for row in _TABLE_ROW.finditer(text)] if "<tr" in text.lower() else []
    for match in (*(_LINE_END if rows else _END).finditer(text), None):
        if match and any(first < match.start() and match.end() < last for first, last in kept):
            continue
        end = match.start() if match else len(text)
        stretch = text[at:end]
        start = at + len(stretch) - len(stretch.lstrip())
        stop = start + len(stretch.strip())
        if stop > start:
            yield start, min(stop, start + 2 * LONGEST_QUOTE)
        at = match.end() if match else len(text)


def _is_record(passage: Passage) -> bool:
    path = passage.source.path.lower()
    return path.endswith(
        (".csv", ".tsv", ".xlsx", ".json", ".jsonl", ".ndjson", ".yaml", ".yml", ".log")
    )


def _words_of(passage: Passage, span: tuple[int, int]) -> str:
    return passage.text[span[0] - passage.start : span[1] - passage.start]


def _trimmed(passage: Passage, start: int, end: int) -> tuple[int, int]:
    """Leave out list marks and the like at the edges, as long as something is left."""
    text = _words_of(passage, (start, end))
    match = _LEADING.match(text)
    if match and len(text) - match.end() >= _SHORTEST_SENTENCE:
        start += match.end()
    return start, end
