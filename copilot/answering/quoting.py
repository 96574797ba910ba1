"""Choose the words of a passage that answer, and say them without the marks of their format."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, Final

from copilot.answering.expecting import meets
from copilot.domain.answers import Citation
from copilot.domain.documents import SourceKind
from copilot.wording import spoken_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copilot.domain.documents import Passage
    from copilot.wording import Asked, Vocabulary

LONGEST_QUOTE: Final = 420
"""Characters that a person reads in a list of claims without losing the thread."""

_SHORTEST_SENTENCE: Final = 25

_NEARLY: Final = 0.8

_FITTING: Final = 0.25
"""What a sentence gains for having words of the kind that is asked for."""

_END: Final = re.compile(
    r"(?<=[.!?])[\"”’)*_]*\s+(?=[\"“‘(*_\[]*[A-Z0-9])|\n\s*\n|\n(?=\s*(?:[-*•|]|\d+[.)])\s)"
)
_LINE_END: Final = re.compile(r"\n")
_LINK: Final = re.compile(r"!?\[([^\]]*)\]\([^)\s]*(?:\s\"[^\"]*\")?\)")
_MARKS: Final = re.compile(r"(?<!\w)[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}(?!\w)|<br\s*/?>")
_LEADING: Final = re.compile(r"^\s*(?:#{1,6}\s+|[-*•]\s+|>\s+)+")
_EDGES: Final = re.compile(r"^\s*\|\s*|\s*\|\s*$")


def best_words(
    passage: Passage,
    asked: Asked,
    vocabulary: Vocabulary,
    expectations: Sequence[re.Pattern[str]] = (),
) -> tuple[int, int]:
    """Return the stretch of a passage, as offsets into its source, that speaks most of the question.

    It is one sentence or row, with its neighbours as long as they add to what is said and the whole
    stays short enough to read. Words of the kind that is expected, such as a date, count as well.
    """
    spans = list(sentences(passage))
    if not spans:
        return passage.start, passage.end
    concepts = [set(vocabulary.concepts(_words_of(passage, span))) for span in spans]
    scores = [
        spoken_of(asked, found)
        + (_FITTING if expectations and meets(_words_of(passage, span), expectations) else 0.0)
        for span, found in zip(spans, concepts, strict=True)
    ]
    best = max(range(len(spans)), key=lambda at: (round(scores[at], 3), -at))
    first = last = best
    covered = set(concepts[best])
    while True:
        choices = []
        if last + 1 < len(spans) and spans[last + 1][1] - spans[first][0] <= LONGEST_QUOTE:
            choices.append(last + 1)
        if first > 0 and spans[last][1] - spans[first - 1][0] <= LONGEST_QUOTE:
            choices.append(first - 1)
        gains = {
            at: spoken_of(asked, covered | concepts[at]) - spoken_of(asked, covered)
            for at in choices
        }
        short = spans[last][1] - spans[first][0] < LONGEST_QUOTE // 4
        pick = max(gains, key=lambda at: (gains[at], at), default=None)
        if pick is None or (gains[pick] <= 0 and not short):
            break
        covered |= concepts[pick]
        first, last = min(first, pick), max(last, pick)
    return _trimmed(passage, spans[first][0], spans[last][1])


def speaks_fittingly(
    passage: Passage,
    asked: Asked,
    vocabulary: Vocabulary,
    expectations: Sequence[re.Pattern[str]],
) -> bool:
    """Say whether a sentence that speaks most of the question has words of the kind asked for.

    A date somewhere else in the passage is no answer to `when`.
    """
    if not expectations:
        return True
    texts = [_words_of(passage, span) for span in sentences(passage)]
    scores = [spoken_of(asked, vocabulary.concepts(text)) for text in texts]
    enough = _NEARLY * max(scores, default=0.0)
    return any(
        score >= enough and meets(text, expectations)
        for text, score in zip(texts, scores, strict=True)
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


def told(passage: Passage, quote: str) -> str:
    """Return quoted words as a person would say them: a table's row with the names of its columns."""
    header = passage.context.rpartition("\n")[2].split(" | ") if "\n" in passage.context else []
    rows = [row for line in quote.strip().split("\n") if (row := _named(line, header))]
    return " / ".join(rows) if rows else plain(quote)


def _named(line: str, header: Sequence[str]) -> str:
    """Return a row as `column: value` pairs, or nothing if it does not fit the header."""
    if len(header) < 2:
        return ""
    splits = [line.split(" | "), *(next(csv.reader([line], delimiter=d), []) for d in ",;\t|")]
    cells = next((split for split in splits if len(split) == len(header)), [])
    if not cells or cells == list(header):
        return ""
    pairs = zip(header, (plain(cell) for cell in cells), strict=True)
    return "; ".join(f"{name.strip()}: {value}" for name, value in pairs if value)


def plain(text: str) -> str:
    """Return words as a person would read them aloud: no link targets, stars or table edges."""
    lines = (_EDGES.sub("", _LEADING.sub("", line)) for line in text.split("\n"))
    joined = " ".join(" ".join(lines).split())
    return _MARKS.sub("", _LINK.sub(r"\1", joined)).strip()


def sentences(passage: Passage) -> Iterator[tuple[int, int]]:
    """Yield the sentences of prose, or the lines of rows and records, as offsets into the source."""
    text = passage.text
    rows = passage.source.metadata.kind is not SourceKind.CATALOG and _is_record(passage)
    pattern = _LINE_END if rows else _END
    at = 0
    for match in (*pattern.finditer(text), None):
        end = match.start() if match else len(text)
        start, stop = at, end
        while start < stop and text[start].isspace():
            start += 1
        while stop > start and text[stop - 1].isspace():
            stop -= 1
        if stop > start:
            yield from _cut(passage.start + start, passage.start + stop)
        at = match.end() if match else len(text)


def _cut(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield a stretch whole, or the beginning of one that nobody would read to its end."""
    yield start, min(end, start + 2 * LONGEST_QUOTE)


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
