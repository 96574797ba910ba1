"""Work that begins after Slack was told that we heard it: bounded, with a deadline, finished at the end."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

_LOG: Final = logging.getLogger(__name__)

_THREADS: Final = 32
"""Answers at work at once; with a language model they mostly wait for it."""

_WAITING: Final = 500
_DEADLINE: Final = 90.0


Taking = Callable[[Callable[[], None], str, str], None]
"""Takes work for a user in a channel; they are told if there is too much."""


class Full(Exception):
    """There is so much to do that nothing more is taken."""


class Work:
    """Runs tasks in threads."""

    def __init__(
        self, *, threads: int = _THREADS, waiting: int = _WAITING, deadline: float = _DEADLINE
    ) -> None:
        """Take the bounds.

        Args:
            threads: Tasks that run at the same time.
            waiting: Tasks that wait for their turn at most.
            deadline: Seconds from its arrival after which nobody waits for a task any more.
        """
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="slack")
        self._room = threading.BoundedSemaphore(threads + waiting)
        self._deadline = deadline

    def take(self, task: Callable[[float], None], *, failed: Callable[[Exception], None]) -> None:
        """Run a task in its turn.

        Args:
            task: Is told when its time is over, on the clock of `time.monotonic`.
            failed: Is told what the task raised, so that whoever waits for it hears of it.

        Raises:
            Full: Too much is waiting.
        """
        if not self._room.acquire(blocking=False):
            raise Full
        until = time.monotonic() + self._deadline

        def run() -> None:
            try:
                task(until)
            except Exception as exc:  # noqa: BLE001  the thread goes on to others' questions
                self._say(failed, exc)
            finally:
                self._room.release()

        try:
            self._pool.submit(run)
        except RuntimeError as exc:
            self._room.release()
            raise Full from exc

    def finish(self) -> None:
        """Take nothing more, and return when all that was taken is done."""
        self._pool.shutdown(wait=True)

    def _say(self, failed: Callable[[Exception], None], problem: Exception) -> None:
        try:
            failed(problem)
        except Exception:  # noqa: BLE001  it is in the log, and the thread goes on
            _LOG.exception("a failure could not be told to whoever waits")
