"""Do what Slack says once, however often it says it, and whichever process hears it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from copilot.domain.replies import Order, Reply
from copilot.replies import Begun

if TYPE_CHECKING:
    from copilot.replies import ReplyDesk

_PERSON: Final = "slack"
"""Whose keys these are, among those of other senders."""

_LONGEST: Final = 200
_DONE: Final = Reply(status=200)


def begin(desk: ReplyDesk, key: str) -> bool:
    """Say whether something is to be done: nobody has, or does, or the process that did was killed."""
    return isinstance(desk.begin(_order(key)), Begun)


def finish(desk: ReplyDesk, key: str, *, done: bool = True) -> None:
    """Note that something was done; if it was not, it may be begun again."""
    desk.finish(_order(key), _DONE if done else None)


def _order(key: str) -> Order:
    return Order(person=_PERSON, key=key[:_LONGEST], request=key)
