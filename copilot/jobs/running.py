"""Run jobs one after the other, in a thread of the service.

A job is the database's: it outlives the process that is at it, and of several services on one database
one takes it. Every work goes on from what is stored, so a job that was cut off is begun again.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from copilot.domain.access import Role
from copilot.domain.jobs import Job, JobId, JobKind, JobState, new_job_id
from copilot.errors import CopilotError, JobStopped, NotPermitted, NotThere, WorkspaceBusy
from copilot.jobs.telling import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from typing import Any

    from copilot.domain.access import Principal
    from copilot.jobs.ports import JobStore, SignsOfLife, Work

_LOG: Final = logging.getLogger(__name__)

_LOOKS: Final = 5.0
"""Seconds after which a runner looks for jobs that another process has queued or left."""

_BEATS: Final = 10.0
"""Seconds after which a runner says that it lives, while a work tells nothing."""

_RETRIES: Final = 1.0
"""Seconds after which a work is tried again that waits for another process."""

_OF_REVIEWERS: Final = frozenset({JobKind.DRAFT_ALL})

MOST_LISTED: Final = 200

_DEFECT: Final = "an internal fault, see the log"


class JobRunner:
    """The jobs of a workspace: who may see them, and a thread that does them in their order."""

    def __init__(
        self,
        store: JobStore,
        works: Mapping[JobKind, Work],
        now: Callable[[], datetime],
        *,
        find: Callable[[str], Principal],
        signs: SignsOfLife | None = None,
    ) -> None:
        """Name the parts; nothing is begun yet.

        Args:
            store: Keeps the jobs.
            works: What does each kind of job.
            now: The time, in UTC.
            find: Returns the principal of an id as they are now; raises `UnknownPrincipal`.
            signs: Shows others on this machine that this runner lives, so that its jobs are begun
                again at once when it is gone; without it they wait until it was not seen for a while.
        """
        self._store = store
        self._works = works
        self._now = now
        self._find = find
        self._signs = signs
        self._name = secrets.token_hex(16)
        self._closing = threading.Event()
        self._wake = threading.Event()
        self._watch: Watch | None = None
        self._thread: threading.Thread | None = None

    # What people do with jobs

    def submit(
        self, kind: JobKind, arguments: Mapping[str, Any] | None = None, *, principal: Principal
    ) -> Job:
        """Put a job in the queue.

        The same work of the same principal does not wait twice: what is asked for is then added to the
        job that waits, which is returned.

        Raises:
            NotPermitted: The principal is an auditor, who changes nothing; or it is work on everybody's
                drafts, and they do not review.
            WorkspaceNotWritable: The database can only be read.
        """
        if principal.role is Role.AUDITOR or (kind in _OF_REVIEWERS and not principal.reviews):
            raise NotPermitted(
                f"{principal.id} may not begin this job: the role is {principal.role}",
                hint="Ask somebody with the role compliance or admin to begin it.",
            )
        job = Job(
            id=new_job_id(),
            kind=kind,
            arguments=dict(arguments or {}),
            who=principal.id,
            created_at=self._now(),
        )
        kept = self._store.add(job)
        self._wake.set()
        return kept

    def job(self, id_: str, principal: Principal) -> Job:
        """Return a job of the principal, or anybody's if they review.

        Raises:
            NotThere: There is none, or it is not for them; both are said in the same words.
        """
        found = self._store.job(JobId(id_))
        if found is None or not (principal.reviews or found.who == principal.id):
            raise NotThere(f"there is no job {id_!r}", hint="The list of jobs shows yours.")
        return found

    def jobs(self, principal: Principal, limit: int = 50, *, start: int = 0) -> list[Job]:
        """Return the principal's jobs, or everybody's if they review, the newest first.

        Args:
            principal: Who asks.
            limit: How many at most, up to 200.
            start: How many of the newest are left out.
        """
        limit = max(1, min(limit, MOST_LISTED))
        return self._store.jobs(who=_whose(principal), start=start, limit=limit)

    def count(self, principal: Principal) -> int:
        """Return how many jobs `jobs` has for the principal in all."""
        return self._store.count(who=_whose(principal))

    def stop_job(self, id_: str, principal: Principal) -> Job:
        """Stop a job that waits or runs, and return it; what it has stored stays.

        One that is over stays as it is.

        Raises:
            NotThere: There is none, or it is not for the principal.
        """
        job = self.job(id_, principal)
        self._store.stop(job.id, who=principal.id, now=self._now())
        if (watch := self._watch) is not None and watch.job.id == job.id:
            watch.stop()
        return self.job(id_, principal)

    # The thread

    def start(self) -> None:
        """Begin to take jobs; those that a process of this machine left are begun again at once."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
            self._thread.start()

    def stop(self, *, wait: bool = True) -> None:
        """Take no more jobs; one that runs waits again, for this service's next start or another's.

        Args:
            wait: Return when the work has ended, which is at its next step.
        """
        self._closing.set()
        self._wake.set()
        if (watch := self._watch) is not None:
            watch.stop()
        if wait and self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        with contextlib.ExitStack() as stack:
            if self._signs is not None:
                try:
                    stack.enter_context(self._signs.showing(self._name))
                except CopilotError as exc:
                    _LOG.warning("%s", exc)
            while not self._closing.is_set():
                # Before looking: who submits while this looks wakes it again.
                self._wake.clear()
                if not self._one():
                    self._wake.wait(_LOOKS)

    def _one(self) -> bool:
        """Do a job if there is one; nothing that goes wrong may end the thread."""
        try:
            job = self._taken()
            if job is not None:
                self._do(job)
        except Exception:  # noqa: BLE001  a database may fail in any way; the next look may succeed
            _LOG.exception("jobs cannot be taken or kept; this is tried again")
            return False
        return job is not None

    def _taken(self) -> Job | None:
        gone = self._signs.gone(self._store.runners() - {self._name}) if self._signs else ()
        if not gone and not self._store.waits(now=self._now()):
            return None
        return self._store.take(self._name, now=self._now(), gone=gone)

    def _do(self, job: Job) -> None:
        watch = Watch(job, self._store, runner=self._name, now=self._now)
        self._watch = watch
        try:
            if self._closing.is_set():
                watch.stop()
            with self._beating(watch):
                ended = self._ended(job, watch)
        finally:
            self._watch = None
        if ended is not None:
            self._store.end(ended, self._name, now=self._now())

    def _ended(self, job: Job, watch: Watch) -> Job | None:
        """Do the work, and return the job as it ended; nothing if somebody else has ended it."""
        try:
            result = self._result(job, watch)
        except JobStopped:
            if not self._closing.is_set():
                return None
            # The service ends, which is nobody's wish to stop the job, and no failed try.
            return replace(watch.job, state=JobState.QUEUED, tries=job.tries - 1)
        except CopilotError as exc:
            _LOG.warning("job %s (%s) failed: %s", job.id, job.kind, exc)
            return replace(watch.job, state=JobState.FAILED, problem=str(exc), hint=exc.hint)
        except Exception:  # noqa: BLE001  a defect of one work must not keep the other jobs waiting
            _LOG.exception("job %s (%s) failed", job.id, job.kind)
            return replace(watch.job, state=JobState.FAILED, problem=_DEFECT)
        return replace(watch.job, state=JobState.DONE, result=result)

    def _result(self, job: Job, watch: Watch) -> Mapping[str, Any]:
        while True:
            try:
                principal = self._find(job.who)
                return self._works[job.kind](job.arguments, principal, watch)
            except WorkspaceBusy as exc:
                watch.step(f"waiting: {exc}", 0, 0)
                watch.pause(_RETRIES)

    @contextlib.contextmanager
    def _beating(self, watch: Watch) -> Iterator[None]:
        """Say now and then that this runner lives, for as long as the block is open."""
        over = threading.Event()

        def beat() -> None:
            while not over.wait(_BEATS):
                watch.beat()

        thread = threading.Thread(target=beat, name="jobs-beat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def _whose(principal: Principal) -> str | None:
    return None if principal.reviews else principal.id
