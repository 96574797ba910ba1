"""Words as concepts: stems, with the field's synonyms as one."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import Stemmer

from copilot.empty_words import EMPTY, GENERIC, HASTY

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

_WORD: Final = re.compile(r"[a-z0-9]+(?:[.'’][a-z0-9]+)*", re.IGNORECASE)
_CONTRACTED: Final = re.compile(r"(?:n['’]t|['’](?:s|m|re|ve|ll|d))$")
# What stands before the first letter is looked at behind it, so that only capitals are tried.
_TITLE: Final = re.compile(
    r"[A-Z](?<!\w[A-Z])[\w'’-]*(?:\s+(?:(?:of|and|for|the|to)\s+)?[A-Z][\w'’-]*){1,5}"
)
_STEMMER: Final = Stemmer.Stemmer("english")

GENERIC_WEIGHT: Final = 0.2
_COMMON_WEIGHT: Final = 0.2
_NAME_WEIGHT: Final = 1.5
_GROUP_WEIGHT: Final = 0.5
"""Least weight of a word that the field has synonyms for."""

_EVERYDAY: Final = 0.5
"""What is left of the weight of a word for what is done or how it is. Files seldom have the verb that a
question has (to tick off, to kick in), and nearly always the thing; a thing that they lack is telling."""

_SYNONYMS: Final = 5
_SENTENCES: Final = 8_000
"""Texts of which the concepts are kept in their order; 1 kB each."""

_STEMS: Final = 20_000
"""Stems of which the weight, and what comes near to them, are kept; .3 kB each."""

_TEXTS: Final = 4_000
"""Texts of which it is kept which concepts they have; 5 kB each."""

_LATELY: Final = 500
"""Texts of which the stems are kept; 1 kB each."""

_RARE: Final = 0.9

_COMMONEST: Final = 150
"""Words of the list up to this place weigh least; from there weight grows with the logarithm of the
place, since frequency falls off as a power of it (Zipf)."""

_UNLIKE: Final = 0.5
_SAME: Final = 0.9
_NEAREST: Final = 0.8
"""A word of nearly the same meaning never counts for as much as the word itself. Single words have a
cosine of .9 in two forms of one word, .7 as synonyms and .5 where they share no more than a subject."""

_CLAUSE: Final = re.compile(r"[,;:.?!](?:\s|$)|\s[-–—]\s")

_NAME: Final = re.compile(r"[A-Z](?:(?<=[a-z,;] [A-Z])[\w-]+|(?<!\w[A-Z])[A-Z0-9]+\b)")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return the stem of one word in lower case."""
    return str(_STEMMER.stemWord(_CONTRACTED.sub("", word.lower())))


def stems(text: str) -> list[str]:
    """Return the stem of every word of a text, in order."""
    return list(stems_of(text))


@lru_cache(maxsize=_LATELY)
def stems_of(text: str) -> tuple[str, ...]:
    """Return `stems`, which are kept: what reads a text asks for them several times over."""
    return tuple(map(stem, _WORD.findall(text)))


_EMPTY_STEMS: Final = frozenset(stem(word) for word in EMPTY | HASTY)
_GENERIC_STEMS: Final = frozenset(stem(word) for word in GENERIC)


def carries_meaning(root: str) -> bool:
    """Say whether a stem tells something about a text: neither empty nor found everywhere."""
    return root not in _EMPTY_STEMS and root not in _GENERIC_STEMS


class Asked(dict[str, float]):
    """What a question asks about: each concept with its weight."""

    def __init__(self, weights: Mapping[str, float] = MappingProxyType({})) -> None:
        super().__init__(weights)
        self.near: dict[str, Mapping[str, float]] = {}
        """For a concept, others that come near to it, each with the share of it that they speak of."""
        self.names: set[str] = set()
        """Those of the concepts that are names."""
        self.main: set[str] = set()
        """Those of the main clause; the others tell of circumstances: "a prospect wants it by noon"."""
        self.everyday: set[str] = set()
        """Those for what is done and how it is, for which everybody has their own words."""
        self.off_topic: set[str] = set()
        """Those of the main clause for what records of compliance seldom hold: recipes, sport, films."""

    def spoken_of(self, concept: str, present: Container[str]) -> float:
        """Return how much of a concept is spoken of where those concepts are present, from 0 to 1."""
        if concept in present:
            return 1.0
        near = self.near.get(concept)
        if not near:
            return 0.0
        return max((share for other, share in near.items() if other in present), default=0.0)


