"""Do a request once, however often it is sent: the first reply is kept under the sender's key.

Only what succeeded is kept. A request that failed has changed nothing, so it may be sent again under the
same key, corrected or not.
"""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Protocol
from uuid import uuid4

from copilot.errors import WorkspaceNotWritable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from contextlib import AbstractContextManager
    from datetime import datetime

    from copilot.domain.replies import Known, Order, Reply

KEPT_FOR: Final = timedelta(hours=24)
"""How long a key is remembered."""

_LONGEST: Final = timedelta(minutes=30)
"""No request takes as long; whoever was at it has ended on a machine that we do not see."""

_CLEANED_EVERY: Final = timedelta(minutes=10)


class ReplyStore(Protocol):
    """Keeps orders and their replies."""

    def begin(
        self, order: Order, runner: str, *, at: datetime, free: Callable[[Known], bool]
    ) -> Known | None:
        """Note that `runner` is at work on an order; return what is known of its key if it may not.

        Args:
            order: The request and its key.
            runner: Who is at work on it.
            at: Now.
            free: Says whether a key may be used again, by what is known of it.

        Raises:
            WorkspaceNotWritable: The database can only be read.
        """

    def keep(self, order: Order, reply: Reply, *, at: datetime) -> None:
        """Keep the reply to an order that is at work."""

    def release(self, order: Order) -> None:
        """Forget an order that is at work."""

    def forget(self, *, before: datetime) -> int:
        """Forget what came before a time; return how many replies there were."""


class Signs(Protocol):
    """Shows which processes live."""

    def showing(self, runner: str) -> AbstractContextManager[None]:
        """Show that a runner lives as long as the block is open."""

    def gone(self, runners: Collection[str]) -> frozenset[str]:
        """Return those that lived here and do so no more."""


@dataclass(frozen=True, slots=True)
class Begun:
    """The request is new: do it."""


@dataclass(frozen=True, slots=True)
class AtWork:
    """The same request is being done."""


@dataclass(frozen=True, slots=True)
class KeyReused:
    """The key stood on another request."""


class ReplyDesk:
    """Knows requests again. Every method may be called from any thread."""

    def __init__(self, store: ReplyStore, signs: Signs, *, now: Callable[[], datetime]) -> None:
        self._store = store
        self._signs = signs
        self._now = now
        self._runner = uuid4().hex
        self._open = contextlib.ExitStack()
        self._opening = threading.Lock()
        self._shown = False
        self._cleaned: datetime | None = None

    def begin(self, order: Order) -> Begun | AtWork | KeyReused | Reply:
        """Say what is to be done with a request: it itself, nothing, or its reply from before.

        Where nothing can be written, no request changes anything, and each is new.
        """
        try:
            self._show()
            known = self._store.begin(order, self._runner, at=self._now(), free=self._free)
        except WorkspaceNotWritable:
            return Begun()
        if known is None:
            return Begun()
        if known.request != order.request:
            return KeyReused()
        return known.reply or AtWork()

    def finish(self, order: Order, reply: Reply | None) -> None:
        """Keep the reply to a request; with none, let its key be used again."""
        with contextlib.suppress(WorkspaceNotWritable):
            if reply is None:
                self._store.release(order)
            else:
                self._store.keep(order, reply, at=self._now())
            self._clean()

    def close(self) -> None:
        """Show no longer that this process lives; what it was at work on may be done by others."""
        self._open.close()

    def _free(self, known: Known) -> bool:
        if self._now() - known.at >= KEPT_FOR:
            return True
        if known.reply is not None:
            return False
        return self._now() - known.at >= _LONGEST or bool(self._signs.gone({known.runner}))

    def _show(self) -> None:
        with self._opening:
            if not self._shown:
                self._open.enter_context(self._signs.showing(self._runner))
                self._shown = True

    def _clean(self) -> None:
        now = self._now()
        if self._cleaned is None or now - self._cleaned >= _CLEANED_EVERY:
            self._cleaned = now
            self._store.forget(before=now - KEPT_FOR)
