"""The event log: who did what, whether it is as it was written, and the log as a file."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from copilot.bootstrap import review
from copilot.domain.event_log import Seal, Sought
from copilot.errors import BadInput
from copilot.review.log_files import entry_json, log_text, report_json
from copilot.service.access import Caller, Needs
from copilot.service.paging import Page, WindowOf
from copilot.service.parts import ServiceOf
from copilot.service.permissions import Permission
from copilot.service.schemas.log import EntryReply, ReportReply

router: Final = APIRouter(prefix="/log", tags=["log"])

Reader = Annotated[Caller, Needs(Permission.READ_LOG)]

LINES: Final = "application/x-ndjson"
_Day = date | None
Words = Annotated[str, Query(max_length=300, pattern=r"^[^\x00]*$")]


def sought_of(
    *,
    who: Annotated[Words, Query(description="The id of a person.")] = "",
    action: Annotated[
        Words, Query(description="What was done, such as `approved a version`.")
    ] = "",
    about: Annotated[
        Words,
        Query(description="An item such as `policy/access-control`; `policy` for all of them."),
    ] = "",
    since: Annotated[date | None, Query(alias="from", description="The first day, in UTC.")] = None,
    until: Annotated[date | None, Query(alias="to", description="The last day, in UTC.")] = None,
) -> Sought:
    """Return which entries are asked for."""
    return Sought(
        who=who.strip(),
        action=action.strip(),
        about=about.strip().rstrip("/"),
        since=_midnight(since) if since else None,
        until=_midnight(until + timedelta(days=1)) if until and until < date.max else None,
    )


SoughtOf = Annotated[Sought, Depends(sought_of)]


@router.get("", response_model=Page[EntryReply])
def entries(
    caller: Reader, service: ServiceOf, window: WindowOf, sought: SoughtOf
) -> dict[str, Any]:
    """List what was done, newest first."""
    log = review.event_log(service.copilot)
    found, total = log.found(sought, start=window.start, limit=window.limit)
    end = window.start + window.limit
    return {
        "items": [{"unreadable": "", **entry_json(one)} for one in found],
        "next": str(end) if end < total else None,
        "total": total,
    }


@router.get("/verify", response_model=ReportReply)
def verify(
    caller: Reader,
    service: ServiceOf,
    entries: Annotated[
        int | None,
        Query(ge=0, le=10**12, description="With `hash`, an earlier seal that was kept elsewhere."),
    ] = None,
    hash: Annotated[str, Query(pattern="^(?:[0-9a-f]{64})?$")] = "",
) -> dict[str, Any]:
    """Check that nothing was changed, taken out, slipped in or moved since it was written."""
    if (entries is None) is bool(hash):
        raise BadInput("a seal has two parts", hint="Name `entries` and `hash`, or none of them.")
    sealed = Seal(entries=entries, hash=hash) if entries is not None else None
    found = review.examined_log(service.copilot, sealed=sealed)
    return report_json(found.entries, found.seal, found.damages, found.contradictions)


@router.get(
    "/export",
    response_class=Response,
    responses={
        200: {
            "description": "A JSON object on each line, the last of which is the seal.",
            "content": {LINES: {}},
        }
    },
)
def export(caller: Reader, service: ServiceOf) -> Response:
    """Return the log as a file that ends with its seal; keep it where nobody can change it."""
    text, seal = log_text(review.whole_log(service.copilot))
    name = f"event-log-{seal.entries}.jsonl"
    return Response(
        text,
        media_type=LINES,
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
