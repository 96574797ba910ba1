"""Something that takes long and is made in the background, so that nobody waits for it without a word."""

from __future__ import annotations

import contextlib
import os
from concurrent import futures
from concurrent.futures import Future
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Final

from copilot.errors import CopilotError

if TYPE_CHECKING:
    from collections.abc import Callable

_LOOK_SECONDS: Final = 15.0
"""How often is looked whether the machine has nothing to do."""


class MadeAhead:
    """Has something made in the background, so that whoever wants it can be told that it is being made."""

    def __init__(self, is_there: Callable[[], bool], make: Callable[[], object]) -> None:
        """Take what says whether it is there as it should be now, and what makes it."""
        self._is_there = is_there
        self._make = make
        self._lock = Lock()
        self._work: Future[None] | None = None

    def ready(self, *, wait: float = 0.0) -> bool:
        """Have it made unless it is there, and say whether it is; errors of making it are raised, once.

        Args:
            wait: Seconds to give it.
        """
        with self._lock:
            if self._work is None:
                if self._is_there():
                    return True
                self._work = _in_the_background(self._make)
            work = self._work
        futures.wait([work], timeout=wait)
        if not work.done():
            return False
        with self._lock:
            # What has changed meanwhile is for the next one who asks.
            if self._work is work:
                self._work = None
        work.result()
        return True

    def when_idle(self) -> None:
        """Have it made as soon as the machine has nothing else to do, if ever; return at once."""
        never = Event()

        def waiting() -> None:
            while not never.wait(_LOOK_SECONDS):
                if _is_idle():
                    # What cannot be made is said to whoever asks for it.
                    with contextlib.suppress(CopilotError):
                        self.ready()
                    return

        Thread(target=waiting, name="until idle", daemon=True).start()


def _in_the_background(make: Callable[[], object]) -> Future[None]:
    future: Future[None] = Future()

    def run() -> None:
        try:
            make()
        except BaseException as exc:  # noqa: BLE001  whoever waits has to be told of any
            future.set_exception(exc)
        else:
            future.set_result(None)

    # A process that ends waits for it: what runs outside of Python must not be cut off by its end.
    Thread(target=run, name="made ahead").start()
    return future


def _is_idle() -> bool:
    """Say whether most of the machine has had nothing to do for the last minute."""
    return os.getloadavg()[0] < len(os.sched_getaffinity(0)) / 2
