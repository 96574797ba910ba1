"""Numbers with their units, and how often things are done, in words or digits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from copilot.citations.cues import any_of, signs_in
from copilot.wording import stem

if TYPE_CHECKING:
    from collections.abc import Iterator

_ONES: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen".split()
)
_TENS: Final = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_VALUES: Final = (
    {word: float(value) for value, word in enumerate(_ONES)}
    | {word: 10.0 * value for value, word in enumerate(_TENS, start=2)}
    | {"dozen": 12.0, "hundred": 100.0, "thousand": 1000.0}
)
_SCALES: Final = {"k": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9, "thousand": 1e3}

_DIGITS: Final = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.]\d+)?"
_WORDS: Final = rf"(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_ONES[1:10])}))?|{'|'.join(_VALUES)}"
NUMBER: Final = rf"(?:{_DIGITS}|(?i:\b(?:{_WORDS})\b))"

_UNITS: Final = {
    "second": ("hours", 1 / 3600), "sec": ("hours", 1 / 3600), "s": ("hours", 1 / 3600),
    "minute": ("hours", 1 / 60), "min": ("hours", 1 / 60), "hour": ("hours", 1.0),
    "hr": ("hours", 1.0), "h": ("hours", 1.0), "day": ("hours", 24.0), "week": ("hours", 168.0),
    "fortnight": ("hours", 336.0), "month": ("months", 1.0), "quarter": ("months", 3.0),
    "year": ("months", 12.0),
}  # fmt: skip
_UNIT: Final = (
    r"(?:(business|working|calendar|full|consecutive)[\s-]+)?"
    r"(seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|fortnights?|months?|quarters?|years?|[hs])"
)
_OFTEN: Final = {
    "hourly": 1.0, "daily": 24.0, "nightly": 24.0, "weekly": 168.0, "biweekly": 336.0,
    "fortnightly": 336.0, "monthly": 730.0, "quarterly": 2190.0, "half-yearly": 4380.0,
    "semi-annually": 4380.0, "semiannually": 4380.0, "semi-annual": 4380.0, "semiannual": 4380.0,
    "biannually": 4380.0, "bi-annually": 4380.0, "bi-annual": 4380.0, "bi-weekly": 336.0, "biannual": 4380.0, "annually": 8760.0, "annual": 8760.0,
    "yearly": 8760.0,
}  # fmt: skip
_EVERY: Final = {"hour": 1.0, "day": 24.0, "night": 24.0, "week": 168.0, "fortnight": 336.0,
                 "month": 730.0, "quarter": 2190.0, "half-year": 4380.0, "year": 8760.0}  # fmt: skip
_EVERY_WORD: Final = "|".join(_EVERY)

_OFTEN_RE: Final = re.compile(
    rf"\b(?:{'|'.join(sorted(_OFTEN, key=len, reverse=True))})\b", re.IGNORECASE
)
_TIMES_RE: Final = re.compile(
    rf"\b(?:(once|twice|({NUMBER})\s+times|one|two)\s+(?:(?:in\s+)?(?:a|an|each|every|per)))\s+"
    rf"(?:calendar\s+)?({_EVERY_WORD})\b",
    re.IGNORECASE,
)
_EVERY_N_RE: Final = re.compile(
    rf"\b(?:every|each)\s+({NUMBER})\s+({_EVERY_WORD})s?\b", re.IGNORECASE
)
_EVERY_RE: Final = re.compile(
    rf"\b(?:every|each|per)\s+(?:single\s+|calendar\s+|other\s+)?({_EVERY_WORD})\b", re.IGNORECASE
)
_SHARE_RE: Final = re.compile(rf"({NUMBER})\s*(?:%|per\s?cent\b|percent\b)", re.IGNORECASE)
_MONEY_RE: Final = re.compile(
    rf"(?:([$€£]|USD|EUR|GBP|SEK|CHF)\s?({NUMBER})(?:\s?(k|m|bn|thousand|million|billion)\b)?|"
    rf"({NUMBER})\s?(k|m|bn|thousand|million|billion)?\s?(USD|EUR|GBP|SEK|CHF|dollars?|euros?|pounds?)\b)",
    re.IGNORECASE,
)
_SPAN_RE: Final = re.compile(rf"(?<![\w.-])({NUMBER})[\s-]*{_UNIT}\b", re.IGNORECASE)
_A_SPAN_RE: Final = re.compile(
    r"\b(?:within|inside|in|after|for|than|of|last|lasts|lasted|least|most|to|until)\s+(an?|one)\s+"
    r"(?:(business|working|calendar|full)\s+)?(hour|day|week|month|quarter|year)\b",
    re.IGNORECASE,
)
_SIZE_RE: Final = re.compile(
    rf"(?<![\w.-])({NUMBER})[\s-]*(bytes?|[kmgtp]i?b|bits?|ms|milliseconds?|km|kw|characters?|chars?)\b",
    re.IGNORECASE,
)
_CLOCK_RE: Final = re.compile(r"(?<![\d:])([01]?\d|2[0-3]):([0-5]\d)(?::\d\d)?(?!\d|:\d)")
_NUMBER_RE: Final = re.compile(
    rf"(?<![\w.])#?({NUMBER})(?:st|nd|rd|th)?(?![\w]|\.\d)", re.IGNORECASE
)
_NUMBER_WORDS: Final = any_of((*_TENS, *_VALUES, *"0123456789"))
_OFTEN_WORDS: Final = any_of(word for often in _OFTEN for word in often.split("-"))
_UNIT_WORDS: Final = any_of(
    f"{unit}{plural}" for unit in (*_UNITS, *_EVERY) for plural in ("", "s")
) | {"half"}
_TIMES_WORDS: Final = any_of("once twice times one two".split())
_EVERY_WORDS: Final = any_of("every each per".split())
_ARTICLES: Final = any_of("a an one".split())
_COUNTING: Final = any_of("every each per once twice one two times a an".split())
_SIZE_WORDS: Final = any_of(
    f"{unit}{plural}"
    for unit in (
        *(f"{size}{binary}b" for size in "kmgtp" for binary in ("", "i")),
        *"byte bit ms millisecond km kw character char".split(),
    )
    for plural in ("", "s")
)
_MONEY_WORDS: Final = any_of("usd eur gbp sek chf dollar dollars euro euros pound pounds".split())

AMOUNT_WORDS: Final = _NUMBER_WORDS | _OFTEN_WORDS | _UNIT_WORDS
"""Without one of these a text has no amount."""

_CURRENCIES: Final = {"$": "usd", "€": "eur", "£": "gbp", "dollar": "usd", "euro": "eur",
                      "pound": "gbp"}  # fmt: skip
_NUMBERS: Final = 4_000
"""Numbers of which the value is kept; .1 kB each."""
_IN_WORDS: Final = re.compile(r"[a-z]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of something, comparable with others of its kind."""

    kind: str
    """`hours`, `months`, `business hours`, `share`, `often`, `clock`, a currency, or `number`."""
    value: float
    words: str
    at: int
    """Where its words begin."""
    said: float = -1.0
    """The number as it is written, before it was turned into another unit."""
    unit: str = ""
    """The unit as it is written, in the singular."""


