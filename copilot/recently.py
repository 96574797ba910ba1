"""Values that were wanted lately, kept for the next time."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Key = TypeVar("Key")
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """Values that were wanted lately, up to a weight in all. Many threads may use it at once."""

    def __init__(self, most: int, weigh: Callable[[Value], int] = lambda _: 1) -> None:
        """Take how much is kept, and what a value weighs of it; by default values are counted."""
        self._most = most
        self._weigh = weigh
        self._lock = Lock()
        self._weight = 0
        self._kept: OrderedDict[Key, Value] = OrderedDict()

    def find(self, keys: Iterable[Key]) -> dict[Key, Value]:
        """Return what there is of some keys."""
        found = {}
        with self._lock:
            for key in keys:
                if key in self._kept:
                    self._kept.move_to_end(key)
                    found[key] = self._kept[key]
        return found

    def get(self, key: Key) -> Value | None:
        """Return the value of one key, if it is there."""
        return self.find([key]).get(key)

    def keep(self, values: Mapping[Key, Value]) -> None:
        """Keep values in place of earlier ones, and drop those that were wanted longest ago."""
        with self._lock:
            for key, value in values.items():
                if key in self._kept:
                    self._weight -= self._weigh(self._kept.pop(key))
                self._kept[key] = value
                self._weight += self._weigh(value)
            while self._weight > self._most:
                self._weight -= self._weigh(self._kept.popitem(last=False)[1])
