"""Tell words from the gibberish of a font that has no map to Unicode."""

from __future__ import annotations

import re
from typing import Final

_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_ENOUGH: Final = 200
"""Letters needed before a judgement is fair; a form with three words is left alone."""
_ODD_SHARE: Final = 0.02
_VOWELLED_SHARE: Final = 0.55

_VOWELS: Final = re.compile(r"[aeiouyàáâäãåæèéêëìíîïòóôöõøùúûüýœ]", re.IGNORECASE)


def is_legible(text: str) -> bool:
    """Say whether `text` reads like words.

    Two signs betray a text layer of glyph numbers: control and private-use characters between the
    letters, and words without vowels. Measured on the PDFs of `../shared/corpus` (see the test): the
    one known case has 15 % of the first and a third of its words with a vowel, the honest ones under
    .1 % and above 80 %. Scripts other than Latin are judged by the first sign alone.
    """
    letters = [c for c in text if c.isalpha()]
    if len(letters) < _ENOUGH:
        return True
    odd = sum(1 for c in text if (c < " " and c not in "\t\n\r\f") or "\ue000" <= c <= "\uf8ff")
    if odd > _ODD_SHARE * len(text):
        return False
    if sum(1 for c in letters if c < "\u0250") < 0.8 * len(letters):
        return True
    words = [word for word in _WORD.findall(text) if not word.isupper() or len(word) > 4]
    vowelled = sum(1 for word in words if _VOWELS.search(word))
    return not words or vowelled > _VOWELLED_SHARE * len(words)
