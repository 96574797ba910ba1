"""Bytes to text, for formats that are text."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from copilot.errors import UnreadableFile

if TYPE_CHECKING:
    from pathlib import Path

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_text(
    path: Path, *, declared: re.Pattern[bytes] | None = None
) -> tuple[str, tuple[str, ...]]:
    """Return a file's text with line ends as line feeds, and notes on how it was decoded.

    Args:
        path: The file.
        declared: Finds the name of the encoding in formats that state it; only asked when the file
            is not UTF-8.

    Raises:
        UnreadableFile: It is not text.
    """
    raw = path.read_bytes()
    encoding = next((name for mark, name in _MARKS if raw.startswith(mark)), "utf-8")
    notes: tuple[str, ...] = ()
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        named = declared.search(raw[:4_096]) if declared else None
        text, read_as = _decoded(raw, named[1].decode("ascii") if named else "")
        notes = (f"not UTF-8; read as {read_as}",)
    sample = text[:20_000]
    odd = sum(1 for c in sample if (c < " " and c not in "\t\n\r\f\x1b") or c == "\ufffd")
    if "\0" in sample or odd > len(sample) / 50:
        raise UnreadableFile(
            "this is not text, whatever its name says",
            hint="Save it in the format that its name says, or rename it.",
        )
    return text.replace("\r\n", "\n").replace("\r", "\n"), notes


def _decoded(raw: bytes, named: str) -> tuple[str, str]:
    try:
        return raw.decode(named, errors="replace"), named
    except LookupError:
        return raw.decode("cp1252", errors="replace"), "Windows-1252"