def take_amounts(text: str) -> list[Amount]:
    """Return every amount of a text, each part of the text being read once."""
    found: list[Amount] = []
    # Without a number there are only "weekly", "every week" and "within a day".
    stand = signs_in(text)
    often = not (_COUNTING.isdisjoint(stand) or _UNIT_WORDS.isdisjoint(stand))
    if not often and _NUMBER_WORDS.isdisjoint(stand) and _OFTEN_WORDS.isdisjoint(stand):
        return found
    plain = text.casefold()
    for read, signs, marks in _READERS:
        if signs.isdisjoint(stand) and not any(mark in plain for mark in marks):
            continue
        blanked = text
        for amount in read(text):
            found.append(amount)
            end = amount.at + len(amount.words)
            blanked = f"{blanked[: amount.at]}{' ' * len(amount.words)}{blanked[end:]}"
        text = blanked
    return found


def _clock(text: str) -> Iterator[Amount]:
    for match in _CLOCK_RE.finditer(text):
        value = int(match[1]) + int(match[2]) / 60
        yield Amount("clock", round(value, 3), match[0], match.start())


def _often(text: str) -> Iterator[Amount]:
    taken: list[tuple[int, int]] = []

    def fresh(match: re.Match[str]) -> bool:
        free = all(match.end() <= start or end <= match.start() for start, end in taken)
        taken.append(match.span())
        return free

    stand = signs_in(text)
    for match in () if _TIMES_WORDS.isdisjoint(stand) else _TIMES_RE.finditer(text):
        if fresh(match):
            count = match[1].lower().split()[0]
            times = {"once": 1.0, "one": 1.0, "twice": 2.0, "two": 2.0}.get(count)
            times = times or number(match[2] or "1") or 1.0
            yield _every(match, _EVERY[match[3].lower()] / times)
    every = not _EVERY_WORDS.isdisjoint(stand)
    for match in _EVERY_N_RE.finditer(text) if every else ():
        if fresh(match):
            yield _every(match, _EVERY[match[2].lower()] * number(match[1]))
    for match in _EVERY_RE.finditer(text) if every else ():
        if fresh(match):
            other = 2 if " other " in match[0].lower() else 1
            yield _every(match, _EVERY[match[1].lower()] * other)
    for match in () if _OFTEN_WORDS.isdisjoint(stand) else _OFTEN_RE.finditer(text):
        if fresh(match):
            yield _every(match, _OFTEN[match[0].lower()])


