"""What stands where in a claim that nearly repeats its quotes: a word in the place of another, or two exchanged.

Who copies a sentence but for a word has chosen that word. Where it stands in the place of another one that it
cannot stand for, the claim says something else; a paraphrase changes more than that, or less.
"""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from copilot.citations.amounts import is_number
from copilot.citations.lemmas import lemma, plain_words
from copilot.citations.moments import take_moments
from copilot.citations.words import FUNCTION, nearly

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copilot.citations.words import Near, Words

_TOKEN: Final = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)?|[,;.:|()]")
_MARKS: Final = frozenset(",;.:|()")
_LITERAL: Final = 0.7
"""Share of the words of a claim that must stand in its quotes in the same order for it to be a near copy. On the
half for fitting most paraphrases have less."""
_ALIKE: Final = 0.5
"""What a word must come near to another one to stand for it."""
_LONGEST: Final = 3
"""Words that stand in the place of others: of more of them the sense is not that of a single word."""
_REPLACED: Final = 5
_COPY: Final = 0.85
_ELSEWHERE: Final = 8
"""Where a claim is a copy to this share, a word of it must stand for those of the quotes, of this number at most, in
whose place it stands; that others of the quotes might mean it is no excuse."""
_TOKENS: Final = 160
"""Words of the quotes that a claim is laid beside; few sentences have half of that."""

_DENYING: Final = frozenset(map(lemma, "not no never none nobody nothing without cannot".split()))
_FAMILY: Final = 5
"""Letters of a word by which others are known that are made from it: `search`, `searchable`."""

_LINKING: Final = frozenset(
    map(
        lemma,
        "accord under through otherwise whenever wherever because include including most according within via upon "
        "whether whereas however therefore concern regarding anyone everyone after before during "
        "since until then own take make do".split(),
    )
)
"""Words of grammar that `FUNCTION` lacks, and verbs with which a noun says what is done: the same is said with another of them."""


_WORDS: Final = 20_000
"""Words that are kept with their root; .2 kB each."""


class _Token(NamedTuple):
    root: str
    word: str


@lru_cache(maxsize=2_000)
def _tokens(text: str) -> tuple[_Token, ...]:
    """Return the words and marks of a text without its times, which are checked as such."""
    return tuple(map(_token, _TOKEN.findall(plain_words(take_moments(text)[1]))))


@lru_cache(maxsize=_WORDS)
def _token(word: str) -> _Token:
    return _Token(lemma(word) if word[0].isalpha() else word, word)


def replaced(claim: str, around: Sequence[str], known: Sequence[str], words: Words) -> str:
    """Return the word that a near copy of its quotes has in the place of another one; nothing if it has none.

    Args:
        claim: What is said.
        around: What stands around its quotes.
        known: That, and what their sources are called.
        words: What means the same.
    """
    mine = [one.root for one in _tokens(claim) if one.root not in _MARKS]
    theirs = [one.root for text in around for one in _tokens(text) if one.root not in _MARKS]
    if not mine or len(theirs) > _TOKENS or _shared(mine, theirs) < _LITERAL:
        return ""
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    blocks = matcher.get_matching_blocks()
    literal = sum(one.size for one in blocks) / len(mine)
    if literal < _LITERAL:
        return ""
    near = words.near(claim)
    for before, after in pairwise(((0, 0, 0), *blocks)):
        here = mine[before[0] + before[2] : after[0]]
        there = theirs[before[1] + before[2] : after[1]]
        gone = [one for one in there if _tells(one) and one not in mine]
        # What is denied may be said with another word; rules of their own see to that.
        if not gone or len(here) > _LONGEST or not _DENYING.isdisjoint(there):
            continue
        new = [one for one in here if _tells(one) and one not in theirs]
        strange: list[str] = []
        if new and len(there) <= _REPLACED:
            strange = _unheard(new, known, near, words)
        if new and not strange and literal >= _COPY and len(there) <= _ELSEWHERE:
            strange = _unheard(new, [" ".join(there)], near, words)
            strange = [one for one in strange if not any(_of_a_family(one, at) for at in theirs)]
        if strange and not _stands_for(gone, new, words):
            return f"the quote says “{' '.join(gone)}”, not “{' '.join(strange)}”"
    return ""


def _shared(mine: Sequence[str], theirs: Sequence[str]) -> float:
    return (Counter(mine) & Counter(theirs)).total() / len(mine)


