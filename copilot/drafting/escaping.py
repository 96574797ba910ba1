"""Plain text as Markdown, and back: whatever the text holds, it stays text.

Words of documents, of a company's profile and of people stand in drafts. None of them may become a
heading, a link, a footnote or a mark, so everything that Markdown would read is escaped.
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Final

_PUNCTUATION: Final = r"[!-/:-@\[-`{-~]"
_ESCAPED: Final = re.compile(
    rf"\\({_PUNCTUATION})|&(?:#\d{{1,7}}|#[xX][0-9a-fA-F]{{1,6}}|\w{{2,31}});"
)
_SPECIAL: Final = re.compile(
    r"[\\`*\[\]<>|~]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # within a word it stands for itself
    r"|&(?=#?\w+;)"
    r"|(?:(?<=\s)|\A)#"
)
_ARROW: Final = re.compile(r"(\A|question|confirm\w*)([\s*_\\]*)→", re.IGNORECASE)
"""What would look like a mark that lost its bracket; what stands before the text is not known."""
_NUMBERED: Final = re.compile(r"\A(\d{1,9})(?=[.)])")
_STARTS: Final = ("-", "+", "=", ":")


def flat(text: str) -> str:
    """Return a text on one line, with single spaces and no control characters."""
    return " ".join(_spaced(text).split())


def escape(text: str) -> str:
    """Return plain text as Markdown that reads as just that text, on one line.

    White space at the edges is kept as one space, so that pieces can be put together.
    """
    spaced = _spaced(text)
    inner = " ".join(spaced.split())
    if not inner:
        return " " if spaced else ""
    marked = _SPECIAL.sub(lambda match: f"\\{match[0]}", inner)
    marked = _ARROW.sub(r"\1\2&rarr;", marked)
    return f"{' ' * spaced[0].isspace()}{marked}{' ' * spaced[-1].isspace()}"


def escape_quote(text: str) -> str:
    """Return plain text as it stands within “ and ” that nothing of it may close."""
    return escape(text).replace("“", "&ldquo;").replace("”", "&rdquo;")


def at_line_start(markdown: str) -> str:
    """Return escaped text such that it also stands for itself at the beginning of a line."""
    if markdown.startswith(_STARTS):
        return f"\\{markdown}"
    return _NUMBERED.sub(r"\1\\", markdown)


def unescape(markdown: str) -> str:
    """Return the text that escaped Markdown stands for."""
    return _ESCAPED.sub(lambda match: match[1] or html.unescape(match[0]), markdown)


def _spaced(text: str) -> str:
    """Return a text without the characters that no file may hold or no reader may see."""
    return "".join(one for one in text if one.isspace() or not _is_control(one))


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs"}
