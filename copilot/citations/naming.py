"""The names in a claim, and whether it is in the language in which it can be checked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from copilot.citations.cues import Cue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copilot.citations.words import Words

_NAME: Final = re.compile(
    r"(?<=[a-z,;:] )[A-Z][\w’'-]*[a-z][\w’'-]*|\b[A-Z][A-Za-z]*[A-Z]\w*\b(?![-’']?\d)"
)
_PLAIN_WORD: Final = re.compile(r"\b[^\W\d_A-Z][^\W\d_]+\b|(?:^|(?<=[.!?] ))[^\W\d_]+\b")
_FIRST: Final = re.compile(r"[A-Z][a-z]{2,}")
_POSSESSIVE: Final = re.compile(r"['’]s?$")
_ADJECTIVE: Final = re.compile(r"(?:ish|ian|ean|ese|man)s?$")
_CAPITAL: Final = re.compile(r"\b[A-Z][a-z]{3,}\b")
_COUNTRY: Final = 5
ID: Final = Cue(r"\b[A-Z]{1,4}\d(?:\.\d+)?\b|\b[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*-\d+\b", 0)
"""An id of a ticket, a control or a class, which is no name."""


def names_of(claim: str, words: Words) -> list[str]:
    """Return the names of a claim: capitalised words within a sentence, and abbreviations.

    A capital begins every sentence; what stands there is a name if it is no English word.
    """
    plain = ID.sub(" ", claim)
    first = _FIRST.match(plain)
    if first and not words.knows(first[0]):
        plain = f"so {plain}"
    return list(dict.fromkeys(_POSSESSIVE.sub("", name) for name in _NAME.findall(plain)))


def of_a_country(name: str, known: Sequence[str]) -> bool:
    """Say whether texts have the adjective of a country, or the country of an adjective: Sweden, Swedish."""
    if len(name) < _COUNTRY or not name.isalpha():
        return False
    found = (one for text in known for one in _CAPITAL.findall(text) if one[:4] == name[:4])
    return any(bool(_ADJECTIVE.search(one)) is not bool(_ADJECTIVE.search(name)) for one in found)


def foreign(claim: str, words: Words) -> bool:
    """Say whether most words of a claim, names aside, are no English ones."""
    letters = [one for one in claim if one.isalpha()]
    if sum(not one.isascii() for one in letters) > len(letters) / 2:
        return True
    plain = _PLAIN_WORD.findall(claim)
    known = sum(words.knows(one) for one in plain)
    return len(claim.split()) > 2 and len(plain) > 1 and known < 0.6 * len(plain)