_BY_DAYS: Final = re.compile(r"\b(?:hours|days|weeks)\b", re.IGNORECASE)


def _every(match: re.Match[str], hours: float) -> Amount:
    # 12 months are a year and three are a quarter; 91 days are neither, and not 90 days either.
    if _BY_DAYS.search(match[0]):
        return Amount("often", round(hours, 3), match[0], match.start())
    usual = min((*_OFTEN.values(),), key=lambda one: abs(one - hours))
    value = usual if abs(usual - hours) <= 0.03 * usual else hours
    return Amount("often", round(value, 3), match[0], match.start())


def _shares(text: str) -> Iterator[Amount]:
    for match in _SHARE_RE.finditer(text):
        yield Amount("share", number(match[1]), match[0], match.start())


def _money(text: str) -> Iterator[Amount]:
    for match in _MONEY_RE.finditer(text):
        sign, value = (match[1], match[2]) if match[2] else (match[6], match[4])
        scale = _SCALES.get((match[3] or match[5] or "").lower(), 1.0)
        sign = sign.lower().rstrip("s") if len(sign) > 3 else sign.lower()
        yield Amount(_CURRENCIES.get(sign, sign), number(value) * scale, match[0], match.start())


def _sizes(text: str) -> Iterator[Amount]:
    for match in _SIZE_RE.finditer(text):
        unit = match[2].lower()
        unit = "character" if unit.startswith("char") else unit.replace("i", "").rstrip("s") or "s"
        said = number(match[1])
        yield Amount(unit, said, match[0], match.start(), said=said, unit=unit)


def _spans(text: str) -> Iterator[Amount]:
    counted = list(_SPAN_RE.finditer(text))
    for match in counted:
        yield _span(match, number(match[1]))
    taken = [match.span() for match in counted]
    for match in () if _ARTICLES.isdisjoint(signs_in(text)) else _A_SPAN_RE.finditer(text):
        if all(match.end() <= start or end <= match.start() for start, end in taken):
            yield _span(match, 1.0)


def _span(match: re.Match[str], value: float) -> Amount:
    kind, scale = _UNITS[_singular(match[3].lower())]
    business = "business " if (match[2] or "").lower() in {"business", "working"} else ""
    if business:
        # Three business days are neither 72 hours nor three days.
        kind, scale = _singular(match[3].lower()), 1.0
    return Amount(
        f"{business}{kind}",
        round(value * scale, 4),
        match[0],
        match.start(),
        said=value,
        unit=_singular(match[3].lower()),
    )


def _singular(unit: str) -> str:
    return unit if unit in _UNITS else unit.removesuffix("s")


def _numbers(text: str) -> Iterator[Amount]:
    for match in _NUMBER_RE.finditer(text):
        yield Amount("number", number(match[1]), match[0], match.start())


@lru_cache(maxsize=_NUMBERS)
def number(text: str) -> float:
    """Return the value of a number in digits or in words; nothing written is 0."""
    text = text.strip().lower()
    if text[:1].isdigit():
        return float(text.replace(",", ""))
    return sum(_VALUES.get(word, 0.0) for word in _IN_WORDS.findall(text))


_NOTHING: Final[frozenset[str]] = frozenset()
_READERS: Final = (
    (_clock, _NOTHING, (":",)),
    (_often, _OFTEN_WORDS | _UNIT_WORDS, ()),
    (_shares, _NOTHING, ("%", "cent")),
    (_money, _MONEY_WORDS, ("$", "€", "£", "usd", "eur", "gbp", "sek", "chf")),
    (_sizes, _SIZE_WORDS, ()),
    (_spans, _UNIT_WORDS, ()),
    (_numbers, _NUMBER_WORDS, ()),
)
"""What reads amounts of a kind, and the words and marks of which a text has one, folded, that has any of them."""

_ROOTS: Final = 20_000
"""Stems of which it is kept whether they are numbers; .1 kB each."""

_NUMBER_STEMS: Final = frozenset(stem(word) for word in _VALUES)


@lru_cache(maxsize=_ROOTS)
def is_number(root: str) -> bool:
    """Say whether the stem of a word is a number, in digits or in words."""
    return root in _NUMBER_STEMS or root.replace(",", "").replace(".", "").isdigit()
