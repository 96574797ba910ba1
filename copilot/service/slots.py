"""How many commands may run at once, in all and for one person."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Final

from copilot.errors import TooManyRequests

IN_ALL: Final = 4
FOR_ONE: Final = 2

_AGAIN_AFTER: Final = 5


class Slots:
    """Counts what runs. Every method may be called from any thread."""

    def __init__(self, in_all: int = IN_ALL, for_one: int = FOR_ONE) -> None:
        self._in_all = in_all
        self._for_one = for_one
        self._taken: Counter[str] = Counter()
        self._lock = threading.Lock()

    def take(self, person: str) -> None:
        """Take a place for somebody's command, to be given back.

        Raises:
            TooManyRequests: There is none.
        """
        with self._lock:
            if self._taken[person] >= self._for_one or self._taken.total() >= self._in_all:
                raise TooManyRequests(
                    "as many commands are running as may run at once",
                    _AGAIN_AFTER,
                    hint="Send it again when one of them is done.",
                )
            self._taken[person] += 1

    @property
    def taken(self) -> int:
        """How many places are taken."""
        with self._lock:
            return self._taken.total()

    def give_back(self, person: str) -> None:
        """Give a place back."""
        with self._lock:
            self._taken[person] -= 1
            if not self._taken[person]:
                del self._taken[person]
