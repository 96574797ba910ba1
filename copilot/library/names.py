"""Names of files that come from elsewhere, made safe to stand in a folder of the workspace."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from copilot.errors import BadInput
from copilot.ingestion.folders import is_ours

LONGEST: Final = 200
"""Bytes of a name in UTF-8: what is put beside a file is called like it, with a few letters more."""

_SEPARATORS: Final = re.compile(r"[/\\]")
_LONGEST_ENDING: Final = 20


def safe_name(given: str) -> str:
    """Return the name under which a file that is called `given` elsewhere is kept.

    It is one part of a path and begins with no dot; it has no character that cannot be seen, is written in
    one way where Unicode has several, and is not too long. A name that is safe stays as it is.

    Raises:
        BadInput: Nothing is left of it, or a file of that name would mean something to the product.
    """
    name = _seen(_SEPARATORS.split(given)[-1])
    name = _trimmed(name)
    while len(name.encode()) > LONGEST:
        name = _trimmed(_shorter(name))
    if not name:
        raise BadInput(f"{_shown(given)} is no name for a file", hint="Give the file a name.")
    if is_ours(name):
        raise BadInput(
            f"a file called {name} would say something about other files",
            hint="Describe files in the library, or put a manifest there with a text editor.",
        )
    return name


def _seen(text: str) -> str:
    """Return a text without what cannot be seen or stored, with plain spaces."""
    normal = unicodedata.normalize("NFC", text)
    kept = (
        " " if unicodedata.category(one).startswith("Z") else one
        for one in normal
        # Controls, directions of writing, halves of characters, what no standard defines.
        if not unicodedata.category(one).startswith("C")
    )
    # What was taken out may have kept letters apart that are written as one.
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))


def _trimmed(name: str) -> str:
    return name.lstrip(". ").rstrip(". ")


def _shorter(name: str) -> str:
    """Return a name that is too long without some of the end of its stem; the ending tells the type."""
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending.encode()) > _LONGEST_ENDING:
        stem, dot, ending = name, "", ""
    room = LONGEST - len(f"{dot}{ending}".encode())
    stem = stem.encode()[:room].decode("utf-8", "ignore")
    return unicodedata.normalize("NFC", f"{_trimmed(stem)}{dot}{ending}")


def _shown(text: str) -> str:
    return ascii(text[:80])
