"""Long work: begin it, see how far it has come, stop it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Path, Response

from copilot.service import streaming
from copilot.service.access import Caller, Needs
from copilot.service.paging import Page, WindowOf
from copilot.service.parts import ServiceOf
from copilot.service.permissions import Permission
from copilot.service.schemas.jobs import JobBody, JobReply
from copilot.service.streaming import EventStream

if TYPE_CHECKING:
    from collections.abc import Iterator

router: Final = APIRouter(prefix="/jobs", tags=["jobs"])

Reader = Annotated[Caller, Needs(Permission.READ_JOBS)]
Runner = Annotated[Caller, Needs(Permission.RUN_JOBS)]
Named = Annotated[str, Path(max_length=64, examples=["6f1d2c3b4a596871"])]

_LOOKS: Final = 0.3
"""Seconds between two looks at a job that somebody watches."""

_ALIVE: Final = 5.0
"""Seconds after which something is sent although nothing has changed, which shows who is still there."""

_LONGEST: Final = 60.0
"""Seconds that one stream lasts, for it keeps a thread; a browser that wants more asks again by itself."""


@router.get("")
def list_jobs(caller: Reader, service: ServiceOf, window: WindowOf) -> Page[JobReply]:
    """List the caller's jobs, or everybody's for those who review, newest first."""
    principal = caller.principal
    found = service.jobs.jobs(principal, window.limit, start=window.start)
    total, end = service.jobs.count(principal), window.start + len(found)
    return Page(
        items=[JobReply.of(one, principal) for one in found],
        next=str(end) if found and end < total else None,
        total=total,
    )


@router.post("", status_code=202)
def begin_job(body: JobBody, caller: Runner, service: ServiceOf, response: Response) -> JobReply:
    """Put a job in the queue; the same work of the same caller does not wait twice."""
    arguments = {"paths": [], "retry": True} if body.retry else {}
    job = service.jobs.submit(body.kind, arguments, principal=caller.principal)
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return JobReply.of(job, caller.principal)


@router.get("/{job}")
def show_job(job: Named, caller: Reader, service: ServiceOf) -> JobReply:
    """Show a job."""
    return JobReply.of(service.jobs.job(job, caller.principal), caller.principal)


@router.post("/{job}/stop")
def stop_job(job: Named, caller: Runner, service: ServiceOf) -> JobReply:
    """Stop a job that waits or runs; what it has stored stays."""
    return JobReply.of(service.jobs.stop_job(job, caller.principal), caller.principal)


@router.get(
    "/{job}/events",
    status_code=200,
    response_class=EventStream,
    responses={
        200: {
            "description": "Events called `job`, whose data is the job as it stands: at once, whenever it "
            "changes, every few seconds otherwise, and for the last time when it is over.",
            "content": {streaming.MEDIA_TYPE: {}},
        }
    },
)
def watch_job(job: Named, caller: Reader, service: ServiceOf) -> EventStream:
    """Follow a job as server-sent events until it is over."""
    principal = caller.principal
    service.jobs.job(job, principal)  # what there is not is refused, not streamed

    def events() -> Iterator[tuple[str, dict[str, Any]]]:
        until, sent, said = time.monotonic() + _LONGEST, 0.0, None
        while time.monotonic() < until:
            found = service.jobs.job(job, principal)
            if found != said or time.monotonic() - sent > _ALIVE:
                said, sent = found, time.monotonic()
                yield "job", JobReply.of(found, principal).model_dump(mode="json")
            if found.over:
                return
            time.sleep(_LOOKS)

    return EventStream(events)
