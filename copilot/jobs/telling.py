"""Keep how far a job has come while a work is at it, and have the work end when it is stopped."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from copilot.errors import JobStopped

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from copilot.domain.jobs import Job
    from copilot.jobs.ports import JobStore

_LOG: Final = logging.getLogger(__name__)

_KEPT: Final = 0.4
"""Seconds between two times that progress is kept; a change of what is being done is kept at once."""


class Watch:
    """What a work is given to tell its progress to; used by its thread and by the one that beats."""

    def __init__(
        self, job: Job, store: JobStore, *, runner: str, now: Callable[[], datetime]
    ) -> None:
        self.job = job
        """The job with the progress that was told last."""
        self._store = store
        self._runner = runner
        self._now = now
        self._stopped = threading.Event()
        self._keeping = threading.Lock()
        self._kept = 0.0

    @property
    def since(self) -> datetime:
        """When the job was asked for."""
        return self.job.created_at

    def stop(self) -> None:
        """Have the work end at its next step."""
        self._stopped.set()

    def step(self, what: str, done: int, total: int) -> None:
        """Note that `done` of `total` are done.

        Raises:
            JobStopped: The job was stopped, here or by another process, or the service ends.
        """
        another = what != self.job.doing
        self.job = replace(self.job, doing=what, done=done, total=total)
        if another or time.monotonic() - self._kept >= _KEPT:
            self.beat()
        if self._stopped.is_set():
            raise JobStopped("the job was stopped", hint="What it has stored stays.")

    def pause(self, seconds: float) -> None:
        """Wait, but no longer than until the job is stopped.

        Raises:
            JobStopped: It was.
        """
        if self._stopped.wait(seconds):
            raise JobStopped("the job was stopped", hint="What it has stored stays.")

    def beat(self) -> None:
        """Say that the runner lives, with the progress that was told last."""
        with self._keeping:
            self._kept = time.monotonic()
            try:
                his = self._store.seen(self.job, self._runner, now=self._now())
            except Exception:  # noqa: BLE001  a figure that cannot be kept must not end the work
                _LOG.exception("the progress of job %s cannot be kept", self.job.id)
                return
        if not his:
            self._stopped.set()
