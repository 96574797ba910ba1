"""What the catalog says of one criterion, for reading: without the signs of the file that it is in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from copilot.domain.documents import ASKED_AS
from copilot.domain.views import CriterionBody, Piece, PieceKind, Run
from copilot.viewing.marking import NOWHERE, runs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copilot.domain.documents import Passage
    from copilot.viewing.marking import Span

_ITEM: Final = re.compile(
    r"^[ \t]*-[ \t]+(?:[>|]-?[ \t]*\n[ \t]*|[\"'](?=.*[\"'][ \t]*$))?", re.MULTILINE
)


def title_at(passages: Sequence[Passage], place: int) -> str:
    """Return the criterion that a place of a catalog file is about, as `CC6.1 Logical access`."""
    headed = [one for one in passages if one.heading]
    after = (one.heading[0] for one in headed if one.end > place)
    return next(after, headed[-1].heading[0] if headed else "")


def criterion_of(text: str, passages: Sequence[Passage], *, mark: Span = NOWHERE) -> CriterionBody:
    """Return what a catalog file says of the criterion that a quote is about.

    Args:
        text: The stored text of the file.
        passages: All of the file's.
        mark: The quote; the first criterion if there is none.
    """
    title = title_at(passages, max(0, mark[0]))
    id_, _, name = title.partition(" ")
    pieces: list[Piece] = []
    above: tuple[str, ...] = ()
    for passage in passages:
        if passage.heading[:1] != (title,) or passage.place == ASKED_AS:
            continue
        below = passage.heading[1:]
        for level, label in enumerate(below, start=1):
            if above[:level] != below[:level]:
                pieces.append(_label(label, passage.start, level))
        above = below
        pieces += _pieces(text, passage, mark)
    return CriterionBody(id=id_, title=name, pieces=tuple(pieces))


def _label(words: str, at: int, level: int) -> Piece:
    return Piece(kind=PieceKind.LABEL, start=at, end=at, runs=(Run(words),), level=level)


def _pieces(text: str, passage: Passage, mark: Span) -> Iterator[Piece]:
    """Yield the items of a list, or the one text that a passage is."""
    start, end = passage.start, passage.end
    items = [
        (start + match.start(), start + match.end()) for match in _ITEM.finditer(text[start:end])
    ]
    if not items or text[start : items[0][0]].strip():
        yield Piece(kind=PieceKind.TEXT, start=start, end=end, runs=runs(text, (start, end), mark))
        return
    ends = [first for first, _ in items[1:]] + [end]
    for (first, begin), until in zip(items, ends, strict=True):
        quoted = begin > first and text[begin - 1] in "\"'"
        last = begin + len(text[begin:until].rstrip())
        last -= quoted and text[last - 1] == text[begin - 1]
        yield Piece(
            kind=PieceKind.ITEM, start=begin, end=last, runs=runs(text, (begin, last), mark)
        )
