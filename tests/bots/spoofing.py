"""What people see of a message: whether anything in it pings, leads away or poses as something else.

Also Slack's limits, by its reference of blocks: a message that breaks one is refused as a whole.
"""

from __future__ import annotations

import re
import unicodedata

OURS = "https://copilot.example/"

TEXTS = {"text", "alt_text", "hint", "placeholder", "label", "title", "submit", "close"}
PIECES = {"text", "link", "user"}
"""What rich text of ours is made of; a `broadcast` would ping everybody."""

LIMITS = {"header": 150, "button": 75, "plain_text": 3_000, "rich_text": 3_000}
BLOCKS = {"rich_text", "context", "actions", "header", "image", "input"}
MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
MOST_CHARACTERS = 12_000


def complaints(arguments, *, users):
    """Return what is wrong with the arguments of a call that shows something.

    Args:
        arguments: Those of `chat.postMessage`, `views.open` and the like, or of a response URL.
        users: The ids of users that may be named.
    """
    found = []
    view = arguments.get("view") or {}
    blocks = arguments.get("blocks") or view.get("blocks") or []
    for chunk in arguments.get("chunks") or []:
        blocks = [*blocks, *chunk.get("blocks", [])]
    shown = arguments.get("text") or ""
    if re.search("[<>]", shown):
        found.append(f"markup in a notification: {shown!r}")
    if len(shown) > 4_000:
        found.append("a notification of more than 4,000 characters")
    if arguments.get("unfurl_links") not in {False, None, "false", "0"}:
        found.append("links unfurl")
    kind = view.get("type", "message")
    if len(blocks) > MOST_BLOCKS[kind]:
        found.append(f"{len(blocks)} blocks in a {kind}")
    if len(view.get("private_metadata", "")) > 3_000:
        found.append("what a form carries is longer than 3,000")
    if len((view.get("title") or {}).get("text", "")) > 24:
        found.append("the title of a form is longer than 24")
    for part in (blocks, view):
        found += _walk(part, users)
    if kind == "message" and sum(map(_length, blocks)) > MOST_CHARACTERS:
        found.append("more than 12,000 characters in a message")
    return found


def _walk(value, users):
    if isinstance(value, list):
        for one in value:
            yield from _walk(one, users)
    elif isinstance(value, dict):
        yield from _look(value, users)
        for name, one in value.items():
            if name not in {"private_metadata", "value"}:
                yield from _walk(one, users)


def _look(value, users):
    kind, said = value.get("type"), value.get("text")
    if kind == "mrkdwn":
        yield "Slack's markup"
    if kind in {"broadcast", "channel", "usergroup", "emoji", "color", "date", "markdown"}:
        yield f"a piece of the kind {kind}"
    if kind == "plain_text" and value.get("emoji") and ":" in said:
        yield "something that may become a picture"
    if kind == "user" and value["user_id"] not in users:
        yield f"nobody knows {value['user_id']}"
    if kind == "link" and not value["url"].startswith(OURS):
        yield f"a link away: {value['url']}"
    if kind == "image" and "slack_file" not in value:
        yield "a picture from elsewhere"
    if kind == "button" and (len(value["value"]) > 2_000 or "url" in value):
        yield "a button that carries too much, or leads away"
    if isinstance(said, str):
        yield from _said(kind, said)
    if kind == "context" and not all(1 <= len(one["text"]) <= 2_000 for one in value["elements"]):
        yield "small print that is empty or too long"


def _said(kind, said):
    most = LIMITS.get(kind, 3_000)
    if not 1 <= len(said) <= most:
        yield f"{len(said)} characters in a {kind}, not 1 to {most}"
    hidden = [
        one for one in said if unicodedata.category(one) in {"Cc", "Cf"} and one not in "\n\t"
    ]
    if hidden:
        yield f"characters that hide or turn others: {hidden!r}"


def _length(value):
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(
            _length(one) for name, one in value.items() if name in {"text", "url", "elements"}
        )
    return sum(map(_length, value)) if isinstance(value, list) else 0
