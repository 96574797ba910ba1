"""Keep indexes open between searches of one process, and open newer ones as they come."""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    Stamp = tuple[int, ...]

Opened = TypeVar("Opened")

_TRIES: Final = 3
"""How often indexes are opened for one that surely is the newest; opening may bring them up itself."""

_PAUSE: Final = 2.0
"""Seconds until newer indexes are looked for again, where those that were opened still lag: beside a
writer nothing newer can be had until it is done."""


@dataclass(slots=True)
class _Held(Generic[Opened]):
    value: Opened
    stamp: Stamp
    since: float
    closing: contextlib.ExitStack
    users: int = 0
    retired: bool = False


class StayingOpen(Generic[Opened]):
    """Something that is opened over indexes, shared by many threads.

    Whoever uses it goes on with what they have while newer indexes are opened; old ones are let go of
    when their last user is done.
    """

    def __init__(
        self,
        opening: Callable[[], AbstractContextManager[Opened]],
        stamp: Callable[[], Stamp],
    ) -> None:
        """Take how to open it.

        Args:
            opening: Opens the indexes as new as they can be had.
            stamp: Tells, cheaply, by which state it would be opened now: first the generation of the
                indexes, then whatever else decides.
        """
        self._opening = opening
        self._stamp = stamp
        self._lock = threading.Lock()
        self._turn = threading.Lock()  # held by whoever opens
        self._held: _Held[Opened] | None = None
        self._closed = False

    @contextlib.contextmanager
    def using(self) -> Iterator[Opened]:
        """Yield it, as new as it can be without waiting for a writer.

        Raises:
            WorkspaceBusy: A writer is building the first usable index.
            IndexUnavailable: The indexes can be neither opened nor built.
        """
        with self.using_known() as (value, _):
            yield value

    @contextlib.contextmanager
    def using_known(self) -> Iterator[tuple[Opened, Stamp]]:
        """Yield it as `using` does, with the state that it surely is not older than."""
        held = self._borrow()
        try:
            yield held.value, held.stamp
        finally:
            self._give_back(held)

    def stamp(self) -> Stamp:
        """Return what is there now; what was derived from it holds while this is the same."""
        return self._stamp()

    def close(self) -> None:
        """Let go of what is open; who uses it still goes on with it."""
        with self._lock:
            self._closed = True
            held, self._held = self._held, None
            self._retire(held)

    def _borrow(self) -> _Held[Opened]:
        now = self._stamp()
        with self._lock:
            held = self._held
            if held is not None and not self._outdated(held, now):
                held.users += 1
                return held
        # One opens; the others go on with what there is, or wait if there is nothing.
        if not self._turn.acquire(blocking=held is None):
            with self._lock:
                if self._held is not None:
                    self._held.users += 1
                    return self._held
            self._turn.acquire()
        try:
            with self._lock:
                held = self._held
                if held is not None and not self._outdated(held, now):
                    held.users += 1
                    return held
            return self._open()
        finally:
            self._turn.release()

    def _outdated(self, held: _Held[Opened], now: Stamp) -> bool:
        if held.stamp == now:
            return False
        return held.stamp[0] != now[0] or time.monotonic() - held.since > _PAUSE

    def _open(self) -> _Held[Opened]:
        fresh = self._opened()
        with self._lock:
            before, self._held = self._held, fresh
            if self._closed:
                fresh.retired, self._held = True, None
            self._retire(before)
        return fresh

    def _opened(self) -> _Held[Opened]:
        for left in reversed(range(_TRIES)):
            # What changes while it is opened may be in it, or not.
            stamp = self._stamp()
            with contextlib.ExitStack() as closing:
                value = closing.enter_context(self._opening())
                if not left or self._stamp()[0] == stamp[0]:
                    return _Held(value, stamp, time.monotonic(), closing.pop_all(), users=1)
        raise AssertionError("the last try returns what it has opened")

    def _give_back(self, held: _Held[Opened]) -> None:
        with self._lock:
            held.users -= 1
            if held.retired and not held.users:
                held.closing.close()

    def _retire(self, held: _Held[Opened] | None) -> None:
        if held is not None:
            held.retired = True
            if not held.users:
                held.closing.close()
