"""Several things done at the same time, as far as there are threads with nothing else to do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

Value = TypeVar("Value")


class SpareThreads:
    """Threads that take over parts of what others have to do; may be asked from many threads.

    What none of them has begun by the time that it is wanted is done by whoever wants it. So nobody waits
    for what belongs to somebody else, and a task may have tasks of its own.
    """

    def __init__(self, most: int = 0) -> None:
        """Take how many threads there are at the most; they are started when they are needed."""
        self._pool = ThreadPoolExecutor(most, thread_name_prefix="spare") if most > 0 else None

    def all(self, tasks: Sequence[Callable[[], Value]]) -> list[Value]:
        """Return what each task returns, in their order; the first is done by the thread that asks.

        The error of the first that fails is raised when none of the others is at work any more.
        """
        futures = [self._begun(task) for task in tasks[1:]]
        try:
            found = [task() for task in tasks[:1]]
            for task, future in zip(tasks[1:], futures, strict=True):
                mine = future is None or future.cancel()
                found.append(task() if mine or future is None else future.result())
        except BaseException:
            begun = [one for one in futures if one is not None and not one.cancel()]
            wait(begun)
            raise
        return found

    def _begun(self, task: Callable[[], Value]) -> Future[Value] | None:
        if self._pool is None:
            return None
        try:
            return self._pool.submit(task)
        except RuntimeError:  # the interpreter is ending, and starts nothing new
            return None
