"""Find two policies that say different things on the same point."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from copilot.wording import Vocabulary

_WORDS_AS_NUMBERS: Final = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen twenty".split()
    )
} | {"thirty": 30, "sixty": 60, "ninety": 90}
_NUMBER: Final = rf"(\d+(?:[.,]\d+)?|{'|'.join(_WORDS_AS_NUMBERS)})"
_HOURS: Final = {"minute": 1 / 60, "hour": 1, "day": 24, "week": 168, "month": 730, "year": 8760}
_DURATION: Final = re.compile(
    rf"\b{_NUMBER}[\s-]+(?:(?:business|working|calendar|full)[\s-]+)?(minute|hour|day|week|month|year)s?\b",
    re.IGNORECASE,
)
_LENGTH: Final = re.compile(rf"\b{_NUMBER}[\s-]+(?:characters?|chars?)\b", re.IGNORECASE)
_SHARE: Final = re.compile(rf"\b{_NUMBER}\s*(?:%|per ?cent)", re.IGNORECASE)
_OFTEN: Final = {
    "hourly": 1.0, "daily": 24.0, "weekly": 168.0, "monthly": 730.0, "quarterly": 2190.0,
    "each quarter": 2190.0, "every quarter": 2190.0, "once a quarter": 2190.0,
    "twice a year": 4380.0, "semi-annually": 4380.0, "every six months": 4380.0,
    "annually": 8760.0, "yearly": 8760.0, "each year": 8760.0, "every year": 8760.0,
    "once a year": 8760.0, "each month": 730.0, "every month": 730.0, "every week": 168.0,
    "each week": 168.0, "every day": 24.0, "each day": 24.0,
}  # fmt: skip
_OFTEN_RE: Final = re.compile(
    rf"\b(?:{'|'.join(map(re.escape, sorted(_OFTEN, key=len, reverse=True)))})\b", re.IGNORECASE
)

_DEADLINE: Final = re.compile(
    r"\b(?:within|inside|in|after|under|than)\W+(?:\w+\W+){0,1}$", re.IGNORECASE
)
_SPAN: Final = re.compile(
    r"\b(?:for|least|minimum(?: of)?|retained|kept)\W+(?:\w+\W+){0,1}$", re.IGNORECASE
)

_SHARED: Final = 0.34
"""Share of meaning words that two sentences must have in common to be about one point."""

_FEWEST: Final = 3

LIKENESS: Final = 0.6
"""Least cosine of two sentences about one point. On the sample company the planted pair has .76."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount in a sentence, comparable with others of its kind."""

    kind: str
    value: float
    words: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of a policy, and where it comes from."""

    source: str
    text: str
    key: int
    """Tells the caller which of its passages this is."""
    vector: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two statements on one point that cannot both be followed."""

    one: Statement
    amount: Quantity
    other: Statement
    other_amount: Quantity
    likeness: float


def quantities(text: str) -> Iterator[Quantity]:
    """Yield every duration, frequency, length and share in a sentence."""
    for match in _DURATION.finditer(text):
        hours = _number(match[1]) * _HOURS[match[2].lower()]
        before = text[max(0, match.start() - 24) : match.start()]
        # "Within three days" and "for three years" are not about the same thing.
        role = (
            "deadline" if _DEADLINE.search(before) else "span" if _SPAN.search(before) else "every"
        )
        yield Quantity(role, round(hours, 3), match[0])
    for match in _LENGTH.finditer(text):
        yield Quantity("length", _number(match[1]), match[0])
    for match in _SHARE.finditer(text):
        yield Quantity("share", _number(match[1]), match[0])
    for match in _OFTEN_RE.finditer(text):
        yield Quantity("frequency", _OFTEN[match[0].lower()], match[0])


def disagreements(statements: Sequence[Statement], vocabulary: Vocabulary) -> list[Disagreement]:
    """Return pairs of statements from different sources about one point, with different amounts.

    Two sentences are about one point when they share enough of the words that carry meaning and
    mean nearly the same as a whole. Where one of them names several amounts of a kind and any agrees
    with the other, they do not disagree.
    """
    found = []
    meant = [set(vocabulary.asked(_without_amounts(one.text))) for one in statements]
    for (at, one), (other_at, other) in combinations(enumerate(statements), 2):
        smaller = min(len(meant[at]), len(meant[other_at]))
        if one.source == other.source or smaller < _FEWEST:
            continue
        shared = len(meant[at] & meant[other_at])
        likeness = float(one.vector @ other.vector)
        if shared < _SHARED * smaller or likeness < LIKENESS:
            continue
        pair = _differing(list(quantities(one.text)), list(quantities(other.text)))
        if pair is not None:
            found.append(Disagreement(one, pair[0], other, pair[1], likeness))
    return sorted(found, key=lambda one: -one.likeness)


def _differing(
    one: Sequence[Quantity], other: Sequence[Quantity]
) -> tuple[Quantity, Quantity] | None:
    for kind in ("deadline", "span", "every", "length", "share", "frequency"):
        left = [q for q in one if q.kind == kind]
        right = [q for q in other if q.kind == kind]
        if left and right and not {q.value for q in left} & {q.value for q in right}:
            return left[0], right[0]
    return None


def _number(text: str) -> float:
    word = _WORDS_AS_NUMBERS.get(text.lower())
    return float(word) if word is not None else float(text.replace(",", "."))


def _without_amounts(text: str) -> str:
    for pattern in (_DURATION, _LENGTH, _SHARE, _OFTEN_RE):
        text = pattern.sub(" ", text)
    return text
