"""Values that take long and hold for a while: computed once, whoever asks, however many at once."""

from __future__ import annotations

from concurrent.futures import CancelledError, Future
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

Value = TypeVar("Value")


class ComputedOnce(Generic[Value]):
    """Keeps values by all that decides on them; may be used from many threads.

    While one thread computes a value, the others that want it wait for that one. An error is not kept.
    """

    def __init__(
        self, most: int, *, holds: Callable[[Hashable, Value], bool] = lambda _key, _value: True
    ) -> None:
        """Take what is kept.

        Args:
            most: How many values are kept; the one that was wanted longest ago goes first.
            holds: Says whether a value holds for as long as its key; if not, those who wait for it get
                it, and nobody after them.
        """
        self._most = most
        self._holds = holds
        self._lock = Lock()
        self._kept: dict[Hashable, Future[Value]] = {}

    def get(self, key: Hashable, compute: Callable[[], Value], *, fresh: bool = False) -> Value:
        """Return the value of a key.

        Args:
            key: Everything that decides on the value.
            compute: Makes it; its errors go to everybody who waits.
            fresh: Compute it even if it is there.
        """

        def begin() -> Future[Value]:
            made: Future[Value] = Future()
            try:
                made.set_result(compute())
            except BaseException as exc:  # noqa: BLE001  whoever waits has to be told of any
                made.set_exception(exc)
            return made

        return self.begin(key, begin, fresh=fresh).result()

    def begin(
        self, key: Hashable, begin: Callable[[], Future[Value]], *, fresh: bool = False
    ) -> Future[Value]:
        """Return the value of a key as it will be there, without waiting for it.

        Args:
            key: Everything that decides on the value.
            begin: Has it made, by whomever.
            fresh: Have it made even if it is there.
        """
        with self._lock:
            known = None if fresh else self._kept.pop(key, None)
            future: Future[Value] = known or Future()
            self._kept[key] = future
            while len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]
        if known is None:
            # Nobody who waits for it may take it from the others.
            future.set_running_or_notify_cancel()
            try:
                made = begin()
            except BaseException as exc:  # noqa: BLE001  as above
                made = Future()
                made.set_exception(exc)
            made.add_done_callback(lambda done: self._pass_on(key, done, future))
        return future

    def _pass_on(self, key: Hashable, made: Future[Value], future: Future[Value]) -> None:
        problem = CancelledError() if made.cancelled() else made.exception()
        if problem is not None or not self._holds(key, made.result()):
            with self._lock:
                if self._kept.get(key) is future:
                    del self._kept[key]
        if problem is not None:
            future.set_exception(problem)
        else:
            future.set_result(made.result())
