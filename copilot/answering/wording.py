"""Words as concepts: stems, with the field's synonyms as one."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import snowballstemmer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_WORD: Final = re.compile(r"[a-z0-9]+(?:[.'’][a-z0-9]+)*", re.IGNORECASE)
_STEMMER: Final = snowballstemmer.stemmer("english")

_EMPTY: Final = frozenset(
    "a about actually after again all also always am an and any anybody anyone are as at be because been "
    "before being between both but by can cannot could did do does doing done during each ever every "
    "for from further get gets give given go goes had has have having he her here him his how i if in "
    "into is it its itself just let like made make makes many may me might mine more most much must my "
    "need needs never no nor not now of off often on once one only or other our ours out over own please "
    "quickly really same say says shall she should so some somebody someone still such sure take taken "
    "tell than that the their them then there these they thing things this those through to too under "
    "until up us use used uses using very want wants was we well were what when where whether which while "
    "who whom whose why will with within without would yes yet you your yours long last latest new old "
    "first current currently".split()
)
"""Words that carry no meaning in a question."""

_GENERIC: Final = frozenset(
    "audit audits auditor auditors auditing company control controls criteria criterion demonstrate "
    "demonstrates document documentation documented documents evidence exist exists firm "
    "organisation organization process processes procedure procedures prove proves proof require "
    "required requirement requirements responsible security secure show shows soc soc2 soc-2 status "
    "system systems work works business day days hour hours week weeks month months year years "
    "quarter time times".split()
)
"""Words that nearly every source of this field has, so that finding them shows little."""

GENERIC_WEIGHT: Final = 0.25


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return the stem of one word in lower case."""
    return str(_STEMMER.stemWord(word.lower().replace("’", "'").removesuffix("'s")))


def stems(text: str) -> list[str]:
    """Return the stem of every word of a text, in order."""
    return [stem(word) for word in _WORD.findall(text)]


_EMPTY_STEMS: Final = frozenset(stem(word) for word in _EMPTY)
_GENERIC_STEMS: Final = frozenset(stem(word) for word in _GENERIC)


class Vocabulary:
    """Turns texts into the concepts that they speak of."""

    def __init__(self, groups: Iterable[Sequence[str]]) -> None:
        """Take groups of words and phrases that mean the same."""
        self._phrases: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        for group in groups:
            name = f"={group[0]}"
            for phrase in group:
                parts = tuple(stems(phrase))
                if parts:
                    self._phrases[parts[0]].append((parts, name))
        for listed in self._phrases.values():
            listed.sort(key=lambda one: -len(one[0]))

    def concepts(self, text: str) -> list[str]:
        """Return the concepts of a text in order: groups by `=` and their first word, else stems."""
        return list(self._walk(stems(text)))

    def asked(self, text: str) -> dict[str, float]:
        """Return what a question asks about, each concept with its weight."""
        return {
            concept: GENERIC_WEIGHT if concept in _GENERIC_STEMS else 1.0
            for concept in self.concepts(text)
            if concept not in _EMPTY_STEMS and (len(concept) > 1 or concept.isdigit())
        }

    def _walk(self, words: Sequence[str]) -> Iterator[str]:
        at = 0
        while at < len(words):
            parts, name = self._phrase_at(words, at)
            if name:
                yield name
            if not name or len(parts) > 1:
                # The words of a phrase count as well: "access review" speaks of access.
                yield from parts
            at += len(parts)

    def _phrase_at(self, words: Sequence[str], at: int) -> tuple[tuple[str, ...], str]:
        """Return the longest known phrase that begins here with its group, or the word itself."""
        for parts, name in self._phrases.get(words[at], ()):
            if tuple(words[at : at + len(parts)]) == parts:
                return parts, name
        return (words[at],), ""


def coverage(asked: dict[str, float], found: Iterable[str]) -> float:
    """Return the share of what is asked, by weight, that is among the concepts found."""
    total = sum(asked.values())
    if not total:
        return 0.0
    present = set(found)
    return sum(weight for concept, weight in asked.items() if concept in present) / total
