"""Words as concepts: stems, with the field's synonyms as one."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import Stemmer

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

_WORD: Final = re.compile(r"[a-z0-9]+(?:[.'’][a-z0-9]+)*", re.IGNORECASE)
_CONTRACTED: Final = re.compile(r"(?:n?['’](?:s|t|m|re|ve|ll|d))$")
_TITLE: Final = re.compile(r"\b[A-Z][\w'’-]*(?:\s+(?:(?:of|and|for|the|to)\s+)?[A-Z][\w'’-]*){1,5}")
_STEMMER: Final = Stemmer.Stemmer("english")

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
    "first current currently ok okay hi hello hey thanks do does did is are was were have has had ca wo "
    "somebody nobody everybody actually kindly indicate name count counts way even got let "
    "explain describe mean means meant difference between allow allowed permitted plain words earth".split()
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

GENERIC_WEIGHT: Final = 0.2
_COMMON_WEIGHT: Final = 0.2
_NAME_WEIGHT: Final = 1.5
_GROUP_WEIGHT: Final = 0.5
"""Least weight of a word that the field has synonyms for."""

_SYNONYMS: Final = 5
_RARE: Final = 0.9

_COMMONEST: Final = 150
"""Words of the list up to this place weigh least; from there weight grows with the logarithm of the
place, since frequency falls off as a power of it (Zipf)."""

_NAME: Final = re.compile(r"(?<=[a-z,;] )(?:[A-Z][\w-]+)|\b[A-Z][A-Z0-9]+\b")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return the stem of one word in lower case."""
    return str(_STEMMER.stemWord(_CONTRACTED.sub("", word.lower())))


def stems(text: str) -> list[str]:
    """Return the stem of every word of a text, in order."""
    return [stem(word) for word in _WORD.findall(text)]


_EMPTY_STEMS: Final = frozenset(stem(word) for word in _EMPTY)
_GENERIC_STEMS: Final = frozenset(stem(word) for word in _GENERIC)


class Vocabulary:
    """Turns texts into the concepts that they speak of."""

    def __init__(self, groups: Iterable[Sequence[str]], common: Sequence[str] = ()) -> None:
        """Take the field's synonyms, and the common words of the language.

        Args:
            groups: Words and phrases that mean the same.
            common: Common words, the commonest first. What is rarer says more about a question.
        """
        self._rank: dict[str, int] = {}
        for place, word in enumerate(common):
            self._rank.setdefault(word, place)
            self._rank.setdefault(stem(word), place)
        self._rarest = max(len(common), _COMMONEST + 1)
        self._groups: dict[str, list[str]] = {}
        self._phrases: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        for group in groups:
            name = f"={group[0]}"
            self._groups[name] = list(group)
            for phrase in group:
                parts = tuple(stems(phrase))
                if parts:
                    self._phrases[parts[0]].append((parts, name))
        for listed in self._phrases.values():
            listed.sort(key=lambda one: -len(one[0]))

    def concepts(self, text: str) -> list[str]:
        """Return the concepts of a text in order: groups by `=` and their first word, else stems."""
        return [*self._walk(stems(text)), *_initials(text)]

    def asked(self, text: str) -> dict[str, float]:
        """Return what a question asks about, each concept with its weight.

        Names weigh most, then rare words, then common ones; words that nearly every source of the
        field has weigh little, and words without meaning of their own are left out.
        """
        names = {stem(part) for name in _NAME.findall(text) for part in _WORD.findall(name)}
        words = stems(text)
        weights: dict[str, float] = {}
        at = 0
        while at < len(words):
            parts, group = self._phrase_at(words, at)
            if group:
                rarest = max(self._weight(part, names) for part in parts)
                weights[group] = max(_GROUP_WEIGHT, min(1.0, rarest))
            elif parts[0] not in _EMPTY_STEMS and (len(parts[0]) > 1 or parts[0].isdigit()):
                weights[parts[0]] = self._weight(parts[0], names)
            at += len(parts)
        return weights

    def other_words(self, text: str) -> list[str]:
        """Return what the field also calls the things that a text names: words to search with."""
        words = stems(text)
        said = set(words)
        found: list[str] = []
        at = 0
        while at < len(words):
            parts, group = self._phrase_at(words, at)
            # Other words for a common thing find everything; only rare things gain by them.
            if group and max(self._weight(part, ()) for part in parts) >= _RARE:
                others = self._groups[group][:_SYNONYMS]
                found += [other for other in others if not said & set(stems(other))]
            at += len(parts)
        return list(dict.fromkeys(found))

    def _weight(self, word: str, names: Container[str]) -> float:
        if word in _GENERIC_STEMS:
            return GENERIC_WEIGHT
        place = self._rank.get(word)
        if place is None:
            return _NAME_WEIGHT if word in names else 1.0
        rarity = math.log(max(place, 1) / _COMMONEST) / math.log(self._rarest / _COMMONEST)
        return _COMMON_WEIGHT + (1 - _COMMON_WEIGHT) * min(1.0, max(0.0, rarity))

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


def _initials(text: str) -> Iterator[str]:
    """Yield what a name in full may be shortened to: `ico` for Information Commissioner's Office."""
    for match in _TITLE.finditer(text):
        yield "".join(word[0] for word in match[0].split() if word[0].isupper()).lower()


def coverage(asked: dict[str, float], found: Iterable[str]) -> float:
    """Return the share of what is asked, by weight, that is among the concepts found."""
    total = sum(asked.values())
    if not total:
        return 0.0
    present = set(found)
    return sum(weight for concept, weight in asked.items() if concept in present) / total
