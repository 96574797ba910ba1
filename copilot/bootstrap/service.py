"""Wire the service: one workspace, used by many people at once."""

from __future__ import annotations

import contextlib
import logging
import os
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Final

from copilot import bootstrap, people
from copilot.bootstrap import accounts, auditing, mapping, review
from copilot.bootstrap import drafting as bootstrap_drafting
from copilot.bootstrap import jobs as bootstrap_jobs
from copilot.bootstrap import library as bootstrap_library
from copilot.bootstrap import readiness as bootstrap_readiness
from copilot.bootstrap import viewing as bootstrap_viewing
from copilot.bootstrap.asking import AskingProcesses, OpenAnswering
from copilot.computed_once import ComputedOnce
from copilot.domain.answers import Answered, Finished, Released
from copilot.domain.jobs import JobKind
from copilot.errors import UnknownPrincipal, WorkspaceNotWritable

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Hashable, Iterator
    from contextlib import AbstractContextManager

    from copilot.accounts.register import PeopleRegister
    from copilot.accounts.sessions import SessionDesk
    from copilot.accounts.sign_in import SignIn
    from copilot.accounts.tokens import TokenDesk
    from copilot.answering.asking import Answering
    from copilot.auditing.opening import Openings
    from copilot.auditing.requests import RequestList
    from copilot.bootstrap.asking import Made
    from copilot.bootstrap.mapping import MappingDesk
    from copilot.bootstrap.questions import RepeatedQuestions
    from copilot.bootstrap.readiness import ReadinessDesk
    from copilot.config import Workspace
    from copilot.conversations import Conversations
    from copilot.domain.access import Audience, Principal, Role
    from copilot.domain.answers import Answer, Event
    from copilot.domain.asking import Asked
    from copilot.domain.outlines import Outline
    from copilot.domain.periods import Period
    from copilot.jobs.running import JobRunner
    from copilot.library.keeping import SourceLibrary
    from copilot.replies import ReplyDesk
    from copilot.retrieval.search import Search
    from copilot.retrieval.staying_open import Stamp
    from copilot.viewing.opening import Viewing

_LOG: Final = logging.getLogger(__name__)

_DRAFTS: Final = 2
"""Drafts that are made at the same time."""

_KEPT: Final = 1_024
"""Composed answers that are kept: some 20 kB each."""


@dataclass(frozen=True, slots=True)
class _Key:
    asked: Asked
    audiences: frozenset[Audience]
    role: Role
    within: Period | None
    stamp: Stamp
    on: date


