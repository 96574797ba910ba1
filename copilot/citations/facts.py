"""Ids, times and amounts of a claim, and which of them its quotes do not carry."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Final

from copilot.citations.amounts import AMOUNT_WORDS, number, take_amounts
from copilot.citations.cues import Cue, signs_in
from copilot.citations.moments import TIME_WORDS, take_moments

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copilot.citations.amounts import Amount
    from copilot.citations.moments import Moment

_NUMBERED: Final = r"\b(?:CC|PI|A|C|P)\d\.\d{1,2}\b|\b[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*-\d+\b|\b[a-z]{2,}(?:-[a-z0-9]+)+-\d+\b|\bSOC ?\d\b|\bISO ?\d{4,5}\b"
_ADDRESSES: Final = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|https?://[^\s)>\]]+"
_VERSIONS: Final = r"\b(?i:type) (?:I{1,3}|[123])\b|\b[A-Z]{2,}\d+\b(?!\.\d)|\b[Vv]\d+(?:\.\d+)*\b"
_IDS: Final = re.compile(f"{_NUMBERED}|{_ADDRESSES}|{_VERSIONS}")
_IDS_BUT_ADDRESSES: Final = re.compile(f"{_NUMBERED}|{_VERSIONS}")
"""The same for a text without an address, which is tried at every place of a text."""


_MARK: Final = re.compile(r"[\d@]")
"""Without one of these a text has no id, unless it has an address or a type, and most stretches of a text have none."""

_TELLING: Final = AMOUNT_WORDS | TIME_WORDS | {"type", "@", "/"}
"""Without one of these a text has nothing that quotes must carry, and most stretches of a text have none."""

_DIGIT: Final = re.compile(r"\d")
_DIGITS: Final = re.compile(r"[^\W_]*\d[^\W_]*")
_WORDS: Final = re.compile(r"[^\W_]+")
_ORDINALS: Final = {
    word: re.compile(rf"\b(?:{word}|{others})\b", re.IGNORECASE)
    for word, others in (
        ("third", "3rd|three|3"),
        ("fourth", "4th|four|4"),
        ("fifth", "5th|five|5"),
        ("sixth", "6th|six|6"),
        ("seventh", "7th|seven|7"),
        ("eighth", "8th|eight|8"),
        ("ninth", "9th|nine|9"),
        ("tenth", "10th|ten|10"),
        ("twice", "double|two|2|2x|second"),
        ("double", "twice|two|2|2x"),
        ("triple", "three|3|3x|thrice"),
        ("thrice", "triple|three|3|3x"),
        ("half", "halve[sd]?|50|0[.]5|H[12]|six months|6 months"),
    )
}
_PLACES: Final = Cue(rf"\b({'|'.join(_ORDINALS)})\b(?![- ](?:part|quarter|half|of \d)|[- ]year)")
"""Places in an order, and how many times: each must stand in the quotes, or its number."""

_DATES: Final = 20
"""Dates of the quotes between which days are counted."""
_NAMED: Final = Cue(
    r"([A-Za-z][\w -]{1,40}?)\"?\s{0,3}[:=]\s{0,3}\"?(\d[\d,]*(?:\.\d+)?)(?![\w.])", 0
)
_LETTER_DIGIT: Final = re.compile(r"[A-Za-z]\d")
_JOINED: Final = re.compile(r"(?<=[a-z]{2})(?=\d)|(?<=[A-Z]{2})(?=\d+\.\d)")


Named = tuple[str, float]
"""A number with the name that it stands under, in a record or a row."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything in a text that must not change: ids, times, amounts."""

    text: str
    id_words: tuple[str, ...]
    """Every id in one form, as often as it stands there."""
    moments: tuple[Moment, ...]
    amounts: tuple[Amount, ...]
    left: tuple[str, ...]
    """Whatever else has a digit in it, such as the name of a machine."""

    @property
    def stated(self) -> bool:
        """Whether there is anything in it that quotes must carry."""
        return bool(
            self.id_words or self.moments or self.amounts or self.left or _PLACES.search(self.text)
        )


def named_numbers(text: str) -> list[Named]:
    """Return the numbers of a record with their names: `idle_minutes: 15`."""
    if ":" not in text and "=" not in text:
        return []
    return [(match[1].lower(), number(match[2])) for match in _NAMED.finditer(text)]


@lru_cache(maxsize=2_000)
def facts_of(text: str, *, loose: bool = False) -> Facts:
    """Return the ids, times and amounts of a text.

    Args:
        text: A claim or a quote.
        loose: Read numbers that are written together with other characters as well, as in records:
            `TLS1.2`, `silent_over_7_days`.
    """
    if _TELLING.isdisjoint(signs_in(text)):
        return Facts(text, (), (), (), ())
    ids: list[str] = []

    def take(match: re.Match[str]) -> str:
        ids.append(_plain_id(match[0]))
        return " " * len(match[0])

    marked = _MARK.search(text) or "://" in text or "type" in text.lower()
    pattern = _IDS if "@" in text or "://" in text else _IDS_BUT_ADDRESSES
    rest = pattern.sub(take, text) if marked else text
    if loose:
        apart = rest.replace("_", " ")
        apart = _JOINED.sub(" ", apart) if _LETTER_DIGIT.search(apart) else apart
        if apart == rest:
            return facts_of(text)
        rest = apart
    moments, rest = take_moments(rest)
    amounts = tuple(take_amounts(rest))
    for one in amounts:
        rest = f"{rest[: one.at]}{' ' * len(one.words)}{rest[one.at + len(one.words) :]}"
    others = _DIGITS.findall(rest.lower()) if _DIGIT.search(rest) else ()
    return Facts(text, tuple(ids), moments, amounts, tuple(others))


