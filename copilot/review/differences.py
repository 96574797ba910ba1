"""What changed between two texts: lines beside each other, and the words that differ within them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WORDS: Final = re.compile(r"\w+|\s+|[^\w\s]")
_LONGEST: Final = 4_000
"""Characters of a line within which single words are looked for."""
_MOST_LOOKED_AT: Final = 400_000
"""Characters of all such lines together."""
_ALIKE: Final = 0.4
"""Lines that have less in common are another line, not a changed one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of a line."""

    text: str
    changed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A line of one of the texts."""

    number: int
    """Counts from 1."""
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The whole line."""
        return "".join(one.text for one in self.pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line before and after; where one of them is missing, the other was removed or added."""

    before: Side | None
    after: Side | None
    same: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunk:
    """Changes that stand near each other, with the lines around them."""

    rows: tuple[Row, ...]


def hunks(before: str, after: str, *, around: int = 2) -> tuple[Hunk, ...]:
    """Return what changed between two texts; nothing if they have the same lines.

    Args:
        before: The older text.
        after: The newer one.
        around: How many lines that are the same are shown around changes.
    """
    old, new = before.splitlines(), after.splitlines()
    matcher = SequenceMatcher(a=old, b=new)
    budget = [_MOST_LOOKED_AT]
    found = []
    for group in matcher.get_grouped_opcodes(around):
        rows: list[Row] = []
        for kind, *places in group:
            at, to, other, until = places
            if kind == "equal":
                rows += _same(old[at:to], at, other)
            else:
                rows += _changed(_numbered(old, at, to), _numbered(new, other, until), budget)
        if not all(one.same for one in rows):
            found.append(Hunk(rows=tuple(rows)))
    return tuple(found)


def _numbered(lines: Sequence[str], start: int, end: int) -> list[tuple[int, str]]:
    return list(enumerate(lines[start:end], start=start + 1))


def _same(lines: Sequence[str], at: int, other: int) -> Iterator[Row]:
    for step, line in enumerate(lines, start=1):
        pieces = (Piece(text=line),)
        yield Row(
            before=Side(number=at + step, pieces=pieces),
            after=Side(number=other + step, pieces=pieces),
            same=True,
        )


def _changed(
    old: Sequence[tuple[int, str]], new: Sequence[tuple[int, str]], budget: list[int]
) -> Iterator[Row]:
    for left, right in zip_longest(old, new):
        if left is None or right is None:
            yield Row(before=_whole(left), after=_whole(right))
            continue
        pair = _within(left, right, budget)
        if pair is None:
            yield Row(before=_whole(left), after=None)
            yield Row(before=None, after=_whole(right))
        else:
            yield Row(before=pair[0], after=pair[1])


def _whole(line: tuple[int, str] | None) -> Side | None:
    if line is None:
        return None
    return Side(number=line[0], pieces=(Piece(text=line[1], changed=True),))


def _within(
    left: tuple[int, str], right: tuple[int, str], budget: list[int]
) -> tuple[Side, Side] | None:
    """Return two lines with the words marked that differ; nothing if they have little in common."""
    length = len(left[1]) + len(right[1])
    budget[0] -= length
    if max(len(left[1]), len(right[1])) > _LONGEST or budget[0] < 0:
        return None
    old, new = _WORDS.findall(left[1]), _WORDS.findall(right[1])
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return None
    before: list[Piece] = []
    after: list[Piece] = []
    for kind, at, to, other, until in matcher.get_opcodes():
        for pieces, words in ((before, old[at:to]), (after, new[other:until])):
            if words:
                pieces.append(Piece(text="".join(words), changed=kind != "equal"))
    return (
        Side(number=left[0], pieces=tuple(before)),
        Side(number=right[0], pieces=tuple(after)),
    )
