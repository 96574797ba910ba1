"""Values that take long and hold for a while: computed once, whoever asks, however many at once."""

from __future__ import annotations

from concurrent.futures import Future
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

Value = TypeVar("Value")


class ComputedOnce(Generic[Value]):
    """Keeps values by all that decides on them; may be used from many threads.

    While one thread computes a value, the others that want it wait for that one. An error is not kept.
    """

    def __init__(self, most: int) -> None:
        """Take how many values are kept; the one that was wanted longest ago goes first."""
        self._most = most
        self._lock = Lock()
        self._kept: dict[Hashable, Future[Value]] = {}

    def get(self, key: Hashable, compute: Callable[[], Value], *, fresh: bool = False) -> Value:
        """Return the value of a key.

        Args:
            key: Everything that decides on the value.
            compute: Makes it; its errors go to everybody who waits.
            fresh: Compute it even if it is there.
        """
        with self._lock:
            known = None if fresh else self._kept.pop(key, None)
            future: Future[Value] = known or Future()
            self._kept[key] = future
            while len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]
        if known is None:
            self._compute(key, future, compute)
        return future.result()

    def _compute(self, key: Hashable, future: Future[Value], compute: Callable[[], Value]) -> None:
        try:
            future.set_result(compute())
        except BaseException as exc:  # noqa: BLE001  whoever waits has to be told of any
            with self._lock:
                if self._kept.get(key) is future:
                    del self._kept[key]
            future.set_exception(exc)
