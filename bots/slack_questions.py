"""A message that asks us something, and what is asked in it."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Final

from copilot.domain.conversations import Place, Wording

_MENTION: Final = re.compile(r"<@[UW][A-Z0-9]+(?:\|[^>]*)?>")
_MARKUP: Final = re.compile(r"<(?:[#@!])?([^>|]+)(?:\|([^>]*))?>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A message that asks us something."""

    channel: str
    user: str
    ts: str
    thread: str
    """The time of the message that the conversation began with."""
    text: str
    private: bool
    """Whether only the asker and we are in the channel."""
    pictures: bool = False
    """Whether something other than text came with it."""
    edited: str = ""
    """When its words were changed last; empty if they never were."""

    @property
    def place(self) -> Place:
        """What names the message."""
        return Place(channel=self.channel, message=self.ts)

    @property
    def wording(self) -> Wording:
        """What names the message as it is worded now."""
        return Wording(
            place=self.place,
            thread=self.thread,
            sent=_seconds(self.ts),
            edition=_seconds(self.edited),
        )


def plain_question(said: str) -> str:
    """Return what somebody typed, without mentions and Slack's markup of links."""
    without = _MENTION.sub(" ", said)
    words = _MARKUP.sub(lambda found: found[2] or found[1], without)
    return " ".join(html.unescape(words).split())


def _seconds(ts: str) -> float:
    try:
        return float(ts)
    except ValueError:
        return 0.0
