"""Patterns that are tried only on texts with a word that they need.

Most rules of the gate are for words that a claim hardly ever has: of a hundred patterns tried on a sentence
some five match. So a text is read once as the set of its words, and a pattern is tried only where one of the
words stands without which it cannot match. Which these are is read off the pattern itself, in `signs.py`.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final

from copilot.citations.signs import BEGINNING, signs_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Set

_SIGN: Final = re.compile(r"[a-z]+|[^a-z\s]")

_ODD: Final = re.compile(r"[ſKİı]|(?![0-9])\d")
"""Letters and digits beyond ASCII that a pattern for those of ASCII matches as well."""

_TEXTS: Final = 1_000
"""Texts of which the words are kept, those of a few answers; some 8 kB each."""


_UNSURE: Final = "?"
"""A sign of every text in which a letter may deceive, and of every pattern: it is tried."""

_ANY: Final = ""
"""A sign of every text, and of a pattern that needs no word that can be named."""


@lru_cache(maxsize=_TEXTS)
def signs_in(text: str) -> Set[str]:
    """Return the words of a text in small letters, their beginnings, and its marks."""
    if not text.isascii() and _ODD.search(text):
        return {_UNSURE, _ANY}
    signs = set(_SIGN.findall(text.lower()))
    signs.update([one[:BEGINNING] for one in signs])
    signs.add(_ANY)
    return signs


def any_of(signs: Iterable[str]) -> frozenset[str]:
    """Return words and marks, in small letters, with which to ask whether `signs_in` has one of them."""
    return frozenset(signs) | {_UNSURE}


class Cue:
    """A pattern that finds what `re` finds, and is tried only on a text with a word that it needs.

    It is read and compiled when it is first used, so that what imports it does not wait.
    """

    def __init__(self, pattern: str, flags: int = re.IGNORECASE) -> None:
        """Take a pattern; by default the case of letters is ignored."""
        self.pattern = pattern
        self.flags = flags
        self._compiled: re.Pattern[str]

    @cached_property
    def signs(self) -> frozenset[str]:
        """What a text must have one of for the pattern to be tried."""
        # With it rather than at the first match, which may be many claims later.
        self._compiled = re.compile(self.pattern, self.flags)
        return signs_of(self.pattern, self.flags, otherwise=_ANY) | {_UNSURE}

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first match."""
        return None if self.signs.isdisjoint(signs_in(text)) else self._compiled.search(text)

    def finditer(self, text: str) -> Iterable[re.Match[str]]:
        """Return every match."""
        return () if self.signs.isdisjoint(signs_in(text)) else self._compiled.finditer(text)

    def findall(self, text: str) -> list[Any]:
        """Return the words of every match, or those of its groups."""
        return [] if self.signs.isdisjoint(signs_in(text)) else self._compiled.findall(text)

    def sub(self, by: str | Callable[[re.Match[str]], str], text: str) -> str:
        """Return a text with something else in the place of every match."""
        return text if self.signs.isdisjoint(signs_in(text)) else self._compiled.sub(by, text)
