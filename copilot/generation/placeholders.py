"""Put placeholders for what should not leave the machine, and put it back afterwards.

A placeholder is `[PERSON_2]`: a kind and a number, or `[PERSON_2b]` for another spelling of the same.
Whatever of this form already stands in a text is hidden too, brackets or not. So every one that a
hidden text holds is ours, and a reply is restored without a guess.
"""

from __future__ import annotations

import re
from collections import Counter
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from copilot.generation.hiding import KINDS, Stretch, joined

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from copilot.generation.hiding import HidingRules

# Markdown has its underscores escaped. There is no bracket in it and no look at what stands around,
# so it cannot come about at the edge of a placeholder.
_CORE: Final = rf"(?:{'|'.join(kind.upper() for kind in KINDS)})\\{{0,2}}_\d+[a-z]*"
_LIKE: Final = re.compile(_CORE)
_GIVEN: Final = re.compile(rf"\[({_CORE})\]|\\{{1,2}}\[({_CORE})\\{{1,2}}\]|({_CORE})")
_TELLING: Final = 6
"""Characters of a secret that is hidden wherever it stands; `1234` stands in many places."""

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


class Placeholders:
    """The placeholders of one conversation; several threads may use it."""

    def __init__(self, rules: HidingRules) -> None:
        """Start with none; `rules` say what is hidden."""
        self._rules = rules
        self._values: dict[str, str] = {}
        self._given: dict[tuple[str, str], str] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        self._used: Counter[str] = Counter()
        self._spellings: Counter[tuple[str, str]] = Counter()
        self._secrets: dict[str, None] = {}
        self._lock = Lock()

    def hide(self, text: str) -> str:
        """Return a text with placeholders, the same for the same value throughout.

        `restore` brings back the whole, and every part of it that cuts no placeholder.
        """
        return self.hide_all((text,))[0]

    def hide_all(self, texts: Sequence[str]) -> list[str]:
        """Return texts with placeholders; a secret of one is hidden in all of them.

        `password: x` gives a secret away, and `x` alone somewhere else does not look like one.
        """
        found = [self._rules.find(text) for text in texts]
        told = {
            text[one.start : one.end]: None
            for text, stretches in zip(texts, found, strict=True)
            for one in stretches
            if one.kind == "secret" and one.end - one.start >= _TELLING
        }
        with self._lock:
            self._secrets = self._secrets | told
        return [
            self._replaced(text, stretches) for text, stretches in zip(texts, found, strict=True)
        ]

    def restore(self, text: str) -> str:
        """Return a text with the values again, each as it was spelt.

        A model may have dropped the brackets of a placeholder or escaped it as Markdown. One that
        was never given stays as it is. JSON has to be parsed first: see `restore_all`.
        """
        return _GIVEN.sub(self._value, text) if self._values else text

    def restore_all(self, value: Any) -> Any:
        """Return a JSON value with every text in it restored; keys stay as they are."""
        if isinstance(value, str):
            return self.restore(value)
        if isinstance(value, dict):
            return {key: self.restore_all(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.restore_all(one) for one in value]
        return value

    def counts(self) -> Mapping[str, int]:
        """Return how many different values were hidden, by kind: for a log, which has no text."""
        return {kind: self._used[kind] for kind in KINDS if self._used[kind]}

    def _replaced(self, text: str, found: list[Stretch]) -> str:
        if "_" in text:
            found += [
                Stretch(*like.span(), "literal", like.group()) for like in _LIKE.finditer(text)
            ]
        for secret in [one for one in self._secrets if one in text]:
            found += [
                Stretch(*again.span(), "secret", secret)
                for again in re.finditer(re.escape(secret), text)
            ]
        parts: list[str] = []
        at = 0
        for one in joined(found, text):
            parts += text[at : one.start], f"[{self._name(one, text[one.start : one.end])}]"
            at = one.end
        return "".join((*parts, text[at:]))

    def _name(self, one: Stretch, value: str) -> str:
        """Return what stands for a value, without brackets."""
        with self._lock:
            if name := self._given.get((one.kind, value)):
                return name
            same = (one.kind, one.identity)
            if same not in self._numbers:
                # Counted as they come, so that a number says nothing about the value.
                self._used[one.kind] += 1
                self._numbers[same] = self._used[one.kind]
            spelling = _letters(self._spellings[same])
            self._spellings[same] += 1
            name = f"{one.kind.upper()}_{self._numbers[same]}{spelling}"
            self._values[name] = value
            self._given[one.kind, value] = name
            return name

    def _value(self, match: re.Match[str]) -> str:
        name = match[1] or match[2] or match[3]
        return self._values.get(name.replace("\\", ""), match.group())


def _letters(spelling: int) -> str:
    """Return what tells apart the spellings of one value: nothing, b, c, … z, ba, bb, …."""
    letters = ""
    while spelling:
        spelling, letter = divmod(spelling, 26)
        letters = _LETTERS[letter] + letters
    return letters
