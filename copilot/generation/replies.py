"""Read what a model replied, as far as it has come and however loosely it kept to the form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from copilot.citations.given import Proposed, Quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_CLAIMS: Final = 24
"""Claims that are read of one reply; a model that writes more has lost the thread."""

_NUMBER: Final = re.compile(r"[ \[]*[0-9]{1,6}[ \]]*")

_QUOTE: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "source": {"type": "integer", "description": "number of the source"},
        "quote": {"type": "string", "description": "words copied from that source"},
    },
    "required": ["source", "quote"],
    "additionalProperties": False,
}

SCHEMA: Final[Mapping[str, Any]] = {
    "title": "cited_answer",
    "description": "Claims, each with a verbatim quote of a numbered source.",
    "type": "object",
    "properties": {
        "claims": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "claim": {"type": "string", "description": "one plain sentence"},
                    **_QUOTE["properties"],
                    "also": {"type": "array", "items": _QUOTE},
                },
                "required": ["claim", "source", "quote", "also"],
                "additionalProperties": False,
            },
        },
        "missing": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["claims", "missing"],
    "additionalProperties": False,
}
"""What a model is asked for. Every key is required, as strict structured output wants it."""

QUESTION_SCHEMA: Final[Mapping[str, Any]] = {
    "title": "standalone_question",
    "description": "The last question of a conversation, complete in itself.",
    "type": "object",
    "properties": {"question": {"type": "string"}},
    "required": ["question"],
    "additionalProperties": False,
}

JUDGEMENT_SCHEMA: Final[Mapping[str, Any]] = {
    "title": "judgement",
    "description": "Whether quotes carry a claim.",
    "type": "object",
    "properties": {"supported": {"type": "boolean"}, "why": {"type": "string"}},
    "required": ["supported", "why"],
    "additionalProperties": False,
}


def claims_of(value: Mapping[str, Any], *, whole: bool) -> list[Proposed]:
    """Return the claims of a reply that are complete.

    Args:
        value: The reply, or as much of it as there is.
        whole: Whether the reply has ended. While it has not, the last claim may be cut in the
            middle of a word, and is left out.
    """
    listed = value.get("claims")
    if not isinstance(listed, list):
        return []
    complete = listed if whole else listed[:-1]
    return [_proposed(one) for one in complete[:MOST_CLAIMS]]


def missing_of(value: Mapping[str, Any]) -> list[str]:
    """Return what a reply names as missing."""
    listed = value.get("missing")
    return [one.strip() for one in listed if _text(one)] if isinstance(listed, list) else []


def _proposed(value: object) -> Proposed:
    """Return one claim; what cannot be read of it is missing from it, and fails its check."""
    if not isinstance(value, dict):
        return Proposed("", ())
    text = next((value[key] for key in ("claim", "text") if _text(value.get(key))), "")
    quotes = [_quoted(value)]
    for key in ("also", "quotes", "citations"):
        more = value.get(key)
        quotes += [_quoted(one) for one in more] if isinstance(more, list) else []
    return Proposed(text.strip(), tuple(one for one in quotes if one is not None))


def _quoted(value: object) -> Quoted | None:
    if not isinstance(value, dict) or not _text(value.get("quote")):
        return None
    number = value.get("source")
    if isinstance(number, str) and _NUMBER.fullmatch(number):
        number = int(number.strip(" []"))
    # A number that cannot be read is one that was not given.
    known = isinstance(number, int) and not isinstance(number, bool)
    return Quoted(number if known and isinstance(number, int) else 0, value["quote"])


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