def _plain_id(text: str) -> str:
    plain = re.sub(r"[\s-]", "", text.lower()).rstrip(".,")
    return {"type1": "typei", "type2": "typeii"}.get(plain, plain)


def uncarried_facts(
    claim: Facts,
    quotes: Facts,
    *,
    dated: Sequence[Moment] = (),
    columns: str = "",
    named: Sequence[Named] = (),
) -> list[str]:
    """Return the ids, times and amounts of a claim that its quotes do not carry, in its own words.

    Args:
        claim: The facts of the claim.
        quotes: The facts of all its quotes together.
        dated: The time that the quoted sources speak for; it may complete a date.
        columns: The quotes, and the names of the columns above them: they may name a number's unit.
        named: The names that numbers of the quotes stand under, where they stand under one.
    """
    wrong = sorted({*claim.id_words} - {*quotes.id_words})
    stands = frozenset(_WORDS.findall(columns.lower()))
    wrong += [one for one in claim.left if one not in stands]
    wrong += [
        match[0]
        for match in _PLACES.finditer(claim.text)
        if not _ORDINALS[match[1].lower()].search(columns)
    ]
    times = (*quotes.moments, *dated)
    # The date of a whole source is no excuse for another date than the one that is quoted.
    left = [one for one in quotes.moments if one.months and not one.carried_by(claim.moments)]
    wrong += [
        one.words
        for one in claim.moments
        if not one.carried_by(
            quotes.moments
            if left and one.months and not _only_dated(one, quotes.moments)
            else times
        )
    ]
    spans = _between(quotes.moments) if any(one.kind == "hours" for one in claim.amounts) else set()
    years = {float(one.year) for one in times if one.year}
    wrong += [
        one.words
        for one in claim.amounts
        if not (one.unit and one.value in spans)
        and not _carried(one, quotes, columns.lower(), named)
        and not (one.kind == "number" and one.value in years)
    ]
    return wrong or _repeated(claim, quotes)


def _repeated(claim: Facts, quotes: Facts) -> list[str]:
    """Return what a claim has oftener than its quotes, in the place of something that it leaves out.

    "Tier 2 and tier 2" stands for "tier 1 and tier 2".
    """
    said, quoted = (
        Counter(map(_plain_item, _items(claim))),
        Counter(map(_plain_item, _items(quotes))),
    )
    left_out = {kind for kind, value in quoted if (kind, value) not in said}
    more = {one for one in said if one[0] in left_out and said[one] > quoted[one] > 0}
    words = (words for kind, value, words in _items(claim) if (kind, value) in more)
    return list(dict.fromkeys(words))


def _items(facts: Facts) -> Iterator[tuple[str, object, str]]:
    """Yield everything that must not change: of what kind it is, what it is, and its words."""
    for one in facts.amounts:
        yield one.kind, one.value, one.words
    for moment in facts.moments:
        yield "time", (moment.year, moment.months, moment.day), moment.words
    for words in facts.id_words:
        yield words.rstrip("0123456789.-"), words, words


def _plain_item(item: tuple[str, object, str]) -> tuple[str, object]:
    return item[:2]


def _between(moments: Sequence[Moment]) -> set[float]:
    """Return the hours between each two dates: "four days before the due date" has them for its proof."""
    days = []
    for one in moments[:_DATES]:
        if one.year and one.months and one.day:
            with suppress(ValueError):
                days.append(date(one.year, one.months[0], one.day))
    return {24.0 * abs((one - other).days) for one, other in combinations(days, 2)}


def _only_dated(moment: Moment, quoted: Sequence[Moment]) -> bool:
    """Say whether the quotes name the same day or month without its year, which the source may add."""
    return moment.year is not None and replace(moment, year=None).carried_by(quoted)


def _carried(amount: Amount, quotes: Facts, columns: str, named: Sequence[Named]) -> bool:
    if any(one.kind == amount.kind and one.value == amount.value for one in quotes.amounts):
        return True
    bare = {one.value for one in quotes.amounts if one.kind == "number"}
    if amount.kind == "number":
        return amount.words.lower() == "one"  # "one of the owners" counts nothing
    if amount.unit and amount.said in bare:
        # A table has the unit in the name of a column: `minutes=49`, `Minutes unavailable`.
        names = [name for name, value in named if value == amount.said]
        return any(amount.unit in name for name in names) if names else amount.unit in columns
    if amount.kind == "share" and amount.value in bare:
        return "percent" in columns or "per cent" in columns or "%" in columns
    return False