class Vocabulary:
    """Turns texts into the concepts that they speak of."""

    def __init__(
        self,
        groups: Iterable[Sequence[str]],
        common: Sequence[str] = (),
        alike: Mapping[str, str] = MappingProxyType({}),
        *,
        everyday: Iterable[str] = (),
        off_topic: Iterable[str] = (),
    ) -> None:
        """Take the field's synonyms, and the common words of the language.

        Args:
            groups: Words and phrases that mean the same.
            common: Common words, the commonest first. What is rarer says more about a question.
            alike: For a stem, others of nearly its meaning, as `other:cosine in hundredths`.
            everyday: Words for what is done and how it is, for which everybody has their own.
            off_topic: Words for what records of compliance seldom hold.
        """
        self._everyday = frozenset(stem(word) for word in everyday)
        self._off_topic = frozenset(stem(word) for word in off_topic)
        self._alike = alike
        # Of two threads that read the same text at once, each reads it, and both find the same.
        self._read = lru_cache(maxsize=_SENTENCES)(self._read_anew)
        self._meant = lru_cache(maxsize=_TEXTS)(lambda text: frozenset(self._read_anew(text)))
        self._parts = lru_cache(maxsize=_LATELY)(self._parts_anew)
        self._near = lru_cache(maxsize=_STEMS)(self._near_anew)
        self._rarity = lru_cache(maxsize=_STEMS)(self._rarity_anew)
        self._alone = lru_cache(maxsize=_STEMS)(self._alone_anew)
        self._rank: dict[str, int] = {}
        self.common = tuple(common)
        """Common words of the language, the commonest first."""
        self._from: dict[str, list[str]] = defaultdict(list)
        for word in common:
            self._from[word[:1]].append(word)
        for place, word in enumerate(common):
            self._rank.setdefault(word, place)
            self._rank.setdefault(stem(word), place)
        self._rarest = max(len(common), _COMMONEST + 1)
        self._terms: set[str] = set()
        self._groups: dict[str, list[str]] = {}
        self._phrases: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        for group in groups:
            name = f"={group[0]}"
            self._groups[name] = list(group)
            for phrase in group:
                parts = tuple(stems(phrase))
                self._terms.update(parts)
                if parts:
                    self._phrases[parts[0]].append((parts, name))
        for listed in self._phrases.values():
            listed.sort(key=lambda one: -len(one[0]))

    def concepts(self, text: str) -> list[str]:
        """Return the concepts of a text in order: groups by `=` and their first word, else stems."""
        return list(self._read(text))

    def meant(self, text: str) -> frozenset[str]:
        """Return the concepts of a text; they are kept, for texts that every question is held against."""
        return self._meant(text)

    def _read_anew(self, text: str) -> tuple[str, ...]:
        return (*self._walk(stems_of(text)), *_initials(text))

    def asked(self, text: str) -> Asked:
        """Return what a question asks about, each concept with its weight.

        Names weigh most, then rare words, then common ones; words that nearly every source of the
        field has weigh little, and words without meaning of their own are left out.
        """
        weights = self.weighed(text)
        weights.main = set(weights) & set(self.concepts(max(_CLAUSE.split(text), key=len)))
        return weights

    def weighed(self, text: str) -> Asked:
        """Return `asked` without saying what stands in the main clause, which takes as long again."""
        names = {root for name in _NAME.findall(text) for root in map(stem, _WORD.findall(name))}
        weights = Asked()
        for parts, group in self._parts(stems_of(text)):
            if group:
                self._weigh_group(weights, (group, parts), names)
                continue
            (word,) = parts
            carries, rarity, near = self._alone(word)
            if word in names:
                weights.names.add(word)
            elif near and carries:
                weights.near[word] = near
            if carries:
                name = _NAME_WEIGHT if word in names else 1.0
                weights[word] = name if rarity is None else rarity
        weights.names &= set(weights)
        return weights

    def _weigh_group(
        self, weights: Asked, phrase: tuple[str, Sequence[str]], names: Container[str]
    ) -> None:
        """Add a phrase for which the field has synonyms to what is asked."""
        group, parts = phrase
        rarest = max(self._weight(part, names) for part in parts)
        weights[group] = max(_GROUP_WEIGHT, min(1.0, rarest))
        if parts[0] in names:
            weights.names.add(group)
        elif len(parts) == 1 and (near := self._near(parts[0])):
            weights.near[group] = near

    def _alone_anew(self, root: str) -> tuple[bool, float | None, Mapping[str, float]]:
        """Return whether a stem carries weight, its rarity, and what comes near to it."""
        carries = root not in _EMPTY_STEMS and (len(root) > 1 or root.isdigit())
        return carries, self._rarity(root), self._near(root)

    def asked_by(self, question: str) -> Asked:
        """Return `asked`, with less weight for words for what is done or how it is, and what is off topic.

        For finding what answers a question. A check of what a text says weighs every word as it is.
        """
        asked = self.asked(question)
        asked.off_topic = asked.main & self._off_topic
        asked.everyday = set(asked) & self._everyday - asked.names
        for concept in asked.everyday:
            asked[concept] *= _EVERYDAY
        return asked

    def _near_anew(self, root: str) -> Mapping[str, float]:
        """Return the concepts of nearly the meaning of a stem, with the share of it they speak of."""
        near: dict[str, float] = {}
        for one in self._alike.get(root, "").split():
            other, _, hundredths = one.partition(":")
            _, group = self._phrase_at((other,), 0)
            share = min(_NEAREST, (int(hundredths) / 100 - _UNLIKE) / (_SAME - _UNLIKE))
            near[group or other] = max(near.get(group or other, 0.0), share)
        return near

    def other_words(self, text: str) -> list[str]:
        """Return what the field also calls the things that a text names: words to search with."""
        words = stems_of(text)
        said = set(words)
        found: list[str] = []
        for parts, group in self._parts(words):
            # Other words for a common thing find everything; only rare things gain by them.
            if group and max(self._weight(part, ()) for part in parts) >= _RARE:
                others = self._groups[group][:_SYNONYMS]
                found += [other for other in others if not said & set(stems(other))]
        return list(dict.fromkeys(found))

    def words_for(self, concepts: Sequence[str], text: str) -> tuple[str, ...]:
        """Return the words of a text that stand for some of its concepts, as they are written there."""
        wanted = set(concepts)
        words = [word for word in _WORD.findall(text) if wanted & set(self.concepts(word))]
        return tuple(dict.fromkeys(f"“{word}”" for word in words))

    def knows(self, word: str) -> bool:
        """Say whether a word is common or one of the field's, in any of its forms."""
        root = stem(word)
        return (
            root in self._rank
            or word.lower() in self._rank
            or root in self._terms
            or root in _EMPTY_STEMS
            or root in _GENERIC_STEMS
        )

    def common_from(self, letter: str) -> Sequence[str]:
        """Return the common words that begin with a letter, the commonest first."""
        return self._from.get(letter, ())

    def _weight(self, word: str, names: Container[str]) -> float:
        rarity = self._rarity(word)
        if rarity is None:
            return _NAME_WEIGHT if word in names else 1.0
        return rarity

    def _rarity_anew(self, word: str) -> float | None:
        """Return the weight of a word that is generic or common; nothing for any other."""
        if word in _GENERIC_STEMS:
            return GENERIC_WEIGHT
        place = self._rank.get(word)
        if place is None:
            return None
        rarity = math.log(max(place, 1) / _COMMONEST) / math.log(self._rarest / _COMMONEST)
        return _COMMON_WEIGHT + (1 - _COMMON_WEIGHT) * min(1.0, max(0.0, rarity))

    def _walk(self, words: tuple[str, ...]) -> list[str]:
        found: list[str] = []
        for parts, name in self._parts(words):
            if name:
                found.append(name)
            if not name or len(parts) > 1:
                # The words of a phrase count as well: "access review" speaks of access.
                found += parts
        return found

    def _parts_anew(self, words: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], str], ...]:
        """Return stems in order, those of a known phrase together and with its group."""
        found: list[tuple[tuple[str, ...], str]] = []
        after = 0
        for at, word in enumerate(words):
            if at < after:
                continue
            part = self._phrase_at(words, at) if word in self._phrases else ((word,), "")
            after = at + len(part[0])
            found.append(part)
        return tuple(found)

    def _phrase_at(self, words: tuple[str, ...], at: int) -> tuple[tuple[str, ...], str]:
        """Return the longest known phrase that begins here with its group, or the word itself."""
        for parts, name in self._phrases.get(words[at], ()):
            if len(parts) == 1 or words[at : at + len(parts)] == parts:
                return parts, name
        return (words[at],), ""