def _tells(root: str) -> bool:
    return root not in FUNCTION and root not in _LINKING and not is_number(root)


def _unheard(ones: Sequence[str], said: Sequence[str], near: Near, words: Words) -> list[str]:
    """Return those of the words of a claim of which some texts speak in no way."""
    heard = frozenset[str]().union(*map(words.heard, said))
    stands = frozenset[str]().union(*map(words.concepts, said))
    return [
        one
        for one in ones
        if not words.hears(one, heard)
        and heard.isdisjoint(words.concepts(one))
        and nearly(one, stands, near) < _ALIKE
        and not any(_of_a_family(one, other) for other in stands)
    ]


def _of_a_family(one: str, other: str) -> bool:
    return len(min(one, other, key=len)) >= _FAMILY and (
        one.startswith(other) or other.startswith(one)
    )


def _stands_for(gone: Sequence[str], instead: Sequence[str], words: Words) -> bool:
    heard = words.heard(" ".join(instead))
    return any(words.hears(one, heard) for one in gone)


_PIVOTS: Final = frozenset(map(lemma, "before after until not than".split()))
"""Words of order: what stands on their two sides is not to be exchanged."""

_BE: Final = frozenset(("be", "get"))
_VOICE: Final = 3
"""Words around a verb within which its voice shows: "is then approved by"."""
_ALL: Final = 0.85
"""Share of the telling words of a claim that must stand in one sentence of its quotes."""


def exchanged(claim: str, around: Sequence[str]) -> str:
    """Return two things that a claim has in each other's place, on either side of the same word; else nothing.

    "SEC for incidents, INC for outages" is no other than its reverse; "INC for incidents, SEC for outages" is.
    Values are looked at, which are numbers and names, times aside, and what stands on both sides of `before` or `until`.
    """
    mine = _tokens(claim)
    told = [one.root for one in mine if _weighs(one.root)]
    for text in around:
        stands = {one.root for one in _tokens(text)}
        if sum(one in stands for one in told) < _ALL * len(told):
            continue
        for theirs in _sentences(_tokens(text)):
            if pair := _crossed(mine, told, theirs):
                return f"the quote has “{pair[0]}” and “{pair[1]}” the other way round"
    return ""


def _sentences(tokens: Sequence[_Token]) -> Iterator[Sequence[_Token]]:
    """Yield the sentences of a text that are not too long to be laid beside a claim."""
    ends = [at for at, one in enumerate(tokens) if one.root == "."]
    for start, end in pairwise((-1, *ends, len(tokens))):
        if 0 < end - start <= _TOKENS:
            yield tokens[start + 1 : end]


def _crossed(
    mine: Sequence[_Token], told: Sequence[str], theirs: Sequence[_Token]
) -> tuple[str, str] | None:
    roots = {one.root for one in theirs}
    if sum(one in roots for one in told) < _ALL * len(told):
        return None
    here, there = _places(mine), _places(theirs)
    both = [root for root in here if root in there]
    values = {root for root in both if _names(mine[here[root]]) and _names(theirs[there[root]])}
    for pivot in both:
        before = [one for one in both if here[one] < here[pivot] and there[one] > there[pivot]]
        after = [one for one in both if here[one] > here[pivot] and there[one] < there[pivot]]
        if pivot not in _PIVOTS:
            before, after = ([one for one in side if one in values] for side in (before, after))
        if before and after and _passive(mine, here[pivot]) == _passive(theirs, there[pivot]):
            return mine[here[before[-1]]].word, mine[here[after[0]]].word
    return None


def _names(token: _Token) -> bool:
    return token.word[0].isdigit() or token.word[0].isupper() or is_number(token.root)


def _weighs(root: str) -> bool:
    return root not in _MARKS and (root not in FUNCTION or root in _PIVOTS)


def _places(tokens: Sequence[_Token]) -> dict[str, int]:
    """Return where each word of a text stands that it has once."""
    counts = Counter(one.root for one in tokens)
    return {
        one.root: at for at, one in enumerate(tokens) if counts[one.root] == 1 and _weighs(one.root)
    }


def _passive(tokens: Sequence[_Token], at: int) -> bool:
    before = {one.root for one in tokens[max(0, at - _VOICE) : at]}
    after = {one.root for one in tokens[at + 1 : at + 1 + _VOICE]}
    return "by" in after or bool(before & _BE)
