"""Replies that are kept, so that a request which is sent again is not done again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A request that its sender has given a key, to know it again by."""

    person: str
    """The id of whoever sends it; nobody else's keys are looked at."""
    key: str
    request: str
    """A hash of all that makes it this request and no other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What was answered."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a key that was used before."""

    request: str
    """The hash of the request that it stood on."""
    reply: Reply | None
    """Nothing while that request is at work."""
    runner: str
    """The process that is at work on it; empty once there is a reply."""
    at: datetime
    """When it came, or was answered."""
