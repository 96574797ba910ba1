"""Recognise people whom a question names carelessly, by passages that the asker may read.

Names in people's files are known beforehand. Others stand in records only, and in haste they are typed
without capitals: "is freja sundin ill".
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from copilot.answering.questions import NO_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORD: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_OWNED: Final = re.compile(r"['’]s\b", re.IGNORECASE)


def named_in(question: str, passages: Iterable[str]) -> tuple[str, ...]:
    """Return the full names in a question, however they are typed, that stand in one of the passages.

    A pair of words that is also written small, or has a word of titles, is no name: "Access Review".

    Args:
        question: As it was typed.
        passages: Texts that the asker may read, the nearest ones to the question.
    """
    words = _WORD.findall(_OWNED.sub("", question.lower()))
    pairs = [f"{one} {other}" for one, other in pairwise(words) if not NO_NAME & {one, other}]
    written = "\n".join(passages)
    return tuple(pair.title() for pair in pairs if pair.title() in written and pair not in written)
