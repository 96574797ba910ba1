"""What auditors ask for, and what the company provides."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Response

from copilot.auditing.requests import Asked, Seen
from copilot.bootstrap import auditing
from copilot.domain.criteria import parse_criterion
from copilot.domain.requests import RequestState
from copilot.service.access import Caller, Needs
from copilot.service.etags import IfMatch, check_match, etag
from copilot.service.paging import Page, WindowOf
from copilot.service.parts import ServiceOf
from copilot.service.permissions import Permission
from copilot.service.schemas.requests import (
    MoveBody,
    ProvideBody,
    RequestBody,
    RequestReply,
    TimelessReply,
)

router: Final = APIRouter(prefix="/requests", tags=["requests"])

Reader = Annotated[Caller, Needs(Permission.READ_REQUESTS)]
Asker = Annotated[Caller, Needs(Permission.MAKE_REQUESTS)]
Provider = Annotated[Caller, Needs(Permission.ANSWER_REQUESTS)]

Number = Annotated[int, Path(ge=1, le=1_000_000_000, examples=[1])]


@router.get("")
def list_requests(
    *,
    caller: Reader,
    service: ServiceOf,
    window: WindowOf,
    state: Annotated[list[RequestState] | None, Query(description="Only in these states.")] = None,
) -> Page[RequestReply]:
    """List the requests, newest first; auditors see of what was provided what they may read."""
    found = service.requests.listed(principal=caller.principal)
    wanted = [one for one in found if not state or one.request.state in state]
    part, after, total = window.of(wanted)
    return Page(items=[RequestReply.of(one) for one in part], next=after, total=total)


@router.post("", status_code=201)
def make_request(
    body: RequestBody, caller: Asker, service: ServiceOf, response: Response
) -> RequestReply:
    """Ask for something."""
    criterion = parse_criterion(body.criterion) if body.criterion.strip() else None
    asked = Asked(title=body.title, detail=body.detail, criterion=criterion, due=body.due)
    made = service.requests.ask(asked, principal=caller.principal)
    response.headers["location"] = f"/api/v1/requests/{made.id}"
    return _shown(service.requests.show(made.id, principal=caller.principal), response)


@router.get("/timeless")
def list_timeless(caller: Provider, service: ServiceOf, window: WindowOf) -> Page[TimelessReply]:
    """List the evidence that no auditor is shown, since nobody has said what time it speaks for."""
    found = auditing.timeless(service.copilot, caller.principal)
    part, after, total = window.of(found)
    items = [TimelessReply(path=one.path, title=one.metadata.title) for one in part]
    return Page(items=items, next=after, total=total)


@router.get("/{request}")
def show_request(
    request: Number, caller: Reader, service: ServiceOf, response: Response
) -> RequestReply:
    """Show one request, with the ETag that a change needs."""
    return _shown(service.requests.show(request, principal=caller.principal), response)


@router.put("/{request}/state")
def move_request(
    *,
    request: Number,
    body: MoveBody,
    caller: Asker,
    service: ServiceOf,
    response: Response,
    if_match: IfMatch = None,
) -> RequestReply:
    """Mark a request as provided, closed or withdrawn, or open it again."""
    principal = caller.principal
    check_match(if_match, etag_of(service.requests.show(request, principal=principal)))
    service.requests.move(request, body.state, principal=principal)
    return _shown(service.requests.show(request, principal=principal), response)


@router.post("/{request}/provided", status_code=201)
def provide(
    *, request: Number, body: ProvideBody, caller: Provider, service: ServiceOf, response: Response
) -> RequestReply:
    """Provide a source or an approved item; some auditor has to be able to read it."""
    seen = service.requests.provide(request, body.what, body.note, principal=caller.principal)
    return _shown(seen, response)


@router.delete("/{request}/provided/{piece}")
def take_back(
    *, request: Number, piece: Number, caller: Provider, service: ServiceOf, response: Response
) -> RequestReply:
    """Take back something that was provided."""
    return _shown(service.requests.take_back(request, piece, principal=caller.principal), response)


def _shown(seen: Seen, response: Response) -> RequestReply:
    response.headers["etag"] = etag_of(seen)
    return RequestReply.of(seen)


def etag_of(seen: Seen) -> str:
    """Return the ETag of a request as somebody sees it."""
    request = seen.request
    return etag(request.id, request.state, *(one.id for one in request.provided))
