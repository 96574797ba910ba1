"""Words of which one must stand in a text for a pattern to match, read off the pattern."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from importlib import import_module
from string import ascii_lowercase, digits
from typing import Any, Final

BEGINNING: Final = 3
"""Letters by which a word is known of which a pattern has only the beginning: `automat\\w*`."""

_MOST: Final = 150
"""Signs of a pattern; with more of them nearly every text has one."""

_COMMON: Final = frozenset(
    "a an and are as at by for from in is it no not of on or so than that the to was will with".split()
)
_LETTERS: Final = frozenset(ascii_lowercase)
_CATEGORIES: Final = {
    "CATEGORY_SPACE": frozenset(" "),
    "CATEGORY_NOT_WORD": frozenset(" "),
    "CATEGORY_DIGIT": frozenset(digits),
}
"""Kinds of characters that end a word: digits, and others of which it is not known which one stands there."""


def signs_of(pattern: str, flags: int = re.IGNORECASE, *, otherwise: str = "") -> frozenset[str]:
    """Return what a text must have one of for a pattern to match; only `otherwise` if that cannot be said.

    A sign is a whole word in small letters, the first three letters of a longer one, or a mark. The pattern is
    read by the parser of `re`; should a Python to come have another one, no pattern has signs, and each is
    tried on every text.
    """
    signs: set[str] = set()
    try:
        steps = import_module("re._parser").parse(pattern, flags)
        _follow(list(steps), _At(), signs)
    except (ImportError, AttributeError, _Unsure):
        return frozenset((otherwise,))
    return frozenset(signs)


class _Unsure(Exception):
    """A match of a pattern need have no word that can be named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _At:
    """What is known where one way through a pattern has come to."""

    word: str = ""
    """The letters of the word that stands here, from its first."""
    begins: bool = False
    """The character before is none of a word, so that a word may begin here."""
    marks: frozenset[str] = frozenset()
    """One of these stands before, and will do if no word can be named."""

    def sign(self, *, whole: bool) -> tuple[str, ...]:
        """Return what is known of the text when the word ends here, or when no more is known of it.

        Raises:
            _Unsure: Nothing is.
        """
        if whole and self.word:
            return (self.word,)
        if len(self.word) >= BEGINNING:
            return (self.word[:BEGINNING],)
        if self.marks:
            return tuple(self.marks)
        raise _Unsure


def _follow(steps: list[Any], at: _At, signs: set[str]) -> None:
    """Add the signs of every way through the steps of a pattern."""
    if len(signs) > _MOST:
        raise _Unsure
    if not steps:
        signs.update(at.sign(whole=False))
        return
    (step, given), rest = steps[0], steps[1:]
    kind = str(step)
    if kind in {"LITERAL", "IN"}:
        for then in _after(given if kind == "IN" else [(step, given)], at, signs):
            _follow(rest, then, signs)
    elif kind in {"AT", "AGAIN"} and at.word:
        signs.update(at.sign(whole=kind == "AT" and str(given) != "AT_NON_BOUNDARY"))
    elif kind == "ASSERT" and given[0] > 0 and (at.word or not rest):
        _follow(list(given[1]), at, signs)
    else:
        if kind == "AT":
            at = replace(at, begins=str(given) != "AT_NON_BOUNDARY")
        elif kind == "AGAIN":
            at = replace(at, begins=at.begins and given)
        for way in _ways(kind, given):
            _follow([*way, *rest], at, signs)


def _ways(kind: str, given: Any) -> list[list[Any]]:
    """Return the ways through a step that is made of others.

    Raises:
        _Unsure: It is of no known kind.
    """
    match kind:
        case "BRANCH":
            return [list(one) for one in given[1]]
        case "SUBPATTERN":
            return [list(given[3])]
        case "MAX_REPEAT" | "MIN_REPEAT":
            least, most, again = given
            # What is repeated may follow itself, so that a word at its end need not end there.
            once = list(again) if most == 1 else [*again, ("AGAIN", _ends_words(again[-1]))]
            return [once] if least else [[], once]
        case "AT" | "AGAIN" | "ASSERT" | "ASSERT_NOT":
            return [[]]
        case _:
            raise _Unsure


def _ends_words(step: tuple[Any, Any]) -> bool:
    """Say whether no letter can stand where a step is matched."""
    kind, given = step
    if str(kind) not in {"LITERAL", "IN"}:
        return False
    letters, _, any_letter = _told([step] if str(kind) == "LITERAL" else given, short=False)
    return not letters and not any_letter


def _after(characters: list[Any], at: _At, signs: set[str]) -> list[_At]:
    """Return what is known behind one of some characters; a word that ends there is a sign."""
    letters, others, any_letter = _told(characters, short=0 < len(at.word) < BEGINNING)
    known = [replace(at, word=at.word + one) for one in letters if at.word or at.begins]
    if any_letter or (letters and not known):
        if at.word:
            signs.update(at.sign(whole=False))
        else:
            known.append(replace(at, begins=False))
    if others and at.word in _COMMON:
        # Nearly every text has such a word; one that follows it says more.
        known.append(replace(at, word="", begins=True, marks=frozenset((at.word,))))
    elif others and at.word:
        signs.update(at.sign(whole=True))
    elif others:
        marks = at.marks if " " in others else others
        known.append(replace(at, begins=True, marks=marks))
    return known


def _told(characters: list[Any], *, short: bool) -> tuple[frozenset[str], frozenset[str], bool]:
    """Return the letters of a set of characters, what of it ends a word, and whether it has other letters.

    Args:
        characters: What the parser of `re` says that the set is made of.
        short: Whether `a-z` is taken as each of its letters, since of the word too little is known.
    """
    letters: set[str] = set()
    others: set[str] = set()
    any_letter = False
    for step, given in characters:
        kind = str(step)
        found = chr(given).lower() if kind == "LITERAL" else ""
        if found in _LETTERS:
            letters.add(found)
        elif found:
            others.add(" " if found.isspace() else found)
        elif kind == "CATEGORY" and str(given) in _CATEGORIES:
            others |= _CATEGORIES[str(given)]
        elif kind == "RANGE" and set(map(chr, given)) <= set(digits):
            others |= {chr(one) for one in range(given[0], given[1] + 1)}
        elif kind == "RANGE" and set(map(chr, given)) <= _LETTERS and short:
            letters |= {chr(one) for one in range(given[0], given[1] + 1)}
        else:
            any_letter = True
            others.add(" ")
    return frozenset(letters), frozenset(others), any_letter
