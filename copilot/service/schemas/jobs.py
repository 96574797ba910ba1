"""Jobs: what was asked for, how far it has come, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict, Field

from copilot.bootstrap.jobs import shown_result
from copilot.domain.jobs import Job, JobKind, JobState

if TYPE_CHECKING:
    from copilot.domain.access import Principal


class JobBody(BaseModel):
    """A job to begin."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"kind": "ingest"}, {"kind": "map"}]}
    )

    kind: JobKind
    retry: bool = Field(
        default=False, description="For an ingest: try every file again that was refused."
    )


class JobReply(BaseModel):
    """A job as it stands."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "6f1d2c3b4a596871",
                    "kind": "ingest",
                    "state": "running",
                    "who": "mara.lindqvist",
                    "paths": ["evidence/access-review-2025-q4.csv"],
                    "doing": "read",
                    "done": 1,
                    "total": 3,
                    "tries": 1,
                    "result": None,
                    "problem": "",
                    "hint": "",
                    "created_at": "2025-11-20T10:00:00Z",
                    "started_at": "2025-11-20T10:00:01Z",
                    "finished_at": None,
                }
            ]
        }
    )

    id: str
    kind: JobKind
    state: JobState
    who: str = Field(description="The id of whoever began it.")
    paths: list[str] = Field(
        description="The files that an ingest was begun for, for whoever began it; empty for all."
    )
    doing: str = Field(description="What it is at, or what it waits for.")
    done: int
    total: int = Field(description="How many steps there are; 0 while nobody knows.")
    tries: int = Field(description="How often it was begun.")
    result: dict[str, Any] | None = Field(
        description="What came of it, without files that the caller may not read. Of an ingest it is the "
        "document of `copilot ingest --json`."
    )
    problem: str = Field(description="Why it failed.")
    hint: str = Field(description="What to do about the problem.")
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, job: Job, principal: Principal) -> Self:
        """Return a job as a principal may see it, who may see that there is one."""
        paths = list(job.arguments.get("paths", ())) if job.who == principal.id else []
        result = None
        if job.result is not None:
            result = shown_result(job.result, principal=principal, asked=paths)
        return cls(
            id=job.id,
            kind=job.kind,
            state=job.state,
            who=job.who,
            paths=paths,
            doing=job.doing,
            done=job.done,
            total=job.total,
            tries=job.tries,
            result=result,
            problem=job.problem,
            hint=job.hint,
            created_at=job.created_at,
            started_at=job.started_at,
            finished_at=job.finished_at,
        )
