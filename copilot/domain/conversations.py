"""Questions that were asked in a conversation, and which messages of ours answer them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What names a message: the channel that it is in, and its id there."""

    channel: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A question as somebody worded it."""

    place: Place
    """The message that asks."""
    thread: str
    """The message of the same channel that the conversation began with."""
    sent: float
    """When it was asked, in seconds; questions of a conversation are in this order."""
    edition: float = 0.0
    """When it was last reworded, in seconds; 0 as long as nobody has."""
    text: str = ""
    """Empty if it is not to be kept."""
