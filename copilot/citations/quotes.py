"""Find quoted words in a text, whatever a page's layout has done to them.

Words are compared after folding the layout away: white space, ligatures, soft hyphens, and hyphens
that break a word at the end of a line. Folding keeps a map back, so that the offsets which a reader
opens are those of the stored text.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORTEST_QUOTE: Final = 8
"""Characters. An empty quote is "in" every text, and a very short one in most."""

_POINTS: Final = frozenset(".,:-/")
_BROKEN_WORD: Final = re.compile(r"(?<=\w)[-\u2010\u00ad][ \t]*\r?\n[ \t]*(?=[a-zà-ÿ])")
_STRETCH: Final = re.compile(
    r"(?P<plain>[\x00-\x08\x0e-\x1b!-\x7f]+(?: [\x00-\x08\x0e-\x1b!-\x7f]+)*)"
    r"|(?P<space>\s+)|(?P<other>.)"
)
_CHARACTERS: Final = 4_000
"""Characters beyond ASCII of which it is kept what they are made of; .2 kB each."""

_UNSEEN: Final = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")


@dataclass(frozen=True, slots=True)
class Folded:
    """A text with its layout folded away, and the way back."""

    text: str
    offsets: tuple[int, ...]
    """For each character of `text`, where it comes from; one more for the end."""


def fold(text: str) -> Folded:
    """Return `text` with single spaces, ligatures taken apart and broken words joined."""
    if text.isascii() and text == " ".join(text.split()):
        return Folded(text, tuple(range(len(text) + 1)))
    parts: list[str] = []
    offsets: list[int] = []
    spaced = True  # nothing stands there yet that a space could follow
    for match in _stretches(text):
        start = match.start()
        if match.lastgroup == "plain":
            parts.append(match[0])
            offsets.extend(range(start, match.end()))
            spaced = False
        elif match.lastgroup == "space" and not spaced:
            parts.append(" ")
            offsets.append(start)
            spaced = True
        elif match.lastgroup == "other" and (taken := _apart(match[0])):
            parts.append(taken)
            offsets += [start] * len(taken)
            spaced = False
    if spaced and parts:
        parts.pop()
        offsets.pop()
    end = offsets[-1] + 1 if offsets else 0
    return Folded("".join(parts), (*offsets, end))


def _stretches(text: str) -> Iterator[re.Match[str]]:
    """Yield the stretches of a text that fold alike, without the line ends that break a word."""
    at = 0
    for broken in _BROKEN_WORD.finditer(text):
        yield from _STRETCH.finditer(text, at, broken.start())
        at = broken.end()
    yield from _STRETCH.finditer(text, at)


@lru_cache(maxsize=_CHARACTERS)
def _apart(character: str) -> str:
    """Return what a character is made of; nothing for one that is not seen."""
    if character in _UNSEEN:
        return ""
    return "".join(unicodedata.normalize("NFKC", character).split())


_fold_again: Final = lru_cache(maxsize=128)(fold)
_LONG: Final = 20_000
"""Characters of a text that is not kept: whole documents are folded once, passages for each claim."""


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
    return find_folded(text, wanted, near=near)


def find_folded(
    text: str, wanted: str, *, near: int = 0, whole: bool = False
) -> tuple[int, int] | None:
    """Do as `find_quote` does with a quote that is folded already.

    Args:
        text: The stored text of a source.
        wanted: The quote, folded.
        near: Of several places the nearest to this offset is returned.
        whole: Only where the quote begins and ends with a whole word: "2 hours" does not stand in
            "72 hours", nor "9 %" in "99.9 %".
    """
    folded = fold(text) if len(text) > _LONG else _fold_again(text)
    places: list[tuple[int, int]] = []
    at = folded.text.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        if not whole or not _cuts_a_word(folded.text, at, end):
            places.append((folded.offsets[at], folded.offsets[end - 1] + 1))
        at = folded.text.find(wanted, at + 1)
    return min(places, key=lambda place: abs(place[0] - near), default=None)


def _cuts_a_word(text: str, start: int, end: int) -> bool:
    """Say whether a stretch of a text begins or ends within a word or a number."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if before[-1:].isalnum() and text[start].isalnum():
        return True
    if after[:1].isalnum() and text[end - 1].isalnum():
        return True
    left = text[start].isdigit() and before[-1:] in _POINTS and before[:1].isdigit()
    left = left or (text[start] in _POINTS and before[-1:].isdigit() and text[start + 1].isdigit())
    right = text[end - 1].isdigit() and after[:1] in _POINTS and after[1:].isdigit()
    return left or right
