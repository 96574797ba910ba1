"""Words that say the opposite of each other."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from copilot.citations.antonyms import opposites_of
from copilot.citations.cues import Cue
from copilot.citations.lemmas import lemma, plain_words
from copilot.citations.words import FUNCTION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copilot.citations.words import Words

_PHRASES: Final = tuple(
    (Cue(one), Cue(other))
    for one, other in (
        (r"\b(?:switch|turn)\w* (?:\w+ )?on\b|\benabled?\b", r"\b(?:switch|turn)\w* (?:\w+ )?off\b|\bdisabled?\b"),
        (r"\bwith (?:\w+ )?exceptions?\b", r"\b(?:without|no) (?:\w+ )?exceptions?\b"),
        (r"\bon time\b|\bin time\b", r"\blate\b|\boverdue\b"),
        (r"\b(?:at least|minimum|no (?:less|fewer) than|or more|(?<!no )(?<!not )more than)\b",
         r"\b(?:at most|maximum|no more than|up to|or less|(?<!no )(?<!not )less than|(?<!no )fewer than)\b"),
        (r"\bincluding\b|\bincluded\b", r"\bexcluding\b|\bexcluded\b|\bexcept\b"),
        (r"\bwith (?:any|some)(?:one|body) else\b", r"\balone\b|\b(?:nobody|no one) else\b"),
        (r"\bsubject to\b|\bdepends? on\b", r"\bregardless of\b|\bindependent(?:ly)? of\b"),
        (r"\bincluding\b|\bincluded\b|\beven\b", r"\b(?:every|all|each|any|no|none|nobody|nothing)(?: \w+)? but\b"),
    )
)  # fmt: skip
_SOME: Final = Cue(r"\b(?:some|several|many|an?|any|few) (\w+)(?: (\w+))?")
_NO: Final = Cue(r"\bno (\w+)(?: (\w+))?")
_PREFIXED: Final = re.compile(r"\b(?:un|in|im|ir|dis|non-?)([a-z]{5,})\b")
_WORD: Final = re.compile(r"[a-z]+(?:-[a-z]+)*")
_CLOSE: Final = 10
_STOPS: Final = re.compile(r"[;,.:](?:\s|$)")
_LETTERS: Final = re.compile(r"[A-Za-z]+")
_BESIDE: Final = 0.4
"""Share of the words beside a word that another clause must have to speak of the same."""

_DENIED: Final = Cue(r"\b(?:not?|never|none|nobody|nothing|cannot|neither|nor)\b|n['’]t\b")

_LACKING: Final = re.compile(
    rf"{_DENIED.pattern}|\b(?:without|lack(?:s|ed|ing)?|missing|absence|absent)\b", re.IGNORECASE
)


def opposite_words(claim: str, mine: Sequence[str], theirs: Sequence[str], words: Words) -> str:
    """Return a word of the claim whose opposite, and not itself, stands in the quotes.

    Args:
        claim: What is said.
        mine: Its clauses.
        theirs: The sentences and rows of its quotes.
        words: What means the same.
    """
    whole = " ".join(theirs)
    said, stands = _roots(claim), frozenset(_roots(whole))
    for clause, (root, one) in _turned(mine, stands):
        absent = root not in stands and one not in said
        for other in theirs:
            instead = one in _roots(other) and (absent or _instead(said, _roots(other), root, one))
            if instead and _same_matter(clause, other, (root, one), words):
                return f"the quote says “{one}”, not “{root}”"
    for pair in _PHRASES:
        for here, there in (pair, pair[::-1]):
            match = here.search(claim)
            denied = there.search(whole) if match else None
            if match and denied and not here.search(whole) and not there.search(claim):
                return f"the quote says “{denied[0]}”, not “{match[0]}”"
    return _none_of_it(claim, whole) or _without_prefix(mine, whole)


def _none_of_it(claim: str, whole: str) -> str:
    """Return what a claim says there is some of, and its quotes that there is none."""
    none = [tuple(one.lower() for one in match.groups("")) for match in _NO.finditer(whole)]
    for match in _SOME.finditer(claim) if none else ():
        head, after = match[1].lower(), (match[2] or "").lower()
        # "No customer files" is no word on a customer.
        same = any(one == head and (two == after or _closes(two, after)) for one, two in none)
        if same and not _LACKING.search(" ".join(claim[: match.start()].split()[-_CLOSE:])):
            return f"the quote says “no {head}”, not “{match[0]}”"
    return ""


def _closes(*words: str) -> bool:
    """Say whether a thing is named in full before such words."""
    return all(not one or lemma(one) in FUNCTION for one in words)


def _without_prefix(mine: Sequence[str], whole: str) -> str:
    """Return a word of the claim that its quotes have only with the prefix that turns it round."""
    plain = whole.lower()
    stands = frozenset(_WORD.findall(plain))
    for match in _PREFIXED.finditer(plain):
        for clause in mine if match[1] not in stands else ():
            said = frozenset(_WORD.findall(clause.lower()))
            if match[1] in said and match[0] not in said and not _DENIED.search(clause):
                return f"the quote says “{match[0]}”, not “{match[1]}”"
    return ""


def _turned(mine: Sequence[str], stands: frozenset[str]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield each clause with a word of it whose opposite stands in the quotes, and that opposite."""
    for clause in mine:
        for root in dict.fromkeys(_roots(clause)):
            opposites = opposites_of(root)
            for one in sorted(opposites & stands) if opposites else ():
                yield clause, (root, one)


def _instead(claim: Sequence[str], sentence: Sequence[str], root: str, opposite: str) -> bool:
    """Say whether a claim has a word where a sentence has its opposite: between the same words."""
    if claim.count(root) <= sentence.count(root) or claim.count(opposite) >= sentence.count(
        opposite
    ):
        return False
    return bool(_beside(claim, root) & _beside(sentence, opposite))


def _beside(roots: Sequence[str], root: str) -> set[tuple[str, str]]:
    places = [at for at, one in enumerate(roots) if one == root]
    ends = ("", *roots, "")
    return {("before", ends[at]) for at in places} | {("after", ends[at + 2]) for at in places}


@lru_cache(maxsize=2_000)
def _roots(text: str) -> tuple[str, ...]:
    return tuple(lemma(word) for word in _LETTERS.findall(plain_words(text)))


def _same_matter(clause: str, other: str, pair: tuple[str, str], words: Words) -> bool:
    """Say whether two texts speak of the same, and both deny their word of a pair or neither does."""
    if _denied(clause, pair[0]) != _denied(other, pair[1]):
        return False
    asked = {one: weight for one, weight in words.said(clause) if one not in pair}
    heard = words.heard(other)
    said = sum(weight for one, weight in asked.items() if words.hears(one, heard))
    return said >= _BESIDE * sum(asked.values())


def _denied(text: str, root: str) -> bool:
    """Say whether a word of a text stands behind a negation."""
    found = [match for match in _LETTERS.finditer(text) if lemma(match[0]) == root]
    return any(
        _DENIED.search(" ".join(_STOPS.split(text[: one.start()])[-1].split()[-_CLOSE:]))
        for one in found
    )
