"""Put typing errors in a question right, by words that the asker may read and by common ones.

A word is touched only where it stands nowhere: not in the list of common words, nor in the field's
terms, nor in any of the passages that a first search found. Those passages were read with the asker's
audience applied, so no word of a file that they may not read can come back as a correction.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from copilot.wording import stem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from copilot.wording import Vocabulary

_WORD: Final = re.compile(r"(?<![\w'’.@/-])[A-Za-z]{4,30}(?![\w'’@/-]|\.\w)")
_DOUBLED: Final = re.compile(r"(.)\1")
_READ: Final = re.compile(r"[a-z]{4,30}")

_TWO_SLIPS: Final = 9
"""Letters of a word in which two slips are believable; a shorter one would become another word."""


_NO_NAME: Final = re.compile(r"(?<![^\W\d_])[^\W\d_A-Z][^\W\d_]+")
_ELSEWHERE: Final = frozenset(
    "der das den dem und wir nicht ein eine für mit von zu wird werden le les des est sont nous que qui pour "
    "dans avec el los las una del con por para como il lo gli che di per om het een van voor zijn och är vi".split()
)
"""Small words of other languages, of which a list of common English words has some."""

_KNOWN: Final = 0.5
"""Least share of a question's words in small letters that are English or of the field; the rest are slips."""


def is_foreign(text: str, vocabulary: Vocabulary) -> bool:
    """Say whether a question seems not to be in English: many of its words are unknown."""
    words = _NO_NAME.findall(text)
    known = sum(vocabulary.knows(word) and word not in _ELSEWHERE for word in words)
    return len(words) > 2 and known < _KNOWN * len(words)


def corrected(text: str, passages: Iterable[str], vocabulary: Vocabulary) -> str:
    """Return a question with its misspelt words put right; the same text if there are none.

    A word from the passages is preferred to a common one, and fewer slips to more. Where two common
    words are equally near, neither is taken.

    Args:
        text: The question.
        passages: Texts that the asker may read, the nearest ones to the question.
        vocabulary: Knows the common words and the field's terms.
    """
    strange = {word for word in _WORD.findall(text) if not vocabulary.knows(word)}
    if not strange:
        return text
    read = set(_READ.findall(" ".join(passages).lower()))
    roots = {stem(one) for one in read}
    strange = {word for word in strange if stem(word) not in roots}
    right = {word: _nearest(word.lower(), read, vocabulary) for word in strange}
    return _WORD.sub(lambda match: right.get(match[0]) or match[0], text)


def _nearest(word: str, read: Collection[str], vocabulary: Vocabulary) -> str | None:
    most = 2 if len(word) >= _TWO_SLIPS else 1
    found = [(slips, one) for one in read if (slips := _slips(word, one, most)) <= most]
    if found:
        return min(found)[1]
    common = [one for one in vocabulary.common_from(word[0]) if _slipped_once(word, one)]
    # Whether a letter is doubled is what people are least sure of.
    common = [one for one in common if _single(one) == _single(word)] or common
    return common[0] if len({stem(one) for one in common}) == 1 else None


def _single(word: str) -> str:
    return _DOUBLED.sub(r"\1", word)


def _slipped_once(word: str, other: str) -> bool:
    """Say whether there is at most one slip, as `_slips` counts them, in words that begin alike."""
    if abs(len(word) - len(other)) > 1:
        return False
    at = next(
        (at for at, (one, two) in enumerate(zip(word, other, strict=False)) if one != two),
        min(len(word), len(other)),
    )
    swapped = word[at : at + 2] == other[at : at + 2][::-1] and word[at + 2 :] == other[at + 2 :]
    return (
        swapped or word[at + (len(word) >= len(other)) :] == other[at + (len(other) >= len(word)) :]
    )


def _slips(word: str, other: str, most: int) -> int:
    """Return how many letters were missed, added, changed or swapped; `most + 1` for anything more.

    People seldom mistake the first letter, so that another one tells that another word was meant.
    """
    if word[0] != other[0] or abs(len(word) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(word, start=1):
        older, before, row = before, row, [at]
        for to, wanted in enumerate(other, start=1):
            cost = min(before[to] + 1, row[to - 1] + 1, before[to - 1] + (letter != wanted))
            if at > 1 and to > 1 and letter == other[to - 2] and word[at - 2] == wanted:
                cost = min(cost, older[to - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
