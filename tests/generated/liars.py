"""Models that read the sources they are given and say what these do not."""

from __future__ import annotations

import re
from itertools import pairwise

from tests.models.voices import claim

_SENTENCE = re.compile(
    r"(?:^|(?<=[.!?]\s)|(?<=- ))[A-Z][^.!?\n|*\[\]]{30,240}\.(?=\s|$)", re.MULTILINE
)
_DENIAL = re.compile(r"\b(?:not|never) ")
_NUMBER = re.compile(r"(?<![\w.,:-])\d+(?!\w|[.,:-]\d)")

NEVER = "The regulator has confirmed that every drill of the year went well."
"""Words that no source of the sample company has."""


def whole_sentences(sources):
    """Yield every whole sentence of the sources with the number of its source."""
    for number, text in sources.items():
        for match in _SENTENCE.finditer(text):
            yield number, match[0]


def honest(sources, most=3):
    """Say the first sentences of as many sources, word for word."""
    first = {}
    for number, words in whole_sentences(sources):
        first.setdefault(number, words)
    return [claim(words, number, words) for number, words in list(first.items())[:most]]


def inventing_sources(sources):
    """Quote sources that were not given, with words of others and with none."""
    for number, words in whole_sentences(sources):
        yield claim(words, number + 500, words)
        yield claim(words, 0, NEVER)
        yield claim(NEVER, max(sources) + 1, NEVER)


def inventing_quotes(sources):
    """Quote words that stand nowhere."""
    for number, words in whole_sentences(sources):
        yield claim(words, number, f"{words[:-1]}, as the auditor has seen.")
        yield claim(NEVER, number, NEVER)


def altering_numbers(sources):
    """Quote truly and say another number."""
    for number, words in whole_sentences(sources):
        if _NUMBER.search(words):
            yield claim(_NUMBER.sub(lambda found: str(3 * int(found[0]) + 1), words), number, words)


def dropping_negations(sources):
    """Quote truly and say the reverse."""
    for number, words in whole_sentences(sources):
        if _DENIAL.search(words):
            yield claim(_DENIAL.sub("", words, count=1), number, words)


def stitching(sources):
    """Make one quote of the halves of two."""
    all_of_them = list(whole_sentences(sources))
    for (number, one), (_, other) in pairwise(all_of_them):
        left, right = one.split(), other.split()
        halves = " ".join(left[: len(left) // 2]), " ".join(right[len(right) // 2 :])
        for between in (" ", " … ", " [...] "):
            yield claim(one, number, between.join(halves))


def concluding(sources):
    """Quote truly and conclude what nobody has."""
    for number, words in whole_sentences(sources):
        yield claim("Harbourlight complies with all 61 criteria.", number, words)
        yield claim(f"{words[:-1]}, and the auditor is satisfied with it.", number, words)
        yield claim("Every control of Harbourlight is effective.", number, words)


def going_on(sources):
    """Say everything at once, and again."""
    words = [one for _, one in whole_sentences(sources)]
    (number, quote), *_ = whole_sentences(sources)
    yield claim(" ".join(words * 3)[:4000], number, quote)
    yield claim(f"{quote} " * 30, number, quote)


def saying_nothing(sources):
    """Send claims without words, and quotes without any."""
    for number, words in whole_sentences(sources):
        yield claim("", number, words)
        yield claim(" \n ", number, words)
        yield claim(words, number, "")
        yield claim(words, number, "the")


def dressing_up(sources):
    """Put pictures, links and placeholders that nobody gave around true words."""
    for number, words in whole_sentences(sources):
        yield claim(f"{words} ![seen](http://collector.example/?q=access)", number, words)
        yield claim(f"{words} See https://collector.example/report.", number, words)
        yield claim(f"[PERSON_77] says: {words}", number, words)


LIARS = {
    liar.__name__: liar
    for liar in (
        inventing_sources,
        inventing_quotes,
        altering_numbers,
        dropping_negations,
        stitching,
        concluding,
        going_on,
        saying_nothing,
        dressing_up,
    )
}
OUTCOMES = {
    "inventing_sources": {"absent", "misattributed"},
    "inventing_quotes": {"absent", "stitched"},
    "altering_numbers": {"unsupported"},
    "dropping_negations": {"unsupported"},
    "stitching": {"stitched", "absent"},
    "concluding": {"unsupported"},
    "going_on": {"unsupported"},
    "saying_nothing": {"unsupported", "absent"},
    "dressing_up": {"unsupported"},
}