def _initials(text: str) -> Iterator[str]:
    """Yield what a name in full may be shortened to: `ico` for Information Commissioner's Office."""
    for match in _TITLE.finditer(text):
        yield "".join(word[0] for word in match[0].split() if word[0].isupper()).lower()


def coverage(asked: Mapping[str, float], found: Iterable[str]) -> float:
    """Return the share of what is asked, by weight, that is among the concepts found."""
    total = sum(asked.values())
    if not total:
        return 0.0
    present = found if isinstance(found, frozenset) else set(found)
    return sum(weight for concept, weight in asked.items() if concept in present) / total


def spoken_of(asked: Asked, found: Iterable[str]) -> float:
    """Return `coverage` with words of nearly the same meaning counted in part.

    For finding what speaks of a question. A check of what a text says needs its very words.
    """
    total = sum(asked.values())
    if not total:
        return 0.0
    present = found if isinstance(found, frozenset) else set(found)
    return (
        sum(weight * asked.spoken_of(concept, present) for concept, weight in asked.items()) / total
    )


class Hearing:
    """Says how much of one question texts speak of, and remembers it for texts that say the same of it.

    Made for one question and used by one thread.
    """

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        """Not changed from here on."""
        self._telling = frozenset(asked).union(*asked.near.values())
        self._shares: dict[frozenset[str], float] = {}
        self._covered: dict[frozenset[str], float] = {}

    def of(self, concepts: frozenset[str]) -> frozenset[str]:
        """Return those of the concepts of a text that have anything to do with the question."""
        return self._telling & concepts

    def share(self, concepts: frozenset[str]) -> float:
        """Return what `spoken_of` does."""
        told = self._telling & concepts
        share = self._shares.get(told)
        if share is None:
            share = self._shares[told] = spoken_of(self.asked, told)
        return share

    def coverage(self, concepts: frozenset[str]) -> float:
        """Return what `coverage` does."""
        told = self._telling & concepts
        share = self._covered.get(told)
        if share is None:
            share = self._covered[told] = coverage(self.asked, told)
        return share
