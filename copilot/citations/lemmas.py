"""Words in their base form."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from copilot.citations.paraphrases import FORMS, PHRASES
from copilot.wording import stem

if TYPE_CHECKING:
    from collections.abc import Set

LEMMAS: Final = {stem(form): stem(forms[0]) for forms in FORMS for form in forms}
"""Stems of irregular forms, and the stem of their base."""

_IRREGULAR: Final = frozenset(form for form, base in LEMMAS.items() if form != base)

_WORD: Final = re.compile(r"[A-Za-z]+")
_PHRASE_WORDS: Final = {phrase: word for word, phrases in PHRASES.items() for phrase in phrases}


def _by_first_word() -> dict[str, re.Pattern[str]]:
    """Return what finds the phrases that begin with a word, the longest first."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for phrase in sorted(_PHRASE_WORDS, key=len, reverse=True):
        found[phrase.split()[0]].append(phrase.replace(" ", r"\s+"))
    return {
        first: re.compile(rf"(?:{'|'.join(phrases)})\b", re.IGNORECASE)
        for first, phrases in found.items()
    }


_PHRASES: Final = _by_first_word()
_SINGLE: Final = frozenset(phrase for phrase in _PHRASE_WORDS if " " not in phrase)
_KEYS: Final = frozenset(max(phrase.split(), key=len) for phrase in _PHRASE_WORDS)
"""The longest word of each phrase: many texts have none of them."""

_BEGINNINGS: Final = frozenset(
    tuple(phrase.split()[:2]) for phrase in _PHRASE_WORDS if " " in phrase
)
"""The first two words of each phrase: most texts have none of them side by side."""

_WORDS: Final = 20_000
"""Words of which the base form is kept; .2 kB each."""


@lru_cache(maxsize=_WORDS)
def lemma(word: str) -> str:
    """Return the stem of a word, irregular forms as their base."""
    root = stem(word)
    return LEMMAS.get(root, root)


def lemmas_of(roots: Set[str]) -> frozenset[str]:
    """Return stems with those of irregular forms as that of their base."""
    irregular = roots & _IRREGULAR
    if not irregular:
        return frozenset(roots)
    return frozenset(roots - irregular).union([LEMMAS[one] for one in irregular])


@lru_cache(maxsize=4_000)
def plain_words(text: str) -> str:
    """Return a text with phrases in the place of which one word could stand as that word."""
    words = _WORD.findall(text.lower())
    if _KEYS.isdisjoint(words):
        return text
    if _SINGLE.isdisjoint(words) and _BEGINNINGS.isdisjoint(pairwise(words)):
        return text
    parts: list[str] = []
    last = 0
    for word in _WORD.finditer(text):
        pattern = _PHRASES.get(word[0].lower()) if word.start() >= last else None
        match = pattern.match(text, word.start()) if pattern else None
        if match:
            parts += (text[last : match.start()], _PHRASE_WORDS[" ".join(match[0].lower().split())])
            last = match.end()
    return "".join((*parts, text[last:]))
