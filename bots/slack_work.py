"""Work that begins after Slack was told that we heard it: bounded, with a deadline, finished at the end."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from typing import Final

from bots.slack_problems import LOG, reason

_THREADS: Final = 32
"""Answers at work at once; with a language model they mostly wait for it."""

_WAITING: Final = 500
_DEADLINE: Final = 90.0

_SAYING: Final = 60.0
"""Seconds after its deadline in which a task may finish what it had begun to say in time."""

_MOST_LOST: Final = 96
"""Threads that may hang in tasks which nobody waits for any more; beyond them none are replaced."""

_TELLERS: Final = 8
"""Threads that tell people that their time is over: these only call Slack."""

Taking = Callable[[Callable[[], None], str, str], None]
"""Takes work for a user in a channel; they are told if there is too much."""

TakingInTime = Callable[[Callable[["Turn"], None], str, str], None]
"""The same for work whose time ends; they are told then."""


class Full(Exception):
    """There is so much to do that nothing more is taken."""


class Turn:
    """The time of one task: it either speaks before its time is over, or not at all."""

    def __init__(self, until: float = float("inf")) -> None:
        """Take when the time is over, on the clock of `time.monotonic`."""
        self.until = until
        self._lock = threading.Lock()
        self._spoke = False
        self._over = False

    @property
    def over(self) -> bool:
        """Whether nobody waits for the task any more."""
        return self._over

    def speak(self) -> bool:
        """Say whether the answer may be said; if so, it may be said to its end."""
        with self._lock:
            if not self._spoke and time.monotonic() >= self.until:
                self._over = True
            self._spoke = not self._over
            return self._spoke

    def end(self) -> bool:
        """End the time, and say whether nothing was said in it."""
        with self._lock:
            self._over = not self._spoke
            return self._over


class _State(Enum):
    WAITING = "waiting"
    RUNNING = "running"
    LOST = "lost"
    """It runs still, and nobody waits for it; another thread has taken the place of its own."""
    DONE = "done"


@dataclass(slots=True, kw_only=True, eq=False)
class _Job:
    task: Callable[[Turn], None]
    failed: Callable[[Exception], None]
    late: Callable[[], None] | None
    turn: Turn
    state: _State = _State.WAITING
    told: bool = False
    """Whether somebody was told that its time is over."""
    extended: bool = False
    """Whether its time was over while it was saying something."""


class Work:
    """Runs tasks in threads, and tells whoever waits for one when its time is over.

    A thread cannot be stopped. One that hangs in a task beyond its time is left to itself, and another
    takes its place, so that the tasks after it run.
    """

    def __init__(
        self, *, threads: int = _THREADS, waiting: int = _WAITING, deadline: float = _DEADLINE
    ) -> None:
        """Take the bounds.

        Args:
            threads: Tasks that run at the same time.
            waiting: Tasks that wait for their turn at most.
            deadline: Seconds from its arrival after which nobody waits for a task any more.
        """
        self._threads = threads
        self._most = threads + waiting
        self._deadline = deadline
        self._changed = threading.Condition()
        self._waiting: deque[_Job] = deque()
        self._running: set[_Job] = set()
        self._lost: set[_Job] = set()
        self._idle = 0
        self._due: list[tuple[float, int, _Job]] = []
        self._numbers = itertools.count()
        self._closed = False
        self._watch: threading.Thread | None = None
        self._tellers = ThreadPoolExecutor(_TELLERS, thread_name_prefix="slack-late")

    def take(
        self,
        task: Callable[[Turn], None],
        *,
        failed: Callable[[Exception], None],
        late: Callable[[], None] | None = None,
    ) -> None:
        """Run a task in its turn.

        Args:
            task: Is told its time, and asks it before it says anything.
            failed: Is told what the task raised, so that whoever waits for it hears of it.
            late: Is called if the time was over before the task had said anything; then it never will.
                Without it the task has as long as it takes.

        Raises:
            Full: Too much is waiting.
        """
        with self._changed:
            if self._closed or len(self._waiting) + len(self._running) >= self._most:
                raise Full
            until = time.monotonic() + self._deadline
            turn = Turn(until if late is not None else float("inf"))
            job = _Job(task=task, failed=failed, late=late, turn=turn)
            self._waiting.append(job)
            heapq.heappush(self._due, (until, next(self._numbers), job))
            self._fill()
            if self._watch is None:
                self._watch = threading.Thread(target=self._look, name="slack-watch", daemon=True)
                self._watch.start()
            self._changed.notify_all()

    def finish(self) -> None:
        """Take nothing more, and return when all that was taken is done, or its time is over."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            while self._waiting or self._running:
                self._changed.wait()
            self._changed.notify_all()
        self._tellers.shutdown(wait=True)

    def _fill(self) -> None:
        """Start a thread if there is work for one more; the lock is held."""
        most = self._threads - max(0, len(self._lost) - _MOST_LOST)
        if len(self._waiting) <= self._idle or len(self._running) + self._idle >= most:
            return
        self._idle += 1
        # Daemons: one that hangs must not keep the process.
        threading.Thread(target=self._serve, name="slack-work", daemon=True).start()

    def _serve(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._closed:
                    self._changed.wait()
                self._idle -= 1
                if not self._waiting:
                    return
                job = self._waiting.popleft()
                job.state = _State.RUNNING
                self._running.add(job)
                self._fill()
            self._run(job)
            with self._changed:
                lost = job.state is _State.LOST
                job.state = _State.DONE
                self._running.discard(job)
                self._lost.discard(job)
                self._changed.notify_all()
                if lost:
                    return  # another thread has its place
                self._idle += 1

    def _run(self, job: _Job) -> None:
        try:
            job.task(job.turn)
        except Exception as exc:  # noqa: BLE001  the thread goes on to others' questions
            if job.turn.speak():
                problem = exc
                self._say(lambda: job.failed(problem))
            else:
                LOG.warning("a task failed after its time was over: %s", reason(exc))

    def _look(self) -> None:
        """End the time of tasks, each at its moment."""
        with self._changed:
            while not self._closed or self._waiting or self._running:
                pause = self._due[0][0] - time.monotonic() if self._due else None
                if pause is None or pause > 0:
                    self._changed.wait(pause)
                else:
                    self._end(heapq.heappop(self._due)[-1])
                    self._changed.notify_all()

    def _end(self, job: _Job) -> None:
        """Do what is to be done when a task's time is over; the lock is held."""
        if job.state is _State.DONE:
            return
        if job.late is not None and not job.told and job.turn.end():
            job.told = True
            self._tellers.submit(self._say, job.late)
            if job.state is _State.WAITING:
                self._waiting.remove(job)
                job.state = _State.DONE
            else:
                self._lose(job)
        elif job.state is _State.RUNNING and job.extended:
            self._lose(job)
        else:
            # It says what it has to say, or nobody minds how long it takes.
            job.extended = job.state is _State.RUNNING
            again = time.monotonic() + _SAYING
            heapq.heappush(self._due, (again, next(self._numbers), job))

    def _lose(self, job: _Job) -> None:
        """Let another thread have the place of one that hangs; the lock is held."""
        job.state = _State.LOST
        self._running.discard(job)
        self._lost.add(job)
        if len(self._lost) > _MOST_LOST:
            LOG.error("%d answers hang; restart the process", len(self._lost))
        self._fill()

    def _say(self, said: Callable[[], None]) -> None:
        try:
            said()
        except Exception as exc:  # noqa: BLE001  it is in the log, and the thread goes on
            LOG.error("somebody who waits could not be told: %s", reason(exc))
