"""Find quoted words in a text, whatever a page's layout has done to them.

Words are compared after folding the layout away: white space, ligatures, soft hyphens, and hyphens
that break a word at the end of a line. Folding keeps a map back, so that the offsets which a reader
opens are those of the stored text.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

SHORTEST_QUOTE: Final = 8
"""Characters. An empty quote is "in" every text, and a very short one in most."""

_BROKEN_WORD: Final = re.compile(r"(?<=\w)[-\u2010\u00ad][ \t]*\r?\n[ \t]*(?=[a-zà-ÿ])")
_UNSEEN: Final = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")


@dataclass(frozen=True, slots=True)
class Folded:
    """A text with its layout folded away, and the way back."""

    text: str
    offsets: tuple[int, ...]
    """For each character of `text`, where it comes from; one more for the end."""


def fold(text: str) -> Folded:
    """Return `text` with single spaces, ligatures taken apart and broken words joined."""
    joined = {at for match in _BROKEN_WORD.finditer(text) for at in range(*match.span())}
    characters: list[str] = []
    offsets: list[int] = []
    for at, character in enumerate(text):
        if at in joined or character in _UNSEEN:
            continue
        if character.isspace():
            if characters and characters[-1] != " ":
                characters.append(" ")
                offsets.append(at)
            continue
        for part in character if character < "\u0080" else unicodedata.normalize("NFKC", character):
            if not part.isspace():
                characters.append(part)
                offsets.append(at)
    while characters and characters[-1] == " ":
        characters.pop()
        offsets.pop()
    end = offsets[-1] + 1 if offsets else 0
    return Folded("".join(characters), (*offsets, end))


def find_quote(text: str, quote: str, *, near: int = 0) -> tuple[int, int] | None:
    """Return where `quote` stands in `text`, as offsets into `text` unfolded.

    Args:
        text: The stored text of a source.
        quote: Words that should stand there, in their own layout.
        near: Of several places the nearest to this offset is returned.
    """
    wanted = fold(quote).text
    if len(wanted) < SHORTEST_QUOTE:
        return None
    folded = fold(text)
    places: list[tuple[int, int]] = []
    at = folded.text.find(wanted)
    while at >= 0:
        last = folded.offsets[at + len(wanted) - 1]
        places.append((folded.offsets[at], last + 1))
        at = folded.text.find(wanted, at + 1)
    return min(places, key=lambda place: abs(place[0] - near), default=None)
