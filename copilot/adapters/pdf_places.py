"""Where the words of a quote stand among the characters of a PDF page.

The stored text was made of the page's characters by joining lines, mending broken words and putting
tables in order, so they are compared without what that changes: white space, hyphens, and the bars
between cells. What is found is named by the page's own characters.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SHORTEST: Final = 3
"""Folded characters of a quote that says where it stands."""
_ASTRAY: Final = 600
"""Folded characters by which a word may stand apart from the rest of its row."""
_UNSEEN: Final = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff\ufffe\u0002\0-‐‑")
_BETWEEN_CELLS: Final = re.compile(r"\s+\|\s+")


@dataclass(slots=True)
class _Page:
    """The characters of a page, folded."""

    text: str
    origins: list[int]
    edges: frozenset[int] = frozenset()
    """Where words begin or end."""
    taken: list[tuple[int, int]] = field(default_factory=list)

    def take(
        self, wanted: str, *, near: int, within: int | None = None, whole: bool = False
    ) -> tuple[int, int] | None:
        """Return the nearest place of some folded words that no other words have, and keep it.

        Args:
            wanted: The words, folded.
            near: Where they should stand.
            within: How far from there they may stand at most.
            whole: Only where a word begins and a word ends: "ten" does not stand in "retention".
        """
        free = [
            (at, at + len(wanted))
            for at in _all(self.text, wanted)
            if not any(at < end and start < at + len(wanted) for start, end in self.taken)
            and (within is None or abs(at - near) <= within)
            and (not whole or {at, at + len(wanted)} <= self.edges)
        ]
        if not free:
            return None
        place = min(free, key=lambda one: abs(one[0] - near))
        self.taken.append(place)
        return place

    def stretches(self) -> list[tuple[int, int]]:
        """Return what was taken, as the first of the page's characters and how many."""
        found = []
        for start, end in sorted(self.taken):
            first, last = self.origins[start], self.origins[end - 1]
            found.append((first, last - first + 1))
        return found


def places_of(characters: Iterable[str], quote: str, *, near: float) -> list[tuple[int, int]]:
    """Return where a quote stands on a page, as stretches of its characters: first and how many.

    Args:
        characters: Those of the page, in the order in which the page has them.
        quote: Words of the stored text.
        near: Of several places, the one nearest to this share of the page is meant.

    Returns:
        None if any word of the quote was not found: half a mark would mislead.
    """
    page = _folded(characters)
    wanted = _folded(quote).text
    if len(wanted) < _SHORTEST:
        return []
    at = int(near * len(page.text))
    if page.take(wanted, near=at) is None:
        # A table is stored row by row, and may be drawn in another order.
        for row in filter(str.strip, quote.split("\n")):
            found = _row(page, row, at)
            if found is None:
                return []
            at = found
    return page.stretches()


def _row(page: _Page, row: str, near: int) -> int | None:
    """Take the cells of a row; return where its longest stands, or nothing if one is missing."""
    anchor: int | None = None
    for cell in sorted(_BETWEEN_CELLS.split(row), key=len, reverse=True):
        words = [word for word in (_folded(one).text for one in cell.split()) if word]
        if not words:
            continue
        # The longest cell is the least likely to stand there twice; the others are near it.
        found = _cell(page, words, near if anchor is None else anchor, far=anchor is None)
        if found is None:
            return None
        anchor = found if anchor is None else anchor
    return near if anchor is None else anchor


def _cell(page: _Page, words: list[str], near: int, *, far: bool) -> int | None:
    """Take the words of a cell, as many at once as stand together; return where the first stands."""
    first: int | None = None
    while words:
        for count in range(len(words), 0, -1):
            wanted, within = "".join(words[:count]), None if far else _ASTRAY
            place = page.take(wanted, near=near, within=within, whole=True)
            if place is not None:
                break
        else:
            return None
        if first is None:
            first, near, far = place[0], place[0], False
        words = words[count:]
    return first


def _folded(characters: Iterable[str]) -> _Page:
    kept: list[str] = []
    origins: list[int] = []
    edges = {0}
    for at, part in _parts(characters):
        if part.isspace() or part == "|":
            edges.add(len(kept))
            continue
        if not part.isalnum():
            edges |= {len(kept), len(kept) + 1}
        kept.append(part)
        origins.append(at)
    return _Page("".join(kept), origins, frozenset({*edges, len(kept)}))


def _parts(characters: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Yield what each character is made of and is seen, with its place."""
    for at, character in enumerate(characters):
        parts = character if character < "\u0080" else unicodedata.normalize("NFKC", character)
        yield from ((at, part) for part in parts if part not in _UNSEEN)


def _all(text: str, wanted: str) -> Iterator[int]:
    at = text.find(wanted)
    while at >= 0:
        yield at
        at = text.find(wanted, at + 1)
