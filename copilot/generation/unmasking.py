"""What a machine may read where a person sees something else, or nothing.

A view is a text made from another by undoing one disguise: letters that look alike, letters that
nobody sees, words written backwards, in codes or with gaps. Each view knows where its characters
stood, so that what is found in it can be shown in the source.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_ODD: Final = re.compile(
    "[\u00ad\u0300-\u036f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff"
    "\uff01-\uff5e\u2460-\u24ff\U0001d400-\U0001d7ff\U000e0000-\U000e01ef]"
    "|[a-zA-Z][\u0391-\u03c9\u0400-\u0458\u0501-\u051b]"
    "|[\u0391-\u03c9\u0400-\u0458\u0501-\u051b][a-zA-Z]"
)
"""Characters that are not seen or not what they seem, and words of two alphabets."""

_UNSEEN: Final = frozenset({"Cf", "Mn", "Me"})
"""Categories of characters that are dropped: they take no room, or sit on their neighbours."""

_LOOK_ALIKE: Final = str.maketrans(
    "ІЈЅАВЕЗКМНОРСТУХаеорсухіјѕԁԛԝһӏвкмнтпʟΑΒΕΖΗΙΚΜΝΟΡΤΥΧαεικνορτυχɑɡ",
    "IJSABE3KMHOPCTYXaeopcyxijsdqwhlbkmhtnlABEZHIKMNOPTYXaeikvoptuxag",
)
_TAG: Final = 0xE0000
_SELECTOR: Final = 0xE0100 - 16

_BACKWARDS: Final = re.compile("\u202e([^\u202c\n]{8,2000})")
_GAPPED: Final = re.compile(r"(?<!\w)(?:[^\W_][ .\-_*]{1,3}){7,2000}[^\W_](?!\w)")
_ESCAPED: Final = re.compile(r"&#?\w{2,8};|\\u[0-9a-fA-F]{4}|\\[nrt\"]|%[0-9a-fA-F]{2}")
_PACKED: Final = re.compile(r"[A-Za-z0-9+/_-]{24,6000}={0,2}")
_PRINTED: Final = 0.95


@dataclass(frozen=True, slots=True)
class View:
    """A text behind a text."""

    text: str
    places: Sequence[int]
    """Where each character stood."""
    whole: tuple[int, int] | None = None
    """Where all of it stood, for codes that have no places within."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a stretch of the view stood."""
        if self.whole:
            return self.whole
        first, last = self.places[start], self.places[end - 1]
        # Backwards, a stretch ends before it begins.
        return (first, last + 1) if first <= last else (last, first + 1)


def views(text: str) -> Iterator[View]:
    """Yield the texts that `text` may hide; usually there are none."""
    if not text.isascii():
        if _ODD.search(text):
            yield _joined(_seen(text))
        yield from map(_backwards, _BACKWARDS.finditer(text))
    if "&" in text or "\\" in text or "%" in text:
        found = list(_ESCAPED.finditer(text))
        if found:
            yield _joined(_decoded(text, found))
    yield from map(_closed_up, _GAPPED.finditer(text))
    yield from filter(None, map(_unpacked, _PACKED.finditer(text)))


def _joined(pieces: Iterable[tuple[str, int]]) -> View:
    letters: list[str] = []
    places: list[int] = []
    for letter, at in pieces:
        letters.append(letter)
        places.append(at)
    return View("".join(letters), places)


def _seen(text: str) -> Iterator[tuple[str, int]]:
    """Yield each letter as it looks, or as it is meant where it cannot be seen."""
    for at, letter in enumerate(text):
        code = ord(letter)
        if letter <= "\x7f":
            yield letter, at
        elif _TAG + 0x20 <= code <= _TAG + 0x7E:
            yield chr(code - _TAG), at
        elif _SELECTOR + 32 <= code <= _SELECTOR + 126:
            yield chr(code - _SELECTOR), at
        elif unicodedata.category(letter) not in _UNSEEN:
            plain = unicodedata.normalize("NFKC", letter)
            yield (plain if len(plain) == 1 else letter).translate(_LOOK_ALIKE), at


def _backwards(match: re.Match[str]) -> View:
    start, end = match.span(1)
    return View(match[1][::-1], range(end - 1, start - 1, -1))


def _decoded(text: str, found: Iterable[re.Match[str]]) -> Iterator[tuple[str, int]]:
    at = 0
    for match in found:
        yield from ((text[one], one) for one in range(at, match.start()))
        code = match[0]
        if code.startswith("&"):
            letter = html.unescape(code)
        elif code.startswith(("\\u", "%")):
            letter = chr(int(code.lstrip("\\u%"), 16))
        else:
            letter = " "
        yield (letter if len(letter) == 1 else " "), match.start()
        at = match.end()
    yield from ((text[one], one) for one in range(at, len(text)))


def _closed_up(match: re.Match[str]) -> View:
    """Take out single gaps between letters; wider ones stood between words."""
    start = match.start()
    kept: list[tuple[str, int]] = []
    for at, letter in enumerate(match[0]):
        gap = not letter.isalnum()
        if not gap or (kept and at + 1 < len(match[0]) and not match[0][at + 1].isalnum()):
            kept.append((" " if gap else letter, start + at))
    return _joined(kept)


def _unpacked(match: re.Match[str]) -> View | None:
    """Return what base64 holds, if it is words; all of it stands where the code stands."""
    code = match[0].rstrip("=").replace("-", "+").replace("_", "/")
    try:
        words = base64.b64decode(code[: len(code) // 4 * 4]).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    printed = sum(map(str.isprintable, words)) + words.count("\n")
    if " " not in words or printed < _PRINTED * len(words):
        return None
    return View(words, (), whole=match.span())
