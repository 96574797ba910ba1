"""Texts for Slack: nothing that a person or a document says is ever read as Slack's own markup.

Messages are made of rich text, whose pieces Slack shows as they are: a `<!channel>` in a document is
shown, and pings nobody. Only a message's `text`, which notifications show, is markup, and is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

Piece = dict[str, Any]
Block = dict[str, Any]

LONGEST_PIECE: Final = 2_900
"""Characters of one block; Slack takes 3,000 of a section."""

_SHORT: Final = 300


def text(said: str, *, bold: bool = False, italic: bool = False, code: bool = False) -> Piece:
    """Return words as a piece of rich text."""
    # An empty piece is refused by Slack.
    piece: Piece = {"type": "text", "text": clean(said) or " "}
    style = {name: True for name, on in (("bold", bold), ("italic", italic), ("code", code)) if on}
    return piece | ({"style": style} if style else {})


def link(url: str, said: str) -> Piece:
    """Return a link of ours as a piece of rich text."""
    return {"type": "link", "url": url, "text": clean(said) or url}


def user(id_: str) -> Piece:
    """Return somebody's name as Slack shows it."""
    return {"type": "user", "user_id": id_}


def paragraph(*pieces: Piece) -> Block:
    """Return a paragraph."""
    return _rich({"type": "rich_text_section", "elements": list(pieces)})


def bullets(items: Iterable[Sequence[Piece]]) -> Block:
    """Return a list."""
    elements = [{"type": "rich_text_section", "elements": list(one)} for one in items]
    return _rich({"type": "rich_text_list", "style": "bullet", "elements": elements})


def quotation(*pieces: Piece) -> Block:
    """Return words that are somebody else's."""
    return _rich({"type": "rich_text_quote", "elements": list(pieces)})


def together(*blocks: Block) -> Block:
    """Return blocks of rich text as one, which is shown whole or not at all."""
    return {"type": "rich_text", "elements": [one for block in blocks for one in block["elements"]]}


def small(said: str) -> Block:
    """Return a line in small print; plain text, so that nothing in it is markup."""
    element = {"type": "plain_text", "text": cut(clean(said), _SHORT) or " ", "emoji": False}
    return {"type": "context", "elements": [element]}


def button(said: str, action: str, value: str, *, style: str = "") -> Block:
    """Return a button; `value` comes back when it is pressed."""
    made: Block = {
        "type": "button",
        "text": {"type": "plain_text", "text": said, "emoji": False},
        "action_id": action,
        "value": value,
    }
    return made | ({"style": style} if style else {})


def notification(said: str) -> str:
    """Return what a notification shows: markup, so that what is said in it is escaped."""
    short = cut(clean(said), _SHORT)
    return short.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def length(blocks: Iterable[Block]) -> int:
    """Return how many characters of text and links blocks hold."""
    return sum(map(_length, blocks))


def cut(said: str, most: int) -> str:
    """Return a text of so many characters at most, cut after a word."""
    if len(said) <= most:
        return said
    head = said[: most - 1]
    at = head.rfind(" ")
    return f"{head[:at] if at > most // 2 else head}…"


def clean(said: str) -> str:
    """Return a text without characters that turn or hide others."""
    return "".join(one for one in said if one in "\n\t" or one.isprintable())


def _rich(element: Piece) -> Block:
    return {"type": "rich_text", "elements": [element]}


def _length(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(_length(one) for key, one in value.items() if key in _COUNTED)
    if isinstance(value, list):
        return sum(map(_length, value))
    return 0


_COUNTED: Final = frozenset({"text", "url", "elements"})
