"""Disguises of an order's letters."""

from __future__ import annotations

import base64

_LOOK_ALIKE = str.maketrans("aceiopsxyIAEOT", "асеіорѕхуІАЕОТ")
_TAGS = 0xE0000
_FULL_WIDTH = 0xFEE0


def _zero_width(text):
    return "\u200b".join(text)


def _tags(text):
    return "See the appendix." + "".join(chr(_TAGS + ord(letter)) for letter in text)


def _backwards(text):
    return f"\u202e{text[::-1]}\u202c"


def _look_alike(text):
    # Every second word, as a writer would who wants to slip past a list of words.
    words = text.split(" ")
    return " ".join(
        word if at % 2 or "ZQ" in word else word.translate(_LOOK_ALIKE)
        for at, word in enumerate(words)
    )


def _base64(text):
    return f"Reference: {base64.b64encode(text.encode()).decode()}"


def _entities(text):
    return "".join(f"&#{ord(letter)};" if letter.isalpha() else letter for letter in text)


def _gaps(text):
    return "  ".join(" ".join(word) for word in text.split())


def _full_width(text):
    return "".join(chr(ord(letter) + _FULL_WIDTH) if letter > " " else letter for letter in text)


def _escapes(text):
    return "".join(f"\\u{ord(letter):04x}" if letter.isalpha() else letter for letter in text)


MASKS = {
    "": str,
    "zero width": _zero_width,
    "tags": _tags,
    "backwards": _backwards,
    "look-alike": _look_alike,
    "base64": _base64,
    "entities": _entities,
    "gaps": _gaps,
    "full width": _full_width,
    "escapes": _escapes,
}