class Service:
    """One workspace, wired for many requests at once. Every method may be called from any thread."""

    def __init__(self, workspace: Workspace, *, askers: int = 0) -> None:
        """Take the workspace.

        Args:
            workspace: What is served.
            askers: Processes that compose answers; with 0 it is done in this one.
        """
        self.workspace = workspace
        self.settings = workspace.settings
        self.copilot = bootstrap.Copilot(workspace)
        self._open = OpenAnswering(self.copilot)
        self._askers = AskingProcesses(workspace, askers) if askers else None
        self._composing = BoundedSemaphore(max(1, askers or len(os.sched_getaffinity(0))))
        self._drafting = BoundedSemaphore(_DRAFTS)
        self._answers: ComputedOnce[Made] = ComputedOnce(_KEPT, holds=_holds)

    def start(self) -> None:
        """Make ready everything that a request needs, so that none waits for it; go on with jobs.

        Raises:
            EncoderUnavailable: The encoder cannot be made ready.
            TruthUnavailable: The database cannot be opened.
        """
        # Made once, here: threads that came first at the same time would each make their own.
        for part in ("catalog", "vocabulary", "models"):
            getattr(self.copilot, part)
        for part in (
            "register",
            "tokens",
            "sessions",
            "sign_in",
            "requests",
            "openings",
            "mappings",
            "readiness",
            "repeated",
            "replies",
            "conversations",
            "viewing",
        ):
            getattr(self, part)
        self.copilot.encoder.encode(["ready"])
        self._open.prepare()
        if self._askers:
            self._askers.prepare()
        self._finish_approvals()
        self.jobs.start()

    def close(self) -> None:
        """Let running work stop where it may go on later, and let go of everything."""
        if "jobs" in self.__dict__:
            self.jobs.stop()
        if self._askers:
            self._askers.close()
        self._open.close()
        if "_viewing" in self.__dict__:
            self._viewing[1]()
        if "replies" in self.__dict__:
            self.replies.close()
        self.copilot.__exit__(None, None, None)

    @property
    def register(self) -> PeopleRegister:
        """Who may sign in."""
        return self.copilot.register

    @cached_property
    def sign_in(self) -> SignIn:
        """Who somebody is whom the company's sign-in service knows."""
        return accounts.sign_in(self.workspace, self.copilot.database)

    @cached_property
    def requests(self) -> RequestList:
        """What auditors ask for."""
        return auditing.request_list(self.copilot)

    @cached_property
    def openings(self) -> Openings:
        """What writes down which sources and items auditors open."""
        return auditing.openings(self.copilot)

    @cached_property
    def tokens(self) -> TokenDesk:
        """The keys of programs."""
        from copilot.accounts.tokens import TokenDesk
        from copilot.adapters.sql.accounts import SqlAccounts

        return TokenDesk(SqlAccounts(self.copilot.database), now=review.now)

    @cached_property
    def sessions(self) -> SessionDesk:
        """Who is signed in."""
        from copilot.accounts.sessions import SessionDesk
        from copilot.adapters.sql.accounts import SqlAccounts

        return SessionDesk(SqlAccounts(self.copilot.database), now=review.now)

    @cached_property
    def replies(self) -> ReplyDesk:
        """Replies that are kept, so that nothing is done twice."""
        from copilot.adapters.signs_of_life import HeldFiles
        from copilot.adapters.sql.replies import SqlReplies
        from copilot.replies import ReplyDesk

        signs = HeldFiles(self.workspace.state / "at-work")
        return ReplyDesk(SqlReplies(self.copilot.database), signs, now=review.now)

    @cached_property
    def conversations(self) -> Conversations:
        """What was asked in conversations, and which messages answer it."""
        from copilot.adapters.sql.conversations import SqlConversations
        from copilot.conversations import Conversations

        return Conversations(SqlConversations(self.copilot.database), now=review.now)

    @cached_property
    def jobs(self) -> JobRunner:
        """Long work."""
        return bootstrap_jobs.job_runner(
            self.copilot, find=self._principal, searching=self.drafting
        )

    @cached_property
    def library(self) -> SourceLibrary:
        """What takes in, describes and puts away the company's files."""
        return bootstrap_library.source_library(self.copilot)

    def _principal(self, id_: str) -> Principal:
        person = self.register.find(id_)
        if person is None:
            raise UnknownPrincipal(f"{id_!r} is nobody who may sign in any more")
        return person.principal()

    @cached_property
    def viewing(self) -> Viewing:
        """What opens sources at their citations."""
        return self._viewing[0]

    @cached_property
    def _viewing(self) -> tuple[Viewing, Callable[[], None]]:
        return bootstrap_viewing.viewing(self.copilot)

    @cached_property
    def mappings(self) -> MappingDesk:
        """Which criteria the company's controls serve."""
        return mapping.MappingDesk(self.copilot)

    @cached_property
    def repeated(self) -> RepeatedQuestions:
        """What several people asked and no source answered."""
        from copilot.bootstrap.questions import RepeatedQuestions

        return RepeatedQuestions(self.copilot)

    @cached_property
    def readiness(self) -> ReadinessDesk:
        """How ready the company is."""
        return bootstrap_readiness.ReadinessDesk(self.copilot)

    def searching(self) -> AbstractContextManager[Search]:
        """Yield search over indexes that stay open."""
        return self._open.searching()

    def answering(self) -> AbstractContextManager[Answering]:
        """Yield answering over indexes that stay open."""
        return self._open.answering()

    @cached_property
    def outlines(self) -> tuple[Outline, ...]:
        """What a policy of each kind has to say."""
        return bootstrap_drafting.load_outlines(self.copilot)

    @contextlib.contextmanager
    def drafting(self) -> Iterator[Search]:
        """Yield search for a draft; few are made at a time, so that those who ask hardly notice."""
        with self._drafting, self.searching() as search:
            yield search

    def _finish_approvals(self) -> None:
        """Finish what a process that was killed in the middle of an approval has left."""
        try:
            paths = review.finish_approvals(self.copilot)
        except WorkspaceNotWritable as exc:
            _LOG.warning("%s", exc)
            return
        if paths:
            who = people.operator(self.copilot.truth.audiences())
            self.jobs.submit(JobKind.INGEST, {"paths": paths}, principal=who)

    def events(
        self, asked: Asked, *, principal: Principal, fresh: bool = False
    ) -> Generator[Event, None, None]:
        """Yield what happens until a question is answered, as `Answering.events` does.

        A composed answer is kept while nothing changes of what it rests on, for everybody who may read
        the same, and comes at once when it is asked for again.

        Args:
            asked: The question.
            principal: Who asks.
            fresh: Do not take an answer that was kept.

        Raises:
            BadInput: There is no question, or it is longer than anyone would ask.
            UnknownCriterion: It names a criterion that does not exist.
        """
        if self.copilot.models.configured:
            with self.answering() as answering:
                yield from answering.events(
                    asked.question,
                    principal=principal,
                    period=asked.period,
                    scope=asked.scope,
                    earlier=asked.earlier,
                )
            return
        answer = self.answer(asked, principal=principal, fresh=fresh)
        for claim in answer.claims if isinstance(answer, Answered) else ():
            yield Released(claim)
        yield Finished(answer)

    def answer(self, asked: Asked, *, principal: Principal, fresh: bool = False) -> Answer:
        """Return the answer to a question; the arguments and errors are those of `events`."""
        if self.copilot.models.configured:
            return self._open.answer(asked, principal=principal)
        return self.composed(asked, principal=principal, fresh=fresh)

    def composed(self, asked: Asked, *, principal: Principal, fresh: bool = False) -> Answer:
        """Return the answer as it is without a language model, whether there is one or not.

        The arguments and errors are those of `events`.
        """
        return self._begin(asked, principal, self._open.stamp(), fresh=fresh).result().answer

    def begin(self, asked: Asked, *, principal: Principal) -> Future[Made] | None:
        """Return the answer to a question as it will be there, without waiting for anything.

        Its errors are those of `events`. Nothing is returned where something has to be waited for first, or
        if no other process composes: then `answer` is to be asked in a thread that may wait.
        """
        if not self._askers or self.copilot.models.configured:
            return None
        stamp = self._open.stamp_at_hand()
        return None if stamp is None else self._begin(asked, principal, stamp)

    def standing(self) -> Hashable | None:
        """Return what is another after anything was written to the database or to people.yaml.

        It takes no time. Nothing is returned where that cannot be told.
        """
        return self._open.seen()

    def _begin(
        self, asked: Asked, principal: Principal, stamp: Stamp, *, fresh: bool = False
    ) -> Future[Made]:
        today = review.now().date()
        who = (principal.audiences, principal.role, principal.within)
        key = _Key(asked, *who, stamp, today)
        return self._answers.begin(key, lambda: self._compose(asked, principal), fresh=fresh)

    def _compose(self, asked: Asked, principal: Principal) -> Future[Made]:
        if self._askers and not self.copilot.models.configured:
            return self._askers.begin(asked, principal=principal)
        made: Future[Made] = Future()
        # More at once than there are cores would only make all of them wait longer.
        with self._composing:
            made.set_result(self._open.make(asked, principal=principal, composed=True))
        return made


def _holds(key: Hashable, made: Made) -> bool:
    """Say whether an answer rests on the very state that it is looked up by."""
    return isinstance(key, _Key) and key.stamp == made.stamp
