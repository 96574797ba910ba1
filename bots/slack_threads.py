"""What was said before: the questions of a conversation, and which message of ours answers which."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Final

_CONVERSATIONS: Final = 5_000
_ANSWERS: Final = 20_000
_EARLIER: Final = 12

Place = tuple[str, str]
"""A channel and the time of a message, which together name it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A message of ours that answers another one."""

    place: Place
    ephemeral: bool = False
    """Seen by one person and not to be changed."""


class Threads:
    """Remembers conversations of this process, the newest ones; for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._questions: OrderedDict[Place, list[tuple[str, str]]] = OrderedDict()
        self._answers: OrderedDict[Place, Answer] = OrderedDict()
        self._gone: OrderedDict[Place, None] = OrderedDict()

    def earlier(self, thread: Place, *, before: str) -> tuple[str, ...]:
        """Return the questions of a conversation that came before a message, oldest first."""
        with self._lock:
            asked = self._questions.get(thread, [])
            return tuple(text for ts, text in asked if _time(ts) < _time(before))[-_EARLIER:]

    def asked(self, thread: Place, ts: str, question: str) -> None:
        """Note a question of a conversation; one that was edited takes its own place."""
        with self._lock:
            kept = [one for one in self._questions.pop(thread, []) if one[0] != ts]
            kept.append((ts, question))
            self._questions[thread] = sorted(kept, key=lambda one: _time(one[0]))[-_EARLIER - 1 :]
            _bound(self._questions, _CONVERSATIONS)

    def answered(self, question: Place, answer: Answer) -> None:
        """Note which message answers a question."""
        with self._lock:
            self._answers[question] = answer
            _bound(self._answers, _ANSWERS)

    def answer(self, question: Place) -> Answer | None:
        """Return the message that answers a question, if this process wrote one."""
        with self._lock:
            return self._answers.get(question)

    def deleted(self, question: Place, thread: Place) -> Answer | None:
        """Forget a question, and return the message that answered it."""
        with self._lock:
            self._gone[question] = None
            _bound(self._gone, _ANSWERS)
            kept = [one for one in self._questions.get(thread, []) if one[0] != question[1]]
            if thread in self._questions:
                self._questions[thread] = kept
            return self._answers.pop(question, None)

    def is_gone(self, question: Place) -> bool:
        """Say whether a question was deleted, perhaps while it was being answered."""
        with self._lock:
            return question in self._gone


def _time(ts: str) -> float:
    try:
        return float(ts)
    except ValueError:
        return 0.0


def _bound(kept: OrderedDict[Place, Any], most: int) -> None:
    while len(kept) > most:
        kept.popitem(last=False)
