"""Phrases that a management response does not use, found where they stand.

What stands within “ and ” is quoted: an auditor's or a record's words are theirs, whatever they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from copilot.catalog.checking import Problem, read
from copilot.errors import InvalidKnowledge

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

FILE: Final = "policies/phrases-to-avoid.yaml"

_QUOTED: Final = re.compile(r"“[^“”]*”")
_APOSTROPHES: Final = re.compile(r"['’]")
_GAP: Final = re.compile(r"[\s-]+")


def _line(text: str) -> str:
    if text != " ".join(text.split()):
        raise ValueError("holds a line break or doubled spaces")
    return text


_Line = Annotated[str, Field(min_length=2, max_length=300), AfterValidator(_line)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    phrase: _Line
    why: _Line
    instead: _Line


class PhrasesFile(BaseModel):
    """`knowledge/policies/phrases-to-avoid.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    phrases: Annotated[list[_Entry], Field(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Words to avoid."""

    phrase: str
    why: str
    instead: str
    """What to write in their place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseRemark:
    """A phrase to avoid where it stands: `text[start:end]`."""

    phrase: Phrase
    start: int
    end: int


def load_phrases(knowledge: Path) -> tuple[Phrase, ...]:
    """Return the phrases to avoid.

    Args:
        knowledge: The knowledge folder.

    Raises:
        InvalidKnowledge: With one line for each problem of the file.
    """
    problems: list[Problem] = []
    file = read(knowledge, FILE, PhrasesFile, problems)
    if file is None:
        raise InvalidKnowledge([str(one) for one in problems])
    return tuple(Phrase(**one) for one in file.value["phrases"])


def check_phrases(text: str, phrases: Sequence[Phrase]) -> list[PhraseRemark]:
    """Return where a text uses phrases to avoid, in its order.

    Case, line breaks, hyphens and the kind of apostrophe make no difference.
    """
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    found = [
        remark
        for phrase in phrases
        for remark in _found(text, phrase)
        if not any(start < remark.end and remark.start < end for start, end in quoted)
    ]
    return sorted(found, key=lambda one: (one.start, -one.end))


def _found(text: str, phrase: Phrase) -> Iterator[PhraseRemark]:
    for match in _pattern(phrase.phrase).finditer(text):
        yield PhraseRemark(phrase=phrase, start=match.start(), end=match.end())


def _pattern(phrase: str) -> re.Pattern[str]:
    words = (_APOSTROPHES.sub("['’]", re.escape(one)) for one in _GAP.split(phrase.strip()))
    # Percent signs stand with and without a space.
    joined = r"[\s-]+".join(words).replace("%", r"\s?%")
    return re.compile(rf"(?<!\w){joined}(?!\w)", re.IGNORECASE)
