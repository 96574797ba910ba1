"""What of a text should not leave the machine, and where it stands."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from copilot.errors import InvalidSettings
from copilot.generation.names import Names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from copilot.domain.access import Principal
    from copilot.ports import SecretFinder

KINDS: Final = ("secret", "hidden", "literal", "email", "phone", "person")
"""Every kind of stretch; of two that are equally long and overlap, the earlier names the whole."""

_AT: Final = r"@(?:(?:\r?\n|(?:\\r)?\\n)[ \t]*)?|%40|\s?[\[({]\s?at\s?[\])}]\s?"
_SIGNS: Final = ("@", "%40", *(f"{bracket}{space}at" for bracket in "[({" for space in ("", " ")))
_EMAIL: Final = re.compile(
    rf"(?<![\w.+'’-])[\w.+'’-]++(?:{_AT})"
    r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}(?:xn--[\w-]+|[^\W\d_]{2,24})",
    re.IGNORECASE,
)
_PICTURE: Final = re.compile(r"\d[a-z]?\.(?:png|jpe?g|gif|svg|webp)", re.IGNORECASE)
_INTERNATIONAL: Final = re.compile(
    r"(?<![\w+.])\+(?!(?:19|20)\d\d-\d\d-\d\d)[1-9]\d{0,2}(?:[ \u00a0\u202f.()/-]{0,3}\d){6,12}(?!\d)"
)
_AMERICAN: Final = re.compile(
    r"(?<![\w.+-])(?:\([2-9]\d\d\)[ \u00a0]?|[2-9]\d\d([-.]))[2-9]\d\d(?:\1|[-.])\d{4}(?![\w-])"
)
_LABELS: Final = ("tel", "phone", "mobile", "cell", "fax")
_LABELLED: Final = re.compile(
    r"\b(?:tel(?:ephone|efon)?|phone|mobile|cell|fax)(?:\s?(?:no|nr|number))?\.?\s?[:=|]?\s{0,3}"
    r"(?!\d{4}-\d\d-\d\d)(\(?\d(?:[ \u00a0\u202f.()/-]{0,3}\d){6,14})(?!\d)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a text that is replaced before the text is sent."""

    start: int
    end: int
    kind: str
    """One of `KINDS`."""
    identity: str
    """The same for two stretches that mean the same, however they are spelt."""


class HidingRules:
    """Everything that a company wants hidden; made once, used for every conversation."""

    def __init__(
        self,
        finder: SecretFinder,
        *,
        patterns: Sequence[re.Pattern[str]] = (),
        people: Iterable[Principal] = (),
        ordinary: Collection[str] = (),
    ) -> None:
        """Take the rules.

        Args:
            finder: Finds keys, tokens and passwords.
            patterns: What the company wants hidden besides, from `read_hidden`.
            people: Those of the people file.
            ordinary: Common words in lower case, so that a name among them is told from the word.
        """
        self._finder = finder
        self._patterns = tuple(patterns)
        self._names = Names(people, ordinary=ordinary)

    def find(self, text: str) -> list[Stretch]:
        """Return what is hidden of a text, in order; some of it may overlap."""
        found = [
            Stretch(one.start, one.end, _kind(one.kind), text[one.start : one.end])
            for one in self._finder.find(text)
        ]
        for pattern in self._patterns:
            found += [
                Stretch(*match.span(), "hidden", match.group())
                for match in pattern.finditer(text)
                if match.group()
            ]
        found.extend(_emails(text))
        found.extend(_phones(text))
        found += [
            Stretch(start, end, "person", whose) for start, end, whose in self._names.find(text)
        ]
        return found


def joined(found: Iterable[Stretch], text: str) -> list[Stretch]:
    """Return the stretches in order, those that overlap as one that covers them all.

    Of an address within a URL with a password nothing may be left over, so the longest gives the
    kind and none is dropped.
    """
    ordered = sorted(found, key=lambda one: (one.start, one.start - one.end, KINDS.index(one.kind)))
    whole: list[Stretch] = []
    for one in ordered:
        if not whole or one.start >= whole[-1].end:
            whole.append(one)
            continue
        last = whole.pop()
        end = max(last.end, one.end)
        longest = max(last, one, key=lambda each: (each.end - each.start, -KINDS.index(each.kind)))
        if longest.start > last.start or longest.end < end:
            longest = Stretch(last.start, end, longest.kind, text[last.start : end])
        whole.append(longest)
    return whole


def read_hidden(given: Sequence[object]) -> tuple[re.Pattern[str], ...]:
    """Return the setting `hide` as patterns.

    Raises:
        InvalidSettings: One of them is no regular expression, or would hide nothing or everything.
    """
    patterns: list[re.Pattern[str]] = []
    for number, one in enumerate(given, start=1):
        where = f"`hide`, entry {number}"
        if not isinstance(one, str) or not one.strip():
            raise InvalidSettings(
                f"{where} is no regular expression",
                hint=r"For example: hide = ['HL-\d{6}', '(?i)project bluebird']",
            )
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                pattern = re.compile(one)
        except (re.error, OverflowError, RecursionError, Warning) as exc:
            raise InvalidSettings(
                f"{where} is no regular expression: {exc}",
                hint=r"A special character that stands for itself is written with \ before it.",
            ) from exc
        if pattern.search("") or pattern.fullmatch(" "):
            raise InvalidSettings(
                f"{where} also matches where nothing stands",
                hint="Say what it begins or ends with; `.*` and `x?` match everywhere.",
            )
        patterns.append(pattern)
    return tuple(patterns)


def _kind(kind: str) -> str:
    return kind if kind in KINDS else "secret"


def _emails(text: str) -> Iterator[Stretch]:
    lowered = text.lower()
    if not any(sign in lowered for sign in _SIGNS):
        return
    for match in _EMAIL.finditer(text):
        address = match.group().lstrip(".+'’-")
        if _PICTURE.search(address) is None:
            same = "".join(address.casefold().replace("%40", "@").split())
            yield Stretch(match.end() - len(address), match.end(), "email", same)


def _phones(text: str) -> Iterator[Stretch]:
    patterns = [_AMERICAN]
    if "+" in text:
        patterns.append(_INTERNATIONAL)
    lowered = text.lower()
    if any(label in lowered for label in _LABELS):
        patterns.append(_LABELLED)
    for pattern in patterns:
        for match in pattern.finditer(text):
            group = 1 if pattern is _LABELLED else 0
            digits = "".join(one for one in match[group] if one.isdigit())
            yield Stretch(*match.span(group), "phone", digits)
