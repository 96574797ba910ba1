"""What stands in a cell, as text of one form.

The form is what survives every file that we write: no control characters, one kind of line end, no
space at the ends. It is applied when reading and when writing, so that a round trip changes nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_LINE_ENDS: Final = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_UNUSABLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]"
)
"""What XML cannot hold, what UTF-8 cannot, and the mark that programs take for an encoding."""

_EMPTY: Final = frozenset({"", "-", "–", "—", "n/a", "na", "none", "tbd", "null", "not applicable"})


def one_line(value: Any) -> str:
    """Return a value as text on one line, for ids, names and titles."""
    return " ".join(many_lines(value).split())


def many_lines(value: Any) -> str:
    """Return a value as text that keeps its line breaks."""
    text = _UNUSABLE.sub("", _LINE_ENDS.sub("\n", plain(value))).replace("\ufffd", "?")
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()


def plain(value: Any) -> str:
    """Return a value of a tree as text: lists by line, mappings as `key: value`."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return "\n".join(filter(None, map(plain, value)))
        case dict():
            return "; ".join(said(value))
        case _:
            return str(value)


def said(pairs: Mapping[str, Any]) -> Iterable[str]:
    """Yield `key: value` for each pair that has a value, with nested ones in brackets."""
    for key, value in pairs.items():
        inner = plain(value).replace("\n", ", ")
        if inner.strip():
            name = str(key).replace("_", " ").strip()
            yield f"{name}: ({inner})" if isinstance(value, dict) else f"{name}: {inner}"


def is_empty(text: str) -> bool:
    """Say whether a cell says that there is nothing to say."""
    return text.strip().strip(".").casefold() in _EMPTY
