"""Who was let in lately: looked up anew as soon as anything was written that it could rest on."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from copilot.bootstrap import review

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from datetime import datetime

Who = TypeVar("Who")

_MOST: Final = 10_000
"""Callers that are remembered, 1 kB each; the one that was seen longest ago is forgotten first."""

_SECONDS: Final = 20.0
"""After this time a caller is looked up anew, so that it is known when a token was last used, and that a
session is used: both are kept to the minute."""


@dataclass(frozen=True, slots=True)
class _Known(Generic[Who]):
    caller: Who
    standing: Hashable
    until: float
    expires: datetime


class Callers(Generic[Who]):
    """Callers by the hash of the secret that they came with. Many threads may use it at once.

    A role that was changed, a token that was revoked and a session that was ended are all written to the
    database or to people.yaml, and whoever was let in before that is looked up anew.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = review.now,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the time, and a clock that only goes forwards."""
        self._now = now
        self._clock = clock
        self._lock = Lock()
        self._known: OrderedDict[bytes, _Known[Who]] = OrderedDict()

    def find(self, secret: str, standing: Hashable | None) -> Who | None:
        """Return who came with a secret, if that surely still holds.

        Args:
            secret: A token, or that of a session.
            standing: What the service says of the database and of people.yaml now; nothing if it cannot.
        """
        if standing is None:
            return None
        key = _key(secret)
        with self._lock:
            known = self._known.get(key)
            if known is None:
                return None
            good = known.standing == standing and self._clock() < known.until
            if not good or self._now() >= known.expires:
                del self._known[key]
                return None
            self._known.move_to_end(key)
            return known.caller

    def keep(
        self, secret: str, caller: Who, *, standing: Hashable | None, expires: datetime
    ) -> None:
        """Remember who came with a secret.

        Args:
            secret: As for `find`.
            caller: Who it is.
            standing: What the service said before they were looked up.
            expires: When the token or the session ends.
        """
        if standing is None:
            return
        with self._lock:
            until = self._clock() + _SECONDS
            self._known[_key(secret)] = _Known(caller, standing, until, expires)
            self._known.move_to_end(_key(secret))
            if len(self._known) > _MOST:
                self._known.popitem(last=False)


def _key(secret: str) -> bytes:
    # Nothing in memory need hold what lets somebody in.
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()
