"""Answers that were given lately, so that what is passed on is what somebody has read."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from copilot.domain.answers import Answer
    from copilot.domain.asking import Asked

_MOST: Final = 500
"""Answers that are kept: some 10 kB each."""


class RecentAnswers:
    """The last answers by who asked what; those of others are never given."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, Asked], Answer] = OrderedDict()
        self._lock = Lock()

    def keep(self, who: str, asked: Asked, answer: Answer) -> None:
        """Remember an answer; the oldest is forgotten for it."""
        with self._lock:
            self._kept[who, asked] = answer
            self._kept.move_to_end((who, asked))
            if len(self._kept) > _MOST:
                self._kept.popitem(last=False)

    def find(self, who: str, asked: Asked) -> Answer | None:
        """Return what somebody was answered last to a question."""
        with self._lock:
            return self._kept.get((who, asked))
