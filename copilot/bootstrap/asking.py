"""Wire answering for a process that stays: indexes stay open, and answers are composed in processes apart.

To compose an answer is work for the processor, of which Python lets one thread of a process do at a time.
So a service has a process for each core compose, and goes on serving pages meanwhile.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import threading
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from copilot import bootstrap
from copilot.bootstrap.retrieval import index_mark
from copilot.errors import IndexUnavailable
from copilot.people import PEOPLE_FILE
from copilot.retrieval.staying_open import StayingOpen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copilot.adapters.sql.remembering import RememberingTruth
    from copilot.answering.asking import Answering
    from copilot.bootstrap.process import Copilot
    from copilot.config import Workspace
    from copilot.domain.access import Principal
    from copilot.domain.answers import Answer
    from copilot.domain.asking import Asked
    from copilot.retrieval.search import Search
    from copilot.retrieval.staying_open import Stamp

    Seen = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """An answer, and what it rests on."""

    answer: Answer
    stamp: Stamp | None
    """The state of everything that it rests on; nothing if that changed meanwhile."""


@dataclass(frozen=True, slots=True)
class _Opened:
    search: Search
    answering: Answering
    composing: Answering


class OpenAnswering:
    """Search and answering over indexes that stay open and follow the truth; for many threads."""

    def __init__(self, copilot: Copilot) -> None:
        self._copilot = copilot
        self._open = StayingOpen(self._opening, self._state)
        self._index_mark = index_mark(copilot.workspace)
        self._people_file = str(copilot.workspace.root / PEOPLE_FILE)
        self._making = threading.Lock()
        self._truth_made: RememberingTruth | None = None
        self._stamped: tuple[Seen, Stamp] | None = None

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
        return self.make(asked, principal=principal, composed=composed).answer

    def make(self, asked: Asked, *, principal: Principal, composed: bool = False) -> Made:
        """Return what `answer` does, with the state that it rests on."""
        before = self.stamp()
        with self._open.using_known() as (opened, held):
            made = (opened.composing if composed else opened.answering).ask(
                asked.question,
                principal=principal,
                period=asked.period,
                scope=asked.scope,
                earlier=asked.earlier,
            )
        steady = held == before[:-1] and self.stamp() == before
        return Made(made, before if steady else None)

    def stamp(self) -> Stamp:
        """Return numbers of which one is another after any change of what an answer rests on.

        They are the same in every process: the generation of the indexes, the newest change, who works
        here, which decides on the questions that are private, and everything that is known of sources.
        """
        seen = self.seen()
        known = self._stamped
        if seen is not None and known is not None and known[0] == seen:
            return known[1]
        stamp = (*self._state(), self._truth.mark.now())
        if seen is not None:
            self._stamped = (seen, stamp)
        return stamp

    def stamp_at_hand(self) -> Stamp | None:
        """Return the stamp if that takes no time, as it does while nothing was written."""
        known = self._stamped
        return known[1] if known is not None and known[0] == self.seen() else None

    def seen(self) -> Seen | None:
        """Return what is another after anything was written to the database, the indexes or people.yaml.

        It takes no time, and tells nothing of what was written. Nothing is returned where it cannot be told.
        """
        version = self._truth.watch.version()
        if version is None:
            return None
        return (version, *self._index_mark(), *self._listed())

    def prepare(self) -> None:
        """Open the indexes, if anything was ever ingested."""
        if self._copilot.truth.newest_change():
            with self._open.using():
                pass

    def close(self) -> None:
        """Let go of the indexes."""
        self._open.close()
        with self._making:
            if self._truth_made is not None:
                self._truth_made.watch.close()

    @property
    def _truth(self) -> RememberingTruth:
        # The database is opened by whoever needs it first.
        with self._making:
            if self._truth_made is None:
                from copilot.adapters.sql.remembering import RememberingTruth

                self._truth_made = RememberingTruth(self._copilot.database)
            return self._truth_made

    @contextlib.contextmanager
    def _opening(self) -> Iterator[_Opened]:
        truth = self._truth
        with self._copilot.searching(truth) as search:
            answering = composing = self._copilot.answering_over(search, truth=truth)
            if self._copilot.models.configured:
                composing = self._copilot.answering_over(search, prose=False, truth=truth)
            yield _Opened(search, answering, composing)

    def _state(self) -> Stamp:
        """Return the part of the stamp that decides on what is opened."""
        known = self._stamped
        if known is not None and known[0] == self.seen():
            return known[1][:-1]
        return (*self._copilot.follower.stamp(), self._people())

    def _people(self) -> int:
        """Return a number for who works here: those of the file, and those who were added since."""
        from copilot.adapters.sql.accounts import SqlAccounts

        added = sorted(one.name for one in SqlAccounts(self._copilot.database).people())
        said = repr((self._listed(), added)).encode()
        return int.from_bytes(blake2b(said, digest_size=8).digest(), "big")

    def _listed(self) -> tuple[int, ...]:
        """Return what is another when another people.yaml is there."""
        try:
            about = os.stat(self._people_file)
        except OSError:
            return ()
        return about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns


class AskingProcesses:
    """Composes answers in processes of its own, in the order in which they are asked for."""

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
        return self.begin(asked, principal=principal).result().answer

    def begin(self, asked: Asked, *, principal: Principal) -> Future[Made]:
        """Have an answer composed; its errors are those of `answer`."""
        given: Future[Made] = Future()
        given.set_running_or_notify_cancel()
        self._submit(given, asked, principal, again=True)
        return given

    def _submit(
        self, given: Future[Made], asked: Asked, principal: Principal, *, again: bool
    ) -> None:
        pool = self._running()

        def done(made: Future[Made]) -> None:
            problem = _ending() if made.cancelled() else made.exception()
            if problem is None:
                given.set_result(made.result())
            elif isinstance(problem, BrokenProcessPool):
                # This is a thread of the broken one, which has to come to its own end.
                threading.Thread(target=broken).start()
            else:
                given.set_exception(problem)

        def broken() -> None:
            # One was killed, for its memory perhaps; the pool is of no more use then.
            self._drop(pool)
            if again:
                self._submit(given, asked, principal, again=False)
                return
            given.set_exception(
                IndexUnavailable(
                    "the processes that compose answers ended twice",
                    hint="The machine may be short of memory; `askers` in copilot.toml sets how many "
                    "there are.",
                )
            )

        try:
            pool.submit(_make, asked, principal).add_done_callback(done)
        except BrokenProcessPool:
            broken()

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
                    initargs=(self._workspace, gc.get_threshold()),
                )
            return self._pool

    def _drop(self, pool: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._pool is pool:
                self._pool = None
        pool.shutdown(wait=False)


def _ending() -> IndexUnavailable:
    return IndexUnavailable(
        "the service is being ended", hint="Ask again when it has been started again."
    )


_HERE: Final[list[OpenAnswering]] = []
"""In a process that composes: what it composes with."""


def _begin(workspace: Workspace, collecting: tuple[int, int, int]) -> None:
    gc.set_threshold(*collecting)  # as in the process that began this one
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
    gc.freeze()  # what is open stays open, and need not be looked through again


def _make(asked: Asked, principal: Principal) -> Made:
    return _HERE[0].make(asked, principal=principal)
