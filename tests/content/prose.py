"""Measures of prose that the content tests share."""

from __future__ import annotations

import re

_WORD = re.compile(r"[a-z0-9]+(?:['’.-][a-z0-9]+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9])|;\s|:\s|\n\s*\n|\n\s*[-*|#\d]")


def words(text):
    """Return the words of `text` in lower case, punctuation dropped."""
    return _WORD.findall(text.lower())


def sentences(text):
    """Split at sentence ends, semicolons, colons, list items and table rows."""
    return [one for one in _SENTENCE_END.split(text) if one and one.strip()]


def longest_sentence(text):
    """Return how many words the longest sentence has."""
    return max((len(words(one)) for one in sentences(text)), default=0)


def reading_grade(text):
    """Return the Flesch-Kincaid grade (Kincaid et al. 1975): years of school needed to follow it."""
    found = words(text)
    count = max(1, len(found))
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", w)))) for w in found)
    return 0.39 * count / max(1, len(sentences(text))) + 11.8 * syllables / count - 15.59
