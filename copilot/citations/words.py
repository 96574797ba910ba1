"""The words of claims and quotes as what they mean, each text being read once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, TypeVar

from copilot.citations.amounts import is_number
from copilot.citations.antonyms import opposites_of
from copilot.citations.lemmas import LEMMAS, lemma, lemmas_of, plain_words
from copilot.citations.paraphrases import GROUPS
from copilot.wording import Vocabulary, stem, stems_of

Near = Mapping[str, Mapping[str, float]]
"""For a concept others of nearly its meaning, each with the share of it that they speak of."""

_Read = TypeVar("_Read")

_KEPT: Final = 4_000
"""Texts that are remembered: those of one answer, many times over."""

_STEMS: Final = 20_000
"""Stems that are kept without their prefix; .2 kB each."""

FUNCTION: Final = frozenset(
    stem(word)
    for word in (
        "a an the of to in on at by for from with within into onto and or but so as if than that this these those it its "
        "is are was were be been being am do does did have has had will would shall should may might can could must "
        "not no never none nobody nothing neither nor without cannot there here he she they them their his her we our "
        "us you your i who whom whose which what when where while also even just too very any some one either both each every all"
    ).split()
)
_LIGHT: Final = 0.3
"""Weight of a word that carries little, but may be what a negation is about: `take`, `name`."""

_WORD: Final = re.compile(r"[A-Za-z][\w'’-]*")
_PREFIX: Final = re.compile(r"^(?:un|in|im|ir|non|re|dis|pre|mis)(?=[a-z]{4})")


@lru_cache(maxsize=2_000)
def roots_of(text: str) -> frozenset[str]:
    """Return the words of a text, whatever their form."""
    return frozenset(lemma(word) for word in _WORD.findall(text.replace("_", " ")))


class Words:
    """A vocabulary that knows plain English paraphrases as well, and remembers what it has read."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Take the field's vocabulary."""
        self._vocabulary = vocabulary
        self._alike = self._paraphrases()
        self._standing_for = lru_cache(maxsize=_STEMS)(self._standing_for_anew)
        self._asked: dict[str, tuple[dict[str, float], Near]] = {}
        self._said: dict[str, tuple[tuple[str, float], ...]] = {}
        self._concepts: dict[str, frozenset[str]] = {}
        self._heard: dict[str, frozenset[str]] = {}

    def asked(self, text: str) -> dict[str, float]:
        """Return what a text speaks of, each concept with its weight, without numbers."""
        return self._weighed(text)[0]

    def near(self, text: str) -> Near:
        """Return for the concepts of a text what comes near to the form that each of them has there."""
        return self._weighed(text)[1]

    def _weighed(self, text: str) -> tuple[dict[str, float], Near]:
        known = self._asked.get(text)
        if known is None:
            asked = self._vocabulary.weighed(plain_words(text))
            weights = {
                LEMMAS.get(one, one): weight for one, weight in asked.items() if not is_number(one)
            }
            near = {LEMMAS.get(one, one): others for one, others in asked.near.items() if others}
            known = (weights, near)
            _remember(self._asked, text, known)
        return known

    def said(self, text: str) -> tuple[tuple[str, float], ...]:
        """Return the words of a text in order with their weights, leaving out only the smallest."""
        known = self._said.get(text)
        if known is None:
            asked = self.asked(text)
            found: dict[str, float] = {}
            for word in _WORD.findall(plain_words(text).replace("_", " ")):
                root = lemma(word)
                if root not in found and root not in FUNCTION and not is_number(root):
                    found[root] = asked.get(root, _LIGHT)
            known = tuple(found.items())
            _remember(self._said, text, known)
        return known

    def concepts(self, text: str) -> frozenset[str]:
        """Return the concepts of a text, and its words as they stand."""
        known = self._concepts.get(text)
        if known is None:
            plain = plain_words(text)
            known = lemmas_of({*self._vocabulary.concepts(plain), *stems_of(text)})
            _remember(self._concepts, text, known)
        return known

    def heard(self, text: str) -> frozenset[str]:
        """Return the concepts of a text, and those that its words may stand for."""
        known = self._heard.get(text)
        if known is None:
            found = self.concepts(text)
            known = found.union(*map(self._standing_for, found))
            _remember(self._heard, text, known)
        return known

    def _standing_for_anew(self, one: str) -> frozenset[str]:
        """Return what a concept may stand for besides itself, with and without its prefix."""
        base = _bare(one)
        base = LEMMAS.get(base, base)
        nothing: frozenset[str] = frozenset()
        also = self._alike.get(one, nothing) | self._alike.get(base, nothing)
        return also if base == one else also | {base}

    def hears(self, one: str, heard: frozenset[str]) -> bool:
        """Say whether a concept of a claim is among those heard, if need be without its prefix."""
        if one in heard:
            return True
        base = _bare(one)
        return base != one and (base in heard or LEMMAS.get(base, base) in heard)

    def knows(self, word: str) -> bool:
        """Say whether a word is English or of the field."""
        return self._vocabulary.knows(word)

    def _paraphrases(self) -> Mapping[str, frozenset[str]]:
        alike: defaultdict[str, set[str]] = defaultdict(set)
        for line in GROUPS:
            group = {LEMMAS.get(one, one) for one in map(stem, line)}
            means = group.union(*(self._vocabulary.concepts(one) for one in line))
            for one in means:
                alike[one] |= means
        return {one: frozenset(others) for one, others in alike.items()}


def nearly(one: str, concepts: frozenset[str], near: Near) -> float:
    """Return how nearly a concept is among others that are not its opposite.

    Args:
        one: A concept of some text.
        concepts: Those of another text.
        near: What `Words.near` says of the first text.
    """
    others = near.get(one)
    if not others:
        return 0.0
    shares = [others[other] for other in others.keys() & concepts - opposites_of(one)]
    return max(shares, default=0.0)


@lru_cache(maxsize=_STEMS)
def _bare(root: str) -> str:
    """Return a stem without the prefix that may turn it round."""
    return stem(_PREFIX.sub("", root))


def _remember(kept: dict[str, _Read], text: str, value: _Read) -> None:
    if len(kept) >= _KEPT:
        kept.clear()
    kept[text] = value
