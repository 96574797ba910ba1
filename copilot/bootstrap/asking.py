"""Wire answering for a process that stays: indexes stay open, and answers are composed in processes apart.

To compose an answer is work for the processor, of which Python lets one thread of a process do at a time.
So a service has a process for each core compose, and goes on serving pages meanwhile.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from copilot import bootstrap
from copilot.errors import IndexUnavailable
from copilot.retrieval.staying_open import StayingOpen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copilot.answering.asking import Answering
    from copilot.bootstrap.process import Copilot
    from copilot.config import Workspace
    from copilot.domain.access import Principal
    from copilot.domain.answers import Answer
    from copilot.domain.asking import Asked
    from copilot.retrieval.search import Search


@dataclass(frozen=True, slots=True)
class _Opened:
    search: Search
    answering: Answering
    composing: Answering


class OpenAnswering:
    """Search and answering over indexes that stay open and follow the truth; for many threads."""

    def __init__(self, copilot: Copilot) -> None:
        self._copilot = copilot
        self._open = StayingOpen(self._opening, self.stamp)

    @contextlib.contextmanager
    def searching(self) -> Iterator[Search]:
        """Yield search."""
        with self._open.using() as opened:
            yield opened.search

    @contextlib.contextmanager
    def answering(self) -> Iterator[Answering]:
        """Yield answering."""
        with self._open.using() as opened:
            yield opened.answering

    def answer(self, asked: Asked, *, principal: Principal, composed: bool = False) -> Answer:
        """Return the answer to a question; the errors are those of `Answering.events`.

        Args:
            asked: The question.
            principal: Who asks.
            composed: Do without a language model even if there is one.
        """
        with self._open.using() as opened:
            return (opened.composing if composed else opened.answering).ask(
                asked.question,
                principal=principal,
                period=asked.period,
                scope=asked.scope,
                earlier=asked.earlier,
            )

    def stamp(self) -> tuple[int, ...]:
        """Return numbers that change with anything that an answer rests on."""
        # Who works here decides on which questions are private.
        listed = self._copilot.workspace.root / "people.yaml"
        changed = listed.stat().st_mtime_ns if listed.exists() else 0
        return (*self._copilot.follower.stamp(), changed)

    def prepare(self) -> None:
        """Open the indexes, if anything was ever ingested."""
        if self._copilot.truth.newest_change():
            with self._open.using():
                pass

    def close(self) -> None:
        """Let go of the indexes."""
        self._open.close()

    @contextlib.contextmanager
    def _opening(self) -> Iterator[_Opened]:
        with self._copilot.searching() as search:
            answering = composing = self._copilot.answering_over(search)
            if self._copilot.models.configured:
                composing = self._copilot.answering_over(search, prose=False)
            yield _Opened(search, answering, composing)


class AskingProcesses:
    """Composes answers in processes of its own."""

    def __init__(self, workspace: Workspace, processes: int) -> None:
        """Take how many there are; they are started by `prepare`, or by the first question."""
        # Each has a core to itself, so that its encoder must not spread over all of them.
        settings = workspace.settings.model_copy(update={"encoder_threads": 1})
        self._workspace = replace(workspace, settings=settings)
        self._processes = processes
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None

    def prepare(self) -> None:
        """Start the processes; they open the indexes meanwhile."""
        pool = self._running()
        for _ in range(self._processes):
            pool.submit(_prepare)

    def answer(self, asked: Asked, *, principal: Principal) -> Answer:
        """Return the answer to a question; the errors are those of `Answering.events`.

        Raises:
            IndexUnavailable: The processes ended, twice.
        """
        for _ in range(2):
            pool = self._running()
            try:
                return pool.submit(_answer, asked, principal).result()
            except BrokenProcessPool:
                # One was killed, for its memory perhaps; the pool is of no more use then.
                self._drop(pool)
        raise IndexUnavailable(
            "the processes that compose answers ended twice",
            hint="The machine may be short of memory; `askers` in copilot.toml sets how many there are.",
        )

    def close(self) -> None:
        """End the processes after what they are at."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(cancel_futures=True)

    def _running(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                self._pool = ProcessPoolExecutor(
                    self._processes,
                    # A fork of a process with threads may never come to itself.
                    mp_context=multiprocessing.get_context("spawn"),
                    initializer=_begin,
                    initargs=(self._workspace,),
                )
            return self._pool

    def _drop(self, pool: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._pool is pool:
                self._pool = None
        pool.shutdown(wait=False)


_HERE: Final[list[OpenAnswering]] = []
"""In a process that composes: what it composes with."""


def _begin(workspace: Workspace) -> None:
    # Ctrl-C on a terminal goes to all; the service ends these when it is done.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _HERE.append(OpenAnswering(bootstrap.Copilot(workspace)))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _prepare() -> None:
    _HERE[0].prepare()


def _answer(asked: Asked, principal: Principal) -> Answer:
    return _HERE[0].answer(asked, principal=principal)
