"""Remember conversations: what was asked before, and which of our messages answers which question.

It is kept in the truth, so that it survives a restart and all processes know the same. Texts of questions
are the company's data: they are kept for a bounded time, and what its author deletes is really gone.
"""

from __future__ import annotations

import contextlib
import threading
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Protocol

from copilot.errors import WorkspaceNotWritable

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from copilot.domain.conversations import Place, Wording

KEPT_FOR: Final = timedelta(days=30)
"""How long a question and what answers it are known after it was asked or reworded."""

GONE_FOR: Final = timedelta(days=1)
"""How long it is known that a message was deleted; no answer takes as long."""

_MOST_EARLIER: Final = 12
"""Questions of a conversation that a later one may reach back to."""

_LONGEST: Final = 2_000
"""Characters of a question that is kept; a longer one is not answered, so that nothing reaches back to it."""

_CLEANED_EVERY: Final = timedelta(hours=1)


class ConversationStore(Protocol):
    """Keeps questions."""

    def ask(self, wording: Wording, *, at: datetime) -> bool:
        """Keep a question; return False if it was deleted or is known in a later wording.

        Raises:
            WorkspaceNotWritable: The database can only be read.
        """

    def stands(self, place: Place, edition: float) -> bool:
        """Say whether a question is still there in this wording, as far as anything is known of it."""

    def withdraw(self, place: Place) -> None:
        """Forget the text of a question, and nothing else.

        Raises:
            WorkspaceNotWritable: The database can only be read.
        """

    def earlier(self, thread: Place, *, before: float, most: int) -> tuple[str, ...]:
        """Return the newest questions of a conversation from before a time, oldest first."""

    def answer(self, place: Place, edition: float, message: Place) -> bool:
        """Note a message that answers a question, in place of another in its channel.

        Return False, and note nothing, if the question was deleted or reworded meanwhile.

        Raises:
            WorkspaceNotWritable: The database can only be read.
        """

    def answers(self, place: Place) -> tuple[Place, ...]:
        """Return the messages that answer a question."""

    def unanswer(self, place: Place, message: Place) -> None:
        """Forget that a message answers a question.

        Raises:
            WorkspaceNotWritable: The database can only be read.
        """

    def delete(self, place: Place, *, at: datetime) -> tuple[Place, ...]:
        """Forget a question for good, note that it is gone, and return the messages that answer it.

        Raises:
            WorkspaceNotWritable: The database can only be read.
        """

    def forget(self, *, before: datetime, gone_before: datetime) -> int:
        """Forget questions, and what was deleted, from before a time each; return how many.

        Raises:
            WorkspaceNotWritable: The database can only be read.
        """


class Conversations:
    """Knows what was asked. Every method may be called from any thread.

    Where nothing can be written, nothing is remembered, and every question stands for itself.
    """

    def __init__(self, store: ConversationStore, *, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._cleaning = threading.Lock()
        self._cleaned: datetime | None = None

    def asked(self, wording: Wording, text: str) -> bool:
        """Keep a question, or that it was reworded.

        Args:
            wording: Which question it is.
            text: What is asked; empty if later questions need not know.

        Returns:
            Whether it is to be answered: not if it was deleted, or is known in a later wording.
        """
        kept = replace(wording, text=text if len(text) <= _LONGEST else "")
        try:
            new = self._store.ask(kept, at=self._now())
            self._clean()
        except WorkspaceNotWritable:
            return True
        return new

    def stands(self, wording: Wording) -> bool:
        """Say whether a question still waits for its answer: it was neither deleted nor reworded."""
        return self._store.stands(wording.place, wording.edition)

    def withdrawn(self, place: Place) -> None:
        """Forget the text of a question that could not be answered, so that none reaches back to it."""
        with contextlib.suppress(WorkspaceNotWritable):
            self._store.withdraw(place)

    def earlier(self, wording: Wording) -> tuple[str, ...]:
        """Return the questions of the same conversation that came before one, oldest first."""
        thread = replace(wording.place, message=wording.thread)
        return self._store.earlier(thread, before=wording.sent, most=_MOST_EARLIER)

    def answered(self, wording: Wording, message: Place) -> bool:
        """Note a message that answers a question: one for each channel.

        Returns:
            Whether it does: not if the question was deleted or reworded while it was answered.
        """
        try:
            return self._store.answer(wording.place, wording.edition, message)
        except WorkspaceNotWritable:
            return True

    def answers(self, place: Place) -> tuple[Place, ...]:
        """Return the messages that answer a question, whichever process wrote them."""
        return self._store.answers(place)

    def taken_back(self, place: Place, message: Place) -> None:
        """Forget that a message answers a question."""
        with contextlib.suppress(WorkspaceNotWritable):
            self._store.unanswer(place, message)

    def deleted(self, place: Place) -> tuple[Place, ...]:
        """Forget a question whose author deleted it, and return the messages that answer it."""
        try:
            return self._store.delete(place, at=self._now())
        except WorkspaceNotWritable:
            return self._store.answers(place)

    def _clean(self) -> None:
        now = self._now()
        with self._cleaning:
            if self._cleaned is not None and now - self._cleaned < _CLEANED_EVERY:
                return
            self._cleaned = now
        self._store.forget(before=now - KEPT_FOR, gone_before=now - GONE_FOR)
