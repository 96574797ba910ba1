"""Jobs: long work that somebody began and that goes on after the request, and after a restart."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, NewType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

JobId = NewType("JobId", str)
"""Letters and digits that nobody can guess."""

MOST_TRIES: Final = 3
"""How often a job is begun: each try but the first follows a service that ended in the middle."""


class JobKind(StrEnum):
    """What a job does."""

    INGEST = "ingest"
    """Bring the index in line with the folders, or with some paths."""
    MAP = "map"
    """Suggest criteria for the workspace's controls, and keep the suggestions."""
    DRAFT_ALL = "draft-all"
    """Draft every kind of policy, for review."""


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One piece of long work."""

    id: JobId
    kind: JobKind
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """What it works on, as JSON has it."""
    who: str
    """The id of the principal who began it."""
    state: JobState = JobState.QUEUED
    doing: str = ""
    """What it is at, in a word or two, or what it waits for; empty before it begins."""
    done: int = 0
    total: int = 0
    """How many steps the work at hand has; 0 while nobody knows."""
    tries: int = 0
    """How often it was begun."""
    result: Mapping[str, Any] | None = None
    """What came of it, as JSON has it; nothing until it is done."""
    problem: str = ""
    """Why it failed; empty if it did not."""
    hint: str = ""
    """What can be done about the problem."""
    created_at: datetime
    started_at: datetime | None = None
    """When it was begun last."""
    finished_at: datetime | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in {JobState.DONE, JobState.FAILED, JobState.STOPPED}


def new_job_id() -> JobId:
    """Return an id that no job has."""
    return JobId(secrets.token_hex(8))


def joined(
    kind: JobKind, waiting: Mapping[str, Any], wanted: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    """Return what a job that still waits must do so that it does what is wanted as well.

    Nothing comes back if it cannot. The `paths` of an ingest are put together, and one without paths
    is of the whole workspace; apart from them only the same work is done by one job.
    """
    if kind is JobKind.INGEST and _without_paths(waiting) == _without_paths(wanted):
        one: Sequence[str] = waiting.get("paths") or ()
        other: Sequence[str] = wanted.get("paths") or ()
        paths = list(dict.fromkeys([*one, *other])) if one and other else []
        return {**_without_paths(waiting), "paths": paths}
    return waiting if waiting == wanted else None


def _without_paths(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in arguments.items() if key != "paths"}
