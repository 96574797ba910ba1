"""The seams of long work: what keeps jobs, what does them, and how others see who is at one.

Adapters fit these without inheriting from them, as they do those of `copilot.ports`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from copilot.domain.access import Principal

if TYPE_CHECKING:
    from collections.abc import Collection
    from contextlib import AbstractContextManager
    from datetime import datetime

    from copilot.domain.jobs import Job, JobId


class Telling(Protocol):
    """Is told by a work how far it has come."""

    @property
    def since(self) -> datetime:
        """When the job was asked for; what it made since then need not be made again."""

    def step(self, what: str, done: int, total: int) -> None:
        """Note that `done` of `total` are done; `what` is a word or two.

        Raises:
            JobStopped: The work must end here; what it has stored stays.
        """


Work = Callable[[Mapping[str, Any], Principal, Telling], Mapping[str, Any]]
"""Does a job for the principal who began it, and returns what came of it, as JSON has it.

It may be begun again after it was cut off anywhere, and then goes on from what is stored.
"""


class JobStore(Protocol):
    """Keeps jobs, each change with its entry in the event log; whoever calls decides who may what."""

    def add(self, job: Job) -> Job:
        """Put a job in the queue; or return one of the same principal that waits and now does both."""

    def job(self, id_: JobId) -> Job | None:
        """Return a job, or nothing if there is none of that id."""

    def jobs(self, *, who: str | None, start: int, limit: int) -> list[Job]:
        """Return jobs of one principal or of all, the newest first, without the first `start`."""

    def count(self, *, who: str | None) -> int:
        """Return how many jobs there are, of one principal or of all."""

    def waits(self, *, now: datetime) -> bool:
        """Say whether something may be there to take; asks little of the database."""

    def take(self, runner: str, *, now: datetime, gone: Collection[str] = ()) -> Job | None:
        """Give the oldest job that waits to a runner, and nobody else; nothing if none waits.

        Jobs of runners that are gone or have not been seen for a while wait again first; those that
        were begun too often have failed.
        """

    def runners(self) -> frozenset[str]:
        """Return the names of the runners that have a job."""

    def seen(self, job: Job, runner: str, *, now: datetime) -> bool:
        """Keep how far a job has come and that its runner is at it.

        Returns:
            Whether the job is still the runner's to do: nobody stopped it or took it.
        """

    def end(self, job: Job, runner: str, *, now: datetime) -> bool:
        """Keep how a job ended, or that it waits again, if it is still the runner's; say whether."""

    def stop(self, id_: JobId, *, who: str, now: datetime) -> None:
        """Stop a job that is not over."""


class SignsOfLife(Protocol):
    """Shows others on this machine that a runner lives, whatever ends it."""

    def showing(self, runner: str) -> AbstractContextManager[None]:
        """Show that a runner lives, as long as the block is open and its process lives."""

    def gone(self, runners: Collection[str]) -> frozenset[str]:
        """Return those that lived here and do so no more; of the others nothing is known."""
